"""What a panel's ratings say about one candidate: positions against the bars, with and without adjustment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
    None where the role has none. `covariance` (C, C) of the positions, in the order of `competencies`."""

    competencies: tuple[CompetencyReading, ...]
    all_must_pass: float | None
    covariance: Floats

    def of(self, competency: str) -> CompetencyReading:
        return next(row for row in self.competencies if row.competency == competency)


def read_panel(calibration: Calibration, bars: Sequence[Bar], rows: Sequence[RatingRow]) -> Reading:
    """The reading of one candidate. `rows` may hold competencies without a bar: they inform the others.

    Raises ValueError for a level off the scale or more than one candidate.
    """
    if len({row.candidate for row in rows}) > 1:
        raise ValueError("a reading is about one candidate")
    mean, covariance, names = _positions(calibration, bars, rows)
    where = [names.index(bar.competency) for bar in bars]
    mean, covariance = mean[where], covariance[np.ix_(where, where)]
    cuts = bar_positions(calibration)
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.competency] = counts.get(row.competency, 0) + (row.level is not None)
    reach = float(ndtri((1 + LEVEL_OF_INTERVALS) / 2))
    found = []
    for bar, position, se in zip(bars, mean.tolist(), np.sqrt(np.diag(covariance)).tolist(), strict=True):
        cut = cuts[bar.level]
        found.append(
            CompetencyReading(
                competency=bar.competency,
                must_pass=bar.must_pass,
                bar_level=bar.level,
                bar=cut,
                position=position,
                se=se,
                low=position - reach * se,
                high=position + reach * se,
                meets=float(ndtr((position - cut) / se)),
                ratings=counts.get(bar.competency, 0),
            )
        )
    return Reading(tuple(found), _all_must_pass(found, covariance), covariance)


def bar_positions(calibration: Calibration) -> Mapping[int, float]:
    """For each level of the scale the position from which on an average interviewer gives it or more."""
    edges = (float("-inf"), *_edges(calibration.thresholds))
    return {calibration.lowest + place: edge for place, edge in enumerate(edges)}


@lru_cache(maxsize=16)
def _edges(thresholds: tuple[float, ...]) -> tuple[float, ...]:
    """A page reads one panel in a dozen ways, all on the same scale."""
    return tuple(thurstone_thresholds(np.array(thresholds)).tolist())


def _positions(
    calibration: Calibration, bars: Sequence[Bar], rows: Sequence[RatingRow]
) -> tuple[Floats, Floats, list[str]]:
    """Positions against the difficulty, (C,) and (C, C), of all competencies rated or asked for."""
    candidate = rows[0].candidate if rows else ""
    # A row without a level names the competency and adds nothing: it is in the block, with its prior.
    asked = [RatingRow(candidate, rows[0].interviewer if rows else "", bar.competency, None) for bar in bars]
    found = positions(calibration, [*rows, *asked])
    names = list(found.data.competencies)
    known = [calibration.competencies.get(name) for name in names]
    difficulty = np.array([one.difficulty if one else 0.0 for one in known])
    return found.mean[0] - difficulty, found.covariance[0], names


def _all_must_pass(found: Sequence[CompetencyReading], covariance: Floats) -> float | None:
    """P(every must-pass position >= its bar): an orthant of the multivariate normal (Genz 1992, by SciPy)."""
    must = [at for at, row in enumerate(found) if row.must_pass]
    if not must:
        return None
    asked = [at for at in must if np.isfinite(found[at].bar)]
    if len(asked) < 2:
        return found[asked[0]].meets if asked else 1.0
    distance = np.array([found[at].position - found[at].bar for at in asked])
    chance = multivariate_normal.cdf(
        distance, np.zeros(len(asked)), covariance[np.ix_(asked, asked)], rng=np.random.default_rng(0)
    )
    return float(np.clip(chance, 0.0, min(found[at].meets for at in asked)))


def surprises(calibration: Calibration, rows: Sequence[RatingRow]) -> tuple[Surprise, ...]:
    """Ratings of one candidate that disagree with the others beyond what severity and halo explain.

    Each is predicted from all the others; those with a chance below 5 % are named, the most surprising first. A
    competency needs ratings of two interviewers for that.
    """
    given = [row for row in rows if row.level is not None]
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
