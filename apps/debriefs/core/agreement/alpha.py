"""Krippendorff's alpha: agreement beyond chance for any number of raters, with gaps."""

from typing import Literal, get_args

import numpy as np
from scipy import sparse

from apps.debriefs.core.agreement.table import (
    Coefficient,
    Floats,
    Table,
    Undefined,
    check_confidence,
    counted,
    read_table,
    why_not,
)

Metric = Literal["nominal", "ordinal", "interval", "ratio"]
AT_ONCE = 2_000_000  # numbers held at one time while resampling


def krippendorff_alpha(
    table: Table, metric: Metric = "ordinal", *, draws: int = 0, seed: int = 0, confidence: float = 0.95
) -> Coefficient:
    """alpha = 1 - observed disagreement / disagreement expected by chance.

    `table`: units by raters, None or NaN where missing. 1: perfect agreement; 0: as good as chance; below 0: worse.
    `metric` says how far two levels are apart: all the same (nominal), by the ratings between them (ordinal), squared
    difference (interval), squared relative difference (ratio; levels must not be negative).
    With `draws` > 0, standard error and percentile interval from that many bootstrap samples of whole units, from
    `seed`; draws in which every rating is the same say nothing and are left out, and with under half of them left
    there is no interval. Krippendorff's rule: rely on alpha >= .8, draw tentative conclusions from .667 on.

    Raises ValueError for an unknown metric, negative levels on a ratio scale, and whatever `read_table` refuses.
    Source: Krippendorff 2011, Computing Krippendorff's Alpha-Reliability; bootstrap over units: Hayes & Krippendorff
    2007, in the plain form that resamples units rather than pairs.
    """
    if metric not in get_args(Metric):
        raise ValueError(f"metric must be one of {', '.join(get_args(Metric))}, not {metric!r}")
    if draws < 0:
        raise ValueError("draws must not be negative")
    check_confidence(confidence)
    values = read_table(table)
    if metric == "ratio" and (values[~np.isnan(values)] < 0).any():
        raise ValueError("levels on a ratio scale must not be negative")
    if (reason := why_not(values)) is not None:
        return Coefficient(None, confidence=confidence, reason=reason, **counted(values))
    pairable = values[(~np.isnan(values)).sum(axis=1) >= 2]
    scale, coincidences = _coincidences(pairable)
    total: Floats = np.asarray(coincidences.sum(axis=0), dtype=float)
    alpha = _alpha(total.reshape(1, scale.size, scale.size), scale, metric)[0]
    if np.isnan(alpha):
        return Coefficient(None, confidence=confidence, reason=Undefined.NO_VARIATION, **counted(pairable))
    drawn = _resample(coincidences, scale, metric, draws, seed)
    if drawn.size < max(2, draws / 2):
        return Coefficient(float(alpha), confidence=confidence, **counted(pairable))
    low, high = np.quantile(drawn, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Coefficient(
        float(alpha),
        se=float(drawn.std(ddof=1)),
        low=float(low),
        high=float(high),
        confidence=confidence,
        **counted(pairable),
    )


def _coincidences(values: Floats) -> tuple[Floats, sparse.csr_matrix]:
    """The levels (v,) and each unit's coincidence matrix as a row, (units, v * v): pairs / (m - 1)."""
    scale = np.unique(values[~np.isnan(values)])
    v = scale.size
    counts = np.stack([(values == level).sum(axis=1) for level in scale], axis=1).astype(float)
    unit, left = np.nonzero(counts)
    rows, columns, weights = [], [], []
    per_unit = counts.sum(axis=1)
    for right in range(v):
        pairs = counts[unit, left] * (counts[unit, right] - (left == right)) / (per_unit[unit] - 1)
        some = pairs > 0
        rows.append(unit[some])
        columns.append(left[some] * v + right)
        weights.append(pairs[some])
    return scale, sparse.csr_matrix(
        (np.concatenate(weights), (np.concatenate(rows), np.concatenate(columns))), shape=(len(values), v * v)
    )


def _alpha(coincidences: Floats, scale: Floats, metric: Metric) -> Floats:
    """alpha of every coincidence matrix, shape (b, v, v) to (b,); NaN where all ratings are the same."""
    marginal = coincidences.sum(axis=2)
    total = marginal.sum(axis=1)
    distance = _distance(marginal, scale, metric)
    observed = (coincidences * distance).sum(axis=(1, 2))
    expected = np.einsum("bi,bj,bij->b", marginal, marginal, distance)
    answer = np.full(total.shape, np.nan)
    defined = expected > 1e-12 * total
    answer[defined] = 1 - (total[defined] - 1) * observed[defined] / expected[defined]
    return answer


def _distance(marginal: Floats, scale: Floats, metric: Metric) -> Floats:
    """Squared distance between levels, shape (b, v, v) or (1, v, v)."""
    if metric == "nominal":
        return (1.0 - np.eye(scale.size))[None]
    if metric == "interval":
        return ((scale[:, None] - scale[None, :]) ** 2)[None]
    if metric == "ratio":
        total = scale[:, None] + scale[None, :]
        return (((scale[:, None] - scale[None, :]) / np.where(total == 0, 1.0, total)) ** 2)[None]
    middle = marginal.cumsum(axis=1) - marginal / 2  # sum of the ratings between, half of both ends
    return (middle[:, :, None] - middle[:, None, :]) ** 2


def _resample(coincidences: sparse.csr_matrix, scale: Floats, metric: Metric, draws: int, seed: int) -> Floats:
    """alpha in each bootstrap sample of the units, those without variation left out."""
    rng = np.random.default_rng(seed)
    units, v = coincidences.shape[0], scale.size
    at_once = max(1, AT_ONCE // max(v * v, units))
    found = [np.zeros(0)]
    for begin in range(0, draws, at_once):
        size = min(at_once, draws - begin)
        weights = rng.multinomial(units, np.full(units, 1 / units), size=size).astype(float)
        drawn = np.asarray((coincidences.T @ weights.T).T).reshape(size, v, v)
        found.append(_alpha(drawn, scale, metric))
    alphas = np.concatenate(found)
    return alphas[~np.isnan(alphas)]
