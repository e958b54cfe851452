"""Where the differences between ratings come from: candidates, raters, and the rest.

Two-way random effects without interaction, y = mean + unit + rater + residual, for any pattern of gaps, by restricted
maximum likelihood (REML): what lme4 calls `value ~ 1 + (1 | unit) + (1 | rater)`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize, sparse
from scipy.sparse import csgraph

from apps.debriefs.core.agreement.table import Floats, Undefined

Places = np.ndarray


@dataclass(frozen=True, eq=False)
class CrossedComponents:
    """Variance components in squared levels, and what they say about each unit and rater.

    `unit_effects`, `rater_effects`: best linear unbiased predictions in levels, around `mean`, at the index that came
    in. `covariance`: of the three components (unit, rater, residual), shape (3, 3), None where the data are too few
    or a component lies at its boundary 0 (then its row is 0). `criterion`: the REML criterion, -2 log likelihood.
    """

    unit: float | None
    rater: float | None
    residual: float | None
    mean: float | None
    criterion: float | None
    unit_effects: tuple[float, ...] = ()
    rater_effects: tuple[float, ...] = ()
    covariance: Floats | None = None
    reason: Undefined | None = None


def crossed_components(value: Sequence[float], unit: Sequence[int], rater: Sequence[int]) -> CrossedComponents:
    """REML estimates from one row per rating: a finite number, the unit's index 0.. and the rater's index 0.. .

    A unit may have been rated twice by the same rater. Raises ValueError if the lengths differ, a value is not finite
    or an index is no whole number from 0 on.
    Source: Patterson & Thompson 1971, Biometrika 58; the profiled criterion as in Bates, Maechler, Bolker & Walker
    2015, Journal of Statistical Software 67(1), section 3.
    """
    y = np.asarray(value, dtype=float)
    i, j = _index(unit), _index(rater)
    if not y.shape == i.shape == j.shape or y.ndim != 1:
        raise ValueError("value, unit and rater must have one entry per rating")
    if not np.isfinite(y).all():
        raise ValueError("a value must be a finite number")
    if (reason := _why_not(y, i, j)) is not None:
        return CrossedComponents(None, None, None, None, None, reason=reason)
    model = _Crossed(y, i, j)
    theta = model.best()
    fit = model.at(theta)
    unit_variance, rater_variance = float(theta[0] ** 2 * fit.residual), float(theta[1] ** 2 * fit.residual)
    return CrossedComponents(
        unit=unit_variance,
        rater=rater_variance,
        residual=fit.residual,
        mean=fit.mean,
        criterion=fit.criterion,
        unit_effects=tuple(float(effect) for effect in fit.units),
        rater_effects=tuple(float(effect) for effect in fit.raters),
        covariance=model.covariance(np.array([unit_variance, rater_variance, fit.residual])),
    )


def is_connected(unit: Places, rater: Places) -> bool:
    """Whether every rater can be reached from every other through shared units."""
    if not unit.size:
        return False
    units, i = np.unique(unit, return_inverse=True)
    raters, j = np.unique(rater, return_inverse=True)
    size = units.size + raters.size
    graph = sparse.csr_matrix((np.ones(i.size), (i, j + units.size)), shape=(size, size))
    parts, _ = csgraph.connected_components(graph, directed=False)
    return int(parts) == 1


def _index(places: Sequence[int]) -> Places:
    array = np.asarray(places)
    if array.size and (not np.issubdtype(array.dtype, np.integer) or array.min() < 0):
        raise ValueError("units and raters must be whole numbers from 0 on")
    return array.astype(np.intp)


def _why_not(y: Floats, i: Places, j: Places) -> Undefined | None:
    if not y.size:
        return Undefined.EMPTY
    if np.unique(i).size < 2:
        return Undefined.ONE_UNIT
    if np.unique(j).size < 2:
        return Undefined.ONE_RATER
    if np.unique(i).size == y.size or np.unique(j).size == y.size:
        return Undefined.NO_OVERLAP
    if np.ptp(y) == 0:
        return Undefined.NO_VARIATION
    if not is_connected(i, j):
        return Undefined.DISCONNECTED
    if y.size <= np.unique(i).size + np.unique(j).size - 1 or _two_way_residual(y, i, j) < 1e-12 * np.var(y) * y.size:
        return Undefined.NO_ERROR_LEFT
    return None


def _two_way_residual(y: Floats, i: Places, j: Places) -> float:
    """The residual sum of squares with every unit and rater as a fixed effect."""
    counts = sparse.csr_matrix((np.ones(y.size), (i, j))).toarray()
    n, m = counts.sum(axis=1), counts.sum(axis=0)
    by_unit, by_rater = np.bincount(i, weights=y), np.bincount(j, weights=y)
    some = np.maximum(n, 1)
    left = np.diag(m) - counts.T @ (counts / some[:, None])
    effect = np.linalg.lstsq(left, by_rater - counts.T @ (by_unit / some), rcond=1e-10)[0]
    base = (by_unit - counts @ effect) / some
    return float(((y - base[i] - effect[j]) ** 2).sum())


@dataclass(frozen=True, eq=False)
class _Fit:
    criterion: float
    residual: float
    mean: float
    units: Floats
    raters: Floats


class _Crossed:
    """The REML criterion as a function of the relative standard deviations (unit, rater) to the residual's.

    Penalised least squares: the units' block is diagonal and is swept out, which leaves a dense system of the size
    of the raters (the smaller of the two factors is the one kept).
    """

    def __init__(self, y: Floats, i: Places, j: Places) -> None:
        self.swap = int(j.max()) > int(i.max())
        self.i, self.j = (j, i) if self.swap else (i, j)
        self.y, self.n = y, y.size
        self.counts = sparse.csr_matrix((np.ones(self.n), (self.i, self.j))).toarray()
        self.per_unit, self.per_rater = self.counts.sum(axis=1), self.counts.sum(axis=0)
        self.sum_unit = np.bincount(self.i, weights=y)
        self.sum_rater = np.bincount(self.j, weights=y)

    def best(self) -> Floats:
        """The relative standard deviations at the smallest criterion."""

        def criterion(theta: Floats) -> float:
            return self.at(theta).criterion

        def search(start: tuple[float, float]) -> tuple[float, Floats]:
            found = optimize.minimize(
                criterion,
                np.array(start),
                method="L-BFGS-B",
                bounds=[(0.0, None), (0.0, None)],
                options={"ftol": 1e-15, "gtol": 1e-7},
            )
            return float(found.fun), found.x

        least, theta = search((1.0, 0.5))
        if theta.min() < 1e-3:  # at the boundary: there may be a better place inside
            again, other = search((0.1, 1.0))
            theta = other if again < least else theta
        for place in (0, 1):  # on the boundary, exactly
            at_zero = theta.copy()
            at_zero[place] = 0.0
            if self.at(at_zero).criterion <= self.at(theta).criterion + 1e-9:
                theta = at_zero
        return theta

    def at(self, theta: Floats) -> _Fit:
        a, b = (theta[1], theta[0]) if self.swap else (theta[0], theta[1])
        d = a * a * self.per_unit + 1.0
        cross = a * b * self.counts
        system = np.diag(b * b * self.per_rater + 1.0) - cross.T @ (cross / d[:, None])
        factor = np.linalg.cholesky(system)

        def solve(unit: Floats, rater: Floats) -> tuple[Floats, Floats]:
            reduced = np.linalg.solve(factor.T, np.linalg.solve(factor, rater - cross.T @ (unit / d)))
            return (unit - cross @ reduced) / d, reduced

        ones = (a * self.per_unit, b * self.per_rater)
        sums = (a * self.sum_unit, b * self.sum_rater)
        from_ones = solve(*ones)
        from_sums = solve(*sums)
        x_x = self.n - ones[0] @ from_ones[0] - ones[1] @ from_ones[1]
        x_y = self.y.sum() - ones[0] @ from_sums[0] - ones[1] @ from_sums[1]
        y_y = self.y @ self.y - sums[0] @ from_sums[0] - sums[1] @ from_sums[1]
        mean = x_y / x_x
        unexplained = max(y_y - mean * x_y, 1e-300)
        freedom = self.n - 1
        residual = unexplained / freedom
        log_det = np.log(d).sum() + 2 * np.log(np.diag(factor)).sum() + np.log(x_x)
        units = a * (from_sums[0] - mean * from_ones[0])
        raters = b * (from_sums[1] - mean * from_ones[1])
        if self.swap:
            units, raters = raters, units
        criterion = log_det + freedom * (1 + np.log(2 * np.pi * residual))
        return _Fit(float(criterion), float(residual), float(mean), units, raters)

    def _deviance(self, components: Floats) -> float:
        """The criterion at given components, the residual not profiled out."""
        fit = self.at(np.sqrt(np.maximum(components[:2], 0.0) / components[2]))
        freedom, s2 = self.n - 1, components[2]
        profiled = freedom * (1 + np.log(2 * np.pi * fit.residual))
        return fit.criterion - profiled + freedom * (np.log(2 * np.pi * s2) + fit.residual / s2)

    def covariance(self, components: Floats) -> Floats | None:
        """Inverse of half the criterion's curvature; components at 0 are held there."""
        inside = np.flatnonzero(components > 1e-6 * components[2])
        step = 1e-3 * components
        size = inside.size
        hessian = np.zeros((size, size))
        for p in range(size):
            for q in range(p + 1):
                total = 0.0
                for s, t in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
                    moved = components.copy()
                    moved[inside[p]] += s * step[inside[p]]
                    moved[inside[q]] += t * step[inside[q]]
                    total += s * t * self._deviance(moved)
                hessian[p, q] = hessian[q, p] = total / (4 * step[inside[p]] * step[inside[q]])
        if not np.isfinite(hessian).all() or np.linalg.eigvalsh(hessian)[0] <= 0:
            return None
        answer = np.zeros((3, 3))
        answer[np.ix_(inside, inside)] = 2 * np.linalg.inv(hessian)
        return answer
