"""Verbs of the debrief."""

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from apps.common.actions import record
from apps.debriefs.models import Decision
from apps.interviews.actions import end_candidacy
from apps.interviews.models import Candidacy, Scorecard, Seat


@transaction.atomic
def record_decision(
    *, candidacy: Candidacy, outcome: str, reasons: str, conditions: str, dissent: str, by: Any, now: dt.datetime
) -> Decision:
    """Record what people decided, with their reasons; the candidacy ends.

    Everybody assigned must have submitted or been excused: a decision over the head of somebody who still owes a
    scorecard would tell them what the others thought.
    """
    by.require(leader=True)
    candidacy = Candidacy.objects.select_for_update().get(pk=candidacy.pk)
    if not Candidacy.objects.open_to(by).filter(pk=candidacy.pk).exists():
        raise PermissionDenied
    if candidacy.state != Candidacy.State.ACTIVE:
        raise ValidationError("This candidacy has ended already; its decision stands.")
    if Seat.objects.owing().filter(interview__candidacy=candidacy).exists():
        raise ValidationError("A scorecard is still owed. Wait for it, or excuse its interviewer with a reason.")
    if not Scorecard.objects.submitted().filter(interview__candidacy=candidacy).exists():
        raise ValidationError("Nobody has submitted a scorecard: there is nothing to decide on yet.")
    if not reasons.strip():
        raise ValidationError("Say why: a decision needs its reasons in words.")
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
    record(by=by, verb="recorded decision", thing=ended)
    return decision
