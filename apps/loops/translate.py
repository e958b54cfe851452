"""Rows to the planner's values, and its answers to what pages show."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import Q

from apps.library.core.freshness import age_in_months, freshness
from apps.library.models import Competency, Station, StationVersion
from apps.loops import queries
from apps.loops.core import information as info
from apps.loops.core.check import Violation, violations
from apps.loops.core.problem import CompetencyNeed, Limits, Problem, StationOption
from apps.loops.core.result import PlanResult
from apps.loops.core.signals import independent_signals
from apps.loops.models import LoopPlan, PlanStation, Requirement
from apps.panel.queries import trained_people

AI_CRAFT = Station.Kind.AI_CRAFT.value


def to_needs(requirements: Iterable[Requirement]) -> tuple[CompetencyNeed, ...]:
    return tuple(
        CompetencyNeed(
            id=requirement.competency.slug,
            weight=float(requirement.weight),
            must_pass=requirement.must_pass,
            min_signals=requirement.min_signals,
        )
        for requirement in requirements
    )


def to_option(
    station: Station,
    version: StationVersion,
    *,
    needed: frozenset[str],
    today: dt.date,
    trained: Mapping[int, frozenset[str]],
) -> StationOption:
    """One station as the planner sees it: only the competencies the role needs, aged to today."""
    return StationOption(
        id=station.slug,
        kind=station.kind,
        minutes=version.minutes,
        interviewers=version.interviewers,
        interviewer_minutes=version.interviewer_minutes,
        measures={
            measure.competency.slug: float(measure.reliability)
            for measure in version.measures.all()
            if measure.competency.slug in needed
        },
        age_months=age_in_months(station.reviewed_on, today),
        half_life_months=float(station.half_life_months),
        state="pilot" if station.state == Station.State.PILOT else "active",
        qualified_interviewers=trained.get(station.pk),
    )


def to_limits(
    *,
    candidate_minutes: int | None,
    interviewer_minutes: int | None,
    min_ai_craft: int,
    pinned: Iterable[str] = (),
    excluded: Iterable[str] = (),
) -> Limits:
    return Limits(
        candidate_minutes=candidate_minutes,
        interviewer_minutes=interviewer_minutes,
        required_kinds={AI_CRAFT: min_ai_craft} if min_ai_craft else {},
        pinned=tuple(pinned),
        excluded=tuple(excluded),
    )


def to_problem(
    *,
    requirements: Iterable[Requirement],
    options: Iterable[StationOption],
    limits: Limits,
) -> Problem:
    return Problem(competencies=to_needs(requirements), stations=tuple(options), limits=limits)


def planning_problem(
    *,
    requirements: Sequence[Requirement],
    candidate_minutes: int | None,
    interviewer_minutes: int | None,
    min_ai_craft: int,
    today: dt.date,
    pinned: Iterable[str] = (),
    excluded: Iterable[str] = (),
) -> Problem:
    """The whole usable library as the planner's question for these requirements."""
    needed = frozenset(requirement.competency.slug for requirement in requirements)
    trained = trained_people()
    pinned = tuple(pinned)
    stations = Station.objects.filter(Q(pk__in=Station.objects.usable().values("pk")) | Q(slug__in=pinned))
    options = [
        to_option(station, station.current, needed=needed, today=today, trained=trained)
        for station in stations.with_contents().order_by("slug")
        if station.current is not None
    ]
    known = {option.id for option in options}
    return to_problem(
        requirements=requirements,
        options=options,
        limits=to_limits(
            candidate_minutes=candidate_minutes,
            interviewer_minutes=interviewer_minutes,
            min_ai_craft=min_ai_craft,
            pinned=pinned,
            excluded=[slug for slug in excluded if slug in known],
        ),
    )


def plan_options(*, plan: LoopPlan, today: dt.date) -> list[StationOption]:
    """The stations of a plan, in its own versions, as the planner sees them today."""
    needed = frozenset(requirement.competency.slug for requirement in queries.requirements_of(plan.role))
    plan = LoopPlan.objects.with_stations().get(pk=plan.pk)
    return [
        to_option(ps.version.station, ps.version, needed=needed, today=today, trained={})
        for ps in plan.plan_stations.all()
    ]


@dataclass(frozen=True)
class Cell:
    """What one station tells about one competency: single-rating reliability, information today, heat 0 to 5."""

    reliability: float | None
    information: float
    heat: int


@dataclass(frozen=True)
class CoverageRow:
    """One competency of the role against the whole plan.

    `signals` counts active stations of information .10 or more that different people can hold.
    """

    requirement: Requirement
    cells: tuple[Cell, ...]
    information: float
    reliability: float
    signals: int
    target: float | None

    @property
    def is_short(self) -> bool:
        return self.signals < self.requirement.min_signals or (
            self.target is not None and self.reliability < self.target - 1e-9
        )

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
    violations: tuple[Violation, ...]
    excluded: tuple[Station, ...]
    can_edit: bool

    @property
    def staleness_loss(self) -> float:
        """Share of explained variance lost because stations have aged since their review."""
        return self.explained_if_fresh - self.explained

    @property
    def short_rows(self) -> tuple[CoverageRow, ...]:
        return tuple(row for row in self.rows if row.is_short)

    @property
    def over_candidate_minutes(self) -> int:
        return max(self.candidate_minutes - self.plan.candidate_minutes, 0)

    @property
    def over_interviewer_minutes(self) -> int:
        return max(self.interviewer_minutes - self.plan.interviewer_minutes, 0)

    @property
    def lacks_ai_craft(self) -> bool:
        return self.ai_craft_count < self.plan.min_ai_craft


def heat_of(reliability: float) -> int:
    """Six steps for a heat map: 0 nothing, 5 a reliability of .60 or more."""
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
    rows = tuple(_coverage_row(requirement, options) for requirement in requirements)
    problem = _as_problem(plan, requirements, options)
    explained = explained_if_fresh = 0.0
    if problem is not None:
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
        ai_craft_count=sum(option.kind == AI_CRAFT for option in options),
        violations=tuple(violations(problem, [option.id for option in options])) if problem else (),
        excluded=tuple(plan.excluded.all()),
        can_edit=LoopPlan.objects.editable_by(user).filter(pk=plan.pk).exists(),
    )


def _as_problem(
    plan: LoopPlan, requirements: Sequence[Requirement], options: Sequence[StationOption]
) -> Problem | None:
    if not requirements or not options:
        return None
    return to_problem(
        requirements=requirements,
        options=options,
        limits=to_limits(
            candidate_minutes=plan.candidate_minutes,
            interviewer_minutes=plan.interviewer_minutes,
            min_ai_craft=plan.min_ai_craft,
        ),
    )


def _fresh_information(option: StationOption, competency: str) -> float:
    rho = option.measures.get(competency)
    return info.rating_information(rho, option.interviewers) if rho else 0.0


def _coverage_row(requirement: Requirement, options: Sequence[StationOption]) -> CoverageRow:
    slug = requirement.competency.slug
    cells = []
    for option in options:
        amount = info.station_information(option, slug)
        cells.append(
            Cell(
                reliability=option.measures.get(slug),
                information=amount,
                heat=heat_of(info.reliability(amount)),
            )
        )
    total = sum(cell.information for cell in cells)
    need = to_needs([requirement])[0]
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
        target=need.target,
    )


@dataclass(frozen=True)
class ClashLine:
    """One rule of a clash: the rule's name and what it is about, as people call it ("" for the whole loop)."""

    rule: str
    subject: str


def clash_lines(result: PlanResult) -> list[ClashLine]:
    """The rules that cannot hold together, with names people know instead of ids."""
    names = dict(Competency.objects.order_by("pk").values_list("slug", "name"))
    names |= {
        slug: name
        for slug, name in Station.objects.order_by("pk").values_list("slug", "current__name")
        if name is not None
    }
    names |= dict(Station.Kind.choices)
    return [ClashLine(rule=rule.name.value, subject=names.get(rule.subject, rule.subject)) for rule in result.clash]
