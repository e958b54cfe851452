"""Forms of calibration items: writing one, and rating one."""

from dataclasses import dataclass
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.db.models import QuerySet
from django.forms.boundfield import BoundField

from apps.interviews.core.entries import MAX_EVIDENCE, Lack, RatingEntry, lacking
from apps.interviews.forms.scorecards import NO_EVIDENCE
from apps.interviews.models import CalibrationItem
from apps.interviews.queries import AskedCompetency
from apps.library.models import Competency, StationVersion

_LACKS = {
    Lack.LEVEL: "choose a level, or “no evidence”.",
    Lack.EXTREME: "levels 1 and 4 need what you read or heard, in a sentence.",
}


class CalibrationItemForm(forms.ModelForm):
    class Meta:
        model = CalibrationItem
        fields = ["version", "title", "material"]
        labels = {"version": "Station", "material": "What interviewers rate"}
        widgets = {"material": forms.Textarea(attrs={"rows": 18})}
        help_texts = {
            "material": "The recorded answer or work sample in words: a transcript, a solution, notes. Nothing that "
            "names a real candidate. An address of a recording becomes a link.",
        }

    def __init__(self, *args: Any, versions: QuerySet[StationVersion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["version"]
        field.queryset = versions  # type: ignore[attr-defined]  # a ModelChoiceField
        field.empty_label = "Choose a station"  # type: ignore[attr-defined]  # as above
        self.helper = FormHelper()
        self.helper.add_input(Submit("save", "Save the draft"))


@dataclass(frozen=True)
class CalibrationFormRow:
    """One competency with its bound fields, for the template."""

    item: AskedCompetency
    level: BoundField
    evidence: BoundField


class CalibrationRatingForm(forms.Form):
    """One competency after another: a level or "no evidence", and why in words."""

    def __init__(self, *args: Any, asked: tuple[AskedCompetency, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked
        for item in asked:
            level, evidence = self.names(item.competency)
            choices = [(str(step.number), step.label) for step in item.levels] + [(NO_EVIDENCE, "No evidence")]
            self.fields[level] = forms.ChoiceField(choices=choices, required=False, widget=forms.RadioSelect)
            self.fields[evidence] = forms.CharField(
                required=False,
                max_length=MAX_EVIDENCE,
                label=f"Evidence for {item.competency.name}",
                widget=forms.Textarea(attrs={"rows": 2, "class": "form-control"}),
            )

    @staticmethod
    def names(competency: Competency) -> tuple[str, str]:
        return f"level-{competency.pk}", f"evidence-{competency.pk}"

    def rows(self) -> list[CalibrationFormRow]:
        return [CalibrationFormRow(item, *(self[name] for name in self.names(item.competency))) for item in self.asked]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.entries: dict[int, RatingEntry] = {}
        for item in self.asked:
            level, evidence = (data.get(name) or "" for name in self.names(item.competency))
            self.entries[item.competency.pk] = RatingEntry(
                level=int(level) if level and level != NO_EVIDENCE else None,
                no_evidence=level == NO_EVIDENCE,
                evidence=evidence,
            )
        lacks = lacking(self.entries, reasons_required=False)
        for item in self.asked:
            name, lack = self.names(item.competency)[0], lacks.get(item.competency.pk)
            if lack is not None and name not in self.errors:
                self.add_error(name, f"{item.competency.name}: {_LACKS[lack]}")
        return data
