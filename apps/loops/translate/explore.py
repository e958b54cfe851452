"""What else there is beside a plan: stations left out, other loops, and what more of the candidate's time would buy."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import floor

from apps.library.core.freshness import age_in_months, freshness
from apps.library.models import Competency, Station
from apps.loops.core.check import violations
from apps.loops.core.compare import SAME_EXPLAINED
from apps.loops.core.frontier import FrontierPoint
from apps.loops.core.left_out import LeftOut, left_out
from apps.loops.core.problem import Problem, RuleRef
from apps.loops.core.result import PlanResult
from apps.loops.translate.words import ViolationLine, violation_lines

#: The picture of the frontier: its height, and the edges of the drawing in pixels (y) and per cent (x).
HEIGHT, TOP, BOTTOM, LEFT, RIGHT = 300, 20, 250, 9.0, 96.0


@dataclass(frozen=True)
class LeftOutLine:
    """A station outside the plan. gain: rise of R2 if simply added; breaks: what that would break, beside its reason.

    swap: the plan's station it would best replace, "" where every exchange breaks a rule; change: of R2 then.
    """

    station: Station
    freshness: float
    reason: str
    gain: float
    breaks: tuple[ViolationLine, ...]
    swap: str
    change: float

    @property
    def is_equal(self) -> bool:
        """The exchange changes nothing that would be printed."""
        return abs(self.change) < SAME_EXPLAINED


def left_out_lines(problem: Problem, station_ids: Sequence[str], *, today: dt.date) -> tuple[LeftOutLine, ...]:
    """Every station of the problem that is not in the plan, those that would add most first."""
    stations = {station.slug: station for station in Station.objects.with_contents().order_by("pk")}
    names = _names(stations)
    found = left_out(problem, station_ids)
    return tuple(_left_out_line(one, problem, station_ids, stations, names, today) for one in found)


def _left_out_line(
    one: LeftOut,
    problem: Problem,
    station_ids: Sequence[str],
    stations: Mapping[str, Station],
    names: Mapping[str, str],
    today: dt.date,
) -> LeftOutLine:
    station = stations[one.station_id]
    broken = [
        violation
        for violation in (violations(problem, [*station_ids, one.station_id]) if one.breaks else ())
        if violation.subject != one.station_id and RuleRef(violation.rule, violation.subject) in one.breaks
    ]
    return LeftOutLine(
        station=station,
        freshness=freshness(age_in_months(station.reviewed_on, today), station.half_life_months),
        reason=one.reason.value,
        gain=one.gain,
        breaks=violation_lines(broken, names),
        swap=names[one.best_swap.out] if one.best_swap else "",
        change=one.best_swap.change if one.best_swap else 0.0,
    )


def _names(stations: Mapping[str, Station]) -> dict[str, str]:
    names = dict(Competency.objects.order_by("pk").values_list("slug", "name"))
    return names | {slug: str(station) for slug, station in stations.items()} | dict(Station.Kind.choices)


@dataclass(frozen=True)
class Dot:
    """One loop in the picture: x in per cent of the width, y in pixels."""

    limit: int
    minutes: int
    explained: float
    stations: int
    x: float
    y: float
    is_shown: bool


@dataclass(frozen=True)
class Line:
    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True)
class Tick:
    at: float
    value: float


@dataclass(frozen=True)
class FrontierPicture:
    """R2 of the best loop against the candidate minutes allowed, drawn; `plan` is where the plan itself stands."""

    dots: tuple[Dot, ...]
    lines: tuple[Line, ...]
    plan: Dot
    minutes: tuple[Tick, ...]
    shares: tuple[Tick, ...]
    height: int = HEIGHT
    bottom: int = BOTTOM
    left: float = LEFT
    right: float = RIGHT


def frontier_picture(
    points: Sequence[FrontierPoint], *, plan_minutes: int, plan_explained: float, stations: int, shown: int | None
) -> FrontierPicture:
    """`shown`: the limit whose loop stands beside the picture."""
    limits = [point.candidate_minutes_limit for point in points]
    values = [plan_explained, *(point.result.objective or 0.0 for point in points)]
    first, last = min([plan_minutes, *limits]), max([plan_minutes, *limits])
    low, high = floor(20 * min(values)), floor(20 * max(values)) + 1

    def x(minutes: float) -> float:
        return LEFT + 3 + (RIGHT - LEFT - 3) * (minutes - first) / max(last - first, 1)

    def y(share: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * (20 * share - low) / (high - low)

    dots = tuple(
        Dot(
            limit=point.candidate_minutes_limit,
            minutes=point.result.candidate_minutes,
            explained=point.result.objective or 0.0,
            stations=len(point.result.stations),
            x=x(point.candidate_minutes_limit),
            y=y(point.result.objective or 0.0),
            is_shown=point.candidate_minutes_limit == shown,
        )
        for point in points
    )
    minutes = 60 if last - first <= 480 else 120
    return FrontierPicture(
        dots=dots,
        lines=tuple(Line(one.x, one.y, two.x, two.y) for one, two in pairwise(dots)),
        plan=Dot(plan_minutes, plan_minutes, plan_explained, stations, x(plan_minutes), y(plan_explained), False),
        minutes=tuple(Tick(x(value), value) for value in range(-(-first // minutes) * minutes, last + 1, minutes)),
        shares=tuple(Tick(y(step / 20), step / 20) for step in range(low, high + 1, 1 if high - low <= 6 else 2)),
    )


def stations_of_result(result: PlanResult) -> list[Station]:
    """The stations of an answer, in its order."""
    found = {station.slug: station for station in Station.objects.filter(slug__in=result.stations).with_contents()}
    return [found[slug] for slug in result.stations]
