"""The verb that enters a scorecard for an interviewer who dictated it."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from apps.accounts.models import User
from apps.common.actions import record
from apps.interviews.actions.locks import lock_candidacy, refuse_ended, refuse_unless_reading
from apps.interviews.actions.written import check_complete, write_ratings
from apps.interviews.core.entries import RatingEntry
from apps.interviews.models import Interview, Scorecard, Seat
from apps.loops.queries import assessed


@transaction.atomic
def submit_for(
    *,
    interview: Interview,
    interviewer: User,
    entries: Mapping[int, RatingEntry],
    recommendation: str,
    reason: str,
    by: Any,
    now: dt.datetime,
) -> Scorecard:
    """Type in and submit what an interviewer said on the phone or wrote on paper; the row says who did, and why.

    Whoever types it in reads it, so only somebody who may read this panel anyway: nobody who owes a scorecard
    themselves. A draft of the interviewer is completed with these values; its private notes stay theirs alone.
    """
    by.require(leader=True, recruiter=True)
    candidacy = lock_candidacy(interview.candidacy_id)
    if interviewer.pk == by.pk:
        raise ValidationError("This is your own seat: write your scorecard yourself.")
    refuse_unless_reading(candidacy, by)
    refuse_ended(candidacy)
    interview = Interview.objects.select_related("candidacy__candidate", "plan_station__version").get(pk=interview.pk)
    if not Seat.objects.assigned().filter(interview=interview, interviewer=interviewer).exists():
        raise ValidationError(f"{interviewer.name} does not sit in this interview.")
    if Scorecard.objects.submitted().filter(interview=interview, interviewer=interviewer).exists():
        raise ValidationError(f"{interviewer.name} has submitted a scorecard meanwhile; it stands, this one does not.")
    needed = {measure.competency_id for measure in assessed(interview.plan_station)}
    check_complete(candidacy=candidacy, entries=entries, needed=needed, recommendation=recommendation)
    if not reason.strip():
        raise ValidationError("Say how it reached you and why you type it in: everybody who reads it sees that.")
    card, _ = Scorecard.objects.get_or_create(interview=interview, interviewer=interviewer, amends=None)
    rubrics = {pin.rubric.competency_id: pin.rubric_id for pin in candidacy.pinned_rubrics.select_related("rubric")}
    write_ratings(scorecard=card, entries=entries, rubrics=rubrics)
    card.recommendation = recommendation
    card.revision += 1
    card.saved_at = card.submitted_at = now
    card.state = Scorecard.State.SUBMITTED
    card.entered_by = by
    card.entered_reason = reason.strip()
    card.save()
    record(
        by=by, verb="entered scorecard", thing=interview, after={"for": interviewer.pk, "reason": card.entered_reason}
    )
    return card
