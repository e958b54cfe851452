"""Infit and outfit: does what was observed scatter as much as the model says it should?

Both are mean squares with expectation 1. Above 1: noisier than the model expects (an interviewer whose ratings the
others do not explain). Below 1: quieter (an interviewer who gives nearly everybody the same level). Outfit is the
plain mean and reacts to single surprises; infit weights by information and reacts to patterns.
Linacre's reading aid: .5 to 1.5 is productive for measurement, above 2 distorts it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

LEAST_VARIANCE = 1e-10  # a rating the model holds for certain says nothing about fit


@dataclass(frozen=True)
class Fit:
    """Fit of one element. `n` ratings counted; mean squares and their z, or None where nothing can be said."""

    n: int
    infit: float | None
    outfit: float | None
    infit_z: float | None = None
    outfit_z: float | None = None


def fit_statistics(
    observed: ArrayLike,
    expected: ArrayLike,
    variance: ArrayLike,
    by: ArrayLike,
    *,
    groups: int | None = None,
    fourth: ArrayLike | None = None,
) -> tuple[Fit, ...]:
    """Infit and outfit mean squares per element of one facet.

    `observed`, `expected`, `variance`: shape (n,), in levels and squared levels: each rating, what the model expects
    of it, and the model's variance of it. `by`: shape (n,), the index 0.. of the element each rating belongs to;
    element g's statistics stand at place g of the answer. `groups`: how many elements there are, if more than
    the highest index says. `fourth`: shape (n,), the model's fourth central moment; with it come z statistics.

        outfit = mean (x - E)^2 / V          infit = sum (x - E)^2 / sum V
        z = (MS^(1/3) - 1) 3/q + q/3         q^2 = var(MS), by Wilson and Hilferty

    Ratings with a variance of (nearly) 0 are left out. Raises ValueError if shapes differ, a number is not finite,
    a variance is negative or an index is.
    Source: Wright & Masters 1982, Rating Scale Analysis, chapter 5 and table 5.2.
    """
    x, e, v = (np.asarray(array, dtype=float).ravel() for array in (observed, expected, variance))
    index = np.asarray(by, dtype=np.intp).ravel()
    c = None if fourth is None else np.asarray(fourth, dtype=float).ravel()
    if not x.shape == e.shape == v.shape == index.shape or (c is not None and c.shape != x.shape):
        raise ValueError("observed, expected, variance, by and fourth must have the same length")
    if not (np.isfinite(x).all() and np.isfinite(e).all() and np.isfinite(v).all()):
        raise ValueError("observed, expected and variance must be finite numbers")
    if (v < 0).any() or (index < 0).any():
        raise ValueError("variances and indices must not be negative")
    return mean_squares((x - e) ** 2, v, index, groups=groups, fourth=c)


def sums(values: Floats, by: Integers, size: int) -> Floats:
    """The sum of `values` per index 0 .. size - 1."""
    return np.bincount(by, weights=values, minlength=size).astype(float)


def mean_squares(
    squared: Floats,
    variance: Floats,
    by: Integers,
    *,
    groups: int | None = None,
    fourth: Floats | None = None,
    ratio: Floats | None = None,
) -> tuple[Fit, ...]:
    """As `fit_statistics`, from squared residuals; `ratio` (n,) is their quotient where it was averaged before."""
    size = max(groups or 0, int(by.max(initial=-1)) + 1)
    counted = variance > LEAST_VARIANCE
    squared, variance, by = squared[counted], variance[counted], by[counted]
    ratio = squared / variance if ratio is None else ratio[counted]
    n = np.bincount(by, minlength=size)
    information = sums(variance, by, size)
    some = np.maximum(n, 1)
    infit = sums(squared, by, size) / np.where(n > 0, information, 1.0)
    outfit = sums(ratio, by, size) / some
    if fourth is None:
        return tuple(
            Fit(int(count), float(i), float(o)) if count else Fit(0, None, None)
            for count, i, o in zip(n, infit, outfit, strict=True)
        )
    fourth = fourth[counted]
    spread_in = sums(fourth - variance**2, by, size) / np.where(n > 0, information, 1.0) ** 2
    spread_out = sums(fourth / variance**2, by, size) / some**2 - 1 / some
    return tuple(
        Fit(int(count), float(i), float(o), _z(float(i), float(si)), _z(float(o), float(so)))
        if count
        else Fit(0, None, None)
        for count, i, o, si, so in zip(n, infit, outfit, spread_in, spread_out, strict=True)
    )


def _z(mean_square: float, spread: float) -> float | None:
    """Wilson and Hilferty's cube root: about standard normal where the model holds."""
    if spread <= 0:
        return None
    q = min(float(np.sqrt(spread)), float(np.sqrt(2.0)))
    return (mean_square ** (1 / 3) - 1) * 3 / q + q / 3
