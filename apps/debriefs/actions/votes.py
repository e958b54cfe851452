"""Verbs about votes: the first is copied from the scorecard, the second is cast once."""

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from apps.common.actions import record
from apps.debriefs import queries
from apps.debriefs.models import Debrief, Vote
from apps.interviews.models import Candidacy, Scorecard


def copy_first_votes(debrief: Debrief) -> None:
    """First votes of those who have none yet: what their last scorecard recommends, as of when they submitted it.

    Whoever submits after the debrief opened gets theirs at the next step; its time says that it came late.
    """
    known = set(debrief.votes.filter(round=Vote.Round.FIRST).order_by("pk").values_list("voter_id", flat=True))
    cards = queries.latest_cards(candidacy_id=debrief.candidacy_id)
    Vote.objects.bulk_create(
        Vote(
            debrief=debrief,
            voter_id=person,
            round=Vote.Round.FIRST,
            choice=card.recommendation,
            cast_at=card.submitted_at,
        )
        for person, card in cards.items()
        if person not in known and card.submitted_at is not None
    )


@transaction.atomic
def cast_second_vote(*, debrief: Debrief, choice: str, reason: str, by: Any, now: dt.datetime) -> Vote:
    """The vote after the silent reading, once and for good; whoever changed their mind says why.

    Raises PermissionDenied for who is not of the panel or owes a scorecard, ValidationError with the field at fault.
    """
    debrief = Debrief.objects.select_for_update(of=("self",)).select_related("candidacy__candidate").get(pk=debrief.pk)
    candidacy = debrief.candidacy
    own = queries.latest_cards(candidacy_id=candidacy.pk).get(by.pk)
    if own is None or not Candidacy.objects.open_to(by).filter(pk=candidacy.pk).exists():
        raise PermissionDenied
    if candidacy.state != Candidacy.State.ACTIVE:
        raise ValidationError("This candidacy has ended: your first vote stands.")
    step = debrief.step_at(now)
    if step == Debrief.Step.READING:
        raise ValidationError("The second vote opens when the silent reading is over.")
    if step != Debrief.Step.VOTING:
        raise ValidationError("The second vote is closed. Say in the discussion what you would have voted.")
    if debrief.votes.filter(voter=by, round=Vote.Round.SECOND).exists():
        raise ValidationError("You have voted already, and your second vote stands.")
    if choice not in Scorecard.Recommendation.values:
        raise ValidationError({"choice": "Choose one of the four."})
    copy_first_votes(debrief)
    first = debrief.votes.get(voter=by, round=Vote.Round.FIRST)
    if choice != first.choice and not reason.strip():
        raise ValidationError(
            {"reason": f"Your first vote was “{first.get_choice_display()}”. Say what changed your mind."}
        )
    vote = Vote(
        debrief=debrief, voter=by, round=Vote.Round.SECOND, choice=choice, reason=reason.strip(), cast_at=now
    )  # fmt: skip
    vote.full_clean()
    vote.save()
    record(by=by, verb="cast second vote", thing=candidacy)
    return vote
