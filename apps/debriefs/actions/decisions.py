"""The verb that records a decision."""

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from apps.common.actions import record
from apps.debriefs import translate
from apps.debriefs.actions.votes import copy_first_votes
from apps.debriefs.models import Debrief, Decision
from apps.interviews.actions import end_candidacy
from apps.interviews.models import Candidacy, Scorecard, Seat

LEAST_WORDS_OF_DISSENT = 3


@transaction.atomic
def record_decision(
    *, candidacy: Candidacy, outcome: str, reasons: str, conditions: str, dissent: str, by: Any, now: dt.datetime
) -> Decision:
    """Record what people decided, with their reasons; the candidacy ends, and its debrief with it.

    Everybody assigned must have submitted or been excused: a decision over the head of somebody who still owes a
    scorecard would tell them what the others thought. A panel of two or more has met and voted before; where somebody
    voted the other way, their dissent is in words. Who decides is not of the panel where the role says so.
    """
    by.require(leader=True)
    candidacy = Candidacy.objects.select_for_update(of=("self",)).select_related("role").get(pk=candidacy.pk)
    if not Candidacy.objects.open_to(by).filter(pk=candidacy.pk).exists():
        raise PermissionDenied
    if candidacy.state != Candidacy.State.ACTIVE:
        raise ValidationError("This candidacy has ended already; its decision stands.")
    if Seat.objects.owing().filter(interview__candidacy=candidacy).exists():
        raise ValidationError("A scorecard is still owed. Wait for it, or excuse its interviewer with a reason.")
    if not Scorecard.objects.submitted().filter(interview__candidacy=candidacy).exists():
        raise ValidationError("Nobody has submitted a scorecard: there is nothing to decide on yet.")
    if candidacy.role.decider_apart and translate.is_of_panel(candidacy=candidacy, user=by):
        raise ValidationError(
            "For this role, whoever decides is not of the panel, and you are. Ask another leader to decide."
        )
    debrief = Debrief.objects.select_for_update().filter(candidacy=candidacy).first()
    voices = translate.voices_for_decision(candidacy=candidacy)
    _refuse_before_the_discussion(debrief, panel=len(voices), now=now)
    if not reasons.strip():
        raise ValidationError("Say why: a decision needs its reasons in words.")
    names = translate.names_otherwise(voices, outcome)
    if names and len(dissent.split()) < LEAST_WORDS_OF_DISSENT:
        raise ValidationError({"dissent": f"{', '.join(names)} voted otherwise. Say in a sentence what they saw."})
    ended = end_candidacy(candidacy=candidacy, state=Candidacy.State.DECIDED, now=now)
    decision = Decision(
        candidacy=ended,
        outcome=outcome,
        reasons=reasons.strip(),
        conditions=conditions.strip(),
        dissent=dissent.strip(),
        decided_by=by,
        decided_at=now,
    )
    decision.full_clean()
    decision.save()
    if debrief is not None:
        copy_first_votes(debrief)
        debrief.step, debrief.closed_at = Debrief.Step.CLOSED, now
        debrief.save(update_fields=["step", "closed_at"])
    record(by=by, verb="recorded decision", thing=ended)
    return decision


def _refuse_before_the_discussion(debrief: Debrief | None, *, panel: int, now: dt.datetime) -> None:
    """A panel of one has nobody to meet; everybody else has read and voted first."""
    if debrief is None:
        if panel > 1:
            raise ValidationError("Open the debrief first: a panel reads and votes before something is decided.")
        return
    step = debrief.step_at(now)
    if step == Debrief.Step.READING:
        raise ValidationError("The panel is still reading. The decision comes after the second vote.")
    if step == Debrief.Step.VOTING:
        raise ValidationError("The second vote is still open. Close it first; who has not voted is named then.")
