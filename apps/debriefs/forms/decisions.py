"""The form of a decision."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms

from apps.debriefs.models import Decision


class DecisionForm(forms.Form):
    outcome = forms.ChoiceField(choices=Decision.Outcome.choices, widget=forms.RadioSelect)
    reasons = forms.CharField(
        max_length=20000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="What was observed that led to this. It goes into the decision record.",
    )
    conditions = forms.CharField(required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 2}))
    dissent = forms.CharField(
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Who saw it otherwise, and why.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.add_input(Submit("decide", "Record the decision"))
