"""The verb that amends a submitted scorecard: a new row beside the old one, with the reason."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from apps.common.actions import record
from apps.interviews.actions.locks import lock_candidacy, may_read, refuse_ended
from apps.interviews.actions.written import check_complete, write_ratings
from apps.interviews.core.entries import RatingEntry
from apps.interviews.models import Scorecard, Seat


class AlreadyAmended(Exception):
    """Another tab amended this scorecard first."""


@transaction.atomic
def amend_scorecard(
    *,
    scorecard: Scorecard,
    entries: Mapping[int, RatingEntry],
    recommendation: str,
    reason: str,
    by: Any,
    now: dt.datetime,
) -> Scorecard:
    """Say something else than before, and why. What was submitted stays as it was; the new row stands from now on.

    Only by its interviewer and only until the decision. The row says whether the debrief had opened by then; and where
    levels change after others' could be read, the seat is `informed` from then on. Raises
    AlreadyAmended where `scorecard` no longer stands, ValidationError where nothing changes or no reason is given.
    """
    candidacy = lock_candidacy(scorecard.interview.candidacy_id)
    cards = Scorecard.objects.submitted().select_related("interview__plan_station__version")
    amended = cards.filter(pk=scorecard.pk, interviewer=by).first()
    if amended is None:
        raise PermissionDenied
    refuse_ended(candidacy)
    if Scorecard.objects.filter(amends=amended).exists():
        raise AlreadyAmended
    ratings = list(amended.ratings.order_by("pk"))
    rubrics = {rating.competency_id: rating.rubric_id for rating in ratings}
    check_complete(candidacy=candidacy, entries=entries, needed=set(rubrics), recommendation=recommendation)
    same = all(
        getattr(rating, name) == value
        for rating in ratings
        for name, value in asdict(entries[rating.competency_id]).items()
    )
    if same and recommendation == amended.recommendation:
        raise ValidationError("Nothing differs from your scorecard as it stands. Change what you want to amend.")
    if not reason.strip():
        raise ValidationError("Say why you amend it: the panel reads the reason beside both versions.")
    amendment = Scorecard.objects.create(
        interview=amended.interview,
        interviewer=by,
        recommendation=recommendation,
        private_notes=amended.private_notes,
        revision=amended.revision + 1,
        saved_at=now,
        amends=amended,
        amendment_reason=reason.strip(),
        after_debrief=candidacy.debrief_opened_at is not None,
    )
    write_ratings(scorecard=amendment, entries=entries, rubrics=rubrics)
    amendment.state = Scorecard.State.SUBMITTED
    amendment.submitted_at = now
    amendment.save()
    levels = {rating.competency_id: (rating.level, rating.no_evidence) for rating in ratings}
    moved = any(levels[pk] != (entry.level, entry.no_evidence) for pk, entry in entries.items())
    others = Scorecard.objects.submitted().filter(interview__candidacy=candidacy).exclude(interviewer=by)
    if moved and others.exists() and may_read(candidacy, by):
        # Levels changed by somebody who could read the others' are no independent signal any more.
        Seat.objects.filter(interview=amended.interview, interviewer=by).update(informed=True)
    record(by=by, verb="amended scorecard", thing=amended.interview, after={"after_debrief": amendment.after_debrief})
    return amendment
