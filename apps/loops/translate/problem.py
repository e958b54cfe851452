"""Rows to the planner's question."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields

from django.db.models import Q

from apps.library.core.freshness import age_in_months
from apps.library.models import PresetRequirement, Station, StationVersion
from apps.loops import queries
from apps.loops.core.inputs import PlanLimits
from apps.loops.core.problem import CompetencyNeed, Limits, Problem, StationOption
from apps.loops.core.what_if import AI_CRAFT
from apps.loops.models import LoopLimits, LoopPlan, Requirement
from apps.panel.queries import trained_people


def to_needs(requirements: Iterable[Requirement | PresetRequirement]) -> tuple[CompetencyNeed, ...]:
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
        state=station.state,  # type: ignore[arg-type]  # the planner knows the same four states
        qualified_interviewers=trained.get(station.pk),
    )


def to_limits(limits: PlanLimits, *, pinned: Iterable[str] = (), excluded: Iterable[str] = ()) -> Limits:
    """What a person entered, as the planner's rules. A kind's own least and the AI craft stations' both hold."""
    least = {kind: bounds["least"] for kind, bounds in limits.kinds.items() if bounds.get("least")}
    if limits.min_ai_craft:
        least[AI_CRAFT] = max(limits.min_ai_craft, least.get(AI_CRAFT, 0))
    return Limits(
        candidate_minutes=limits.candidate_minutes,
        interviewer_minutes=limits.interviewer_minutes,
        max_stations=limits.max_stations,
        required_kinds=least,
        max_per_kind={kind: bounds["most"] for kind, bounds in limits.kinds.items() if "most" in bounds},
        max_competencies_per_station=limits.max_competencies,
        day_minutes=limits.day_minutes,
        kind_shares={AI_CRAFT: limits.ai_craft_share / 100} if limits.ai_craft_share else {},
        pinned=tuple(pinned),
        excluded=tuple(excluded),
    )


def limits_of(thing: LoopLimits) -> PlanLimits:
    """The limits a role or a plan carries."""
    return PlanLimits(**{field.name: getattr(thing, field.name) for field in fields(PlanLimits)})


def to_problem(
    *,
    requirements: Iterable[Requirement | PresetRequirement],
    options: Iterable[StationOption],
    limits: Limits,
) -> Problem:
    return Problem(competencies=to_needs(requirements), stations=tuple(options), limits=limits)


def planning_problem(
    *,
    requirements: Sequence[Requirement | PresetRequirement],
    limits: PlanLimits,
    today: dt.date,
    pinned: Iterable[str] = (),
    excluded: Iterable[str] = (),
) -> Problem:
    """The usable library, and what is pinned in any state, as the planner's question for these requirements."""
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
        limits=to_limits(limits, pinned=pinned, excluded=[slug for slug in excluded if slug in known]),
    )


def plan_options(*, plan: LoopPlan, today: dt.date) -> list[StationOption]:
    """The stations of a plan, in its own versions, as the planner sees them today."""
    needed = frozenset(requirement.competency.slug for requirement in queries.requirements_of(plan.role))
    plan = LoopPlan.objects.with_stations().get(pk=plan.pk)
    return [
        to_option(ps.version.station, ps.version, needed=needed, today=today, trained={})
        for ps in plan.plan_stations.all()
    ]
