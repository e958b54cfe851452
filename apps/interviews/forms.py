"""Forms for candidates, schedules and scorecards."""

import datetime as dt
import zoneinfo
from collections.abc import Iterable
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from apps.accounts.models import User
from apps.interviews.core.csv_rows import MAX_BYTES, CandidateRow, CsvError, parse_candidates
from apps.interviews.core.entries import RatingEntry
from apps.interviews.models import Candidate, Interview, Scorecard
from apps.interviews.queries import InterviewPage
from apps.library.models import Competency
from apps.loops.models import LoopPlan, Role

NO_EVIDENCE = "none"
TIME_ZONES = [(name, name) for name in sorted(zoneinfo.available_timezones()) if "/" in name or name == "UTC"]


class CandidateForm(forms.ModelForm):
    time_zone = forms.ChoiceField(choices=TIME_ZONES, initial="UTC", help_text="Times in the brief are shown in it.")

    class Meta:
        model = Candidate
        fields = ["name", "email", "time_zone", "source", "accommodation"]
        widgets = {"accommodation": forms.Textarea(attrs={"rows": 2})}
        help_texts = {"accommodation": "What was agreed; interviewers see it, nothing else about the person."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("add", "Add candidate"))

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


def _open_roles() -> Any:
    return Role.objects.filter(state=Role.State.OPEN, plans__state="published").order_by("title", "pk")


class CandidateImportForm(forms.Form):
    file = forms.FileField(label="CSV file", required=False, widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}))
    text = forms.CharField(
        label="or paste the rows",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "class": "font-monospace"}),
        help_text="First line: name, email, and if you like time_zone and source.",
    )
    role = forms.ModelChoiceField(
        Role.objects.none(), required=False, empty_label="Only add them", label="Start their candidacies for"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].queryset = _open_roles()  # type: ignore[attr-defined]  # a ModelChoiceField
        self.helper = FormHelper()
        self.helper.add_input(Submit("import", "Check and import"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        upload = data.get("file")
        if upload is not None:
            if upload.size > MAX_BYTES:
                raise forms.ValidationError(
                    f"The file has {upload.size / 1024 / 1024:.0f} MB; the most is {MAX_BYTES // 1024 // 1024} MB. "
                    "Split it into smaller ones."
                )
            content = upload.read()
        else:
            content = (data.get("text") or "").encode()
        if not content.strip():
            raise forms.ValidationError("Choose a file or paste rows.")
        try:
            self.rows: list[CandidateRow] = parse_candidates(content)
        except CsvError as error:
            raise forms.ValidationError(error.problems) from error
        return data


class CandidacyForm(forms.Form):
    role = forms.ModelChoiceField(Role.objects.none(), empty_label="Choose a role")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].queryset = _open_roles()  # type: ignore[attr-defined]  # a ModelChoiceField
        self.helper = FormHelper()
        self.helper.form_tag = False


class ScheduleForm(forms.Form):
    """When one interview is held and who holds it. Times are in the zone of who types them."""

    starts_at = forms.DateTimeField(
        label="Begins",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    interviewers = forms.ModelMultipleChoiceField(User.objects.none(), required=False)

    def __init__(self, *args: Any, interview: Interview, people: Iterable[User], **kwargs: Any) -> None:
        starts_at = timezone.localtime(interview.starts_at) if interview.starts_at else None
        kwargs.setdefault("prefix", f"interview-{interview.pk}")
        kwargs.setdefault(
            "initial",
            {
                "starts_at": starts_at,
                "interviewers": [
                    seat.interviewer_id for seat in interview.seats.all() if seat.state == seat.State.ASSIGNED
                ],
            },
        )
        super().__init__(*args, **kwargs)
        field = self.fields["interviewers"]
        ids = [person.pk for person in people]
        field.queryset = User.objects.filter(pk__in=ids).order_by("name", "pk")  # type: ignore[attr-defined]
        field.choices = [(person.pk, person.name) for person in people]  # type: ignore[attr-defined]
        field.widget.attrs.update({"class": "form-select", "size": 4})
        self.fields["starts_at"].widget.attrs.update({"class": "form-control"})

    def clean_starts_at(self) -> dt.datetime | None:
        starts_at: dt.datetime | None = self.cleaned_data["starts_at"]
        if starts_at and not 2000 <= starts_at.year <= 2100:
            raise forms.ValidationError("That year cannot be right.")
        return starts_at


class ScorecardForm(forms.Form):
    """One competency after another: a level or "no evidence", and the evidence in words."""

    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    recommendation = forms.ChoiceField(
        choices=Scorecard.Recommendation.choices, required=False, widget=forms.RadioSelect
    )
    private_notes = forms.CharField(
        required=False,
        max_length=20000,
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
            level, evidence = self.names(item.competency)
            if item.rating is not None:
                initial[level] = NO_EVIDENCE if item.rating.no_evidence else str(item.rating.level or "")
                initial[evidence] = item.rating.evidence
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        self.page = page
        for item in page.competencies:
            level, evidence = self.names(item.competency)
            choices = [(str(step.number), step.label) for step in item.levels] + [(NO_EVIDENCE, "No evidence")]
            self.fields[level] = forms.ChoiceField(choices=choices, required=False, widget=forms.RadioSelect)
            self.fields[evidence] = forms.CharField(
                required=False,
                max_length=10000,
                label=f"Evidence for {item.competency.name}",
                widget=forms.Textarea(attrs={"rows": 2, "class": "form-control"}),
            )

    @staticmethod
    def names(competency: Competency) -> tuple[str, str]:
        return f"level-{competency.pk}", f"evidence-{competency.pk}"

    def rows(self) -> list[dict[str, Any]]:
        """Each competency with its bound fields, for the template."""
        return [
            {
                "item": item,
                "level": self[self.names(item.competency)[0]],
                "evidence": self[self.names(item.competency)[1]],
            }
            for item in self.page.competencies
        ]

    def entries(self) -> dict[int, RatingEntry]:
        entries = {}
        for item in self.page.competencies:
            level, evidence = (self.cleaned_data.get(name, "") for name in self.names(item.competency))
            entries[item.competency.pk] = RatingEntry(
                level=int(level) if level and level != NO_EVIDENCE else None,
                no_evidence=level == NO_EVIDENCE,
                evidence=evidence,
            )
        return entries

    def check_complete(self) -> bool:
        """Whether it may be submitted; adds an error to each field that is missing."""
        for item in self.page.competencies:
            name = self.names(item.competency)[0]
            if not self.cleaned_data.get(name):
                self.add_error(name, f"{item.competency.name}: choose a level, or “no evidence”.")
        if not self.cleaned_data.get("recommendation"):
            self.add_error("recommendation", "Choose a recommendation.")
        return self.is_valid()


class ExcuseForm(forms.Form):
    reason = forms.CharField(max_length=300)


class MoveForm(forms.Form):
    """Which plan to move to, and the list somebody has read (`seen`; its fingerprint)."""

    plan = forms.ModelChoiceField(
        LoopPlan.objects.none(),
        empty_label=None,
        error_messages={
            "required": "Choose a plan.",
            "invalid_choice": "Choose another plan of this role: a draft, or the one it goes by, will not do.",
        },
    )
    seen = forms.CharField(max_length=64, required=False)

    def __init__(self, *args: Any, plans: QuerySet[LoopPlan], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["plan"]
        field.queryset = plans  # type: ignore[attr-defined]  # a ModelChoiceField
        field.label_from_instance = lambda plan: f"Plan {plan.number}, {plan.get_state_display()}"  # type: ignore[attr-defined]  # as above
        field.widget.attrs["class"] = "form-select w-auto"
