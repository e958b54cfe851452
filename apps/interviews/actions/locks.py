"""What every verb about a candidacy asks first."""

from typing import Any

from django.core.exceptions import ValidationError

from apps.interviews.models import Candidacy


def lock_candidacy(candidacy_id: int) -> Candidacy:
    """The candidacy, locked: every verb about its panel and its scorecards waits for the one before it here."""
    locked = Candidacy.objects.select_for_update(of=("self",), no_key=True)
    return locked.select_related("candidate", "role", "plan").get(pk=candidacy_id)


def refuse_ended(candidacy: Candidacy) -> None:
    if candidacy.state != Candidacy.State.ACTIVE:
        raise ValidationError("This candidacy has ended; its interviews and scorecards stay as they are.")


def refuse_while_owing(candidacy: Candidacy, by: Any) -> None:
    """Whoever owes a scorecard takes nobody off this panel.

    The answer would tell whether that person has submitted; and somebody who took themselves off could read on.
    """
    if not Candidacy.objects.open_to(by).filter(pk=candidacy.pk).exists():
        raise ValidationError("You owe a scorecard for this candidate. Submit it first, or ask a colleague to do this.")
