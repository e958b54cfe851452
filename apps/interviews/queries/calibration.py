"""Reads of calibration items: blind until one's own rating, and the rows the rating model takes."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, QuerySet

from apps.interviews.core.calibrating import Spread, spread
from apps.interviews.models import CalibrationItem, CalibrationRating
from apps.library.models import Competency, Level, Measure, Rubric, Station, StationVersion


@dataclass(frozen=True)
class AskedCompetency:
    """One competency of an item with the rubric it is rated by."""

    competency: Competency
    rubric: Rubric
    levels: tuple[Level, ...]


@dataclass(frozen=True)
class ItemLine:
    """`raters` is None where the reader may not know yet."""

    item: CalibrationItem
    has_rated: bool
    can_rate: bool
    raters: int | None


@dataclass(frozen=True)
class NamedLevel:
    """What one interviewer gave; `name` only for whoever runs hiring, and the words only for them and for oneself."""

    name: str
    level: int | None
    evidence: str
    is_own: bool


@dataclass(frozen=True)
class ResultLine:
    asked: AskedCompetency
    spread: Spread
    own: NamedLevel | None
    named: tuple[NamedLevel, ...]

    @property
    def bars(self) -> list[tuple[Level, int]]:
        """Each level with how many gave it."""
        return list(zip(self.asked.levels, self.spread.counts, strict=True))


@dataclass(frozen=True)
class CalibrationPage:
    """`results` is None until the reader may see what others gave."""

    item: CalibrationItem
    asked: tuple[AskedCompetency, ...]
    can_edit: bool
    can_rate: bool
    has_rated: bool
    raters: int | None
    results: tuple[ResultLine, ...] | None


def versions_for_items() -> QuerySet[StationVersion]:
    """What a calibration item can be about: the current versions of stations in use that measure something."""
    return (
        StationVersion.objects.filter(current_of__in=Station.objects.usable().values("pk"), measures__isnull=False)
        .distinct()
        .order_by("name", "pk")
    )


def calibration_items(*, user: Any) -> list[ItemLine]:
    """What this person may see: first what waits for their rating, then the newest."""
    readable = CalibrationRating.objects.visible_to(user).filter(item=OuterRef("pk"))
    own = CalibrationRating.objects.filter(item=OuterRef("pk"), interviewer=user)
    items = (
        CalibrationItem.objects.visible_to(user)
        .select_related("version")
        .annotate(has_rated=Exists(own), is_readable=Exists(readable))
        .annotate(rater_count=Count("ratings__interviewer", distinct=True))
        .order_by("-created_at", "-pk")
    )
    sees_all = user.runs_hiring and not user.is_interviewer
    lines = [
        ItemLine(
            item=item,
            has_rated=item.has_rated,
            can_rate=_can_rate(item, user, has_rated=item.has_rated),
            raters=item.rater_count if item.is_readable or sees_all else None,
        )
        for item in items
    ]
    return sorted(lines, key=lambda line: not line.can_rate)


def calibration_waiting(*, user: Any) -> list[CalibrationItem]:
    """The items that wait for this person's rating."""
    return [line.item for line in calibration_items(user=user) if line.can_rate]


def _can_rate(item: CalibrationItem, user: Any, *, has_rated: bool) -> bool:
    return user.is_interviewer and item.state == CalibrationItem.State.OPEN and not has_rated


def asked_of(*, item: CalibrationItem) -> tuple[AskedCompetency, ...]:
    """What an item asks for: each competency its station measures, the most reliable first.

    All rate by the same anchors: those that were published when the item was written. A competency without any rubric
    is left out (`actions.open_calibration_item` refuses such an item).
    """
    levels = Prefetch("levels", Level.objects.order_by("number"))
    rubrics: dict[int, list[Rubric]] = {}
    measures = Measure.objects.filter(version=item.version_id).select_related("competency")
    measured = list(measures.order_by("-reliability", "pk"))
    found = Rubric.objects.filter(competency__in=[measure.competency_id for measure in measured])
    for rubric in found.prefetch_related(levels).order_by("number"):
        rubrics.setdefault(rubric.competency_id, []).append(rubric)
    asked = []
    for measure in measured:
        versions = rubrics.get(measure.competency_id, [])
        then = [rubric for rubric in versions if rubric.published_at <= item.created_at][-1:] or versions[:1]
        asked += [AskedCompetency(measure.competency, rubric, tuple(rubric.levels.all())) for rubric in then]
    return tuple(asked)


def calibration_page(*, item: CalibrationItem, user: Any) -> CalibrationPage:
    ratings = list(
        CalibrationRating.objects.visible_to(user).filter(item=item).select_related("interviewer").order_by("pk")
    )
    has_rated = CalibrationRating.objects.filter(item=item, interviewer=user).exists()
    sees_all = has_rated or (user.runs_hiring and not user.is_interviewer)
    asked = asked_of(item=item)
    return CalibrationPage(
        item=item,
        asked=asked,
        can_edit=user.is_leader,
        can_rate=_can_rate(item, user, has_rated=has_rated),
        has_rated=has_rated,
        raters=len({rating.interviewer_id for rating in ratings}) if sees_all else None,
        results=tuple(_result(one, ratings, user) for one in asked) if sees_all else None,
    )


def _result(asked: AskedCompetency, ratings: list[CalibrationRating], user: Any) -> ResultLine:
    of_this = [rating for rating in ratings if rating.competency_id == asked.competency.pk]
    lines = [
        NamedLevel(rating.interviewer.name, rating.level, rating.evidence, rating.interviewer_id == user.pk)
        for rating in of_this
    ]
    return ResultLine(
        asked=asked,
        spread=spread({rating.interviewer_id: rating.level for rating in of_this}, reader=user.pk),
        own=next((line for line in lines if line.is_own), None),
        named=tuple(sorted(lines, key=lambda line: line.name)) if user.runs_hiring else (),
    )


@dataclass(frozen=True)
class CalibrationRow:
    """One level as the rating model takes it; `item` stands where a candidacy stands otherwise. None: no evidence."""

    item: int
    interviewer: int
    competency: str
    station: str
    level: int | None


def calibration_rows() -> list[CalibrationRow]:
    """Every rating of every item, for the severity model and for nobody's page."""
    ratings = CalibrationRating.objects.order_by("pk").values_list(
        "item", "interviewer", "competency__slug", "item__version__station__slug", "level"
    )
    return [CalibrationRow(*row) for row in ratings]
