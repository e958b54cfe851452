"""Ratings as the rating model takes them, and the calibration that is in force.

Only settled panels teach the model: where nobody owes anything, or where it has ended. So no number made from a
calibration tells somebody who still owes a scorecard what, or that, another one has written.
"""

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from apps.debriefs.core.ratings.calibration import Calibration as Calibrated
from apps.debriefs.core.ratings.calibration import before_any_rating, calibration_of
from apps.debriefs.core.ratings.data import RatingRow
from apps.debriefs.models import Calibration
from apps.debriefs.translate.matrix import DebriefPage
from apps.interviews.models import CalibrationRating, Candidacy, Rating, Scorecard, Seat

_ROWS_AT_ONCE = 5000
_ITEM = "item:"


@dataclass(frozen=True)
class SettledMark:
    """Which ratings there are to learn from: another value where a scorecard or an item's rating has come or gone."""

    value: str
    is_empty: bool


@dataclass(frozen=True)
class Settled:
    """What a calibration is made from: the rows, and how many items have a level."""

    rows: list[RatingRow]
    items: int
    mark: SettledMark


def settled() -> Settled:
    """Every current rating of every settled panel, and every rating of a calibration item."""
    mark = settled_mark()
    rows = list(_rows(Rating.objects.filter(scorecard__in=settled_cards().values("pk"))))
    of_items = list(_item_rows())
    return Settled(
        rows=rows + of_items,
        items=len({row.candidate for row in of_items if row.level is not None}),
        mark=mark,
    )


def settled_mark() -> SettledMark:
    """What is settled says whether it changed; what is not settled changes nothing."""
    cards = list(settled_cards().order_by("pk").values_list("pk", flat=True))
    of_items = list(CalibrationRating.objects.order_by("pk").values_list("pk", flat=True))
    value = hashlib.sha256(repr((cards, of_items)).encode()).hexdigest()
    return SettledMark(value=value, is_empty=not cards and not of_items)


def settled_rows() -> list[RatingRow]:
    """The rows alone. A candidate is a candidacy's primary key, or "item:" and that of a calibration item."""
    return settled().rows


def settled_cards() -> QuerySet[Scorecard]:
    """The current scorecards of settled panels, each written without having read the others."""
    return _independent(Scorecard.objects.current()).exclude(
        interview__candidacy__in=Candidacy.objects.incomplete().values("pk")
    )


def rows_of(page: DebriefPage) -> list[RatingRow]:
    """One candidacy's current ratings, as far as the reader of this page may read them.

    As in a calibration, without those of interviewers who had read others' ratings before: they are no independent
    observation.
    """
    informed = {column.card.pk for column in page.columns if column.is_informed}
    return [
        RatingRow(
            candidate=str(page.candidacy.pk),
            interviewer=str(rating.scorecard.interviewer_id),
            competency=rating.competency.slug,
            level=rating.level,
            station=rating.scorecard.interview.plan_station.version.station.slug,
        )
        for rating in page.ratings
        if rating.scorecard_id not in informed
    ]


def current_calibration() -> Calibrated:
    """The last calibration that was finished; what is believed without one before that."""
    row = current_row()
    return before_any_rating() if row is None else calibration_in(row)


def current_row() -> Calibration | None:
    """The row of the last calibration without its data, which each process reads once (`calibration_in`)."""
    return Calibration.objects.defer("data").current()


def calibration_in(row: Calibration) -> Calibrated:
    """What a finished row says."""
    return _stored(row.pk, row.made_at).calibration


def items_in(row: Calibration) -> int:
    """How many calibration items that calibration heard of."""
    return _stored(row.pk, row.made_at).items


def to_data(calibration: Calibrated, *, heard: Settled) -> dict[str, Any]:
    """The `data` of a calibration's row: the core's record, and what it was made from."""
    return {
        "record": calibration.as_record(),
        "items": heard.items,
        "mark": heard.mark.value,
    }


@dataclass(frozen=True)
class _Stored:
    calibration: Calibrated
    items: int


@lru_cache(maxsize=2)
def _stored(pk: int, made_at: dt.datetime | None) -> _Stored:
    """By key and time: a finished row never changes."""
    data = Calibration.objects.values_list("data", flat=True).get(pk=pk, made_at=made_at)
    return _Stored(
        calibration=calibration_of(data["record"]),
        items=data["items"],
    )


def _independent(cards: QuerySet[Scorecard]) -> QuerySet[Scorecard]:
    informed = Seat.objects.filter(informed=True, interview=OuterRef("interview"), interviewer=OuterRef("interviewer"))
    return cards.exclude(Exists(informed))


def _rows(ratings: QuerySet[Rating]) -> Iterator[RatingRow]:
    found = ratings.order_by("pk").values_list(
        "scorecard__interview__candidacy",
        "scorecard__interviewer",
        "competency__slug",
        "level",
        "scorecard__interview__plan_station__version__station__slug",
    )
    for candidacy, interviewer, competency, level, station in found.iterator(chunk_size=_ROWS_AT_ONCE):
        yield RatingRow(str(candidacy), str(interviewer), competency, level, station)


def _item_rows() -> Iterator[RatingRow]:
    found = CalibrationRating.objects.order_by("pk").values_list(
        "item", "interviewer", "competency__slug", "level", "item__version__station__slug"
    )
    for item, interviewer, competency, level, station in found.iterator(chunk_size=_ROWS_AT_ONCE):
        yield RatingRow(f"{_ITEM}{item}", str(interviewer), competency, level, station)
