"""Verbs that change the stations of a draft by hand."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from apps.common.actions import record
from apps.library.models import Station
from apps.loops import translate
from apps.loops.actions.locks import editable
from apps.loops.actions.plans import plan_as_data
from apps.loops.core.order import order_stations
from apps.loops.models import LoopPlan, PlanStation


def _still_there(plan: LoopPlan, plan_station: PlanStation) -> PlanStation:
    """The station of a locked draft, as it stands now."""
    found = plan.plan_stations.select_related("version__station").filter(pk=plan_station.pk).first()
    if found is None:
        raise ValidationError("This station is no longer in the plan.")
    return found


def _withdraw_proof(plan: LoopPlan) -> None:
    """Of a plan that was changed, or that could be another one now: it is no longer known to be the best."""
    LoopPlan.objects.filter(pk=plan.pk).update(proof="", objective=None, bound=None)


def _changed_by_hand(plan: LoopPlan, *, by: Any, verb: str, before: dict[str, Any]) -> None:
    _withdraw_proof(plan)
    record(by=by, verb=verb, thing=plan, before=before, after=plan_as_data(plan))


def _renumber(plan: LoopPlan, order: Sequence[PlanStation]) -> None:
    for position, plan_station in enumerate(order, start=1):
        plan_station.position = position
    PlanStation.objects.bulk_update(order, ["position"])


@transaction.atomic
def move_station(*, plan: LoopPlan, plan_station: PlanStation, by: Any, steps: int) -> None:
    """Move a station earlier (negative) or later in a draft. The stations stay the same, so the proof holds."""
    plan = editable(plan, by)
    before = plan_as_data(plan)
    order = list(plan.plan_stations.order_by("position"))
    index = order.index(_still_there(plan, plan_station))
    order.insert(min(max(index + steps, 0), len(order) - 1), order.pop(index))
    _renumber(plan, order)
    record(by=by, verb="reordered plan", thing=plan, before=before, after=plan_as_data(plan))


@transaction.atomic
def pin_station(*, plan: LoopPlan, plan_station: PlanStation, pinned: bool, by: Any) -> None:
    """Keep a station when the draft is generated again, or let it go again."""
    plan = editable(plan, by)
    plan_station = _still_there(plan, plan_station)
    plan_station.pinned = pinned
    plan_station.save(update_fields=["pinned"])
    if not pinned:
        _withdraw_proof(plan)
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
    before = plan_as_data(plan)
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
    _withdraw_proof(plan)
    record(by=by, verb="allowed station", thing=plan, after={"station": station.slug})


@transaction.atomic
def add_station(*, plan: LoopPlan, station: Station, by: Any) -> PlanStation:
    """Put a station at the end of a draft, in its current version."""
    plan = editable(plan, by)
    before = plan_as_data(plan)
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
    before = plan_as_data(plan)
    if plan.plan_stations.filter(version__station=station).exists():
        raise ValidationError("This station is in the plan already.")
    if station.current is None:
        raise ValidationError("This station says nothing yet. Load or write its contents first.")
    plan_station = _still_there(plan, plan_station)
    plan.excluded.remove(station)
    plan_station.version, plan_station.pinned = station.current, False
    plan_station.save(update_fields=["version", "pinned"])
    plan_station.assessed.clear()  # it said what the station before was asked to assess
    _changed_by_hand(plan, by=by, verb="swapped station", before=before)


@transaction.atomic
def suggest_order(*, plan: LoopPlan, by: Any, now: dt.datetime) -> None:
    """Put the stations of a draft in the planner's running order."""
    plan = editable(plan, by)
    before = plan_as_data(plan)
    chosen = {ps.version.station.slug: ps for ps in plan.plan_stations.select_related("version__station")}
    options = translate.plan_options(plan=plan, today=now.date())
    days = 1 if plan.day_minutes is None else 2
    timeline = order_stations(options, days=days, day_minutes=plan.day_minutes)
    _renumber(plan, [chosen[station_id] for station_id in timeline.station_ids])
    record(by=by, verb="reordered plan", thing=plan, before=before, after=plan_as_data(plan))
