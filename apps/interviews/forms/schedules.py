"""Forms for schedules, for excuses and for moves to another plan."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from apps.accounts.models import User
from apps.interviews.models import Interview
from apps.loops.models import LoopPlan


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
