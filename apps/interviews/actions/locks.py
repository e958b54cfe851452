"""What every verb about a candidacy asks first."""

from typing import Any

from django.core.exceptions import ValidationError

from apps.interviews.models import Candidacy, Seat


def lock_candidacy(candidacy_id: int) -> Candidacy:
    """The candidacy, locked: every verb about its panel and its scorecards waits for the one before it here."""
    locked = Candidacy.objects.select_for_update(of=("self",), no_key=True)
    return locked.select_related("candidate", "role", "plan").get(pk=candidacy_id)


def refuse_ended(candidacy: Candidacy) -> None:
    if candidacy.state != Candidacy.State.ACTIVE:
        raise ValidationError("This candidacy has ended; its interviews and scorecards stay as they are.")


def may_read(candidacy: Candidacy, by: Any) -> bool:
    """Whether this person may see what others wrote, and so may get an answer that depends on it."""
    return Candidacy.objects.open_to(by).filter(pk=candidacy.pk).exists()


def refuse_while_owing(candidacy: Candidacy, by: Any) -> None:
    """Whoever owes a scorecard takes nobody off this panel.

    The answer would tell whether that person has submitted; and somebody who took themselves off could read on.
    """
    if Seat.objects.owing().filter(interview__candidacy=candidacy, interviewer=by).exists():
        raise ValidationError("You owe a scorecard for this candidate. Submit it first, or ask a colleague to do this.")


def refuse_unless_reading(candidacy: Candidacy, by: Any) -> None:
    """For verbs that show what others wrote: whoever owes, or waits until everybody has written, learns nothing."""
    refuse_while_owing(candidacy, by)
    if not may_read(candidacy, by):
        raise ValidationError(
            "On this candidacy everybody writes before anybody reads. This shows what others wrote, so it waits too."
        )
