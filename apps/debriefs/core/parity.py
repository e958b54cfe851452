"""Was this candidate treated like the others? One course of interviews against its plan and the role's other courses.

Facts only: what differed, and how many of the others differed in the same way. Nothing here says whether it mattered.
"""

import datetime as dt
import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

MINUTES_OFF = 0.10  # a length within a tenth of the plan's is the same length
DAYS_OFF = 2  # so many days more or fewer than usual are no difference


class State(Enum):
    HELD = "held"
    CANCELLED = "cancelled"
    NOT_HELD = "not_held"  # it has no time


@dataclass(frozen=True)
class Sitting:
    """One station of one candidate. `minutes` as scheduled; `untrained`: who held it without being trained then."""

    station: str
    version: int
    state: State
    in_plan: bool
    position: int | None
    planned_minutes: int
    planned_people: int
    minutes: int | None = None
    starts_at: dt.datetime | None = None
    people: int = 0
    untrained: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.planned_minutes < 1 or self.planned_people < 1:
            raise ValueError("a station takes at least a minute and somebody to hold it")
        if self.state is State.HELD and (self.minutes is None or self.starts_at is None):
            raise ValueError("what was held has a beginning and a length")


@dataclass(frozen=True)
class Course:
    """All interviews of one candidate. `rubrics` and `bars` by competency; `accommodated`: something was arranged."""

    plan: int
    sittings: tuple[Sitting, ...]
    rubrics: Mapping[str, int] = field(default_factory=dict)
    bars: Mapping[str, int] = field(default_factory=dict)
    accommodated: bool = False

    @property
    def held(self) -> list[Sitting]:
        return [sitting for sitting in self.sittings if sitting.state is State.HELD]

    @property
    def order(self) -> tuple[str, ...]:
        """Planned stations in the order they were held."""
        planned = [sitting for sitting in self.held if sitting.position is not None]
        return tuple(s.station for s in sorted(planned, key=lambda s: (s.starts_at, s.position)))

    @property
    def is_in_order(self) -> bool:
        places = {sitting.station: sitting.position or 0 for sitting in self.held}
        return list(self.order) == sorted(self.order, key=lambda station: places[station])

    @property
    def days(self) -> int | None:
        """Days from the first interview to the last, 0 where all were held on one."""
        begins = [sitting.starts_at.date() for sitting in self.held if sitting.starts_at is not None]
        return (max(begins) - min(begins)).days if begins else None


class Kind(Enum):
    NOT_HELD = "not_held"
    CANCELLED = "cancelled"
    ADDED = "added"
    OTHER_PLAN = "other_plan"
    OTHER_VERSION = "other_version"
    OTHER_RUBRIC = "other_rubric"
    OTHER_BAR = "other_bar"
    MINUTES = "minutes"
    PEOPLE = "people"
    UNTRAINED = "untrained"
    ORDER = "order"
    DAYS = "days"


@dataclass(frozen=True)
class Deviation:
    """One thing that was otherwise. `about`: a station or a competency, "" for the whole.

    `here` against `usual` (the plan's, or what most others had). `alike` of `others` were otherwise in the same way.
    `arranged`: longer, for a candidate for whom something was arranged: allowed, and still named.
    """

    kind: Kind
    about: str
    here: int | tuple[str, ...] | None
    usual: int | tuple[str, ...] | None
    alike: int
    others: int
    arranged: bool = False


@dataclass(frozen=True)
class Parity:
    """What differed, in the order of Kind and of the stations. `stations` and `minutes` as held, with the usual.

    `arrangement_unseen`: something was arranged for this candidate, and no station held was longer than planned.
    """

    deviations: tuple[Deviation, ...]
    others: int
    stations: int
    minutes: int
    people: int
    days: int | None
    usual_stations: float | None
    usual_minutes: float | None
    usual_people: float | None
    usual_days: float | None
    arrangement_unseen: bool = False

    @property
    def unarranged(self) -> tuple[Deviation, ...]:
        return tuple(one for one in self.deviations if not one.arranged)


def compare(course: Course, others: Sequence[Course]) -> Parity:
    """One course against its plan and the others. "Usual" is a median for lengths and counts, else what more than half
    of those who have the thing at all have."""
    found = [*_stations(course, others), *_versions(course, others), *_lengths(course, others), *_whole(course, others)]
    place = {sitting.station: number for number, sitting in enumerate(course.sittings)}
    kinds = list(Kind)
    of_competency = {Kind.OTHER_RUBRIC, Kind.OTHER_BAR}

    def order(one: Deviation) -> tuple[int, int, str]:
        at = len(place) if one.kind in of_competency else place.get(one.about, len(place))
        return kinds.index(one.kind), at, one.about

    found.sort(key=order)
    own, usual = _sums(course), [_sums(other) for other in others if other.held]
    medians = [statistics.median(column) for column in zip(*usual, strict=True)] or [None] * 4
    return Parity(
        deviations=tuple(found),
        others=len(others),
        stations=own[0],
        minutes=own[1],
        people=own[2],
        days=course.days,
        usual_stations=medians[0],
        usual_minutes=medians[1],
        usual_people=medians[2],
        usual_days=medians[3],
        arrangement_unseen=course.accommodated
        and bool(course.held)
        and all((sitting.minutes or 0) <= sitting.planned_minutes for sitting in course.held),
    )


def _sums(course: Course) -> tuple[int, int, int, int]:
    held = course.held
    return len(held), sum(s.minutes or 0 for s in held), sum(s.people for s in held), course.days or 0


def _stations(course: Course, others: Sequence[Course]) -> list[Deviation]:
    """Stations of the plan that were not held, and held ones that are not in it."""
    found = []
    for sitting in course.sittings:
        kind = None
        if not sitting.in_plan and sitting.state is State.HELD:
            kind = Kind.ADDED
        elif sitting.in_plan and sitting.state is not State.HELD:
            again = any(s.station == sitting.station and s.state is State.HELD for s in course.sittings)
            if not again:
                kind = Kind.CANCELLED if sitting.state is State.CANCELLED else Kind.NOT_HELD
        if kind is not None:
            alike = sum(
                any(
                    (s.station, s.state, s.in_plan) == (sitting.station, sitting.state, sitting.in_plan)
                    for s in other.sittings
                )
                for other in others
            )
            found.append(Deviation(kind, sitting.station, None, None, alike, len(others)))
    return found


def _versions(course: Course, others: Sequence[Course]) -> list[Deviation]:
    """Another version of the plan, a station or a rubric, or another bar, than more than half of the others had."""
    found = _unusual(Kind.OTHER_PLAN, {"": course.plan}, [{"": other.plan} for other in others])
    found += _unusual(
        Kind.OTHER_VERSION,
        {sitting.station: sitting.version for sitting in course.held},
        [{sitting.station: sitting.version for sitting in other.held} for other in others],
    )
    found += _unusual(Kind.OTHER_RUBRIC, course.rubrics, [other.rubrics for other in others])
    return found + _unusual(Kind.OTHER_BAR, course.bars, [other.bars for other in others])


def _unusual(kind: Kind, own: Mapping[str, int], others: Sequence[Mapping[str, int]]) -> list[Deviation]:
    found = []
    for about, here in own.items():
        theirs = [other[about] for other in others if about in other]
        usual = _most(theirs)
        if usual is not None and usual != here:
            found.append(Deviation(kind, about, here, usual, theirs.count(here), len(theirs)))
    return found


def _most(values: Sequence[int]) -> int | None:
    """The value of more than half, or None."""
    if not values:
        return None
    value, times = Counter(values).most_common(1)[0]
    return value if 2 * times > len(values) else None


def _lengths(course: Course, others: Sequence[Course]) -> list[Deviation]:
    """Minutes and people of each held station against its own version, and who was not trained for it."""
    found = []
    for sitting in course.held:
        theirs = [s for other in others for s in other.held if s.station == sitting.station]
        if _is_off(sitting):
            longer = (sitting.minutes or 0) > sitting.planned_minutes
            alike = sum(_is_off(s) and ((s.minutes or 0) > s.planned_minutes) == longer for s in theirs)
            found.append(
                Deviation(
                    Kind.MINUTES, sitting.station, sitting.minutes, sitting.planned_minutes, alike, len(theirs),
                    arranged=course.accommodated and longer,
                )
            )  # fmt: skip
        if sitting.people != sitting.planned_people:
            alike = sum(s.people == sitting.people and s.people != s.planned_people for s in theirs)
            found.append(
                Deviation(
                    Kind.PEOPLE, sitting.station, sitting.people, sitting.planned_people, alike, len(theirs),
                )
            )  # fmt: skip
        if sitting.untrained:
            alike = sum(bool(s.untrained) for s in theirs)
            found.append(Deviation(Kind.UNTRAINED, sitting.station, sitting.untrained, None, alike, len(theirs)))
    return found


def _is_off(sitting: Sitting) -> bool:
    return abs((sitting.minutes or 0) - sitting.planned_minutes) > MINUTES_OFF * sitting.planned_minutes


def _whole(course: Course, others: Sequence[Course]) -> list[Deviation]:
    """The order of the stations, and the days between the first and the last."""
    found = []
    if not course.is_in_order:
        alike = sum(not other.is_in_order for other in others)
        places = {sitting.station: sitting.position or 0 for sitting in course.held}
        planned = tuple(sorted(course.order, key=lambda station: places[station]))
        found.append(Deviation(Kind.ORDER, "", course.order, planned, alike, len(others)))
    spans = [other.days for other in others if other.days is not None]
    if course.days is not None and spans:
        usual = statistics.median(spans)
        if _is_far(course.days, usual):
            alike = sum(_is_far(span, usual) and (span > usual) == (course.days > usual) for span in spans)
            found.append(Deviation(Kind.DAYS, "", course.days, round(usual), alike, len(spans)))
    return found


def _is_far(days: int, usual: float) -> bool:
    """More than two days and more than the usual span itself away from it."""
    return abs(days - usual) > max(DAYS_OFF, usual)
