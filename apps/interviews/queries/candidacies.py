"""Reads of candidates and candidacies."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, When

from apps.accounts.models import User
from apps.interviews.models import Candidacy, Candidate, Interview, Scorecard, Seat
from apps.interviews.queries.interviews import possible_interviewers
from apps.loops.models import LoopPlan
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
    """One candidacy in a list. Progress and decision only where the reader may see what others wrote.

    `is_open` says whether; where not, `owes` says whether for want of this reader's own scorecard.
    """

    candidacy: Candidacy
    is_open: bool
    owes: bool
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
    # First submissions, so that an amendment counts once, of those who still sit there.
    written = Q(
        interviews__scorecards__state="submitted",
        interviews__scorecards__amends=None,
        interviews__scorecards__interviewer=F("interviews__seats__interviewer"),
        interviews__seats__state="assigned",
    )
    found = (
        found.select_related("candidate", "role", "plan")
        .annotate(
            is_open=Exists(Candidacy.objects.open_to(user).filter(pk=OuterRef("pk"))),
            owes=Exists(Seat.objects.owing().filter(interview__candidacy=OuterRef("pk"), interviewer=user)),
            submitted_count=Count("interviews__scorecards", filter=written, distinct=True),
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
            owes=candidacy.owes,
            submitted=candidacy.submitted_count if candidacy.is_open else None,
            expected=candidacy.seat_count if candidacy.is_open else None,
            to_schedule=candidacy.to_schedule_count,
        )
        for candidacy in found
    ]


def has_ended_ones(*, user: Any) -> bool:
    """Whether this person may see a candidacy that is no longer active."""
    return Candidacy.objects.visible_to(user).exclude(state=Candidacy.State.ACTIVE).exists()


@dataclass(frozen=True)
class SeatLine:
    """One seat on the page of a candidacy, as far as its reader may know: None, or False, where they may not.

    `card` is the interviewer's scorecard as it stands.
    """

    seat: Seat
    has_submitted: bool | None
    card: Scorecard | None
    is_informed: bool
    can_excuse: bool
    can_enter_for: bool


@dataclass(frozen=True)
class InterviewLine:
    """One interview on the page of a candidacy. `has_submitted` is None where the reader may not know.

    `place` is its station's in the candidacy's plan, None where it has none there; `from_plan` numbers the plan it was
    held by, where that is another one.
    """

    interview: Interview
    seats: tuple[SeatLine, ...]
    trained: tuple[User, ...]
    is_own: bool
    place: int | None
    from_plan: int | None

    @property
    def is_finished(self) -> bool:
        """Every interviewer has submitted, as far as the reader may know: nothing is left to schedule."""
        return bool(self.seats) and all(line.has_submitted for line in self.seats)


@dataclass(frozen=True)
class CandidacyPage:
    candidacy: Candidacy
    interviews: tuple[InterviewLine, ...]
    is_open: bool
    owes: bool
    can_manage: bool
    interviewers: tuple[User, ...]
    other_plans: tuple[LoopPlan, ...]

    @property
    def published_plan(self) -> LoopPlan | None:
        """The role's published plan, where the candidacy goes by another one."""
        return next((plan for plan in self.other_plans if plan.state == LoopPlan.State.PUBLISHED), None)

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
    owes = Seat.objects.owing().filter(interview__candidacy=candidacy, interviewer=user).exists()
    can_manage = user.runs_hiring and candidacy.state == Candidacy.State.ACTIVE
    interviews = list(
        Interview.objects.visible_to(user)
        .filter(candidacy=candidacy)
        .select_related("plan_station__version__station", "plan_station__plan")
        .prefetch_related(Prefetch("seats", Seat.objects.select_related("interviewer").order_by("pk")))
        .in_order()
    )
    cards = {
        (card.interview_id, card.interviewer_id): card
        for card in Scorecard.objects.visible_to(user)
        .current()
        .filter(interview__candidacy=candidacy)
        .select_related("interviewer", "entered_by")
        .defer("private_notes")
        .order_by("pk")
    }
    trained = interviewers_by_station(
        station_ids=[interview.plan_station.version.station_id for interview in interviews]
    )
    lines = []
    for interview in interviews:
        seats = tuple(
            _seat_line(
                seat,
                card=cards.get((interview.pk, seat.interviewer_id)),
                knows=is_open or seat.interviewer_id == user.pk,
                is_open=is_open,
                may_manage=can_manage and not owes and seat.interviewer_id != user.pk,
            )
            for seat in interview.seats.all()
        )
        lines.append(
            InterviewLine(
                interview=interview,
                seats=seats,
                trained=tuple(trained[interview.plan_station.version.station_id]),
                is_own=any(line.seat.interviewer_id == user.pk for line in seats),
                place=interview.place,  # type: ignore[attr-defined]  # annotated by in_order
                from_plan=plan.number if (plan := interview.plan_station.plan) != candidacy.plan else None,
            )
        )
    return CandidacyPage(
        candidacy=candidacy,
        interviews=tuple(lines),
        is_open=is_open,
        owes=owes,
        can_manage=can_manage,
        interviewers=tuple(possible_interviewers()) if user.runs_hiring else (),
        other_plans=tuple(plans_to_move_to(candidacy=candidacy)) if can_manage else (),
    )


def _seat_line(seat: Seat, *, card: Scorecard | None, knows: bool, is_open: bool, may_manage: bool) -> SeatLine:
    is_due = seat.state == Seat.State.ASSIGNED and seat.interview.state != Interview.State.CANCELLED and card is None
    return SeatLine(
        seat=seat,
        has_submitted=card is not None if knows else None,
        card=card,
        is_informed=is_open and seat.informed,
        can_excuse=may_manage and is_due,
        can_enter_for=may_manage and is_due and is_open,
    )


def plans_to_move_to(*, candidacy: Candidacy) -> QuerySet[LoopPlan]:
    """The role's other plans that are or were in use: the published one first, then the newest."""
    return (
        LoopPlan.objects.filter(role=candidacy.role_id, published_at__isnull=False)
        .exclude(pk=candidacy.plan_id)
        .annotate(is_archived=Case(When(state=LoopPlan.State.ARCHIVED, then=1), default=0))
        .order_by("is_archived", "-number")
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
