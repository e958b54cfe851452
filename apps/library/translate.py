"""Rows to the values of the library's files, and back to rows that are not saved.

Rows are trusted: what was stored once is shown as it is, also where a rule of today would refuse it.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from apps.library.core.documents import (
    GuideStep,
    LevelDocument,
    Question,
    RubricDocument,
    StationDocument,
)
from apps.library.core.lint import LevelText, LintWarning, lint_rubric, lint_station
from apps.library.models import Competency, Level, Measure, Rubric, Station, StationVersion

# Fields that a version has under the same name as the document.
VERSION_FIELDS = (
    "name", "format", "minutes", "interviewers", "preparation_minutes", "ai_policy", "ai_policy_reason", "purpose",
    "candidate_brief", "interviewer_guide", "questions", "weak_looks_like", "strong_looks_like", "red_flags",
    "green_flags", "could_mislead",
)  # fmt: skip


def to_document(station: Station, version: StationVersion) -> StationDocument:
    """The station as a file would say it. The version's measures come with their competencies."""
    contents = {name: getattr(version, name) for name in VERSION_FIELDS}
    contents["interviewer_guide"] = [GuideStep.model_construct(**step) for step in version.interviewer_guide]
    contents["questions"] = [Question.model_construct(**question) for question in version.questions]
    return StationDocument.model_construct(
        slug=station.slug,
        also_called=list(station.also_called),
        kind=station.kind,
        kit=station.kit or None,
        state=station.state,
        reviewed_on=station.reviewed_on,
        half_life_months=station.half_life_months,
        measures={measure.competency.slug: float(measure.reliability) for measure in version.measures.all()},
        **contents,
    )


def version_fields(document: StationDocument) -> dict[str, Any]:
    """What a version's row says, without its number and its measures."""
    return document.model_dump(mode="json", include=set(VERSION_FIELDS))


@dataclass(frozen=True)
class Preview:
    """Rows to look at, none of them saved: how a station would read, and what may be wrong with it."""

    station: Station
    version: StationVersion
    measures: list[Measure]
    warnings: tuple[LintWarning, ...]


def to_preview(
    document: StationDocument, *, competencies: Iterable[Competency], number: int, today: dt.date
) -> Preview:
    by_slug = {competency.slug: competency for competency in competencies}
    station = Station(
        slug=document.slug,
        also_called=document.also_called,
        kind=document.kind,
        kit=document.kit or "",
        state=document.state,
        reviewed_on=document.reviewed_on,
        half_life_months=document.half_life_months,
    )
    version = StationVersion(station=station, number=number, **version_fields(document))
    measures = [
        Measure(version=version, competency=by_slug[slug], reliability=Decimal(f"{reliability:.2f}"))
        for slug, reliability in sorted(document.measures.items(), key=lambda item: -item[1])
    ]
    return Preview(station, version, measures, lint_station(document, today=today))


def differences(one: StationDocument, other: StationDocument) -> list[str]:
    """The fields in which two documents of a station differ, apart from those an editor does not change."""
    fields = [name for name in StationDocument.model_fields if name not in ("slug", "state", "reviewed_on")]
    return [name for name in fields if getattr(one, name) != getattr(other, name)]


def to_rubric_document(rubric: Rubric) -> RubricDocument:
    """The rubric as a file would say it."""
    return RubricDocument.model_construct(
        levels={
            level.number: LevelDocument.model_construct(label=level.label, anchors=list(level.anchors))
            for level in rubric.levels.all()
        },
        no_evidence_when=rubric.no_evidence_when,
    )


@dataclass(frozen=True)
class RubricPreview:
    """Levels to look at, not saved, and what may be wrong with them."""

    levels: list[Level]
    no_evidence_when: str
    warnings: tuple[LintWarning, ...]


def to_rubric_preview(document: RubricDocument) -> RubricPreview:
    levels = [
        Level(number=number, label=level.label, anchors=level.anchors)
        for number, level in sorted(document.levels.items())
    ]
    return RubricPreview(levels, document.no_evidence_when, rubric_warnings(document))


def station_warnings(station: Station, version: StationVersion, *, today: dt.date) -> tuple[LintWarning, ...]:
    return lint_station(to_document(station, version), today=today)


def rubric_warnings(document: RubricDocument) -> tuple[LintWarning, ...]:
    levels = {number: LevelText(level.label, level.anchors) for number, level in document.levels.items()}
    return lint_rubric(levels, document.no_evidence_when)
