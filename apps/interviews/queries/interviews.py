"""Reads of interviews and of what their interviewers owe."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet

from apps.accounts.models import Kind, User
from apps.interviews.models import Candidacy, Interview, PinnedRubric, Rating, Scorecard, Seat
from apps.library.models import Competency, Level, Rubric
from apps.loops.models import PlanStation
from apps.loops.queries import assessed, with_assessed


def possible_interviewers() -> QuerySet[User]:
    return (
        User.objects.filter(groups__name__in=[Kind.INTERVIEWER, Kind.LEADER], is_active=True)
        .distinct()
        .order_by("name", "pk")
    )


@dataclass(frozen=True)
class DueLine:
    """A scorecard somebody owes. `is_over` once the interview has ended."""

    seat: Seat
    is_over: bool


def scorecards_due(*, user: Any, now: dt.datetime) -> list[DueLine]:
    """This person's own seats without a submitted scorecard: held ones first, then by time."""
    seats = (
        Seat.objects.owing()
        .filter(interviewer=user)
        .select_related(
            "interview__candidacy__candidate", "interview__candidacy__role", "interview__plan_station__version"
        )
        .order_by("interview__starts_at", "pk")
    )
    lines = [
        DueLine(seat=seat, is_over=bool(seat.interview.ends_at and seat.interview.ends_at <= now)) for seat in seats
    ]
    return sorted(lines, key=lambda line: not line.is_over)


def own_submitted(*, user: Any) -> QuerySet[Scorecard]:
    return (
        Scorecard.objects.current()
        .filter(interviewer=user)
        .select_related(
            "interview__candidacy__candidate", "interview__candidacy__role", "interview__plan_station__version"
        )
        .order_by("-submitted_at", "-pk")
    )


@dataclass(frozen=True)
class RatedCompetency:
    """One competency on the scorecard, with the anchors pinned for this candidacy."""

    competency: Competency
    rubric: Rubric
    levels: tuple[Level, ...]
    rating: Rating | None


@dataclass(frozen=True)
class InterviewPage:
    interview: Interview
    competencies: tuple[RatedCompetency, ...]
    scorecard: Scorecard | None
    owns_seat: bool
    can_rate: bool

    @property
    def is_submitted(self) -> bool:
        return self.scorecard is not None and self.scorecard.state == Scorecard.State.SUBMITTED


def interview_page(*, interview: Interview, user: Any) -> InterviewPage:
    """The kit and this person's own scorecard; never anybody else's."""
    measures = assessed(with_assessed(PlanStation.objects.all()).get(pk=interview.plan_station_id))
    scorecard = Scorecard.objects.filter(interview=interview, interviewer=user).first()
    ratings = {
        rating.competency_id: rating
        for rating in Rating.objects.visible_to(user).filter(scorecard=scorecard).order_by("pk")
    } if scorecard else {}  # fmt: skip
    pinned = {
        pin.rubric.competency_id: pin.rubric
        for pin in PinnedRubric.objects.filter(
            candidacy=interview.candidacy, rubric__competency__in=[measure.competency_id for measure in measures]
        )
        .select_related("rubric")
        .prefetch_related(Prefetch("rubric__levels", Level.objects.order_by("number")))
        .order_by("pk")
    }
    owns_seat = Seat.objects.assigned().filter(interview=interview, interviewer=user).exists()
    return InterviewPage(
        interview=interview,
        competencies=tuple(
            RatedCompetency(
                competency=measure.competency,
                rubric=pinned[measure.competency_id],
                levels=tuple(pinned[measure.competency_id].levels.all()),
                rating=ratings.get(measure.competency_id),
            )
            for measure in measures
        ),
        scorecard=scorecard,
        owns_seat=owns_seat,
        can_rate=owns_seat and interview.candidacy.state == Candidacy.State.ACTIVE,
    )


def owed_on(*, candidacy: Candidacy, user: Any) -> Sequence[Seat]:
    """What this person still owes on a candidacy."""
    return list(
        Seat.objects.owing()
        .filter(interview__candidacy=candidacy, interviewer=user)
        .select_related("interview__plan_station__version")
        .order_by("pk")
    )
