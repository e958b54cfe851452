"""A plan as its page shows it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.library.models import Station
from apps.loops import queries
from apps.loops.core import information as info
from apps.loops.core.check import violations
from apps.loops.core.contribution import contributions
from apps.loops.core.days import lay_out
from apps.loops.core.order import Slot
from apps.loops.core.problem import Problem, RuleName, RuleRef, StationOption
from apps.loops.core.what_if import AI_CRAFT
from apps.loops.models import LoopPlan, PlanStation, Requirement
from apps.loops.translate.coverage import CoverageRow, assessing, coverage_rows
from apps.loops.translate.formulas import (
    CostTerm,
    ExplainedSum,
    ValidityTerms,
    cost_term,
    explained_sum,
)
from apps.loops.translate.problem import limits_of, to_limits, to_option, to_problem
from apps.loops.translate.timeline import DayStrip, day_strips
from apps.loops.translate.words import RuleLine, ViolationLine, noticeable, violation_lines
from apps.panel.queries import trained_people

OF_A_COMPETENCY = (RuleName.TARGET_RELIABILITY, RuleName.MIN_SIGNALS)


@dataclass(frozen=True)
class PlanColumn:
    """One station of the plan: when it takes place, what it costs, and what would be lost without it.

    loss: fall of R2 without it, all else equal; without: the R2 that is left; breaks: the rules that hold only with it.
    """

    plan_station: PlanStation
    age_months: float
    freshness: float
    cost: CostTerm
    slot: Slot
    loss: float
    without: float
    breaks: tuple[RuleLine, ...]

    @property
    def is_stale(self) -> bool:
        return self.freshness <= 0.5


@dataclass(frozen=True)
class PlanPage:
    """Everything the page of a plan shows, computed from the plan as it stands today."""

    plan: LoopPlan
    columns: tuple[PlanColumn, ...]
    strips: tuple[DayStrip, ...]
    rows: tuple[CoverageRow, ...]
    today: ExplainedSum
    if_fresh: ExplainedSum
    violations: tuple[ViolationLine, ...]
    excluded: tuple[Station, ...]
    can_edit: bool
    ai_craft_count: int

    @property
    def candidate_minutes(self) -> int:
        return sum(column.cost.minutes for column in self.columns)

    @property
    def interviewer_minutes(self) -> int:
        return sum(column.cost.interviewer_minutes for column in self.columns)

    @property
    def explained(self) -> float:
        return self.today.explained

    @property
    def explained_if_fresh(self) -> float:
        return self.if_fresh.explained

    @property
    def validity(self) -> ValidityTerms:
        return ValidityTerms(self.explained)

    @property
    def expected_validity(self) -> float:
        return self.validity.expected

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


def plan_page(*, plan: LoopPlan, user: Any, today: dt.date) -> PlanPage:
    plan = (
        LoopPlan.objects.with_stations()
        .prefetch_related("excluded__current", "plan_stations__assessed")
        .get(pk=plan.pk)
    )
    requirements = queries.requirements_of(plan.role)
    plan_stations = list(plan.plan_stations.all())
    options = options_of(plan_stations, needed=frozenset(line.competency.slug for line in requirements), today=today)
    problem = _as_problem(plan, requirements, options)
    ids = [option.id for option in options]
    broken = noticeable(violations(problem, ids)) if problem else ()
    names = _names(requirements, plan_stations)
    short = {violation.subject for violation in broken if violation.rule in OF_A_COMPETENCY}
    titles = [ps.version.name for ps in plan_stations]
    rows = coverage_rows(requirements, options, titles, problem, short)
    explained = _explained(problem, rows, fresh=False)
    days = lay_out(options, day_minutes=plan.day_minutes)
    slots = {slot.station_id: slot for day in days for slot in day.slots}
    return PlanPage(
        plan=plan,
        columns=_columns(plan_stations, options, problem, explained.explained, slots, names),
        strips=day_strips(days, titles),
        rows=rows,
        today=explained,
        if_fresh=_explained(problem, rows, fresh=True),
        violations=violation_lines(broken, names),
        excluded=tuple(plan.excluded.all()),
        can_edit=LoopPlan.objects.editable_by(user).filter(pk=plan.pk).exists(),
        ai_craft_count=sum(option.kind == AI_CRAFT and not option.is_pilot for option in options),
    )


def options_of(
    plan_stations: Sequence[PlanStation], *, needed: frozenset[str], today: dt.date
) -> tuple[StationOption, ...]:
    """The stations of a plan in its own versions, each measuring what it assesses there."""
    trained = trained_people()
    options = []
    for ps in plan_stations:
        option = to_option(ps.version.station, ps.version, needed=needed, today=today, trained=trained)
        if ps.assessed.all():
            option = assessing(option, {measure.competency.slug for measure in queries.assessed(ps)})
        options.append(option)
    return tuple(options)


def _as_problem(
    plan: LoopPlan, requirements: Sequence[Requirement], options: Sequence[StationOption]
) -> Problem | None:
    if not requirements:
        return None
    return to_problem(
        requirements=requirements,
        options=options,
        limits=to_limits(
            limits_of(plan), pinned=[ps.version.station.slug for ps in plan.plan_stations.all() if ps.pinned]
        ),
    )


def _names(requirements: Sequence[Requirement], plan_stations: Sequence[PlanStation]) -> dict[str, str]:
    names = {requirement.competency.slug: requirement.competency.name for requirement in requirements}
    names |= {ps.version.station.slug: ps.version.name for ps in plan_stations}
    return names | dict(Station.Kind.choices)


def _columns(
    plan_stations: Sequence[PlanStation],
    options: Sequence[StationOption],
    problem: Problem | None,
    explained: float,
    slots: Mapping[str, Slot],
    names: Mapping[str, str],
) -> tuple[PlanColumn, ...]:
    ids = [option.id for option in options]
    adds = {one.station_id: one for one in contributions(problem, ids)} if problem else {}
    return tuple(
        PlanColumn(
            plan_station=ps,
            age_months=option.age_months,
            freshness=info.freshness(option.age_months, option.half_life_months),
            cost=cost_term(place, ps.version),
            slot=slots[option.id],
            loss=adds[option.id].loss if adds else 0.0,
            without=explained - adds[option.id].loss if adds else 0.0,
            breaks=_rule_lines(adds[option.id].breaks, names) if adds else (),
        )
        for place, (ps, option) in enumerate(zip(plan_stations, options, strict=True), start=1)
    )


def _rule_lines(refs: Sequence[RuleRef], names: Mapping[str, str]) -> tuple[RuleLine, ...]:
    """That a pinned station could not be dropped goes without saying."""
    return tuple(
        RuleLine(ref.name.value, names.get(ref.subject, ref.subject)) for ref in refs if ref.name is not RuleName.PINNED
    )


def _explained(problem: Problem | None, rows: Sequence[CoverageRow], *, fresh: bool) -> ExplainedSum:
    """R2 term by term, with the stations as they are today or as if reviewed today."""
    if problem is None or not any(row.cells for row in rows):
        return ExplainedSum(correlation=0.0, terms=())
    amounts = [sum(term.single * term.panel if fresh else term.information for term in row.terms) for row in rows]
    names = [row.requirement.competency.name for row in rows]
    return explained_sum(problem.competencies, names, amounts, problem.correlation)
