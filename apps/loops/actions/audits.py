"""Verbs about audits of existing loops."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from apps.common.actions import record
from apps.loops import translate
from apps.loops.actions.locks import open_role
from apps.loops.actions.plans import draft_from_stations
from apps.loops.core.existing import ExistingLoop, ExistingLoopError, ExistingStation, Source
from apps.loops.models import LoopAudit, LoopPlan, Role


@transaction.atomic
def start_audit(*, role: Role, loop: ExistingLoop, source: Source, most_changes: int | None, by: Any) -> LoopAudit:
    """Hold an existing loop against a role. Its stations wait for somebody to confirm what they are in the library."""
    by.require(leader=True)
    role = _role_with_requirements(role, by)
    _require_known(loop.stations)
    audit = _audit(role=role, loop=loop, source=source, most_changes=most_changes, created_by=by)
    audit.save()
    record(by=by, verb="started audit", thing=audit, after=_as_data(audit))
    return audit


@transaction.atomic
def start_audit_of_plan(
    *, role: Role, plan: LoopPlan, most_changes: int | None, by: Any, now: dt.datetime
) -> LoopAudit:
    """Hold a plan of ours, as it is now, against a role. Its stations are the library's: nothing is left to match."""
    by.require(leader=True)
    role = _role_with_requirements(role, by)
    try:
        loop = translate.loop_of_plan(plan)
    except ExistingLoopError as error:
        raise ValidationError(error.problems) from error
    audit = _audit(role=role, loop=loop, source=Source.PLAN, most_changes=most_changes, created_by=by)
    audit.plan, audit.state, audit.confirmed_at = plan, LoopAudit.State.CONFIRMED, now
    audit.save()
    record(by=by, verb="started audit", thing=audit, after=_as_data(audit))
    return audit


@transaction.atomic
def confirm_matches(*, audit: LoopAudit, stations: Sequence[ExistingStation], by: Any, now: dt.datetime) -> LoopAudit:
    """Say what each station of the loop is in the library. May be said again: the report follows."""
    by.require(leader=True)
    audit = LoopAudit.objects.select_for_update(of=("self",)).select_related("role").get(pk=audit.pk)
    if [station.name for station in stations] != [station["name"] for station in audit.stations]:
        raise ValidationError("These are not the stations of this loop. Load the page again.")
    _require_known(stations)
    before = _as_data(audit)
    audit.stations = [station.model_dump(mode="json") for station in stations]
    audit.state, audit.confirmed_at = LoopAudit.State.CONFIRMED, now
    audit.save()
    record(by=by, verb="confirmed matches of audit", thing=audit, before=before, after=_as_data(audit))
    return audit


@transaction.atomic
def draft_repair(*, audit: LoopAudit, changes: int | None, by: Any, now: dt.datetime) -> LoopPlan:
    """Make a repaired loop a draft of the role. Stations that are not in the library cannot be in a plan.

    `changes`: the best repair with at most so many changes; None for the smallest.
    """
    by.require(leader=True)
    if audit.state != LoopAudit.State.CONFIRMED:
        raise ValidationError("Confirm what the stations are in the library first.")
    page = translate.page_of_audit(audit=audit, shelf=translate.shelf(), today=now.date(), changes=changes)
    if page.chosen is None:
        raise ValidationError("There is no repair with so few changes.")
    slugs = [station.slug for station in page.chosen.stations if station.can_be_planned]
    if not slugs:
        raise ValidationError("No station of this loop is in the library, so there is nothing to draft.")
    limits = translate.limits_of_subject(translate.subject_of(audit.role))
    plan = draft_from_stations(role=audit.role, limits=limits, station_slugs=slugs, by=by, now=now)
    record(
        by=by,
        verb="drafted repair of audit",
        thing=audit,
        after={"plan": plan.pk, "changes": page.chosen.changes, "stations": slugs},
    )
    return plan


def report_of(*, audit: LoopAudit, today: dt.date) -> translate.AuditPage:
    """The report with the smallest repair: for the apps above, which enter here. It changes nothing."""
    return translate.page_of_audit(audit=audit, shelf=translate.shelf(), today=today)


def _role_with_requirements(role: Role, by: Any) -> Role:
    role = open_role(role.pk, by)
    if not role.requirements.exists():
        raise ValidationError("This role requires nothing yet. Name its competencies first.")
    return role


def _require_known(stations: Sequence[ExistingStation]) -> None:
    try:
        translate.shelf().require_known(stations)
    except ExistingLoopError as error:
        raise ValidationError(error.problems) from error


def _audit(*, loop: ExistingLoop, source: Source, **values: Any) -> LoopAudit:
    data = loop.model_dump(mode="json")
    return LoopAudit(name=loop.name, source=source.value, stations=data["stations"], skipped=data["skipped"], **values)


def _as_data(audit: LoopAudit) -> dict[str, Any]:
    return {
        "role": audit.role.slug,
        "source": audit.source,
        "stations": [[station["name"], station["station"]] for station in audit.stations],
    }
