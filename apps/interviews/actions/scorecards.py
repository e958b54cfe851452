"""Verbs about scorecards: keep a draft, submit it once."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from apps.common.actions import record
from apps.interviews.actions.locks import lock_candidacy, refuse_ended
from apps.interviews.actions.written import check_complete
from apps.interviews.core.entries import RatingEntry
from apps.interviews.models import Interview, Rating, Scorecard, Seat
from apps.loops.queries import assessed


class StaleScorecard(Exception):
    """Somebody (another tab) saved this draft since the page was loaded. `current` is what is stored now."""

    def __init__(self, current: Scorecard) -> None:
        super().__init__("The draft was saved elsewhere meanwhile.")
        self.current = current


class AlreadySubmitted(Exception):
    """This scorecard is submitted and fixed."""

    def __init__(self, scorecard: Scorecard) -> None:
        super().__init__("This scorecard is submitted.")
        self.scorecard = scorecard


def _own_scorecard(interview: Interview, by: Any) -> Scorecard:
    """This interviewer's scorecard; made on the first save. Raises PermissionDenied without a seat."""
    seats = Seat.objects.assigned().filter(interview=interview, interviewer=by)
    if not seats.exists():
        raise PermissionDenied
    return Scorecard.objects.get_or_create(interview=interview, interviewer=by, amends=None)[0]


def _as_it_is_now(interview: Interview) -> Interview:
    """The interview behind the lock: meanwhile its candidacy may have moved to another plan."""
    return Interview.objects.select_related("candidacy__candidate", "plan_station__version").get(pk=interview.pk)


def _assessed_in(interview: Interview) -> set[int]:
    return {measure.competency_id for measure in assessed(interview.plan_station)}


def _says_the_same(
    scorecard: Scorecard, entries: Mapping[int, RatingEntry], recommendation: str, private_notes: str
) -> bool:
    """Whether this very content is stored already: an answer was lost on its way, and the page asked again."""
    if (scorecard.recommendation, scorecard.private_notes) != (recommendation, private_notes):
        return False
    stored = {
        rating.competency_id: RatingEntry(rating.level, rating.no_evidence, rating.evidence, rating.moment)
        for rating in scorecard.ratings.order_by("pk")
    }
    return stored == dict(entries)


@transaction.atomic
def save_scorecard(
    *,
    interview: Interview,
    entries: Mapping[int, RatingEntry],
    recommendation: str,
    private_notes: str,
    revision: int,
    by: Any,
    now: dt.datetime,
) -> Scorecard:
    """Keep a draft. `entries` by the competency's id; `revision` is the one the page was loaded with.

    Raises StaleScorecard where the draft says something else since, AlreadySubmitted where it is fixed,
    ValidationError where the candidacy has ended.
    """
    candidacy = lock_candidacy(interview.candidacy_id)
    scorecard = _own_scorecard(interview, by)
    if scorecard.state == Scorecard.State.SUBMITTED:
        raise AlreadySubmitted(scorecard)
    refuse_ended(candidacy)
    if scorecard.revision != revision:
        if _says_the_same(scorecard, entries, recommendation, private_notes):
            return scorecard
        raise StaleScorecard(scorecard)
    if not set(entries) <= _assessed_in(_as_it_is_now(interview)):
        raise ValidationError("This station does not measure that competency.")
    rubrics = {pin.rubric.competency_id: pin.rubric_id for pin in candidacy.pinned_rubrics.select_related("rubric")}
    Rating.objects.bulk_create(
        [
            Rating(scorecard=scorecard, competency_id=pk, rubric_id=rubrics[pk], **asdict(one))
            for pk, one in entries.items()
        ],
        update_conflicts=True,
        unique_fields=["scorecard", "competency"],
        update_fields=["rubric", "level", "no_evidence", "evidence", "moment"],
    )
    scorecard.recommendation = recommendation
    scorecard.private_notes = private_notes
    scorecard.revision += 1
    scorecard.saved_at = now
    scorecard.save()
    return scorecard


@transaction.atomic
def submit_scorecard(
    *,
    interview: Interview,
    entries: Mapping[int, RatingEntry],
    recommendation: str,
    private_notes: str,
    revision: int,
    by: Any,
    now: dt.datetime,
) -> Scorecard:
    """Save and submit in one step; from then on it is fixed.

    Every competency the station assesses needs a level or "no evidence", and words where `core.entries.lacking` asks
    for them. Raises as `save_scorecard` does.
    """
    candidacy = lock_candidacy(interview.candidacy_id)
    interview = _as_it_is_now(interview)
    check_complete(candidacy=candidacy, entries=entries, needed=_assessed_in(interview), recommendation=recommendation)
    scorecard = save_scorecard(
        interview=interview,
        entries=entries,
        recommendation=recommendation,
        private_notes=private_notes,
        revision=revision,
        by=by,
        now=now,
    )
    scorecard.state = Scorecard.State.SUBMITTED
    scorecard.submitted_at = now
    scorecard.save()
    record(by=by, verb="submitted scorecard", thing=interview)
    return scorecard
