"""Verbs about the kits themselves: reviews, retirement, and how far an assistant gets alone."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from apps.common.actions import record
from apps.craft import queries
from apps.craft.core.kits import Kit
from apps.craft.models import KitRetirement, KitReview, UnattendedRun
from apps.craft.translate import RunRow


@transaction.atomic
def log_run(*, kit: Kit, run: RunRow, by: Any, now: dt.datetime) -> UnattendedRun:
    """Write down how far an assistant got alone on this version. Raises ValidationError by field."""
    by.require(leader=True)
    made = _run(kit, run, by=by, now=now)
    made.full_clean(exclude=["logged_by"])
    made.save()
    record(by=by, verb="logged unattended run", thing=made, after={"kit": kit.id, "version": kit.version})
    return made


@transaction.atomic
def import_runs(*, kit: Kit, runs: Sequence[RunRow], by: Any, now: dt.datetime) -> list[UnattendedRun]:
    """All rows of a file, or none of them."""
    by.require(leader=True)
    made = UnattendedRun.objects.bulk_create(_run(kit, run, by=by, now=now) for run in runs)
    for one in made:
        record(by=by, verb="logged unattended run", thing=one, after={"kit": kit.id, "version": one.kit_version})
    return made


@transaction.atomic
def review_kit(*, kit: Kit, on: dt.date, note: str, by: Any, today: dt.date) -> KitReview:
    """Somebody went through the kit, and it still holds: it is fresh again from that day."""
    by.require(leader=True)
    if on > today:
        raise ValidationError({"on": "That day is still to come."})
    review = KitReview.objects.create(kit=kit.id, kit_version=kit.version, on=on, by=by, note=note)
    record(by=by, verb="reviewed kit", thing=review, after={"on": on.isoformat()})
    return review


@transaction.atomic
def retire_kit(*, kit: Kit, reason: str, by: Any, now: dt.datetime) -> KitRetirement:
    """From now on nobody is given this version. What was handed out stays as it is."""
    by.require(leader=True)
    if queries.is_retired(kit):
        raise ValidationError("This version is retired already.")
    made = KitRetirement.objects.create(kit=kit.id, kit_version=kit.version, reason=reason, by=by, at=now)
    record(by=by, verb="retired kit", thing=made, after={"reason": reason[:300]})
    return made


@transaction.atomic
def restore_kit(*, kit: Kit, by: Any, now: dt.datetime) -> None:
    """Bring a retired version back. Does nothing where it is not retired."""
    by.require(leader=True)
    locked = KitRetirement.objects.select_for_update(of=("self",)).in_force()
    for retirement in locked.filter(kit=kit.id, kit_version=kit.version).order_by("pk"):
        retirement.lifted_at, retirement.lifted_by = now, by
        retirement.save(update_fields=["lifted_at", "lifted_by"])
        record(by=by, verb="brought kit back", thing=retirement)


def _run(kit: Kit, run: RunRow, *, by: Any, now: dt.datetime) -> UnattendedRun:
    return UnattendedRun(
        kit=kit.id,
        kit_version=run.version or kit.version,
        assistant=run.assistant,
        gain=run.gain,
        minutes=run.minutes,
        on=run.on,
        note=run.note,
        logged_by=by,
        logged_at=now,
    )
