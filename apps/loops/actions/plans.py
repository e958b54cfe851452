"""Verbs about loop plans."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from apps.common.actions import record
from apps.library.models import Competency, Station
from apps.loops import queries, translate
from apps.loops.actions.locks import editable, open_role
from apps.loops.core.check import objective, violations
from apps.loops.core.inputs import PlanLimits
from apps.loops.core.problem import Limits, Problem
from apps.loops.core.result import PlanResult, PlanStatus
from apps.loops.core.solve import GAP, solve
from apps.loops.models import LoopPlan, PlanStation, Requirement, Role

SOLVE_SECONDS = 10.0


class PlanImpossible(Exception):
    """No loop keeps every rule. `result.clash` names rules that cannot hold together."""

    def __init__(self, result: PlanResult) -> None:
        super().__init__("No loop keeps every rule.")
        self.result = result


@transaction.atomic
def generate_plan(*, role: Role, by: Any, now: dt.datetime, limits: PlanLimits | None = None) -> LoopPlan:
    """Make a new draft: the loop that measures the role's competencies best within the limits (else the role's own).

    Raises PlanImpossible where no loop keeps every rule, ValidationError where the role requires nothing yet.
    """
    by.require(leader=True)
    role = open_role(role.pk, by)
    last = role.plans.aggregate(last=Max("number"))["last"] or 0
    limits = limits or translate.limits_of(role)
    plan = LoopPlan.objects.create(role=role, number=last + 1, created_by=by, **asdict(limits))
    _fill(plan, pinned=[], excluded=[], today=now.date())
    record(by=by, verb="generated plan", thing=plan, after=plan_as_data(plan))
    return plan


def sheet_of(*, plan: LoopPlan, user: Any, today: dt.date) -> translate.PlanPage:
    """The plan as its page shows it: for the apps above, which enter here. It changes nothing."""
    return translate.plan_page(plan=plan, user=user, today=today)


@transaction.atomic
def regenerate_plan(*, plan: LoopPlan, limits: PlanLimits, by: Any, now: dt.datetime) -> LoopPlan:
    """Choose the stations of a draft anew; pinned ones stay, excluded ones stay out."""
    plan = editable(plan, by)
    before = plan_as_data(plan)
    for name, value in asdict(limits).items():
        setattr(plan, name, value)
    plan.save()
    pinned = [ps.version.station for ps in plan.plan_stations.select_related("version__station") if ps.pinned]
    plan.plan_stations.all().delete()
    _fill(plan, pinned=pinned, excluded=list(plan.excluded.all()), today=now.date())
    record(by=by, verb="generated plan again", thing=plan, before=before, after=plan_as_data(plan))
    return plan


def _fill(plan: LoopPlan, *, pinned: list[Station], excluded: list[Station], today: dt.date) -> None:
    problem = translate.planning_problem(
        requirements=_requirements(plan.role, min_ai_craft=plan.min_ai_craft),
        limits=translate.limits_of(plan),
        pinned=[station.slug for station in pinned],
        excluded=[station.slug for station in excluded],
        today=today,
    )
    result = solve(problem, time_limit_seconds=SOLVE_SECONDS, seed=0)
    if result.status is PlanStatus.INFEASIBLE:
        raise PlanImpossible(result)
    if result.status is PlanStatus.UNKNOWN:
        raise ValidationError("No plan was found in the time given. Ask again, or loosen a limit.")
    _put(plan, result.stations, assessed=result.assessed, pinned={station.slug for station in pinned})
    plan.proof = result.status.value
    plan.objective = result.objective
    plan.bound = result.bound
    plan.save()


def _requirements(role: Role, *, min_ai_craft: int) -> list[Requirement]:
    requirements = queries.requirements_of(role)
    if not requirements:
        raise ValidationError("This role requires nothing yet. Add competencies first.")
    if min_ai_craft < 1 and queries.needs_ai_craft(requirements):
        raise ValidationError("This role requires LLM craft: plan at least one AI craft station.")
    return requirements


def _put(plan: LoopPlan, slugs: Sequence[str], *, assessed: Mapping[str, Sequence[str]], pinned: set[str]) -> None:
    """Make these the plan's stations, in this order. What a station assesses is noted where it may not assess all."""
    found = Station.objects.filter(slug__in=slugs).select_related("current").in_bulk(field_name="slug")
    versions = {slug: station.current for slug, station in found.items() if station.current is not None}
    if missing := [slug for slug in slugs if slug not in versions]:
        raise ValidationError(f"The library has no station {', '.join(missing)} that says anything.")
    rows = PlanStation.objects.bulk_create(
        PlanStation(plan=plan, version=versions[slug], position=position, pinned=slug in pinned)
        for position, slug in enumerate(slugs, start=1)
    )
    if plan.max_competencies is None:
        return
    competencies = Competency.objects.in_bulk(field_name="slug")
    through = PlanStation.assessed.through
    through.objects.bulk_create(
        through(planstation_id=row.pk, competency_id=competencies[competency].pk)
        for row, slug in zip(rows, slugs, strict=True)
        for competency in assessed.get(slug, ())
    )


def _best_assessed(problem: Problem, slugs: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """What each of these stations, and no others, had best assess: within the rules, or else within the cap alone."""
    only = replace(problem, stations=tuple(option for option in problem.stations if option.id in slugs))
    capped = Limits(pinned=tuple(slugs), max_competencies_per_station=problem.limits.max_competencies_per_station)
    free = tuple(replace(need, must_pass=False, target_reliability=None, min_signals=0) for need in only.competencies)
    for question in (only, replace(only, competencies=free, limits=capped)):
        result = solve(question, time_limit_seconds=SOLVE_SECONDS, seed=0, explain=False)
        if result.objective is not None:
            return result.assessed
    return {}


@transaction.atomic
def draft_from_stations(
    *, role: Role, limits: PlanLimits, station_slugs: Sequence[str], by: Any, now: dt.datetime
) -> LoopPlan:
    """Make a new draft of exactly these stations, in this order: an alternative, a repair, a point of the frontier.

    It carries a proof where no other choice within its limits is better. What it breaks, its page says.
    """
    by.require(leader=True)
    role = open_role(role.pk, by)
    requirements = _requirements(role, min_ai_craft=limits.min_ai_craft)
    if not station_slugs:
        raise ValidationError("A plan needs at least one station.")
    if len(set(station_slugs)) != len(station_slugs):
        raise ValidationError("A station stands in the list twice.")
    last = role.plans.aggregate(last=Max("number"))["last"] or 0
    plan = LoopPlan.objects.create(role=role, number=last + 1, created_by=by, **asdict(limits))
    problem = translate.planning_problem(
        requirements=requirements, limits=limits, pinned=station_slugs, today=now.date()
    )
    assessed = _best_assessed(problem, station_slugs)
    _put(plan, station_slugs, assessed=assessed, pinned=set())
    free = translate.planning_problem(requirements=requirements, limits=limits, today=now.date())
    best = solve(free, time_limit_seconds=SOLVE_SECONDS, seed=0, explain=False)
    known = {option.id for option in free.stations}
    if best.status is PlanStatus.OPTIMAL and best.bound is not None and known.issuperset(station_slugs):
        value = objective(free, station_slugs, assessed or None)
        if value >= best.bound - GAP and not violations(free, station_slugs, assessed or None):
            plan.proof, plan.objective, plan.bound = best.status.value, value, max(value, best.bound)
            plan.save()
    record(by=by, verb="made plan of stations", thing=plan, after=plan_as_data(plan))
    return plan


def plan_as_data(plan: LoopPlan) -> dict[str, Any]:
    """What the audit line keeps of a plan."""
    return {
        **asdict(translate.limits_of(plan)),
        "stations": list(plan.plan_stations.order_by("position").values_list("version__station__slug", flat=True)),
    }


@transaction.atomic
def publish_plan(*, plan: LoopPlan, by: Any, now: dt.datetime) -> LoopPlan:
    """Make a draft the role's plan for new candidacies; the one before is archived, its candidacies keep it."""
    plan = editable(plan, by)
    if not plan.plan_stations.exists():
        raise ValidationError("A plan without stations cannot be published. Generate it or add a station.")
    open_role(plan.role_id, by)
    plan.role.plans.filter(state=LoopPlan.State.PUBLISHED).update(state=LoopPlan.State.ARCHIVED, archived_at=now)
    plan.state = LoopPlan.State.PUBLISHED
    plan.published_at = now
    plan.save()
    record(by=by, verb="published plan", thing=plan, after=plan_as_data(plan))
    return plan


@transaction.atomic
def archive_plan(*, plan: LoopPlan, by: Any, now: dt.datetime) -> LoopPlan:
    """Take a plan out of use. Candidacies that began with it go on with it."""
    by.require(leader=True)
    in_use = LoopPlan.objects.select_for_update().exclude(state=LoopPlan.State.ARCHIVED).filter(pk=plan.pk).first()
    if in_use is None:
        raise ValidationError("This plan is archived already.")
    plan = in_use
    plan.state = LoopPlan.State.ARCHIVED
    plan.archived_at = now
    plan.save()
    record(by=by, verb="archived plan", thing=plan)
    return plan


@transaction.atomic
def copy_plan(*, plan: LoopPlan, by: Any) -> LoopPlan:
    """Begin a new draft with the same stations (in their current versions), for changes to a published plan.

    The proof holds for the copy too, unless a station says something else by now.
    """
    by.require(leader=True)
    role = open_role(plan.role_id, by)
    last = role.plans.aggregate(last=Max("number"))["last"] or 0
    copy = LoopPlan.objects.create(
        role=role,
        number=last + 1,
        created_by=by,
        **asdict(translate.limits_of(plan)),
    )
    copy.excluded.set(plan.excluded.all())
    originals = list(
        plan.plan_stations.select_related("version__station__current").prefetch_related("assessed").order_by("position")
    )
    copies = [
        PlanStation(plan=copy, version=ps.version.station.current or ps.version, position=ps.position, pinned=ps.pinned)
        for ps in originals
    ]
    for row, original in zip(PlanStation.objects.bulk_create(copies), originals, strict=True):
        if row.version_id == original.version_id and original.assessed.all():
            row.assessed.set(original.assessed.all())
    if [ps.version_id for ps in copies] == [ps.version_id for ps in originals]:
        copy.proof, copy.objective, copy.bound = plan.proof, plan.objective, plan.bound
        copy.save()
    record(by=by, verb="copied plan", thing=copy, after=plan_as_data(copy))
    return copy
