"""The form of a second vote."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from django import forms

from apps.interviews.models import Scorecard


class VoteForm(forms.Form):
    """Named apart from the decision's fields: both forms can stand on one page."""

    prefix = "vote"

    choice = forms.ChoiceField(
        label="Having read everything",
        choices=Scorecard.Recommendation.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one of the four."},
    )
    reason = forms.CharField(
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 2}),
        label="What changed your mind",
        help_text="Needed where it differs from your first vote.",
    )

    def __init__(self, *args: Any, first: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if first:
            self.fields["choice"].help_text = f"Your scorecard said “{first}”. It stays on record whatever you say now."
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.add_input(Submit("cast", "Cast my second vote"))
