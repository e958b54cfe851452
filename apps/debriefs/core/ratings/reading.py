"""What a panel's ratings say about one candidate: positions against the bars, with and without adjustment.

Competencies do not borrow from each other here. The model knows that they correlate, and would lift a weak competency
of an otherwise strong candidate; but a must-pass competency is not bought back by others (ARCHITECTURE, rule 5). So
each one is judged by its own ratings, with halo as noise: the interval is wider, and as honest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from scipy.special import ndtr, ndtri
from scipy.stats import multivariate_normal

from apps.debriefs.core.ratings.calibration import Calibration
from apps.debriefs.core.ratings.data import Floats, RatingRow, rating_data
from apps.debriefs.core.ratings.leaving_out import without_itself
from apps.debriefs.core.ratings.likelihood import thurstone_thresholds
from apps.debriefs.core.ratings.positions import positions

LEVEL_OF_INTERVALS = 0.90
SURPRISING = 0.05
_PRECISE_ENOUGH = 1e-4


@dataclass(frozen=True, slots=True)
class Bar:
    """What the role asks of one competency: `level` or higher, on the scale's own levels."""

    competency: str
    level: int
    must_pass: bool


@dataclass(frozen=True)
class CompetencyReading:
    """One competency. All positions are logits against the competency's difficulty: 0 is where an average candidate
    would stand; `bar` is where an average interviewer gives the bar's level or more with probability one half
    (minus infinity for the lowest level, which every candidate meets).

    `low` and `high` bound the central 90 % interval. `meets` is the probability of standing at or above the bar.
    """

    competency: str
    must_pass: bool
    bar_level: int
    bar: float
    position: float
    se: float
    low: float
    high: float
    meets: float
    ratings: int


@dataclass(frozen=True)
class Surprise:
    """A rating the others do not lead one to expect, severity allowed for.

    `chance`: how probable a level at least as far out is (two-sided, half of the level itself). `expected`: the mean
    level predicted.
    """

    interviewer: str
    competency: str
    station: str | None
    level: int
    expected: float
    chance: float

    @property
    def harsher(self) -> bool:
        return self.level < self.expected


@dataclass(frozen=True)
class Reading:
    """`all_must_pass`: the probability that every must-pass competency meets its bar, together and never on average;
    None where the role has none."""

    competencies: tuple[CompetencyReading, ...]
    all_must_pass: float | None

    def of(self, competency: str) -> CompetencyReading:
        return next(row for row in self.competencies if row.competency == competency)


def read_panel(calibration: Calibration, bars: Sequence[Bar], rows: Sequence[RatingRow]) -> Reading:
    """The reading of one candidate. `rows` may hold competencies without a bar: they tell how errors go together.

    Raises ValueError for a level off the scale or more than one candidate.
    """
    return read_panels(calibration, bars, [rows])[0]


def read_panels(
    calibration: Calibration, bars: Sequence[Bar], panels: Sequence[Sequence[RatingRow]]
) -> tuple[Reading, ...]:
    """The reading of each panel, as `read_panel`, for little more than the price of one.

    Each competency of each panel is taken as a candidate of its own, so that nothing but its ratings is in its block;
    and each panel as a whole once more, for how the errors of its competencies go together.
    """
    copies: list[RatingRow] = []
    for place, rows in enumerate(panels):
        if len({row.candidate for row in rows}) > 1:
            raise ValueError("a reading is about one candidate")
        # Rows without a level name the competencies asked for and add nothing.
        asked = [RatingRow("", rows[0].interviewer if rows else "", bar.competency, None) for bar in bars]
        for row in [*rows, *asked]:
            copies.append(replace(row, candidate=_apart(place, row.competency)))
            copies.append(replace(row, candidate=_together(place)))
    found = positions(calibration, copies)
    where = {name: at for at, name in enumerate(found.data.candidates)}
    what = [found.data.competencies.index(bar.competency) for bar in bars]
    se = found.se()
    readings = []
    for place, rows in enumerate(panels):
        at = [where[_apart(place, bar.competency)] for bar in bars]
        competencies = [
            _against_the_bar(calibration, bar, float(found.mean[who, column]), float(se[who, column]), rows)
            for bar, who, column in zip(bars, at, what, strict=True)
        ]
        covariance = found.covariance[where[_together(place)]][np.ix_(what, what)] if bars else np.zeros((0, 0))
        errors = np.sqrt(np.diag(covariance))
        together = _all_must_pass(competencies, np.asarray(covariance / np.outer(errors, errors)))
        readings.append(Reading(tuple(competencies), together))
    return tuple(readings)


def _apart(place: int, competency: str) -> str:
    return f"{place} {competency}"


def _together(place: int) -> str:
    return f"{place}"


def _against_the_bar(
    calibration: Calibration, bar: Bar, position: float, se: float, rows: Sequence[RatingRow]
) -> CompetencyReading:
    known = calibration.competencies.get(bar.competency)
    position -= known.difficulty if known else 0.0
    cut = bar_positions(calibration)[bar.level]
    reach = float(ndtri((1 + LEVEL_OF_INTERVALS) / 2))
    return CompetencyReading(
        competency=bar.competency,
        must_pass=bar.must_pass,
        bar_level=bar.level,
        bar=cut,
        position=position,
        se=se,
        low=position - reach * se,
        high=position + reach * se,
        meets=float(ndtr((position - cut) / se)),
        ratings=sum(row.competency == bar.competency and row.level is not None for row in rows),
    )


def bar_positions(calibration: Calibration) -> Mapping[int, float]:
    """For each level of the scale the position from which on an average interviewer gives it or more."""
    edges = (float("-inf"), *_edges(calibration.thresholds))
    return {calibration.lowest + place: edge for place, edge in enumerate(edges)}


@lru_cache(maxsize=16)
def _edges(thresholds: tuple[float, ...]) -> tuple[float, ...]:
    """A page reads one panel in a dozen ways, all on the same scale."""
    return tuple(thurstone_thresholds(np.array(thresholds)).tolist())


def _all_must_pass(found: Sequence[CompetencyReading], correlation: Floats) -> float | None:
    """P(every must-pass position >= its bar): an orthant of the multivariate normal (Genz 1992, by SciPy)."""
    must = [at for at, row in enumerate(found) if row.must_pass]
    if not must:
        return None
    asked = [at for at in must if np.isfinite(found[at].bar)]
    if len(asked) < 2:
        return found[asked[0]].meets if asked else 1.0
    distance = np.array([(found[at].position - found[at].bar) / found[at].se for at in asked])
    chance = multivariate_normal.cdf(
        distance,
        np.zeros(len(asked)),
        correlation[np.ix_(asked, asked)],
        abseps=_PRECISE_ENOUGH,
        releps=_PRECISE_ENOUGH,
        rng=np.random.default_rng(0),
    )
    return float(np.clip(chance, 0.0, min(found[at].meets for at in asked)))


def surprises(calibration: Calibration, rows: Sequence[RatingRow]) -> tuple[Surprise, ...]:
    """Ratings of one candidate that disagree with the others' of the same competency beyond what severity explains.

    Each is predicted from the others; those with a chance below 5 % are named, the most surprising first. A
    competency needs ratings of two interviewers for that.
    """
    given = [replace(row, candidate=row.competency) for row in rows if row.level is not None]
    data = rating_data(given, lowest=calibration.lowest, highest=calibration.highest)
    found = []
    for predicted in without_itself(data, calibration):
        for at, chance in zip(predicted.rating.tolist(), predicted.chance.T, strict=True):
            level, competency = int(data.level[at]), int(data.competency[at])
            others = set(data.interviewer[data.competency == competency].tolist()) - {int(data.interviewer[at])}
            below, above = float(chance[:level].sum()), float(chance[level + 1 :].sum())
            tail = 2 * (min(below, above) + float(chance[level]) / 2)
            if others and tail < SURPRISING:
                found.append(
                    Surprise(
                        interviewer=data.interviewers[int(data.interviewer[at])],
                        competency=data.competencies[competency],
                        station=data.stations[int(data.station[at])] or None,
                        level=level + data.lowest,
                        expected=float(chance @ np.arange(data.categories)) + data.lowest,
                        chance=tail,
                    )
                )
    return tuple(sorted(found, key=lambda one: (one.chance, one.competency, one.interviewer)))
