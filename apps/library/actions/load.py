"""Bring the database to what the library's files say."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from apps.common.actions import record
from apps.library import queries
from apps.library.actions.versions import make_rubric_version, make_station_version
from apps.library.core.documents import (
    SETTINGS,
    CompetencyDocument,
    FrameworkDocument,
    Library,
    RolePresetDocument,
    StationDocument,
    called,
)
from apps.library.models import (
    Competency,
    Framework,
    PresetRequirement,
    RolePreset,
    Station,
)
from apps.library.translate import to_document

RETIRED_BY_FILE = "Retired in the library's files."


@dataclass(frozen=True)
class LoadReport:
    """How many rows of each kind the library has now, how many of them are new, and what was left alone: the files
    that say something else than people wrote here, each with what was not taken from it.
    """

    frameworks: int
    competencies: int
    stations: int
    presets: int
    new: Counter[str]
    left_alone: tuple[tuple[str, str], ...]


@transaction.atomic
def load_library(*, library: Library, by: Any, now: dt.datetime) -> LoadReport:
    """Bring the database to what the files say. Run again with the same files, it changes nothing.

    A changed rubric or station becomes a new version; earlier versions stay for the candidacies that use them. What
    people wrote here is not overwritten, and a review date never moves back behind a review recorded here.
    """
    new: Counter[str] = Counter()
    left: list[tuple[str, str]] = []
    documents = {document.slug: document for document in library.competencies}
    competencies: dict[str, Competency] = {}
    for framework_document in library.frameworks:
        framework = _load_framework(framework_document, new)
        for position, slug in enumerate(framework_document.competencies):
            competencies[slug] = _load_competency(documents[slug], framework, position, new, left, now)
    taken = queries.names_written_here()
    for station_document in library.stations:
        _load_station(_without_names(station_document, taken), competencies, new, left, now)
    for preset_document in library.roles:
        _load_preset(preset_document, competencies, new)
    if new.total():
        record(
            by=by,
            verb="loaded library",
            thing=Framework.objects.order_by("id")[0],
            after={kind: count for kind, count in new.items() if count},
        )
    return LoadReport(
        frameworks=len(library.frameworks),
        competencies=len(library.competencies),
        stations=len(library.stations),
        presets=len(library.roles),
        new=new,
        left_alone=tuple(left),
    )


def _load_framework(document: FrameworkDocument, new: Counter[str]) -> Framework:
    framework, created = Framework.objects.update_or_create(
        slug=document.slug, defaults={"name": document.name, "summary": document.summary, "position": document.position}
    )
    new["frameworks"] += created
    return framework


def _load_competency(
    document: CompetencyDocument,
    framework: Framework,
    position: int,
    new: Counter[str],
    left: list[tuple[str, str]],
    now: dt.datetime,
) -> Competency:
    competency, created = Competency.objects.update_or_create(
        slug=document.slug,
        defaults={
            "framework": framework,
            "name": document.name,
            "definition": document.definition,
            "why": document.why,
            "sub_skills": [skill.model_dump() for skill in document.sub_skills],
            "position": position,
        },
    )
    new["competencies"] += created
    latest = competency.rubrics.order_by("-number").first()
    if latest is not None and latest.fingerprint == document.rubric_fingerprint:
        return competency
    if latest is not None and latest.published_by_id is not None:
        left.append((f"competencies/{document.slug}.yaml", "rubric"))
        return competency
    make_rubric_version(competency=competency, document=document, by=None, now=now)
    new["rubrics"] += 1
    return competency


def _without_names(document: StationDocument, taken: Mapping[str, str]) -> StationDocument:
    """Without the nicknames that are names of a station written here."""
    free = [name for name in document.also_called if taken.get(called(name), document.slug) == document.slug]
    return document.model_copy(update={"also_called": free})


def _load_station(
    document: StationDocument,
    competencies: dict[str, Competency],
    new: Counter[str],
    left: list[tuple[str, str]],
    now: dt.datetime,
) -> None:
    station = Station.objects.filter(slug=document.slug).select_for_update().first()
    if station is None:
        station = Station(slug=document.slug)
        _take_settings(station, document, now)
        _take_state(station, document)
        station.reviewed_on = document.reviewed_on
        station.save()
        make_station_version(station=station, document=document, competencies=competencies, by=None, now=now)
        new["stations"] += 1
        new["station versions"] += 1
        return
    file = f"stations/{document.slug}.yaml"
    here = to_document(station, queries.version_with_measures(station=station))
    same_contents = here.contents_fingerprint == document.contents_fingerprint
    same_settings = all(getattr(here, name) == getattr(document, name) for name in SETTINGS)
    if station.state_changed_at is None:
        _take_state(station, document)
    elif station.state != document.state:
        left.append((file, "state"))
    if station.origin == Station.Origin.HERE:
        if not (same_contents and same_settings):
            left.append((file, "contents"))
    else:
        recorded = station.reviews.order_by("-on").values_list("on", flat=True).first()
        station.reviewed_on = max(document.reviewed_on, recorded or document.reviewed_on)
        if not (same_contents and same_settings):
            _take_settings(station, document, now)
    station.save()
    if station.origin == Station.Origin.FILES and not same_contents:
        make_station_version(station=station, document=document, competencies=competencies, by=None, now=now)
        new["station versions"] += 1


def _take_settings(station: Station, document: StationDocument, now: dt.datetime) -> None:
    for name in SETTINGS:
        setattr(station, name, getattr(document, name))
    station.kit = document.kit or ""
    station.revision += 1
    station.saved_at, station.saved_by = now, None


def _take_state(station: Station, document: StationDocument) -> None:
    station.state = document.state
    station.retired_reason = RETIRED_BY_FILE if document.state == "retired" else ""


def _load_preset(document: RolePresetDocument, competencies: dict[str, Competency], new: Counter[str]) -> None:
    preset, created = RolePreset.objects.update_or_create(
        slug=document.slug,
        defaults={
            "title": document.title,
            "summary": document.summary,
            "when_to_use": document.when_to_use,
            "guide": document.guide,
            "position": document.position,
            **document.limits.model_dump(),
        },
    )
    new["presets"] += created
    wanted = {line.competency for line in document.requirements}
    preset.requirements.exclude(competency__slug__in=wanted).delete()
    for line in document.requirements:
        PresetRequirement.objects.update_or_create(
            preset=preset,
            competency=competencies[line.competency],
            defaults=line.model_dump(exclude={"competency"}),
        )
