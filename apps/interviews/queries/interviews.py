"""Reads of interviews and of what their interviewers owe."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet

from apps.accounts.models import Kind, User
from apps.interviews.models import Candidacy, Interview, PinnedRubric, Rating, Scorecard, Seat
from apps.interviews.queries.trail import AmendmentLine, amendments_of
from apps.library.models import Competency, Level, Rubric
from apps.loops.models import PlanStation
from apps.loops.queries import assessed, with_assessed


def possible_interviewers() -> QuerySet[User]:
    return (
        User.objects.filter(groups__name__in=[Kind.INTERVIEWER, Kind.LEADER], is_active=True)
        .distinct()
        .order_by("name", "pk")
    )


def own_submitted(*, user: Any) -> QuerySet[Scorecard]:
    return (
        Scorecard.objects.current()
        .filter(interviewer=user)
        .select_related(
            "entered_by",
            "interview__candidacy__candidate",
            "interview__candidacy__role",
            "interview__plan_station__version",
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
    amendments: tuple[AmendmentLine, ...] = ()

    @property
    def can_amend(self) -> bool:
        return self.is_submitted and self.can_rate

    @property
    def is_submitted(self) -> bool:
        return self.scorecard is not None and self.scorecard.state == Scorecard.State.SUBMITTED


def interview_page(*, interview: Interview, user: Any) -> InterviewPage:
    """The kit and this person's own scorecard; never anybody else's."""
    own = Scorecard.objects.filter(interview=interview, interviewer=user, amended_by=None)
    scorecard = own.select_related("entered_by", "interviewer").first()
    ratings = {
        rating.competency_id: rating
        for rating in Rating.objects.visible_to(user).filter(scorecard=scorecard).order_by("pk")
    } if scorecard else {}  # fmt: skip
    owns_seat = Seat.objects.assigned().filter(interview=interview, interviewer=user).exists()
    return InterviewPage(
        interview=interview,
        competencies=_competencies(interview, ratings),
        scorecard=scorecard,
        owns_seat=owns_seat,
        can_rate=owns_seat and interview.candidacy.state == Candidacy.State.ACTIVE,
        amendments=amendments_of([scorecard], user=user)[scorecard.pk] if scorecard else (),
    )


def empty_page(*, interview: Interview) -> InterviewPage:
    """An interview's competencies with nothing in them, whatever its interviewers have drafted."""
    return InterviewPage(
        interview=interview,
        competencies=_competencies(interview, {}),
        scorecard=None,
        owns_seat=False,
        can_rate=interview.candidacy.state == Candidacy.State.ACTIVE,
    )


def _competencies(interview: Interview, ratings: Mapping[int, Rating]) -> tuple[RatedCompetency, ...]:
    measures = assessed(with_assessed(PlanStation.objects.all()).get(pk=interview.plan_station_id))
    pinned = {
        pin.rubric.competency_id: pin.rubric
        for pin in PinnedRubric.objects.filter(
            candidacy=interview.candidacy, rubric__competency__in=[measure.competency_id for measure in measures]
        )
        .select_related("rubric")
        .prefetch_related(Prefetch("rubric__levels", Level.objects.order_by("number")))
        .order_by("pk")
    }
    return tuple(
        RatedCompetency(
            competency=measure.competency,
            rubric=pinned[measure.competency_id],
            levels=tuple(pinned[measure.competency_id].levels.all()),
            rating=ratings.get(measure.competency_id),
        )
        for measure in measures
    )


def owed_on(*, candidacy: Candidacy, user: Any) -> Sequence[Seat]:
    """What this person still owes on a candidacy."""
    return list(
        Seat.objects.owing()
        .filter(interview__candidacy=candidacy, interviewer=user)
        .select_related("interview__plan_station__version")
        .order_by("pk")
    )


@dataclass(frozen=True)
class WhyClosed:
    """Why somebody cannot read what a panel wrote. Says nothing of how many others have written, or who.

    `owed`: their own seats without a scorecard. None owed: everybody else of the panel writes first.
    """

    owed: tuple[Seat, ...]

    @property
    def waits(self) -> bool:
        return not self.owed


def why_closed(*, candidacy: Candidacy, user: Any) -> WhyClosed | None:
    """None where the candidacy is open to this person."""
    if Candidacy.objects.open_to(user).filter(pk=candidacy.pk).exists():
        return None
    return WhyClosed(owed=tuple(owed_on(candidacy=candidacy, user=user)))
