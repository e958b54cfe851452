"""A plan as its page shows it."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from apps.library.core.freshness import age_in_months, freshness
from apps.library.models import Station
from apps.loops import queries
from apps.loops.core import information as info
from apps.loops.core.check import violations
from apps.loops.core.problem import Problem, RuleName, StationOption
from apps.loops.core.signals import independent_signals
from apps.loops.models import LoopPlan, PlanStation, Requirement
from apps.loops.translate.problem import AI_CRAFT, to_limits, to_option, to_problem
from apps.loops.translate.words import ViolationLine, violation_lines
from apps.panel.queries import trained_people

OF_A_COMPETENCY = (RuleName.TARGET_RELIABILITY, RuleName.MIN_SIGNALS)


@dataclass(frozen=True)
class Cell:
    """What one station tells about one competency: single-rating reliability (None: nothing), information today."""

    reliability: float | None
    information: float

    @property
    def reliability_today(self) -> float:
        """Reliability of the whole station, its interviewers together, aged to today."""
        return info.reliability(self.information)

    @property
    def heat(self) -> int:
        return heat_of(self.reliability_today)


@dataclass(frozen=True)
class CoverageRow:
    """One competency of the role against the whole plan.

    `signals` counts active stations of information .10 or more that different people can hold.
    `is_short`: the checker finds its least signals or its target reliability missed.
    """

    requirement: Requirement
    cells: tuple[Cell, ...]
    information: float
    reliability: float
    signals: int
    is_short: bool

    @property
    def is_gap(self) -> bool:
        return self.signals == 0

    @property
    def heat(self) -> int:
        return heat_of(self.reliability)


@dataclass(frozen=True)
class PlanColumn:
    plan_station: PlanStation
    freshness: float

    @property
    def is_stale(self) -> bool:
        return self.freshness <= 0.5


@dataclass(frozen=True)
class PlanPage:
    """Everything the page of a plan shows, computed from the plan as it stands today."""

    plan: LoopPlan
    columns: tuple[PlanColumn, ...]
    rows: tuple[CoverageRow, ...]
    candidate_minutes: int
    interviewer_minutes: int
    explained: float
    explained_if_fresh: float
    expected_validity: float
    ai_craft_count: int
    violations: tuple[ViolationLine, ...]
    excluded: tuple[Station, ...]
    can_edit: bool

    @property
    def staleness_loss(self) -> float:
        """Share of explained variance lost because stations have aged since their review."""
        return self.explained_if_fresh - self.explained

    @property
    def gap_points(self) -> float | None:
        """How many percentage points more a better loop could explain at most; None where nothing is proved."""
        if self.plan.bound is None or self.plan.objective is None:
            return None
        return 100 * max(self.plan.bound - self.plan.objective, 0.0)


def heat_of(reliability: float) -> int:
    """Six steps for a heat map: 0 nothing, 5 a reliability of .60 or more; of the number as it is printed."""
    reliability = round(reliability, 2)
    if reliability <= 0:
        return 0
    return 1 + sum(reliability >= step for step in (0.15, 0.30, 0.45, 0.60))


def plan_page(*, plan: LoopPlan, user: Any, today: dt.date) -> PlanPage:
    plan = LoopPlan.objects.with_stations().prefetch_related("excluded__current").get(pk=plan.pk)
    requirements = queries.requirements_of(plan.role)
    needed = frozenset(requirement.competency.slug for requirement in requirements)
    plan_stations = list(plan.plan_stations.all())
    trained = trained_people()
    options = [
        to_option(ps.version.station, ps.version, needed=needed, today=today, trained=trained) for ps in plan_stations
    ]
    problem = _as_problem(plan, requirements, options)
    broken = violations(problem, [option.id for option in options]) if problem else ()
    short = {violation.subject for violation in broken if violation.rule in OF_A_COMPETENCY}
    rows = tuple(_coverage_row(requirement, options, short) for requirement in requirements)
    explained = explained_if_fresh = 0.0
    if problem is not None and options:
        value = info.LoopValue.of(problem)
        explained = value.at(np.array([row.information for row in rows]))
        fresh = [
            sum(_fresh_information(option, requirement.competency.slug) for option in options)
            for requirement in requirements
        ]
        explained_if_fresh = value.at(np.array(fresh))
    return PlanPage(
        plan=plan,
        columns=tuple(
            PlanColumn(
                plan_station=ps,
                freshness=freshness(
                    age_in_months(ps.version.station.reviewed_on, today), ps.version.station.half_life_months
                ),
            )
            for ps in plan_stations
        ),
        rows=rows,
        candidate_minutes=sum(option.minutes for option in options),
        interviewer_minutes=sum(option.interviewer_load for option in options),
        explained=explained,
        explained_if_fresh=explained_if_fresh,
        expected_validity=info.expected_validity(explained),
        ai_craft_count=sum(option.kind == AI_CRAFT and not option.is_pilot for option in options),
        violations=violation_lines(broken, _names(requirements, plan_stations)),
        excluded=tuple(plan.excluded.all()),
        can_edit=LoopPlan.objects.editable_by(user).filter(pk=plan.pk).exists(),
    )


def _as_problem(
    plan: LoopPlan, requirements: Sequence[Requirement], options: Sequence[StationOption]
) -> Problem | None:
    if not requirements:
        return None
    return to_problem(
        requirements=requirements,
        options=options,
        limits=to_limits(
            candidate_minutes=plan.candidate_minutes,
            interviewer_minutes=plan.interviewer_minutes,
            min_ai_craft=plan.min_ai_craft,
            pinned=[ps.version.station.slug for ps in plan.plan_stations.all() if ps.pinned],
        ),
    )


def _names(requirements: Sequence[Requirement], plan_stations: Sequence[PlanStation]) -> dict[str, str]:
    names = {requirement.competency.slug: requirement.competency.name for requirement in requirements}
    names |= {ps.version.station.slug: ps.version.name for ps in plan_stations}
    return names | dict(Station.Kind.choices)


def _fresh_information(option: StationOption, competency: str) -> float:
    rho = option.measures.get(competency)
    return info.rating_information(rho, option.interviewers) if rho else 0.0


def _coverage_row(requirement: Requirement, options: Sequence[StationOption], short: Collection[str]) -> CoverageRow:
    slug = requirement.competency.slug
    cells = [
        Cell(reliability=option.measures.get(slug), information=info.station_information(option, slug))
        for option in options
    ]
    total = sum(cell.information for cell in cells)
    return CoverageRow(
        requirement=requirement,
        cells=tuple(cells),
        information=total,
        reliability=info.reliability(total),
        signals=independent_signals(
            [
                option
                for option, cell in zip(options, cells, strict=True)
                if info.is_signal(cell.information) and not option.is_pilot
            ]
        ),
        is_short=slug in short,
    )
