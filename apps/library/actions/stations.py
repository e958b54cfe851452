"""Verbs about stations: write, save, move along their life, review."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.common.actions import record
from apps.library import queries
from apps.library.actions.versions import SavedMeanwhile, make_station_version
from apps.library.core.documents import SETTINGS, StationDocument
from apps.library.core.lifecycle import may_become
from apps.library.models import Competency, Station, StationReview
from apps.library.translate import differences, to_document


@dataclass(frozen=True)
class Saved:
    """A saved station, which fields of it are other ones now, and whether that made a new version."""

    station: Station
    changed: tuple[str, ...]
    new_version: bool


@transaction.atomic
def create_station(*, document: StationDocument, by: Any, now: dt.datetime, copy_of: Station | None = None) -> Station:
    """Write a new station, as a draft. A copy keeps the review date of what it was copied from: nobody reviewed it."""
    by.require(leader=True)
    _refuse_names(document, None)
    station = Station(
        slug=document.slug,
        state=Station.State.DRAFT,
        state_changed_at=now,
        reviewed_on=copy_of.reviewed_on if copy_of else timezone.localdate(now),
        origin=Station.Origin.HERE,
    )
    _settle(station, document, by, now)
    try:
        with transaction.atomic():
            station.save()
    except IntegrityError as error:  # somebody made it between the form's look and now
        raise ValidationError({"slug": "Another station has this address already."}) from error
    make_station_version(station=station, document=document, competencies=_competencies(document), by=by, now=now)
    record(by=by, verb="created station", thing=station, after={"copy of": copy_of.slug if copy_of else None})
    return station


@transaction.atomic
def save_station(*, station: Station, document: StationDocument, revision: int, by: Any, now: dt.datetime) -> Saved:
    """Save what an editor holds. Other contents make a new version, other settings alone do not, and nothing changed
    changes nothing. Raises SavedMeanwhile where `revision` is no longer the station's.
    """
    by.require(leader=True)
    station = Station.objects.select_for_update().get(pk=station.pk)
    if station.revision != revision:
        raise SavedMeanwhile
    _refuse_names(document, station)
    before = to_document(station, queries.version_with_measures(station=station))
    changed = tuple(differences(before, document))
    if not changed:
        return Saved(station=station, changed=(), new_version=False)
    new_version = before.contents_fingerprint != document.contents_fingerprint
    station.origin = Station.Origin.HERE
    _settle(station, document, by, now)
    station.save()
    if new_version:
        make_station_version(station=station, document=document, competencies=_competencies(document), by=by, now=now)
    assert station.current is not None  # noqa: S101  # every station has a version from its first transaction on
    record(by=by, verb="saved station", thing=station, after={"version": station.current.number, "fields": [*changed]})
    return Saved(station=station, changed=changed, new_version=new_version)


@transaction.atomic
def move_station(*, station: Station, to: str, by: Any, now: dt.datetime, reason: str = "") -> Station:
    """One step of a station's life (draft, pilot, active, retired, and back to pilot). Retiring needs a reason."""
    by.require(leader=True)
    station = Station.objects.select_for_update().get(pk=station.pk)
    before, reason = station.state, reason.strip()
    if to not in Station.State.values or not may_become(before, to):
        raise ValidationError(f"A station that is {station.get_state_display()} now cannot become “{to}”.")
    if to == Station.State.RETIRED and not reason:
        raise ValidationError({"reason": "Say why it is retired: whoever planned with it will read this."})
    station.state, station.state_changed_at = to, now
    station.retired_reason = reason if to == Station.State.RETIRED else ""
    station.save(update_fields=["state", "state_changed_at", "retired_reason"])
    record(
        by=by,
        verb=f"moved station to {to}",
        thing=station,
        before={"state": before},
        after={"state": to, "reason": reason} if reason else {"state": to},
    )
    return station


@transaction.atomic
def review_station(*, station: Station, version: int, note: str, by: Any, now: dt.datetime) -> StationReview:
    """Record that a station was gone through today and still holds. Makes no new version.

    `version` is the number the reviewer read. Raises SavedMeanwhile where it is no longer the current one.
    """
    by.require(leader=True)
    station = Station.objects.select_for_update().get(pk=station.pk)
    current = station.versions.get(current_of=station)
    if current.number != version:
        raise SavedMeanwhile
    before = station.reviewed_on
    review = StationReview(station=station, version=current, on=timezone.localdate(now), by=by, note=note.strip())
    review.full_clean(exclude=["station", "version", "by"])
    review.save()
    station.reviewed_on = review.on
    station.save(update_fields=["reviewed_on"])
    record(
        by=by,
        verb="reviewed station",
        thing=station,
        before={"reviewed_on": before.isoformat()},
        after={"reviewed_on": review.on.isoformat(), "version": version},
    )
    return review


def _settle(station: Station, document: StationDocument, by: Any, now: dt.datetime) -> None:
    for name in SETTINGS:
        setattr(station, name, getattr(document, name))
    station.kit = document.kit or ""
    station.revision += 1
    station.saved_at, station.saved_by = now, by


def _refuse_names(document: StationDocument, station: Station | None) -> None:
    problems = queries.name_problems(name=document.name, also_called=document.also_called, station=station)
    if problems:
        raise ValidationError(problems)


def _competencies(document: StationDocument) -> dict[str, Competency]:
    found = {competency.slug: competency for competency in Competency.objects.filter(slug__in=document.measures)}
    missing = sorted(set(document.measures) - set(found))
    if missing:
        raise ValidationError({"measures": f"Not in the library: {', '.join(missing)}."})
    return found
