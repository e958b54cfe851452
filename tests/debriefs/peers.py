"""Estimators we measure ourselves against and do not ship.

Dawid and Skene's error rates, and cumulative logits with and without random judges. Both are other models than the
product's (which is adjacent-category): they stand here so that a benchmark can run them, and are themselves held to
the numbers their authors published.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class DawidSkene:
    """`marginals` (levels,), `error_rates` (raters, levels, levels): P(given | true); `posterior` (units, levels)."""

    marginals: Floats
    error_rates: Floats
    posterior: Floats
    log_likelihood: float
    iterations: int


def dawid_skene(
    unit: Sequence[int], rater: Sequence[int], level: Sequence[int], *, limit: int = 5000, settled: float = 1e-10
) -> DawidSkene:
    """Maximum likelihood by EM from the shares of the levels each unit got (Dawid & Skene 1979, Applied Statistics 28).

    One row per rating, indices and levels from 0; a rater may rate a unit more than once.
    """
    i, j, k = (np.asarray(column, dtype=np.intp) for column in (unit, rater, level))
    counts = np.zeros((i.max() + 1, j.max() + 1, k.max() + 1))
    np.add.at(counts, (i, j, k), 1.0)
    posterior = counts.sum(axis=1)
    posterior /= posterior.sum(axis=1, keepdims=True)
    before = -np.inf
    step = 0
    while step < limit:
        step += 1
        marginals = posterior.mean(axis=0)
        rates = np.einsum("it,ijk->jtk", posterior, counts)
        totals = rates.sum(axis=2, keepdims=True)
        rates = rates / np.where(totals > 0, totals, 1.0)
        log_rates = np.log(np.maximum(rates, 1e-300))
        joint = np.einsum("ijk,jtk->it", counts, log_rates) + np.log(np.maximum(marginals, 1e-300))
        norm = special.logsumexp(joint, axis=1, keepdims=True)
        posterior = np.exp(joint - norm)
        log_likelihood = float(norm.sum())
        if log_likelihood - before < settled:
            break
        before = log_likelihood
    return DawidSkene(marginals, rates, posterior, log_likelihood, step)


@dataclass(frozen=True, eq=False)
class CumulativeLogit:
    """logit P(Y <= k) = threshold[k] - x @ coefficients - u[group], u ~ N(0, variance)."""

    thresholds: Floats
    coefficients: Floats
    variance: float
    log_likelihood: float
    modes: Floats


def cumulative_logit(
    level: Sequence[int], x: Sequence[Sequence[float]], group: Sequence[int] | None = None, *, nodes: int = 10
) -> CumulativeLogit:
    """Proportional odds by maximum likelihood, as R's ordinal::clm; with `group`, random intercepts as ordinal::clmm.

    Levels and groups from 0. The integral is an adaptive Gauss-Hermite sum (Pinheiro & Bates 1995) with so many
    `nodes`. The standard deviation is of either sign in the search, which keeps 0 an inner point.
    """
    y, design = np.asarray(level, dtype=np.intp), np.asarray(x, dtype=float)
    groups = None if group is None else np.asarray(group, dtype=np.intp)
    cuts, slopes = int(y.max()), design.shape[1]
    points, weights = np.polynomial.hermite.hermgauss(nodes)

    def unpack(free: Floats) -> tuple[Floats, Floats, float]:
        thresholds = free[0] + np.concatenate([[0.0], np.exp(free[1:cuts]).cumsum()])
        return thresholds, free[cuts : cuts + slopes], float(free[-1]) if groups is not None else 0.0

    def bounds(thresholds: Floats, eta: Floats) -> tuple[Floats, Floats]:
        padded = np.concatenate([[-np.inf], thresholds, [np.inf]])
        shape = (...,) + (None,) * (eta.ndim - 1)
        return special.expit(padded[y + 1][shape] - eta), special.expit(padded[y][shape] - eta)

    def modes(thresholds: Floats, eta: Floats, sd: float) -> tuple[Floats, Floats]:
        assert groups is not None
        size = int(groups.max()) + 1
        u = np.zeros(size)
        for _ in range(50):
            upper, lower = bounds(thresholds, eta + sd * u[groups])
            slope = sd * np.bincount(groups, weights=upper + lower - 1, minlength=size) - u
            curve = sd**2 * np.bincount(groups, upper * (1 - upper) + lower * (1 - lower), minlength=size) + 1
            u = u + slope / curve
            if np.abs(slope).max() < 1e-11:
                break
        return u, 1 / np.sqrt(curve)

    def log_likelihood(free: Floats) -> float:
        thresholds, coefficients, sd = unpack(free)
        eta = design @ coefficients
        if groups is None:
            upper, lower = bounds(thresholds, eta)
            return float(np.log(np.maximum(upper - lower, 1e-300)).sum())
        mode, scale = modes(thresholds, eta, sd)
        u = mode[:, None] + np.sqrt(2) * scale[:, None] * points
        upper, lower = bounds(thresholds, eta[:, None] + sd * u[groups])
        each = np.zeros(u.shape)
        np.add.at(each, groups, np.log(np.maximum(upper - lower, 1e-300)))
        total = each - u**2 / 2 + points**2 + np.log(weights) + np.log(scale[:, None] / np.sqrt(np.pi))
        return float(special.logsumexp(total, axis=1).sum())

    share = np.array([(y <= k).mean() for k in range(cuts)])
    first = special.logit(share)
    start = np.concatenate(
        [[first[0]], np.log(np.diff(first)), np.zeros(slopes), [1.0] if groups is not None else []]
    )  # fmt: skip
    found = optimize.minimize(lambda free: -log_likelihood(free), start, method="BFGS", options={"gtol": 1e-5})
    found = optimize.minimize(
        lambda free: -log_likelihood(free), found.x, method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-10}
    )
    thresholds, coefficients, sd = unpack(found.x)
    mode = np.zeros(0) if groups is None else sd * modes(thresholds, design @ coefficients, sd)[0]
    return CumulativeLogit(thresholds, coefficients, sd**2, log_likelihood(found.x), mode)
