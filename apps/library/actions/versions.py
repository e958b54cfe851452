"""New versions of stations and rubrics: the one place where they are made, from files and from the editors."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from apps.library.core.documents import RubricDocument, StationDocument
from apps.library.models import Competency, Level, Measure, Rubric, Station, StationVersion
from apps.library.translate import version_fields


class SavedMeanwhile(Exception):
    """Somebody else saved between opening the form and sending it. Nothing was changed."""


def make_station_version(
    *, station: Station, document: StationDocument, competencies: Mapping[str, Competency], by: Any, now: dt.datetime
) -> StationVersion:
    """The next version of a station, which it points to from now on. Earlier ones stay for whom they are pinned to."""
    latest = station.versions.order_by("-number").first()
    version = StationVersion.objects.create(
        station=station,
        number=latest.number + 1 if latest else 1,
        fingerprint=document.contents_fingerprint,
        made_at=now,
        made_by=by,
        **version_fields(document),
    )
    Measure.objects.bulk_create(
        Measure(version=version, competency=competencies[slug], reliability=Decimal(str(round(reliability, 2))))
        for slug, reliability in document.measures.items()
    )
    station.current = version
    station.save(update_fields=["current"])
    return version


def make_rubric_version(*, competency: Competency, document: RubricDocument, by: Any, now: dt.datetime) -> Rubric:
    """The next version of a rubric, published; the one before it is superseded and stays as it is."""
    latest = competency.rubrics.order_by("-number").first()
    competency.rubrics.filter(state=Rubric.State.PUBLISHED).update(state=Rubric.State.SUPERSEDED)
    rubric = Rubric.objects.create(
        competency=competency,
        number=latest.number + 1 if latest else 1,
        no_evidence_when=document.no_evidence_when,
        fingerprint=document.rubric_fingerprint,
        published_at=now,
        published_by=by,
    )
    Level.objects.bulk_create(
        Level(rubric=rubric, number=number, label=level.label, anchors=level.anchors)
        for number, level in sorted(document.levels.items())
    )
    return rubric
