"""Scorecards submitted in one step with a reason: an amendment, and one entered for somebody else."""

from django import forms

from apps.interviews.forms.scorecards import ScorecardForm, WordsField


def _reason(*, label: str, help_text: str, max_length: int) -> WordsField:
    return WordsField(
        label=label,
        help_text=help_text,
        max_length=max_length,
        error_messages={"required": "Say why, in a sentence or two."},
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"}),
    )


class ReasonedForm(ScorecardForm):
    """A scorecard without draft and without private notes; it says why it comes this way."""

    revision = None  # type: ignore[assignment]  # how Django takes a field of the parent away
    private_notes = None  # type: ignore[assignment]  # likewise

    def check_complete(self) -> bool:
        """Once each field is well formed; a missing reason shows together with what the ratings lack."""
        return super().check_complete() if set(self.errors) <= {"reason"} else False


class AmendForm(ReasonedForm):
    """The card as it stands, to be changed."""

    reason = _reason(label="Why you amend it", help_text="The panel reads it beside both versions.", max_length=4000)


class EnterForForm(ReasonedForm):
    """A card that was dictated, or written on paper."""

    reason = _reason(
        label="How it reached you, and why you type it in",
        help_text="Everybody who reads the scorecard sees it.",
        max_length=300,
    )
