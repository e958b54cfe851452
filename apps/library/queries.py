"""Reads of the library."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet

from apps.library.core.documents import called
from apps.library.core.freshness import Freshness, age_in_months
from apps.library.core.lifecycle import STEPS
from apps.library.models import (
    Competency,
    Framework,
    Level,
    Measure,
    RolePreset,
    Rubric,
    Station,
    StationReview,
    StationVersion,
)


@dataclass(frozen=True)
class StationLine:
    """One station as lists show it: with the share of its information that is left today."""

    station: Station
    freshness: float

    @property
    def is_stale(self) -> bool:
        """Half of its information is gone: time to review it."""
        return self.freshness <= 0.5


@dataclass(frozen=True)
class QueueLine:
    """One station that waits for its review: how fresh it is, and the latest review recorded here."""

    station: Station
    freshness: Freshness
    latest: StationReview | None


def freshness_of(*, station: Station, today: dt.date) -> Freshness:
    """How fresh a station is; reads only columns of the station itself."""
    return Freshness(age_in_months(station.reviewed_on, today), station.half_life_months)


def station_freshness(*, station: Station, today: dt.date) -> float:
    """The share of a station's information that is left."""
    return freshness_of(station=station, today=today).share


def station_lines(*, user: Any, today: dt.date, kind: str = "", state: str = "") -> list[StationLine]:
    stations = Station.objects.visible_to(user).filter(current__isnull=False).with_contents()
    if kind:
        stations = stations.filter(kind=kind)
    if state:
        stations = stations.filter(state=state)
    return [
        StationLine(station=station, freshness=station_freshness(station=station, today=today))
        for station in stations.order_by("kind", "current__name")
    ]


def review_queue(*, user: Any, today: dt.date) -> list[QueueLine]:
    """Stations that loops can use or soon will, the one that has lost most of its information first."""
    stations = (
        Station.objects.visible_to(user)
        .filter(current__isnull=False)
        .exclude(state=Station.State.RETIRED)
        .select_related("current")
        .prefetch_related(Prefetch("reviews", StationReview.objects.select_related("by").order_by("-on", "-id")))
        .order_by("current__name")
    )
    lines = [
        QueueLine(
            station=station,
            freshness=freshness_of(station=station, today=today),
            latest=next(iter(station.reviews.all()), None),
        )
        for station in stations
    ]
    return sorted(lines, key=lambda line: line.freshness.share)


def count_stale(*, user: Any, today: dt.date) -> int:
    """How many stations of the review queue have lost half of their information or more."""
    dates = Station.objects.visible_to(user).filter(current__isnull=False).exclude(state=Station.State.RETIRED)
    return sum(freshness_of(station=station, today=today).is_stale for station in dates)


def station_as_saved(*, station: Station) -> Station:
    """The station as it is now, with who saved it last."""
    return Station.objects.select_related("saved_by", "current").get(pk=station.pk)


def reviews_of(*, station: Station) -> QuerySet[StationReview]:
    return station.reviews.select_related("by", "version").order_by("-on", "-id")


def versions_of(*, station: Station) -> QuerySet[StationVersion]:
    return station.versions.select_related("made_by").order_by("-number")


def next_states(*, station: Station) -> list[str]:
    return list(STEPS[station.state])


def names_in_use(*, apart_from: Station | None = None) -> dict[str, str]:
    """Every station's own name and nicknames, as they are compared, with the name of the station they lead to."""
    stations = Station.objects.filter(current__isnull=False).select_related("current").order_by("slug")
    if apart_from is not None:
        stations = stations.exclude(pk=apart_from.pk)
    return {called(name): str(station) for station in stations for name in (str(station), *station.also_called)}


def names_written_here() -> dict[str, str]:
    """The names and nicknames that people gave here, as they are compared, with the slug of their station."""
    stations = Station.objects.filter(origin=Station.Origin.HERE, current__isnull=False)
    return {
        called(name): station.slug
        for station in stations.select_related("current").order_by("slug")
        for name in (str(station), *station.also_called)
    }


def name_problems(*, name: str, also_called: Iterable[str], station: Station | None) -> dict[str, list[str]]:
    """Which names lead to another station already, by field and in words."""
    taken = names_in_use(apart_from=station)
    problems = {
        "name": [f"“{one}” is a name of “{taken[called(one)]}” already." for one in [name] if called(one) in taken],
        "also_called": [
            f"“{one}” is a name of “{taken[called(one)]}” already." for one in also_called if called(one) in taken
        ],
    }
    return {field: found for field, found in problems.items() if found}


def competencies_with_rubrics(*, user: Any) -> QuerySet[Competency]:
    """Every competency with its published rubric's levels at hand (`published_rubrics`)."""
    levels = Prefetch("levels", Level.objects.order_by("number"))
    rubrics = Rubric.objects.filter(state=Rubric.State.PUBLISHED).prefetch_related(levels)
    visible = Competency.objects.visible_to(user)
    return visible.select_related("framework").prefetch_related(
        Prefetch("rubrics", rubrics, to_attr="published_rubrics")
    )


def rubrics_of(*, competency: Competency) -> QuerySet[Rubric]:
    """All versions of a competency's rubric with their levels, the latest first."""
    levels = Prefetch("levels", Level.objects.order_by("number"))
    return competency.rubrics.select_related("published_by").prefetch_related(levels).order_by("-number")


def frameworks() -> QuerySet[Framework]:
    return Framework.objects.prefetch_related(Prefetch("competencies", Competency.objects.order_by("position")))


def competencies_to_measure() -> QuerySet[Competency]:
    return Competency.objects.select_related("framework").order_by("framework__position", "position", "id")


def stations_measuring(*, competency: Competency) -> QuerySet[Measure]:
    """Where the library's current stations measure this competency, the most reliable first."""
    return (
        Measure.objects.filter(competency=competency, version__current_of__isnull=False)
        .exclude(version__current_of__state=Station.State.RETIRED)
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
