"""Verbs about the meeting: open it, and go on from step to step."""

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from apps.common.actions import record
from apps.debriefs import queries
from apps.debriefs.actions.votes import copy_first_votes
from apps.debriefs.models import Debrief
from apps.interviews.models import Candidacy

# What comes after what; the decision closes the discussion.
NEXT = {Debrief.Step.READING: Debrief.Step.VOTING, Debrief.Step.VOTING: Debrief.Step.DISCUSSION}


@transaction.atomic
def open_debrief(*, candidacy: Candidacy, by: Any, now: dt.datetime) -> Debrief:
    """Begin the meeting with its silent reading; what each scorecard recommended becomes its writer's first vote.

    Raises ValidationError where the role's quorum is not reached, PermissionDenied for who may not read the ratings.
    """
    by.require(leader=True, recruiter=True)
    candidacy = Candidacy.objects.select_for_update(of=("self",)).select_related("role", "candidate").get(
        pk=candidacy.pk
    )  # fmt: skip
    if not Candidacy.objects.open_to(by).filter(pk=candidacy.pk).exists():
        raise PermissionDenied
    if candidacy.state != Candidacy.State.ACTIVE:
        raise ValidationError("This candidacy has ended: there is nothing left to meet about.")
    if Debrief.objects.filter(candidacy=candidacy).exists():
        raise ValidationError("This debrief is open already.")
    quorum = queries.quorums_of([candidacy])[candidacy.pk]
    if not quorum.is_reached:
        raise ValidationError(
            f"{quorum.submitted} of {quorum.needed} scorecards are in. The debrief opens with the rest."
            if quorum.needed
            else "The debrief opens once everybody assigned has submitted and every interview has a time."
        )
    debrief = Debrief.objects.create(
        candidacy=candidacy,
        opened_by=by,
        opened_at=now,
        reading_until=now + dt.timedelta(minutes=candidacy.role.reading_minutes),
    )
    copy_first_votes(debrief)
    candidacy.debrief_opened_at = now
    candidacy.save(update_fields=["debrief_opened_at"])
    record(by=by, verb="opened debrief", thing=candidacy)
    return debrief


@transaction.atomic
def move_on(*, debrief: Debrief, to: str, by: Any, now: dt.datetime) -> Debrief:
    """From the reading to the second vote, and from there to the discussion.

    Once the discussion has begun nobody votes any more; who has not is named on the page.
    """
    by.require(leader=True, recruiter=True)
    debrief = Debrief.objects.select_for_update(of=("self",)).select_related("candidacy__candidate").get(pk=debrief.pk)
    candidacy = debrief.candidacy
    if not Candidacy.objects.open_to(by).filter(pk=candidacy.pk).exists():
        raise PermissionDenied
    if candidacy.state != Candidacy.State.ACTIVE:
        raise ValidationError("This candidacy has ended, and its debrief with it.")
    step = debrief.step_at(now)
    if NEXT.get(step) != to:
        raise ValidationError(f"The debrief has gone on meanwhile: it is at the {step.label} now.")
    copy_first_votes(debrief)
    before = debrief.step
    debrief.step = Debrief.Step(to)
    debrief.reading_until = min(debrief.reading_until, now)
    debrief.save(update_fields=["step", "reading_until"])
    record(by=by, verb="moved debrief on", thing=candidacy, before={"step": before}, after={"step": debrief.step})
    return debrief
