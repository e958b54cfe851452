"""Everything at once at given variances: the joint posterior mode with its curvature (Laplace).

For few data, where variances cannot be estimated: positions, halo, severities, difficulties and thresholds are found
together by Newton's method, dense, with the published variances as priors. Exact in its arithmetic, so the answer does
not depend on chance.
"""

from dataclasses import dataclass

import numpy as np

from apps.debriefs.core.ratings import priors
from apps.debriefs.core.ratings.data import Floats, RatingData
from apps.debriefs.core.ratings.likelihood import log_likelihood, probabilities
from apps.debriefs.core.ratings.priors import Variances


@dataclass(frozen=True)
class Joint:
    """Modes and standard errors. theta (N, C) with `covariance` (N, C, C); severity (J,) and station (T,) against
    their means, thresholds (K-1,) around their middle, difficulty (C,)."""

    theta: Floats
    covariance: Floats
    severity: Floats
    severity_se: Floats
    difficulty: Floats
    difficulty_se: Floats
    station: Floats
    station_se: Floats
    thresholds: Floats


def joint_mode(data: RatingData, variances: Variances) -> Joint:
    n, c, p = len(data.candidates), len(data.competencies), len(data.pair_candidate)
    j, t, k = len(data.interviewers), len(data.stations), data.categories
    at = np.cumsum([0, n * c, p, j, c, t, k - 1])
    size = int(at[-1])
    rows = np.arange(data.size)
    design = np.zeros((data.size, int(at[5])))
    design[rows, data.candidate * c + data.competency] = 1
    design[rows, at[1] + data.pair] = 1
    design[rows, at[2] + data.interviewer] = -1
    design[rows, at[3] + data.competency] = -1
    design[rows, at[4] + data.station] = -1
    prior = np.zeros((size, size))
    inverse = np.linalg.inv(variances.candidate)
    for place in range(n):
        prior[place * c : (place + 1) * c, place * c : (place + 1) * c] = inverse
    spreads = [variances.halo, variances.severity, priors.DIFFICULTY_SD, variances.station, priors.THRESHOLD_SD]
    for place, spread in enumerate(spreads, start=1):
        among = np.arange(at[place], at[place + 1])
        prior[among, among] = spread**-2
    centre = np.zeros(size)
    centre[at[5] :] = priors.prior_thresholds(k)
    slope = np.ones(data.size)
    reached = data.level >= np.arange(1, k)[:, None]

    def density(x: Floats) -> float:
        off = x - centre
        log = log_likelihood(design @ x[: at[5]], slope, x[at[5] :], data.level)
        return float(log.sum() - 0.5 * off @ prior @ off)

    x, here = centre.copy(), density(centre)
    for _ in range(100):
        chance = probabilities(design @ x[: at[5]], slope, x[at[5] :])
        at_least = chance[::-1].cumsum(axis=0)[::-1][1:]
        residual = reached - at_least
        gradient = np.concatenate([design.T @ residual.sum(axis=0), -residual.sum(axis=1)]) - prior @ (x - centre)
        each = np.minimum(at_least[:, None], at_least[None]) - at_least[:, None] * at_least[None]
        hessian = prior.copy()
        hessian[: at[5], : at[5]] += design.T @ (design * each.sum(axis=(0, 1))[:, None])
        mixed = design.T @ each.sum(axis=0).T
        hessian[: at[5], at[5] :] -= mixed
        hessian[at[5] :, : at[5]] -= mixed.T
        hessian[at[5] :, at[5] :] += each.sum(axis=2)
        step = np.linalg.solve(hessian, gradient)
        share = 1.0
        while density(x + share * step) < here - 1e-10 and share > 1e-6:
            share /= 2
        x = x + share * step
        here = density(x)
        if np.abs(step).max(initial=0) < 1e-9:
            break
    # Severities and stations are told against their means, thresholds against their middle: difficulties take it up.
    told = np.eye(size)
    for first, last in ((at[2], at[3]), (at[4], at[5]), (at[5], at[6])):
        among = np.arange(first, last)
        told[np.ix_(among, among)] -= 1 / max(len(among), 1)
        told[np.ix_(np.arange(at[3], at[4]), among)] = 1 / max(len(among), 1)
    covariance = told @ np.linalg.inv(hessian) @ told.T
    x = told @ x
    spread_of = np.sqrt(np.maximum(np.diag(covariance), 0.0))
    return Joint(
        theta=x[: at[1]].reshape(n, c),
        covariance=np.array(
            [covariance[i * c : (i + 1) * c, i * c : (i + 1) * c] for i in range(n)], dtype=float
        ).reshape(n, c, c),
        severity=x[at[2] : at[3]],
        severity_se=spread_of[at[2] : at[3]],
        difficulty=x[at[3] : at[4]],
        difficulty_se=spread_of[at[3] : at[4]],
        station=x[at[4] : at[5]],
        station_se=spread_of[at[4] : at[5]],
        thresholds=x[at[5] :],
    )
