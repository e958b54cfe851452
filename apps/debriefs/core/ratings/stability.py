"""Would the outcome be another one if the panel, or the way of counting, were?"""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from apps.debriefs.core.ratings.calibration import Calibration
from apps.debriefs.core.ratings.data import RatingRow
from apps.debriefs.core.ratings.reading import Bar, Reading, read_panel, read_panels
from apps.debriefs.core.verdicts import is_met


class Way(Enum):
    """What was done differently."""

    WITHOUT_INTERVIEWER = "without_interviewer"
    UNADJUSTED = "unadjusted"
    EQUAL_WEIGHTS = "equal_weights"
    MEDIAN = "median"


@dataclass(frozen=True)
class Change:
    """A competency on the other side of its bar. `before` and `after` are probabilities of meeting it, or, where
    levels are counted, the mean or median level; None where nothing is left to say."""

    competency: str
    must_pass: bool
    met_before: bool | None
    met_after: bool | None
    before: float | None
    after: float | None


@dataclass(frozen=True)
class Variation:
    """One other way to read the panel. `outcome_changes`: the must-pass competencies as a whole (or, where there are
    none, all competencies) would stand on another side. `all_before`, `all_after`: see `Reading.all_must_pass`.

    Where the model reads, the whole is on the side of `all_must_pass`: met from 50 % on, open while nobody rated one of
    them. Where levels are counted, and without a must-pass, it is counted bar by bar."""

    way: Way
    interviewer: str | None
    changes: tuple[Change, ...]
    outcome_changes: bool
    all_before: float | None
    all_after: float | None


def variations(calibration: Calibration, bars: Sequence[Bar], rows: Sequence[RatingRow]) -> tuple[Variation, ...]:
    """Without each interviewer, without severity adjustment, with every interviewer counted once, and by the median.

    The model's readings are compared with the model's, counted levels with counted levels: the mean of all levels
    against the mean of the interviewers' means (equal weights), and against the median.
    """
    rows = [row for row in rows if row.level is not None]
    if not rows:
        return ()
    people = sorted({row.interviewer for row in rows})
    left = [[row for row in rows if row.interviewer != person] for person in people]
    whole, *others = read_panels(calibration, bars, [rows, *left])
    found = [
        _compared(Way.WITHOUT_INTERVIEWER, person, bars, whole, other)
        for person, other in zip(people, others, strict=True)
    ]
    plain = read_panel(calibration.unadjusted(), bars, rows)
    found.append(_compared(Way.UNADJUSTED, None, bars, whole, plain))
    mean = {bar.competency: _mean(_levels(rows, bar.competency)) for bar in bars}
    equal = {bar.competency: _mean(_interviewer_means(rows, bar.competency)) for bar in bars}
    median = {bar.competency: _median(_levels(rows, bar.competency)) for bar in bars}
    found.append(_counted(Way.EQUAL_WEIGHTS, bars, mean, equal))
    found.append(_counted(Way.MEDIAN, bars, mean, median))
    return tuple(found)


def _compared(way: Way, interviewer: str | None, bars: Sequence[Bar], whole: Reading, other: Reading) -> Variation:
    changes = []
    before: dict[str, bool | None] = {}
    after: dict[str, bool | None] = {}
    for bar in bars:
        one, two = whole.of(bar.competency), other.of(bar.competency)
        before[bar.competency] = is_met(one.meets) if one.ratings else None
        after[bar.competency] = is_met(two.meets) if two.ratings else None
        if before[bar.competency] != after[bar.competency]:
            changes.append(
                Change(
                    competency=bar.competency,
                    must_pass=bar.must_pass,
                    met_before=before[bar.competency],
                    met_after=after[bar.competency],
                    before=one.meets,
                    after=two.meets,
                )
            )
    return Variation(
        way=way,
        interviewer=interviewer,
        changes=tuple(changes),
        outcome_changes=stands(bars, whole) != stands(bars, other),
        all_before=whole.all_must_pass,
        all_after=other.all_must_pass,
    )


def stands(bars: Sequence[Bar], reading: Reading) -> bool | None:
    """On which side the whole stands by this reading: None if nobody rated one that is asked for."""
    found = [reading.of(bar.competency) for bar in bars if bar.must_pass] or list(reading.competencies)
    if not all(one.ratings for one in found):
        return None
    if reading.all_must_pass is None:
        return all(is_met(one.meets) for one in found)
    return is_met(reading.all_must_pass)


def _counted(
    way: Way, bars: Sequence[Bar], mean: Mapping[str, float | None], other: Mapping[str, float | None]
) -> Variation:
    before = {bar.competency: _met(mean[bar.competency], bar) for bar in bars}
    after = {bar.competency: _met(other[bar.competency], bar) for bar in bars}
    changes = tuple(
        Change(
            competency=bar.competency,
            must_pass=bar.must_pass,
            met_before=before[bar.competency],
            met_after=after[bar.competency],
            before=mean[bar.competency],
            after=other[bar.competency],
        )
        for bar in bars
        if before[bar.competency] != after[bar.competency]
    )
    return Variation(
        way=way,
        interviewer=None,
        changes=changes,
        outcome_changes=_outcome(bars, before) != _outcome(bars, after),
        all_before=None,
        all_after=None,
    )


def _outcome(bars: Sequence[Bar], met: Mapping[str, bool | None]) -> bool | None:
    """Whether all that must be met is: False if one is not, None if one is open."""
    asked = [met[bar.competency] for bar in bars if bar.must_pass] or [met[bar.competency] for bar in bars]
    if False in asked:
        return False
    return None if None in asked else True


def _met(level: float | None, bar: Bar) -> bool | None:
    return None if level is None else level >= bar.level - 1e-9


def _levels(rows: Sequence[RatingRow], competency: str) -> list[float]:
    return [float(row.level) for row in rows if row.competency == competency and row.level is not None]


def _interviewer_means(rows: Sequence[RatingRow], competency: str) -> list[float]:
    by: dict[str, list[float]] = {}
    for row in rows:
        if row.competency == competency and row.level is not None:
            by.setdefault(row.interviewer, []).append(float(row.level))
    return [statistics.fmean(levels) for levels in by.values()]


def _mean(levels: Sequence[float]) -> float | None:
    return statistics.fmean(levels) if levels else None


def _median(levels: Sequence[float]) -> float | None:
    return statistics.median(levels) if levels else None
