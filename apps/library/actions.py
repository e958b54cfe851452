"""Verbs of the library."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from apps.common.actions import record
from apps.library.core.documents import (
    CompetencyDocument,
    FrameworkDocument,
    Library,
    RolePresetDocument,
    StationDocument,
)
from apps.library.models import (
    Competency,
    Framework,
    Level,
    Measure,
    PresetRequirement,
    RolePreset,
    Rubric,
    Station,
    StationVersion,
)

VERSION_FIELDS = (
    "name", "format", "minutes", "interviewers", "preparation_minutes", "ai_policy", "ai_policy_reason", "purpose",
    "candidate_brief", "interviewer_guide", "questions", "weak_looks_like", "strong_looks_like", "red_flags",
    "green_flags", "could_mislead",
)  # fmt: skip


@dataclass(frozen=True)
class LoadReport:
    """How many rows of each kind the library has now, and how many of them are new."""

    frameworks: int
    competencies: int
    stations: int
    presets: int
    new: Counter[str]


@transaction.atomic
def load_library(*, library: Library, by: Any, now: dt.datetime) -> LoadReport:
    """Bring the database to what the files say. Run again with the same files, it changes nothing.

    A changed rubric or station becomes a new version; earlier versions stay for the candidacies that use them.
    """
    new: Counter[str] = Counter()
    documents = {document.slug: document for document in library.competencies}
    competencies: dict[str, Competency] = {}
    for framework_document in library.frameworks:
        framework = _load_framework(framework_document, new)
        for position, slug in enumerate(framework_document.competencies):
            competencies[slug] = _load_competency(documents[slug], framework, position, new, now)
    for station_document in library.stations:
        _load_station(station_document, competencies, new, now)
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
    )


def _load_framework(document: FrameworkDocument, new: Counter[str]) -> Framework:
    framework, created = Framework.objects.update_or_create(
        slug=document.slug, defaults={"name": document.name, "summary": document.summary, "position": document.position}
    )
    new["frameworks"] += created
    return framework


def _load_competency(
    document: CompetencyDocument, framework: Framework, position: int, new: Counter[str], now: dt.datetime
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
    if latest is None or latest.fingerprint != document.rubric_fingerprint:
        competency.rubrics.filter(state=Rubric.State.PUBLISHED).update(state=Rubric.State.SUPERSEDED)
        rubric = Rubric.objects.create(
            competency=competency,
            number=latest.number + 1 if latest else 1,
            no_evidence_when=document.no_evidence_when,
            fingerprint=document.rubric_fingerprint,
            published_at=now,
        )
        Level.objects.bulk_create(
            Level(rubric=rubric, number=number, label=level.label, anchors=level.anchors)
            for number, level in sorted(document.levels.items())
        )
        new["rubrics"] += 1
    return competency


def _load_station(
    document: StationDocument, competencies: dict[str, Competency], new: Counter[str], now: dt.datetime
) -> None:
    station, created = Station.objects.update_or_create(
        slug=document.slug,
        defaults={
            "kind": document.kind,
            "state": document.state,
            "kit": document.kit or "",
            "reviewed_on": document.reviewed_on,
            "half_life_months": document.half_life_months,
        },
    )
    new["stations"] += created
    latest = station.versions.order_by("-number").first()
    if latest is not None and latest.fingerprint == document.contents_fingerprint:
        return
    contents = document.model_dump(mode="json", include=set(VERSION_FIELDS))
    version = StationVersion.objects.create(
        station=station,
        number=latest.number + 1 if latest else 1,
        fingerprint=document.contents_fingerprint,
        made_at=now,
        **contents,
    )
    Measure.objects.bulk_create(
        Measure(version=version, competency=competencies[slug], reliability=Decimal(str(round(reliability, 2))))
        for slug, reliability in document.measures.items()
    )
    Station.objects.filter(pk=station.pk).update(current=version)
    new["station versions"] += 1


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
