"""A number with its interval, by leaving out one candidate at a time.

Ratings of one candidate hang together, so candidates are what is counted, not ratings (the delete-one-group jackknife,
Efron & Tibshirani 1993, chapter 11; shares get Wilson's interval with the sample size that the jackknife leaves).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from apps.debriefs.core.ratings.data import Floats

LEVEL_OF_INTERVALS = 0.90
LEAST = 5
"""Candidates below which nothing is said."""


@dataclass(frozen=True)
class Measured:
    """`value` with the bounds of its central 90 % interval, from `n` candidates (of a median: of `n` cards)."""

    value: float
    low: float
    high: float
    n: int

    @property
    def is_above(self) -> bool:
        """The whole interval is above 0."""
        return self.low > 0

    @property
    def is_below(self) -> bool:
        return self.high < 0


def jackknifed(
    moments: Floats, statistic: Callable[[Floats], Floats], *, low: float = -np.inf, high: float = np.inf
) -> Measured | None:
    """`statistic` of the sums of `moments` (N, M), one row a candidate; it takes (..., M) and gives (...).

    None below five candidates, and where the statistic is not defined for all of them or with one left out. The
    interval goes no further than `low` and `high`.
    """
    found = _left_out(moments, statistic)
    if found is None:
        return None
    value, se = found
    n = len(moments)
    reach = float(stats.t.ppf((1 + LEVEL_OF_INTERVALS) / 2, n - 1)) * se
    return Measured(value, max(value - reach, low), min(value + reach, high), n)


def share(moments: Floats | Sequence[Sequence[float]]) -> Measured | None:
    """Of `moments` (N, 2), (counted, of how many) a candidate: the share, with Wilson's interval."""
    moments = np.asarray(moments, dtype=float).reshape(-1, 2)
    moments = moments[moments[:, 1] > 0]
    found = _left_out(moments, lambda sums: sums[..., 0] / sums[..., 1])
    if found is None:
        return None
    value, se = found
    size = min(value * (1 - value) / se**2, float(moments[:, 1].sum())) if se > 1e-9 else float(len(moments))
    z = float(stats.norm.ppf((1 + LEVEL_OF_INTERVALS) / 2))
    centre = (value + z * z / (2 * size)) / (1 + z * z / size)
    reach = z * float(np.sqrt(value * (1 - value) / size + z * z / (4 * size * size))) / (1 + z * z / size)
    return Measured(value, max(min(centre - reach, value), 0.0), min(max(centre + reach, value), 1.0), len(moments))


def _left_out(moments: Floats, statistic: Callable[[Floats], Floats]) -> tuple[float, float] | None:
    """The statistic of all, and its jackknife standard error."""
    n = len(moments)
    if n < LEAST:
        return None
    total = moments.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        value, without = float(statistic(total)), statistic(total - moments)
    if not (np.isfinite(value) and np.isfinite(without).all()):
        return None
    return value, float(np.sqrt((n - 1) / n * ((without - without.mean()) ** 2).sum()))


def mean(values: Sequence[float]) -> Measured | None:
    """Student's interval of a mean, one value a candidate."""
    return jackknifed(np.array([[value, 1.0] for value in values]).reshape(-1, 2), lambda s: s[..., 0] / s[..., 1])


def median(values: Sequence[float]) -> Measured | None:
    """The interval between two of the values themselves: how many of n lie below the median is binomial (n, 1/2).

    It covers 90 % or more; with five values it is the whole range, and covers 94 %.
    """
    n = len(values)
    if n < LEAST:
        return None
    ordered = np.sort(np.asarray(values, dtype=float))
    below = max(int(stats.binom.ppf((1 - LEVEL_OF_INTERVALS) / 2, n, 0.5)) - 1, 0)
    return Measured(float(np.median(ordered)), float(ordered[below]), float(ordered[n - 1 - below]), n)
