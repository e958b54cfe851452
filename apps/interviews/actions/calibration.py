"""Verbs about calibration items: write one, open it, rate it once, close it."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from apps.common.actions import record
from apps.interviews.core.entries import RatingEntry, lacking
from apps.interviews.models import CalibrationItem, CalibrationRating
from apps.interviews.queries import asked_of
from apps.library.models import StationVersion


@transaction.atomic
def save_calibration_item(
    *, item: CalibrationItem | None, version: StationVersion, title: str, material: str, by: Any, now: dt.datetime
) -> CalibrationItem:
    """Write a new item, or change one that is still a draft. Raises ValidationError for what nobody could rate."""
    by.require(leader=True)
    title, material = title.strip(), material.strip()
    if not title or not material:
        raise ValidationError("An item has a title and the material to rate.")
    if item is None:
        kept = CalibrationItem(created_by=by, created_at=now)
    else:
        kept = _locked(item)
        if kept.state != CalibrationItem.State.DRAFT:
            raise ValidationError("This item is open for rating: it stays as it is. Write a new one.")
    kept.version, kept.title, kept.material = version, title, material
    kept.save()
    _refuse_unrateable(kept)
    record(
        by=by,
        verb="changed calibration item" if item else "created calibration item",
        thing=kept,
        after={"station": version.station.slug, "version": version.number},
    )
    return kept


@transaction.atomic
def open_calibration_item(*, item: CalibrationItem, by: Any) -> CalibrationItem:
    """Let the station's interviewers rate it. From the first opening on its words are fixed."""
    by.require(leader=True)
    item = _locked(item)
    if item.state == CalibrationItem.State.OPEN:
        raise ValidationError("This item is open already.")
    _refuse_unrateable(item)
    return _set_state(item, CalibrationItem.State.OPEN, by)


@transaction.atomic
def close_calibration_item(*, item: CalibrationItem, by: Any) -> CalibrationItem:
    """No more ratings. What was given goes on counting for the severities."""
    by.require(leader=True)
    item = _locked(item)
    if item.state != CalibrationItem.State.OPEN:
        raise ValidationError("Only an item that is open for rating can be closed.")
    return _set_state(item, CalibrationItem.State.CLOSED, by)


@transaction.atomic
def rate_calibration_item(
    *, item: CalibrationItem, entries: Mapping[int, RatingEntry], by: Any, now: dt.datetime
) -> list[CalibrationRating]:
    """Give one's levels, all at once and for good. `entries` by the competency's id.

    Raises PermissionDenied for whoever does not interview or may not see the item, ValidationError where it is not
    open, was rated already, or something is missing.
    """
    if not by.is_interviewer or not CalibrationItem.objects.visible_to(by).filter(pk=item.pk).exists():
        raise PermissionDenied
    item = _locked(item)
    if CalibrationRating.objects.filter(item=item, interviewer=by).exists():
        raise ValidationError("You have rated this item already. What you gave is fixed.")
    if item.state != CalibrationItem.State.OPEN:
        raise ValidationError("This item is not open for rating.")
    asked = {one.competency.pk: one.rubric for one in asked_of(item=item)}
    if set(entries) != set(asked):
        raise ValidationError("Rate every competency of this item, and no other.")
    if lacking(entries, reasons_required=False):
        raise ValidationError("Each competency needs a level or “no evidence”; levels 1 and 4 need a sentence.")
    ratings = CalibrationRating.objects.bulk_create(
        CalibrationRating(
            item=item,
            interviewer=by,
            competency_id=competency,
            rubric=rubric,
            level=entries[competency].level,
            evidence=entries[competency].evidence.strip(),
            given_at=now,
        )
        for competency, rubric in asked.items()
    )
    record(by=by, verb="rated calibration item", thing=item)
    return ratings


def _locked(item: CalibrationItem) -> CalibrationItem:
    """The item as it is now; ratings and changes of one item wait for each other."""
    return (
        CalibrationItem.objects.select_for_update(no_key=True, of=("self",)).select_related("version").get(pk=item.pk)
    )


def _refuse_unrateable(item: CalibrationItem) -> None:
    asked = {one.competency.pk for one in asked_of(item=item)}
    measured = set(item.version.measures.values_list("competency", flat=True))
    if not measured:
        raise ValidationError("This station measures nothing, so there is nothing to rate.")
    if asked != measured:
        raise ValidationError("A competency of this station has no published rubric yet. Publish one first.")


def _set_state(item: CalibrationItem, state: CalibrationItem.State, by: Any) -> CalibrationItem:
    before, item.state = item.state, state
    item.save(update_fields=["state"])
    record(
        by=by,
        verb="opened calibration item" if state == CalibrationItem.State.OPEN else "closed calibration item",
        thing=item,
        before={"state": str(before)},
        after={"state": state.value},
    )
    return item
