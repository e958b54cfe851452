"""Verbs about loop plans."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from apps.common.actions import record
from apps.library.models import Competency, Station
from apps.loops import queries, translate
from apps.loops.actions.locks import editable, open_role
from apps.loops.core.inputs import PlanLimits
from apps.loops.core.order import order_stations
from apps.loops.core.result import PlanResult, PlanStatus
from apps.loops.core.solve import solve
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
    record(by=by, verb="generated plan", thing=plan, after=_plan_as_data(plan))
    return plan


@transaction.atomic
def regenerate_plan(*, plan: LoopPlan, limits: PlanLimits, by: Any, now: dt.datetime) -> LoopPlan:
    """Choose the stations of a draft anew; pinned ones stay, excluded ones stay out."""
    plan = editable(plan, by)
    before = _plan_as_data(plan)
    for name, value in asdict(limits).items():
        setattr(plan, name, value)
    plan.save()
    pinned = [ps.version.station for ps in plan.plan_stations.select_related("version__station") if ps.pinned]
    plan.plan_stations.all().delete()
    _fill(plan, pinned=pinned, excluded=list(plan.excluded.all()), today=now.date())
    record(by=by, verb="generated plan again", thing=plan, before=before, after=_plan_as_data(plan))
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


@transaction.atomic
def draft_from_stations(
    *, role: Role, limits: PlanLimits, station_slugs: Sequence[str], by: Any, now: dt.datetime
) -> LoopPlan:
    """Make a new draft of exactly these stations, in this order: an alternative, a repair, a point of the frontier.

    It carries no proof. What it breaks, if anything, its page says.
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
    # All pinned, the planner only says what each station assesses, and whether these can be a plan at all.
    assessed = solve(problem, time_limit_seconds=SOLVE_SECONDS, seed=0, explain=False).assessed
    _put(plan, station_slugs, assessed=assessed, pinned=set())
    record(by=by, verb="made plan of stations", thing=plan, after=_plan_as_data(plan))
    return plan


def _plan_as_data(plan: LoopPlan) -> dict[str, Any]:
    return {
        **asdict(translate.limits_of(plan)),
        "stations": list(plan.plan_stations.order_by("position").values_list("version__station__slug", flat=True)),
    }


def _still_there(plan: LoopPlan, plan_station: PlanStation) -> PlanStation:
    """The station of a locked draft, as it stands now."""
    found = plan.plan_stations.select_related("version__station").filter(pk=plan_station.pk).first()
    if found is None:
        raise ValidationError("This station is no longer in the plan.")
    return found


def _changed_by_hand(plan: LoopPlan, *, by: Any, verb: str, before: dict[str, Any]) -> None:
    """A plan somebody changed is no longer the proven best: the proof goes."""
    LoopPlan.objects.filter(pk=plan.pk).update(proof="", objective=None, bound=None)
    record(by=by, verb=verb, thing=plan, before=before, after=_plan_as_data(plan))


def _renumber(plan: LoopPlan, order: Sequence[PlanStation]) -> None:
    for position, plan_station in enumerate(order, start=1):
        plan_station.position = position
    PlanStation.objects.bulk_update(order, ["position"])


@transaction.atomic
def move_station(*, plan: LoopPlan, plan_station: PlanStation, by: Any, steps: int) -> None:
    """Move a station earlier (negative) or later in a draft. The stations stay the same, so the proof holds."""
    plan = editable(plan, by)
    before = _plan_as_data(plan)
    order = list(plan.plan_stations.order_by("position"))
    index = order.index(_still_there(plan, plan_station))
    order.insert(min(max(index + steps, 0), len(order) - 1), order.pop(index))
    _renumber(plan, order)
    record(by=by, verb="reordered plan", thing=plan, before=before, after=_plan_as_data(plan))


@transaction.atomic
def pin_station(*, plan: LoopPlan, plan_station: PlanStation, pinned: bool, by: Any) -> None:
    """Keep a station when the draft is generated again, or let it go again."""
    plan = editable(plan, by)
    plan_station = _still_there(plan, plan_station)
    plan_station.pinned = pinned
    plan_station.save(update_fields=["pinned"])
    record(
        by=by,
        verb="pinned station" if pinned else "unpinned station",
        thing=plan,
        after={"station": plan_station.version.station.slug},
    )


@transaction.atomic
def remove_station(*, plan: LoopPlan, plan_station: PlanStation, exclude: bool, by: Any) -> None:
    """Take a station out of a draft; with `exclude` it also stays out when the draft is generated again."""
    plan = editable(plan, by)
    before = _plan_as_data(plan)
    plan_station = _still_there(plan, plan_station)
    station = plan_station.version.station
    plan_station.delete()
    if exclude:
        plan.excluded.add(station)
    _renumber(plan, list(plan.plan_stations.order_by("position")))
    _changed_by_hand(plan, by=by, verb="excluded station" if exclude else "removed station", before=before)


@transaction.atomic
def allow_station(*, plan: LoopPlan, station: Station, by: Any) -> None:
    """Take a station off the draft's list of excluded ones."""
    plan = editable(plan, by)
    plan.excluded.remove(station)
    record(by=by, verb="allowed station", thing=plan, after={"station": station.slug})


@transaction.atomic
def add_station(*, plan: LoopPlan, station: Station, by: Any) -> PlanStation:
    """Put a station at the end of a draft, in its current version."""
    plan = editable(plan, by)
    before = _plan_as_data(plan)
    if plan.plan_stations.filter(version__station=station).exists():
        raise ValidationError("This station is in the plan already.")
    if station.current is None:
        raise ValidationError("This station says nothing yet. Load or write its contents first.")
    plan.excluded.remove(station)
    last = plan.plan_stations.aggregate(last=Max("position"))["last"] or 0
    added = PlanStation.objects.create(plan=plan, version=station.current, position=last + 1)
    _changed_by_hand(plan, by=by, verb="added station", before=before)
    return added


@transaction.atomic
def swap_station(*, plan: LoopPlan, plan_station: PlanStation, station: Station, by: Any) -> None:
    """Put another station in the place of one."""
    plan = editable(plan, by)
    before = _plan_as_data(plan)
    if plan.plan_stations.filter(version__station=station).exists():
        raise ValidationError("This station is in the plan already.")
    if station.current is None:
        raise ValidationError("This station says nothing yet. Load or write its contents first.")
    plan_station = _still_there(plan, plan_station)
    plan.excluded.remove(station)
    plan_station.version, plan_station.pinned = station.current, False
    plan_station.save(update_fields=["version", "pinned"])
    _changed_by_hand(plan, by=by, verb="swapped station", before=before)


@transaction.atomic
def suggest_order(*, plan: LoopPlan, by: Any, now: dt.datetime) -> None:
    """Put the stations of a draft in the planner's running order."""
    plan = editable(plan, by)
    before = _plan_as_data(plan)
    chosen = {ps.version.station.slug: ps for ps in plan.plan_stations.select_related("version__station")}
    options = translate.plan_options(plan=plan, today=now.date())
    days = 1 if plan.day_minutes is None else 2
    timeline = order_stations(options, days=days, day_minutes=plan.day_minutes)
    _renumber(plan, [chosen[station_id] for station_id in timeline.station_ids])
    record(by=by, verb="reordered plan", thing=plan, before=before, after=_plan_as_data(plan))


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
    record(by=by, verb="published plan", thing=plan, after=_plan_as_data(plan))
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
    record(by=by, verb="copied plan", thing=copy, after=_plan_as_data(copy))
    return copy
