"""Rows to the values that moves and reminders are computed from, and their answers to pages."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q

from apps.accounts.models import User
from apps.interviews.core.move import Fate, Line, Move, Need, Place, Sitting, Standing, Target, plan_move
from apps.interviews.core.reminding import Kind, Owed, Person, Sent, Wish
from apps.interviews.models import Candidacy, Interview, PinnedRequirement, Rating, Scorecard, Seat
from apps.library.models import Competency, Rubric, StationVersion
from apps.loops.models import LoopPlan, PlanStation, Requirement
from apps.loops.queries import assessed, with_assessed


def proposed_move(*, candidacy: Candidacy, plan: LoopPlan, now: dt.datetime) -> Move:
    """What moving this candidacy to that plan of its role would change at this moment."""
    return plan_move(_standing(candidacy, now), _target(candidacy, plan))


def _standing(candidacy: Candidacy, now: dt.datetime) -> Standing:
    interviews = (
        Interview.objects.filter(candidacy=candidacy)
        .exclude(state=Interview.State.CANCELLED)
        .prefetch_related(
            Prefetch("plan_station", with_assessed(PlanStation.objects.all())),
            Prefetch("seats", Seat.objects.filter(state=Seat.State.ASSIGNED).order_by("pk")),
        )
        .in_order()
    )
    cards = Scorecard.objects.filter(interview__candidacy=candidacy).order_by("pk")
    written = set(cards.values_list("interview_id", flat=True))
    says_something = Q(level__isnull=False) | Q(no_evidence=True) | ~Q(evidence="")
    rated = Rating.objects.filter(says_something, scorecard__interview__candidacy=candidacy).order_by("pk")
    return Standing(
        plan=candidacy.plan_id,
        sittings=tuple(
            Sitting(
                key=interview.pk,
                place=_place(interview.plan_station),
                is_held=interview.pk in written or (interview.starts_at is not None and interview.starts_at <= now),
                starts_at=interview.starts_at,
                people=tuple(seat.interviewer_id for seat in interview.seats.all()),
            )
            for interview in interviews
        ),
        rubrics={pin.rubric.competency_id: pin.rubric_id for pin in candidacy.pinned_rubrics.select_related("rubric")},
        needs=_needs(candidacy.pinned_requirements.order_by("pk")),
        weights_reason=candidacy.weights_reason,
        rated=frozenset(rated.values_list("competency_id", flat=True)),
    )


def _target(candidacy: Candidacy, plan: LoopPlan) -> Target:
    role = candidacy.role
    places = tuple(_place(row) for row in with_assessed(plan.plan_stations.order_by("position")))
    needs = _needs(role.requirements.order_by("pk"))
    competencies = {pk for place in places for pk in place.assessed} | {need.competency for need in needs}
    published = Rubric.objects.filter(state=Rubric.State.PUBLISHED, competency__in=competencies).order_by("pk")
    return Target(
        plan=plan.pk,
        places=places,
        rubrics={rubric.competency_id: rubric.pk for rubric in published},
        needs=needs,
        weights_reason=role.weights_reason,
    )


def _place(row: PlanStation) -> Place:
    return Place(
        key=row.pk,
        plan=row.plan_id,
        station=row.version.station_id,
        version=row.version_id,
        minutes=row.version.minutes,
        assessed=tuple(sorted(measure.competency_id for measure in assessed(row))),
    )


def _needs(rows: Iterable[PinnedRequirement | Requirement]) -> tuple[Need, ...]:
    return tuple(
        Need(
            competency=row.competency_id,
            weight=row.weight,
            bar=row.bar,
            must_pass=row.must_pass,
            min_signals=row.min_signals,
        )
        for row in rows
    )


# ------------------------------------------------------------------------------------------------ the page


@dataclass(frozen=True)
class StationLine:
    """One interview or station with its rows. `old` is what it is now, `new` what it would be; either may lack."""

    old: StationVersion | None
    new: StationVersion | None
    plan_number: int | None
    starts_at: dt.datetime | None
    people: tuple[User, ...]
    asked_more: tuple[Competency, ...]
    asked_no_more: tuple[Competency, ...]

    @property
    def name(self) -> str:
        version = self.new or self.old
        return version.name if version else ""

    @property
    def versions_differ(self) -> bool:
        return self.old is not None and self.new is not None and self.old != self.new


@dataclass(frozen=True)
class RubricChange:
    competency: Competency
    pinned: Rubric | None
    published: Rubric


@dataclass(frozen=True)
class NeedChange:
    competency: Competency
    before: Need | None
    after: Need | None


@dataclass(frozen=True)
class MovePage:
    """The list somebody reads before a candidacy moves. `fingerprint` names this very list."""

    plan: LoopPlan
    stays: tuple[StationLine, ...]
    changed: tuple[StationLine, ...]
    added: tuple[StationLine, ...]
    cancelled: tuple[StationLine, ...]
    held: tuple[StationLine, ...]
    kept: tuple[StationLine, ...]
    rubrics_changed: tuple[RubricChange, ...]
    rubrics_kept: tuple[RubricChange, ...]
    needs: tuple[NeedChange, ...]
    weights_reason: str | None
    minutes: int
    to_minutes: int
    fingerprint: str


def move_page(*, candidacy: Candidacy, plan: LoopPlan, now: dt.datetime) -> MovePage:
    """The list for somebody who may see what others wrote (`Candidacy.objects.open_to`)."""
    move = proposed_move(candidacy=candidacy, plan=plan, now=now)
    places = {place.key: place for line in move.lines for place in _places_of(line)}
    stations = with_assessed(PlanStation.objects.filter(pk__in=places)).select_related("plan").order_by("pk")
    rows = _Rows(
        stations={row.pk: row for row in stations},
        people=User.objects.in_bulk({pk for line in move.lines if line.sitting for pk in line.sitting.people}),
        competencies=Competency.objects.in_bulk(
            {pk for place in places.values() for pk in place.assessed}
            | {line.competency for line in move.rubrics}
            | {need.competency for line in move.needs for need in (line.before, line.after) if need}
        ),
        rubrics=Rubric.objects.in_bulk({pk for line in move.rubrics for pk in (line.pinned, line.published) if pk}),
    )
    return MovePage(
        plan=plan,
        stays=rows.lines(move, Fate.STAYS),
        changed=rows.lines(move, Fate.CHANGED),
        added=rows.lines(move, Fate.ADDED),
        cancelled=rows.lines(move, Fate.CANCELLED),
        held=rows.lines(move, Fate.HELD),
        kept=rows.lines(move, Fate.KEPT),
        rubrics_changed=rows.rubric_changes(move, changes=True),
        rubrics_kept=rows.rubric_changes(move, changes=False),
        needs=tuple(
            NeedChange(rows.competencies[need.competency], line.before, line.after)
            for line in move.needs
            if (need := line.after or line.before)
        ),
        weights_reason=move.weights_reason,
        minutes=move.minutes,
        to_minutes=move.to_minutes,
        fingerprint=move.fingerprint,
    )


def _places_of(line: Line) -> list[Place]:
    return [place for place in (line.sitting.place if line.sitting else None, line.place) if place is not None]


@dataclass(frozen=True)
class _Rows:
    """The rows behind a move's numbers."""

    stations: dict[int, PlanStation]
    people: dict[Any, User]
    competencies: dict[Any, Competency]
    rubrics: dict[Any, Rubric]

    def lines(self, move: Move, fate: Fate) -> tuple[StationLine, ...]:
        return tuple(self._line(line) for line in move.of(fate))

    def _line(self, line: Line) -> StationLine:
        sitting, new = line.sitting, line.place
        old = sitting.place if sitting else None
        return StationLine(
            old=self.stations[old.key].version if old else None,
            new=self.stations[new.key].version if new else None,
            plan_number=self.stations[old.key].plan.number if old else None,
            starts_at=sitting.starts_at if sitting else None,
            people=tuple(self.people[pk] for pk in sitting.people) if sitting else (),
            asked_more=self._beyond(new, old),
            asked_no_more=self._beyond(old, new),
        )

    def _beyond(self, one: Place | None, other: Place | None) -> tuple[Competency, ...]:
        """What `one` assesses and `other` does not, where there are both."""
        if one is None or other is None:
            return ()
        return tuple(self.competencies[pk] for pk in one.assessed if pk not in other.assessed)

    def rubric_changes(self, move: Move, *, changes: bool) -> tuple[RubricChange, ...]:
        return tuple(
            RubricChange(
                self.competencies[line.competency],
                self.rubrics[line.pinned] if line.pinned else None,
                self.rubrics[line.published],
            )
            for line in move.rubrics
            if line.changes is changes
        )


def person_to_remind(*, user: User, mailed_at: dt.datetime | None) -> Person:
    """Somebody with their wishes for mail; `mailed_at` is when they were last reminded of anything."""
    return Person(
        id=user.pk,
        zone=user.time_zone,
        wish=Wish(user.reminders),
        quiet_from=user.quiet_from,
        quiet_until=user.quiet_until,
        quiet_weekends=user.quiet_weekends,
        mailed_at=mailed_at,
    )


def owed_seat(*, seat: Seat, due_at: dt.datetime) -> Owed:
    """A seat that owes a scorecard, with what was mailed about it. Reads prefetched reminders."""
    ends_at = seat.interview.ends_at
    assert ends_at is not None  # noqa: S101  # a deadline follows from the end
    return Owed(
        seat=seat.pk,
        person=seat.interviewer_id,
        ends_at=ends_at,
        due_at=due_at,
        sent=tuple(Sent(Kind(one.kind), one.due_at, one.sent_at) for one in seat.reminders.all()),
    )
