"""Which days and which role a page of scorecards is about."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from apps.interviews.queries import PERIODS
from apps.loops.models import Role


class PeriodForm(forms.Form):
    """Read from the address; what makes no sense counts as not chosen."""

    days = forms.TypedChoiceField(choices=[(days, f"Last {days} days") for days in PERIODS], coerce=int, required=False)
    role = forms.ModelChoiceField(Role.objects.none(), required=False, empty_label="All roles")

    def __init__(self, *args: Any, roles: QuerySet[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].queryset = roles  # type: ignore[attr-defined]  # a ModelChoiceField
        for field in self.fields.values():
            field.widget.attrs["class"] = "form-select w-auto"

    def chosen(self) -> dict[str, Any]:
        self.is_valid()
        return {"days": self.cleaned_data.get("days") or PERIODS[0], "role": self.cleaned_data.get("role")}
