"""Forms for a review, and for a step of a station's life."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms

from apps.library.forms.fields import PlainTextField


class ReviewForm(forms.Form):
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    note = PlainTextField(
        label="What was checked",
        required=True,
        rows=4,
        help_text="For example: tools and prices still as in the exhibits, answers still separate, held it last week.",
        error_messages={"required": "Say what was checked: the next reviewer begins there."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("save", "It still holds: record the review"))

    @property
    def began_with(self) -> int:
        """The version the reviewer read; one that cannot be read is nobody's."""
        number = self.cleaned_data.get("version")
        return -1 if number is None else number

    def begin_again_with(self, number: int) -> None:
        data: Any = self.data
        data["version"] = str(number)


class MoveForm(forms.Form):
    to = forms.CharField()
    reason = PlainTextField()
