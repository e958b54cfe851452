"""Reads of candidates, candidacies, interviews and scorecards."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from apps.accounts.models import Kind, User
from apps.interviews.models import (
    Candidacy,
    Candidate,
    Interview,
    PinnedRubric,
    Rating,
    Scorecard,
    Seat,
)
from apps.library.models import Competency, Level, Measure, Rubric
from apps.panel.queries import interviewers_by_station


def candidates(*, user: Any, search: str = "") -> QuerySet[Candidate]:
    found = Candidate.objects.visible_to(user)
    if search:
        matches = Q(name__icontains=search)
        if user.runs_hiring:  # the others do not see addresses, so a search must not confirm one
            matches |= Q(email__icontains=search)
        found = found.filter(matches)
    seen = Candidacy.objects.visible_to(user).select_related("role").order_by("-started_at", "-pk")
    return found.prefetch_related(Prefetch("candidacies", seen)).order_by("name", "pk")


@dataclass(frozen=True)
class CandidacyLine:
    """One candidacy in a list. Progress and decision only where the reader may see what others wrote."""

    candidacy: Candidacy
    is_open: bool
    submitted: int | None
    expected: int | None
    to_schedule: int

    @property
    def is_complete(self) -> bool:
        return bool(self.expected) and self.submitted == self.expected


def candidacy_lines(*, user: Any, candidate: Candidate | None = None, state: str = "") -> list[CandidacyLine]:
    """Candidacies in the order they began; the order tells nothing about ratings."""
    found = Candidacy.objects.visible_to(user)
    if candidate is not None:
        found = found.filter(candidate=candidate)
    if state:
        found = found.filter(state=state)
    found = (
        found.select_related("candidate", "role", "plan")
        .annotate(
            is_open=Exists(Candidacy.objects.open_to(user).filter(pk=OuterRef("pk"))),
            submitted_count=Count(
                "interviews__scorecards", filter=Q(interviews__scorecards__state="submitted"), distinct=True
            ),
            seat_count=Count(
                "interviews__seats",
                filter=Q(interviews__seats__state="assigned") & ~Q(interviews__state="cancelled"),
                distinct=True,
            ),
            to_schedule_count=Count("interviews", filter=Q(interviews__state="to_schedule"), distinct=True),
        )
        .order_by("-started_at", "-pk")
    )
    return [
        CandidacyLine(
            candidacy=candidacy,
            is_open=candidacy.is_open,
            submitted=candidacy.submitted_count if candidacy.is_open else None,
            expected=candidacy.seat_count if candidacy.is_open else None,
            to_schedule=candidacy.to_schedule_count,
        )
        for candidacy in found
    ]


@dataclass(frozen=True)
class SeatLine:
    seat: Seat
    has_submitted: bool | None


@dataclass(frozen=True)
class InterviewLine:
    """One interview on the page of a candidacy. `has_submitted` is None where the reader may not know."""

    interview: Interview
    seats: tuple[SeatLine, ...]
    trained: tuple[User, ...]
    is_own: bool

    @property
    def is_finished(self) -> bool:
        """Every interviewer has submitted, as far as the reader may know: nothing is left to schedule."""
        return bool(self.seats) and all(line.has_submitted for line in self.seats)


@dataclass(frozen=True)
class CandidacyPage:
    candidacy: Candidacy
    interviews: tuple[InterviewLine, ...]
    is_open: bool
    can_manage: bool
    interviewers: tuple[User, ...]

    @property
    def _counted(self) -> list[SeatLine]:
        return [
            seat_line
            for line in self.interviews
            if line.interview.state != Interview.State.CANCELLED
            for seat_line in line.seats
            if seat_line.seat.state == Seat.State.ASSIGNED
        ]

    @property
    def expected_count(self) -> int:
        return len(self._counted)

    @property
    def submitted_count(self) -> int:
        return sum(bool(line.has_submitted) for line in self._counted)

    @property
    def owed_count(self) -> int:
        return self.expected_count - self.submitted_count

    @property
    def to_schedule_count(self) -> int:
        return sum(line.interview.state == Interview.State.TO_SCHEDULE for line in self.interviews)


def candidacy_page(*, candidacy: Candidacy, user: Any) -> CandidacyPage:
    is_open = Candidacy.objects.open_to(user).filter(pk=candidacy.pk).exists()
    interviews = list(
        Interview.objects.visible_to(user)
        .filter(candidacy=candidacy)
        .select_related("plan_station__version__station")
        .prefetch_related(Prefetch("seats", Seat.objects.select_related("interviewer").order_by("pk")))
        .order_by("plan_station__position", "pk")
    )
    submitted = set(
        Scorecard.objects.visible_to(user)
        .submitted()
        .filter(interview__candidacy=candidacy)
        .order_by("pk")
        .values_list("interview_id", "interviewer_id")
    )
    trained = interviewers_by_station(
        station_ids=[interview.plan_station.version.station_id for interview in interviews]
    )
    lines = []
    for interview in interviews:
        seats = tuple(
            SeatLine(
                seat=seat,
                has_submitted=(interview.pk, seat.interviewer_id) in submitted
                if is_open or seat.interviewer_id == user.pk
                else None,
            )
            for seat in interview.seats.all()
        )
        lines.append(
            InterviewLine(
                interview=interview,
                seats=seats,
                trained=tuple(trained[interview.plan_station.version.station_id]),
                is_own=any(line.seat.interviewer_id == user.pk for line in seats),
            )
        )
    return CandidacyPage(
        candidacy=candidacy,
        interviews=tuple(lines),
        is_open=is_open,
        can_manage=user.runs_hiring and candidacy.state == Candidacy.State.ACTIVE,
        interviewers=tuple(possible_interviewers()) if user.runs_hiring else (),
    )


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
        Scorecard.objects.submitted()
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
    measures: tuple[Measure, ...]
    competencies: tuple[RatedCompetency, ...]
    scorecard: Scorecard | None
    owns_seat: bool
    can_rate: bool

    @property
    def is_submitted(self) -> bool:
        return self.scorecard is not None and self.scorecard.state == Scorecard.State.SUBMITTED


def interview_page(*, interview: Interview, user: Any) -> InterviewPage:
    """The kit and this person's own scorecard; never anybody else's."""
    measures = tuple(
        Measure.objects.filter(version=interview.plan_station.version)
        .select_related("competency")
        .order_by("-reliability", "pk")
    )
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
        measures=measures,
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


def interviews_to_schedule(*, user: Any) -> QuerySet[Candidacy]:
    """Active candidacies with interviews that have no time yet, the oldest first (for who runs hiring)."""
    if not user.runs_hiring:
        return Candidacy.objects.none()
    return (
        Candidacy.objects.visible_to(user)
        .filter(state=Candidacy.State.ACTIVE)
        .annotate(waiting=Count("interviews", filter=Q(interviews__state="to_schedule")))
        .filter(waiting__gt=0)
        .select_related("candidate", "role")
        .order_by("started_at", "pk")
    )
