"""Cohen's kappa for two raters, with weights, and for every pair of a panel."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from apps.debriefs.core.agreement.table import (
    Coefficient,
    Floats,
    Row,
    Sizes,
    Table,
    Undefined,
    check_confidence,
    levels_of,
    normal_interval,
    read_pair,
    read_table,
)

Weights = Literal["quadratic", "linear"] | None


@dataclass(frozen=True)
class PairKappa:
    """Two raters (their columns in the table), how many units both rated, and their kappa."""

    first: int
    second: int
    shared: int
    kappa: Coefficient


def weighted_kappa(
    a: Row,
    b: Row,
    weights: Weights = "quadratic",
    *,
    levels: Sequence[float] | None = None,
    confidence: float = 0.95,
) -> Coefficient:
    """kappa = (observed - chance agreement) / (1 - chance agreement) of two raters.

    `a`, `b`: the two raters' levels, one entry per unit; units that only one of them rated are left out. `weights`:
    how much credit a near miss gets, by how many steps apart: None (none), "linear", "quadratic". `levels`: the whole
    scale; None: the levels that occur, each one step from the next. Quadratic kappa is close to ICC(2,1).
    Standard error for intervals (not for the test of kappa = 0): Fleiss, Cohen & Everitt 1969, Psychological
    Bulletin 72. Source of weighted kappa: Cohen 1968, Psychological Bulletin 70.
    Raises ValueError if the lengths differ, a level is no number or lies outside `levels`, or `weights` is unknown.
    """
    if weights not in ("quadratic", "linear", None):
        raise ValueError(f"weights must be 'quadratic', 'linear' or None, not {weights!r}")
    check_confidence(confidence)
    x, y = read_pair(a, b)
    both = ~np.isnan(x) & ~np.isnan(y)
    scale = levels_of(np.concatenate([x, y]) if levels is not None else np.concatenate([x[both], y[both]]), levels)
    n = int(both.sum())
    if not n:
        reason = Undefined.EMPTY if np.isnan(np.concatenate([x, y])).all() else Undefined.NO_OVERLAP
        return Coefficient(None, confidence=confidence, reason=reason)
    p = np.zeros((scale.size, scale.size))
    np.add.at(p, (np.searchsorted(scale, x[both]), np.searchsorted(scale, y[both])), 1 / n)
    return _kappa(p, _agreement_weights(scale.size, weights), n, confidence)


def pairwise_kappa(
    table: Table,
    weights: Weights = "quadratic",
    *,
    least: int = 10,
    levels: Sequence[float] | None = None,
    confidence: float = 0.95,
) -> tuple[PairKappa, ...]:
    """kappa of every pair of raters (columns) of a units by raters table, in the order of the columns.

    A pair with fewer than `least` shared units has no kappa, and Undefined.TOO_FEW_SHARED says why.
    Raises ValueError as `weighted_kappa` and `read_table` do.
    """
    if least < 1:
        raise ValueError("least must be 1 or more")
    values = read_table(table)
    scale = levels_of(values, levels).tolist()
    answer = []
    for first in range(values.shape[1]):
        for second in range(first + 1, values.shape[1]):
            a, b = values[:, first], values[:, second]
            shared = int((~np.isnan(a) & ~np.isnan(b)).sum())
            kappa = (
                weighted_kappa(a.tolist(), b.tolist(), weights, levels=scale, confidence=confidence)
                if shared >= least
                else Coefficient(
                    None, confidence=confidence, units=shared, raters=2, reason=Undefined.TOO_FEW_SHARED
                )
            )  # fmt: skip
            answer.append(PairKappa(first, second, shared, kappa))
    return tuple(answer)


def _agreement_weights(size: int, weights: Weights) -> Floats:
    """1 on the diagonal, falling with the number of steps between two levels."""
    if weights is None:
        return np.eye(size)
    apart = np.abs(np.arange(size)[:, None] - np.arange(size)[None, :]) / max(size - 1, 1)
    return 1 - (apart if weights == "linear" else apart**2)


def _kappa(p: Floats, w: Floats, n: int, confidence: float) -> Coefficient:
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    chance = float(rows @ w @ columns)
    sizes: Sizes = {"units": n, "raters": 2, "ratings": 2 * n}
    if chance > 1 - 1e-12:
        return Coefficient(None, confidence=confidence, reason=Undefined.NO_VARIATION, **sizes)
    value = (float((p * w).sum()) - chance) / (1 - chance)
    expected = (w @ columns)[:, None] + (w.T @ rows)[None, :]
    spread = float((p * (w - expected * (1 - value)) ** 2).sum()) - (value - chance * (1 - value)) ** 2
    se = float(np.sqrt((spread if spread > 1e-14 else 0.0) / n)) / (1 - chance)  # less is rounding
    low, high = normal_interval(value, se, confidence)
    return Coefficient(value, se, low, high, confidence, **sizes)
