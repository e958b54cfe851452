"""The scorecard's form."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from apps.interviews.core.entries import MAX_EVIDENCE, MAX_MOMENT, MAX_NOTES, Lack, RatingEntry, lacking
from apps.interviews.models import Scorecard
from apps.interviews.queries import InterviewPage, RatedCompetency
from apps.library.models import Competency

NO_EVIDENCE = "none"
_LACKS = {
    Lack.LEVEL: "choose a level, or “no evidence”.",
    Lack.EXTREME: "level 1 and 4 need what you saw or heard, in a sentence.",
    Lack.REASON: "this role asks for a reason with every level.",
}


class WordsField(forms.CharField):
    """Text whose line ends are the same, whichever way a browser sent it."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return text.replace("\r\n", "\n").replace("\r", "\n")


@dataclass(frozen=True)
class ScorecardRow:
    """One competency with its bound fields, for the template. `is_rated` once it has a level or "no evidence"."""

    item: RatedCompetency
    level: BoundField
    evidence: BoundField
    moment: BoundField
    is_rated: bool


class ScorecardForm(forms.Form):
    """One competency after another: a level or "no evidence", and the evidence in words."""

    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    recommendation = forms.ChoiceField(
        choices=Scorecard.Recommendation.choices, required=False, widget=forms.RadioSelect
    )
    private_notes = WordsField(
        required=False,
        max_length=MAX_NOTES,
        label="Private notes",
        help_text="Only you ever see them.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, page: InterviewPage, **kwargs: Any) -> None:
        card = page.scorecard
        initial: dict[str, Any] = {
            "revision": card.revision if card else 0,
            "recommendation": card.recommendation if card else "",
            "private_notes": card.private_notes if card else "",
        }
        for item in page.competencies:
            if item.rating is not None:
                rating = item.rating
                initial |= self._values(
                    item.competency, RatingEntry(rating.level, rating.no_evidence, rating.evidence, rating.moment)
                )
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        self.page = page
        for item in page.competencies:
            level, evidence, moment = self.names(item.competency)
            choices = [(str(step.number), step.label) for step in item.levels] + [(NO_EVIDENCE, "No evidence")]
            self.fields[level] = forms.ChoiceField(choices=choices, required=False, widget=forms.RadioSelect)
            self.fields[evidence] = WordsField(
                required=False,
                max_length=MAX_EVIDENCE,
                label=f"Evidence for {item.competency.name}",
                widget=forms.Textarea(attrs={"rows": 2, "class": "form-control"}),
            )
            self.fields[moment] = forms.CharField(
                required=False,
                max_length=MAX_MOMENT,
                label=f"Where the evidence for {item.competency.name} is",
                widget=forms.TextInput(
                    attrs={
                        "class": "form-control",
                        "placeholder": "12:30, commit 4f2, or an address",
                        "autocomplete": "off",
                        "autocapitalize": "none",
                        "enterkeyhint": "next",
                    }
                ),
            )

    @staticmethod
    def names(competency: Competency) -> tuple[str, str, str]:
        return f"level-{competency.pk}", f"evidence-{competency.pk}", f"moment-{competency.pk}"

    @classmethod
    def _values(cls, competency: Competency, entry: RatingEntry) -> dict[str, str]:
        level = NO_EVIDENCE if entry.no_evidence else str(entry.level or "")
        return dict(zip(cls.names(competency), (level, entry.evidence, entry.moment), strict=True))

    @classmethod
    def data_of(
        cls,
        page: InterviewPage,
        *,
        entries: Mapping[int, RatingEntry],
        recommendation: str,
        private_notes: str,
        revision: int,
    ) -> dict[str, str]:
        """What a browser would send for this content: a sheet is judged and shown as if it had been typed."""
        data = {"revision": str(revision), "recommendation": recommendation, "private_notes": private_notes}
        for item in page.competencies:
            data |= cls._values(item.competency, entries[item.competency.pk])
        return data

    def rows(self) -> list[ScorecardRow]:
        rows = []
        for item in self.page.competencies:
            level, evidence, moment = (self[name] for name in self.names(item.competency))
            rows.append(ScorecardRow(item, level, evidence, moment, is_rated=bool(level.value())))
        return rows

    def rated(self) -> int:
        return sum(row.is_rated for row in self.rows())

    def entries(self) -> dict[int, RatingEntry]:
        entries = {}
        for item in self.page.competencies:
            level, evidence, moment = (self.cleaned_data.get(name, "") for name in self.names(item.competency))
            entries[item.competency.pk] = RatingEntry(
                level=int(level) if level and level != NO_EVIDENCE else None,
                no_evidence=level == NO_EVIDENCE,
                evidence=evidence,
                moment=moment,
            )
        return entries

    def content(self) -> dict[str, Any]:
        """What a draft keeps, as the verbs take it. Asked before `check_complete`, which empties what it faults."""
        return {
            "entries": self.entries(),
            "recommendation": self.cleaned_data["recommendation"],
            "private_notes": self.cleaned_data["private_notes"],
            "revision": self.cleaned_data["revision"],
        }

    def check_complete(self) -> bool:
        """Whether it may be submitted; adds an error to each field that is missing. The form must be valid."""
        lacks = lacking(self.entries(), reasons_required=self.page.interview.candidacy.reasons_required)
        for item in self.page.competencies:
            lack = lacks.get(item.competency.pk)
            if lack is not None:
                level, evidence, _ = self.names(item.competency)
                name = level if lack is Lack.LEVEL else evidence
                self.add_error(name, f"{item.competency.name}: {_LACKS[lack]}")
        if not self.cleaned_data.get("recommendation"):
            self.add_error("recommendation", "Choose a recommendation.")
        return self.is_valid()

    def problems(self) -> list[tuple[str, str]]:
        """Each fault with the id of the field it is about (empty: of the whole card), in the page's order."""
        order = [name for item in self.page.competencies for name in self.names(item.competency)]
        order += ["recommendation", "private_notes"]
        known = [name for name in order if name in self.errors]
        rest = [name for name in self.errors if name not in order]
        return [
            (self._id_of(name) if name in order else "", str(error))
            for name in rest + known
            for error in self.errors[name]
        ]

    def _id_of(self, name: str) -> str:
        field = self[name]
        return f"{field.auto_id}_0" if isinstance(field.field, forms.ChoiceField) else field.auto_id
