"""The interval plot of one competency in per cent of the width, and in pixels from its top."""

import math
from dataclasses import dataclass

from apps.debriefs.core.ratings.reading import CompetencyReading
from apps.debriefs.core.verdicts import Zones
from apps.debriefs.translate.drawing import Interval
from apps.interviews.models import Rating
from apps.library.models import Competency

_TOP, _ADJUSTED, _UNADJUSTED, _FIRST_LANE, _LANE, _BELOW = 18, 30, 45, 68, 26, 16
_WITHOUT_GUTTER, _WITH_GUTTER = 100.0, 88.0


@dataclass(frozen=True)
class Canvas:
    """The axis of all competencies of a panel: from the left to `width` per cent, and right of it "no evidence"."""

    zones: Zones
    width: float

    @property
    def has_gutter(self) -> bool:
        return self.width < _WITHOUT_GUTTER

    @property
    def gutter(self) -> float:
        return (self.width + 100) / 2

    def place(self, position: float) -> float:
        low, high = self.zones.low, self.zones.high
        return self.width * (min(max(position, low), high) - low) / (high - low)

    @property
    def bands(self) -> tuple["Band", ...]:
        found = []
        for level in self.zones.levels:
            begin, end = (self.place(edge) for edge in self.zones.bounds(level))
            found.append(Band(level, begin, end - begin))
        return tuple(found)


def canvas(zones: Zones, *, has_gutter: bool) -> Canvas:
    return Canvas(zones, _WITH_GUTTER if has_gutter else _WITHOUT_GUTTER)


@dataclass(frozen=True)
class Band:
    """The zone of one level."""

    level: int
    begins: float
    width: float

    @property
    def middle(self) -> float:
        return self.begins + self.width / 2


@dataclass(frozen=True)
class Drawn(Interval):
    """An interval that may go on beyond the axis; `y` from the top."""

    y: int
    goes_on_left: bool
    goes_on_right: bool
    is_below: bool


@dataclass(frozen=True)
class Mark:
    """One rating. `adjusted_at`: where it counts, severity allowed for; None where no severity is used.

    `counts_as`: the same as a level. A rating without a level stands in the gutter.
    """

    rating: Rating
    name: str
    initials: str
    at: float
    y: int
    adjusted_at: float | None
    counts_as: float | None
    is_informed: bool

    @property
    def has_level(self) -> bool:
        return self.rating.level is not None

    @property
    def is_moved(self) -> bool:
        """Whether the severity shows in the level as it is printed."""
        return self.counts_as is not None and abs(self.counts_as - (self.rating.level or 0)) >= 0.05

    @property
    def text_y(self) -> int:
        """The base line of the initials."""
        return self.y + 4


@dataclass(frozen=True)
class Rated:
    """What `Plot` needs to know of one rating; `severity` is None where none is used."""

    rating: Rating
    name: str
    initials: str
    severity: float | None
    is_informed: bool


@dataclass(frozen=True)
class Plot:
    """`bar` is None where the lowest level is asked for, which everybody meets."""

    competency: Competency
    is_seen: bool
    bands: tuple[Band, ...]
    bar: float | None
    adjusted: Drawn
    unadjusted: Drawn
    marks: tuple[Mark, ...]
    height: int

    top: int = _TOP

    @property
    def key(self) -> int:
        return self.competency.pk

    @property
    def bottom(self) -> int:
        return self.height - 2

    @property
    def inner(self) -> int:
        """The height of the zones."""
        return self.bottom - self.top


def plot(
    on: Canvas,
    *,
    competency: Competency,
    adjusted: CompetencyReading,
    unadjusted: CompetencyReading,
    rated: list[Rated],
) -> Plot:
    """Every rating has a lane of its own, so that none hides another; the lowest level comes first."""
    given = sorted((one for one in rated if one.rating.level is not None), key=lambda one: one.rating.level or 0)
    silent = [one for one in rated if one.rating.level is None]
    marks = [_mark(on, one, lane) for lane, one in enumerate(given)]
    marks += [_mark(on, one, lane) for lane, one in enumerate(silent)]
    lanes = max(len(given), len(silent))
    return Plot(
        competency=competency,
        is_seen=adjusted.ratings > 0,
        bands=on.bands,
        bar=on.place(adjusted.bar) if math.isfinite(adjusted.bar) else None,
        adjusted=_drawn(on, adjusted, _ADJUSTED),
        unadjusted=_drawn(on, unadjusted, _UNADJUSTED),
        marks=tuple(marks),
        height=_FIRST_LANE + _LANE * (lanes - 1) + _BELOW if lanes else _FIRST_LANE - _BELOW // 2,
    )


def _mark(on: Canvas, one: Rated, lane: int) -> Mark:
    level = one.rating.level
    middle = None if level is None else on.zones.middle(level)
    moved = None if middle is None or one.severity is None else middle + one.severity
    return Mark(
        rating=one.rating,
        name=one.name,
        initials=one.initials,
        at=on.gutter if middle is None else on.place(middle),
        y=_FIRST_LANE + _LANE * lane,
        adjusted_at=None if moved is None else on.place(moved),
        counts_as=None if moved is None else on.zones.in_levels(moved),
        is_informed=one.is_informed,
    )


def _drawn(on: Canvas, found: CompetencyReading, y: int) -> Drawn:
    return Drawn(
        low=on.place(found.low),
        at=on.place(found.position),
        high=on.place(found.high),
        y=y,
        goes_on_left=found.low < on.zones.low,
        goes_on_right=found.high > on.zones.high,
        is_below=found.position < found.bar,
    )
