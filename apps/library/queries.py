"""Reads of the library."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet

from apps.library.core.freshness import age_in_months, freshness
from apps.library.models import Competency, Framework, Level, Measure, RolePreset, Rubric, Station, StationVersion


@dataclass(frozen=True)
class StationLine:
    """One station as lists show it: with how fresh it is today."""

    station: Station
    freshness: float

    @property
    def is_stale(self) -> bool:
        """Half of its information is gone: time to review it."""
        return self.freshness <= 0.5


def station_lines(*, user: Any, today: dt.date, kind: str = "") -> list[StationLine]:
    stations = Station.objects.visible_to(user).filter(current__isnull=False).with_contents()
    if kind:
        stations = stations.filter(kind=kind)
    return [
        StationLine(
            station=station,
            freshness=freshness(age_in_months(station.reviewed_on, today), station.half_life_months),
        )
        for station in stations.order_by("kind", "current__name")
    ]


def station_freshness(*, station: Station, today: dt.date) -> float:
    return freshness(age_in_months(station.reviewed_on, today), station.half_life_months)


def competencies_with_rubrics(*, user: Any) -> QuerySet[Competency]:
    """Every competency with its published rubric's levels at hand (`published_rubrics`)."""
    levels = Prefetch("levels", Level.objects.order_by("number"))
    rubrics = Rubric.objects.filter(state=Rubric.State.PUBLISHED).prefetch_related(levels)
    visible = Competency.objects.visible_to(user)
    return visible.select_related("framework").prefetch_related(
        Prefetch("rubrics", rubrics, to_attr="published_rubrics")
    )


def frameworks() -> QuerySet[Framework]:
    return Framework.objects.prefetch_related(Prefetch("competencies", Competency.objects.order_by("position")))


def stations_measuring(*, competency: Competency) -> QuerySet[Measure]:
    """Where the library's current stations measure this competency, the most reliable first."""
    return (
        Measure.objects.filter(competency=competency, version__current_of__isnull=False)
        .select_related("version__current_of")
        .order_by("-reliability", "version__name")
    )


def version_with_measures(*, station: Station) -> StationVersion:
    """The station's current version with its measures, the most reliable first."""
    return StationVersion.objects.prefetch_related(
        Prefetch("measures", Measure.objects.select_related("competency").order_by("-reliability", "id"))
    ).get(current_of=station)


def role_presets() -> QuerySet[RolePreset]:
    return RolePreset.objects.prefetch_related("requirements__competency").order_by("position", "id")
