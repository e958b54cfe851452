"""The form of a decision."""

from collections.abc import Mapping, Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms

from apps.debriefs.models import Decision


class DecisionForm(forms.Form):
    """`against`: for each outcome, the names of those whose vote points the other way; the choices say them."""

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
        help_text="Who saw it otherwise, and why. Needed where somebody voted the other way.",
    )

    def __init__(self, *args: Any, against: Mapping[str, Sequence[str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if against:
            self.fields["outcome"].choices = [  # type: ignore[attr-defined]  # the field is the one above
                (value, f"{label} (otherwise: {', '.join(against[value])})" if against.get(value) else label)
                for value, label in Decision.Outcome.choices
            ]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.add_input(Submit("decide", "Record the decision"))
