"""Agreement beyond chance for more than two raters: three answers to "what would chance do?".

All are (pa - pe) / (1 - pe) with the same observed agreement pa: of two raters drawn from those of a unit, how often
they agree, averaged over the units rated twice or more. They differ in pe, the agreement chance would bring:

* Fleiss: every rater draws from the panel's shares of the levels.
* Conger: each rater draws from their own shares (Cohen's kappa for many raters).
* Gwet's AC: only ratings of the hard units are guesses, and guesses spread over all levels. It stays high where nearly
  everybody gets the same level, which is where kappa collapses.

Gaps are allowed: shares are averaged over units by what each got. `weights` give credit for near misses by how many
levels lie between. Standard errors are those of a sample of units, the raters taken as they are; intervals are
Student's, with units - 1 degrees of freedom. Source: Gwet 2014, Handbook of Inter-Rater Reliability, 4th edition,
chapters 2 to 5; Fleiss 1971; Conger 1980 (both Psychological Bulletin).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from scipy import stats

from apps.debriefs.core.agreement.table import (
    Coefficient,
    Floats,
    Table,
    Undefined,
    check_confidence,
    counted,
    levels_of,
    read_table,
    why_not,
)

NearMiss = Literal["identity", "linear", "quadratic", "ordinal"]


def fleiss_kappa(
    table: Table,
    weights: NearMiss = "identity",
    *,
    levels: Sequence[float] | None = None,
    confidence: float = 0.95,
) -> Coefficient:
    """Fleiss' kappa (Fleiss 1971), generalised to gaps and weights (Gwet 2014, chapter 3).

    `table`: units by raters, None or NaN where missing. `levels`: the whole scale, None: the levels that occur.
    Raises ValueError for unknown weights, a level outside `levels`, and whatever `read_table` refuses.
    """

    def chance(panel: _Panel) -> tuple[float, Floats]:
        w, shares = panel.weights, panel.shares.mean(axis=0)
        return float(shares @ w @ shares), panel.shares @ (w @ shares + w.T @ shares) / 2

    return _linearised(table, weights, levels, confidence, chance)


def gwet_ac1(table: Table, *, levels: Sequence[float] | None = None, confidence: float = 0.95) -> Coefficient:
    """Gwet's AC1 (Gwet 2008, British Journal of Mathematical and Statistical Psychology 61): no credit for near misses.

    pe = sum pi_k (1 - pi_k) / (q - 1), pi_k the share of level k. Name the `levels`: q counts them, used or not.
    Arguments and errors as `fleiss_kappa`.
    """
    return gwet_ac2(table, "identity", levels=levels, confidence=confidence)


def gwet_ac2(
    table: Table,
    weights: NearMiss = "quadratic",
    *,
    levels: Sequence[float] | None = None,
    confidence: float = 0.95,
) -> Coefficient:
    """Gwet's AC2: AC1 with credit for near misses (Gwet 2014, chapter 5).

    pe = (sum of all weights) sum pi_k (1 - pi_k) / (q (q - 1)). Arguments and errors as `fleiss_kappa`.
    """

    def chance(panel: _Panel) -> tuple[float, Floats]:
        q, shares = len(panel.weights), panel.shares.mean(axis=0)
        factor = float(panel.weights.sum()) / (q * (q - 1))
        return factor * float(shares @ (1 - shares)), factor * panel.shares @ (1 - shares)

    return _linearised(table, weights, levels, confidence, chance)


def conger_kappa(
    table: Table,
    weights: NearMiss = "identity",
    *,
    levels: Sequence[float] | None = None,
    confidence: float = 0.95,
) -> Coefficient:
    """Conger's kappa (Conger 1980): Cohen's for many raters. Each rater's shares are of the units that rater rated.

    pe = sum w_kl (mean p_k mean p_l - s_kl / r), s_kl the covariance of the shares over the r raters. The standard
    error is the jackknife's over units. Arguments and errors as `fleiss_kappa`.
    """
    panel = _read(table, weights, levels, confidence)
    if isinstance(panel, Coefficient):
        return panel
    value = _conger(panel.values, panel.scale, panel.weights)
    sizes = counted(panel.values)
    if value is None:
        return Coefficient(None, confidence=confidence, reason=Undefined.NO_VARIATION, **sizes)
    n = len(panel.values)
    without = [_conger(np.delete(panel.values, unit, axis=0), panel.scale, panel.weights) for unit in range(n)]
    left = np.array([one for one in without if one is not None])
    if left.size < n or n < 3:
        return Coefficient(value, confidence=confidence, **sizes)
    se = float(np.sqrt((n - 1) / n * ((left - left.mean()) ** 2).sum()))
    return Coefficient(value, se, *_t_interval(value, se, n, confidence), confidence, **sizes)


@dataclass(frozen=True, eq=False)
class _Panel:
    values: Floats  # (units, raters)
    scale: Floats
    weights: Floats  # (levels, levels)

    @property
    def counts(self) -> Floats:
        """How often each unit got each level, (units, levels)."""
        return np.stack([(self.values == level).sum(axis=1) for level in self.scale], axis=1).astype(float)

    @property
    def shares(self) -> Floats:
        counts = self.counts
        return counts / counts.sum(axis=1, keepdims=True)


def _read(table: Table, weights: NearMiss, levels: Sequence[float] | None, confidence: float) -> "_Panel | Coefficient":
    if weights not in get_args(NearMiss):
        raise ValueError(f"weights must be one of {', '.join(get_args(NearMiss))}, not {weights!r}")
    check_confidence(confidence)
    values = read_table(table)
    scale = levels_of(values, levels)
    if (reason := why_not(values)) is not None or scale.size < 2:
        reason = reason or Undefined.NO_VARIATION
        return Coefficient(None, confidence=confidence, reason=reason, **counted(values))
    values = values[(~np.isnan(values)).any(axis=1)]
    return _Panel(values, scale, _near_miss_weights(scale.size, weights))


def _near_miss_weights(size: int, weights: NearMiss) -> Floats:
    """Credit for two levels so many steps apart, (levels, levels)."""
    steps = np.abs(np.arange(size)[:, None] - np.arange(size)[None, :]).astype(float)
    if weights == "identity":
        return np.eye(size)
    if weights == "linear":
        return 1 - steps / (size - 1)
    if weights == "quadratic":
        return 1 - (steps / (size - 1)) ** 2
    return 1 - steps * (steps + 1) / (size * (size - 1))


def _observed(panel: _Panel) -> tuple[Floats, np.ndarray]:
    """Agreement within each unit, (units,), 0 where one rating stands alone; and which units have two or more."""
    counts = panel.counts
    n = counts.sum(axis=1)
    credited = (counts * (counts @ panel.weights.T - 1)).sum(axis=1)
    return np.where(n >= 2, credited / np.maximum(n * (n - 1), 1), 0.0), n >= 2


def _linearised(
    table: Table,
    weights: NearMiss,
    levels: Sequence[float] | None,
    confidence: float,
    chance: Callable[[_Panel], tuple[float, Floats]],
) -> Coefficient:
    """The coefficient whose chance agreement `chance` gives, whole and per unit, with Gwet's standard error."""
    panel = _read(table, weights, levels, confidence)
    if isinstance(panel, Coefficient):
        return panel
    sizes = counted(panel.values)
    within, paired = _observed(panel)
    pa = float(within[paired].mean())
    pe, per_unit = chance(panel)
    if pe > 1 - 1e-12:
        return Coefficient(None, confidence=confidence, reason=Undefined.NO_VARIATION, **sizes)
    value = (pa - pe) / (1 - pe)
    n = len(within)
    if n < 2:
        return Coefficient(value, confidence=confidence, **sizes)
    each = n / paired.sum() * np.where(paired, within - pe, 0.0) / (1 - pe)
    each = each - 2 * (1 - value) * (per_unit - pe) / (1 - pe)
    se = float(np.sqrt(((each - value) ** 2).sum() / (n * (n - 1))))
    return Coefficient(value, se, *_t_interval(value, se, n, confidence), confidence, **sizes)


def _conger(values: Floats, scale: Floats, weights: Floats) -> float | None:
    present = ~np.isnan(values)
    values = values[:, present.any(axis=0)]
    if not values.size or present.sum(axis=1).max() < 2:
        return None
    shares = (
        np.stack([(values == level).sum(axis=0) for level in scale], axis=1) / (~np.isnan(values)).sum(axis=0)[:, None]
    )
    raters = len(shares)
    mean = shares.mean(axis=0)
    spread = (shares - mean).T @ (shares - mean) / (raters - 1)
    pe = float((weights * (np.outer(mean, mean) - spread / raters)).sum())
    within, paired = _observed(_Panel(values, scale, weights))
    return None if pe > 1 - 1e-12 else (float(within[paired].mean()) - pe) / (1 - pe)


def _t_interval(value: float, se: float, n: int, confidence: float) -> tuple[float, float]:
    t = float(stats.t.ppf(0.5 + confidence / 2, n - 1))
    return max(-1.0, value - t * se), min(1.0, value + t * se)
