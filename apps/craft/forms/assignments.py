"""Forms with which a kit is given, prolonged and taken back, and the candidate's upload."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils import timezone

from apps.craft.core.kits import Kit

USUAL_DAYS = 7


def usual_end(now: dt.datetime) -> dt.datetime:
    """The evening in a week, on the clock of whoever fills in the form."""
    return timezone.localtime(now + dt.timedelta(days=USUAL_DAYS)).replace(hour=20, minute=0, second=0, microsecond=0)


def _end_field() -> forms.DateTimeField:
    return forms.DateTimeField(
        label="The link opens until",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"required": "Say until when the link opens.", "invalid": "Give a day and a time."},
    )


class _WithEnd(forms.Form):
    """A form with the end of the links. `names`: two of them stand on one page."""

    names: str

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", self.names)
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False

    def clean_expires_at(self) -> dt.datetime:
        expires_at: dt.datetime = self.cleaned_data["expires_at"]
        if not 2000 <= expires_at.year <= 2100:
            raise forms.ValidationError("That year cannot be right.")
        return expires_at


class AssignForm(_WithEnd):
    """Which kit, and how long its link opens. Times are in the zone of who types them."""

    names = "assign_%s"

    kit = forms.ChoiceField(
        label="Kit",
        error_messages={"required": "Choose a kit.", "invalid_choice": "This kit cannot be assigned. Choose another."},
    )
    expires_at = _end_field()

    def __init__(self, *args: Any, kits: Sequence[Kit], chosen: str, now: dt.datetime, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"kit": chosen, "expires_at": usual_end(now)})
        super().__init__(*args, **kwargs)
        choices = [(kit.id, f"{kit.title}, {kit.minutes} minutes") for kit in kits]
        self.fields["kit"].choices = choices if chosen else [("", "Choose a kit"), *choices]  # type: ignore[attr-defined]


class EndForm(_WithEnd):
    """Another end for the links of an assignment."""

    names = "end_%s"

    expires_at = _end_field()


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label="Why it is withdrawn", max_length=300, error_messages={"required": "Say why the kit is withdrawn."}
    )


class UploadForm(forms.Form):
    """The candidate's zip. What is in it, the verb looks at."""

    archive = forms.FileField(
        allow_empty_file=True,
        error_messages={
            "required": "Choose the zip file first.",
            "invalid": "Choose the zip file first.",
            "missing": "Choose the zip file first.",
        },
    )
