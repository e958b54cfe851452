"""One block a candidate: positions on the competencies, and what each interviewer saw in this candidate.

Given severities, difficulties, thresholds and variances the candidates do not depend on each other. A block holds
theta (C positions) and u (one number an interviewer: halo minus severity); the information matrix is dense in theta
and diagonal in u, so u is eliminated exactly and only C x C systems are solved.
"""

from dataclasses import dataclass

import numpy as np

from apps.debriefs.core.ratings.data import Floats, RatingData
from apps.debriefs.core.ratings.likelihood import Terms, log_likelihood, terms

NEWTON_STEPS = 60
CLOSE_ENOUGH = 1e-9


@dataclass(frozen=True)
class Given:
    """What the blocks are conditional on.

    `weight` (n,) or None: how often each rating counts, 0 for one that is left out.

    `offset` (n,): minus competency and station difficulty, `slope` (n,): the interviewer's discrimination, of each
    rating; `centre`, `variance` (P,): prior of u for each pair; `precision` (C, C): of positions.
    """

    offset: Floats
    slope: Floats
    thresholds: Floats
    centre: Floats
    variance: Floats
    precision: Floats
    weight: Floats | None = None


@dataclass(frozen=True)
class Gaussian:
    """The blocks' normal approximation: theta has `covariance`, and u given theta has mean
    u - cross (theta' - theta) and variance 1 / `information_u`. `cross` is (P, C)."""

    theta: Floats
    u: Floats
    covariance: Floats
    cross: Floats
    information_u: Floats


class Blocks:
    """The arithmetic of one data set's blocks; it holds index arrays only."""

    def __init__(self, data: RatingData) -> None:
        self.data = data
        self.n, self.c, self.p = len(data.candidates), len(data.competencies), len(data.pair_candidate)
        self._cell = data.candidate * self.c + data.competency
        self._pair_cell = data.pair * self.c + data.competency
        self._first = np.flatnonzero(np.diff(data.pair_candidate, prepend=-1))
        self._with_pairs = data.pair_candidate[self._first]

    def eta(self, theta: Floats, u: Floats, given: Given) -> Floats:
        data = self.data
        return np.asarray(theta[data.candidate, data.competency] + u[data.pair] + given.offset)

    def log_density(self, theta: Floats, u: Floats, given: Given) -> Floats:
        """(N,) log of likelihood times prior, up to a constant."""
        eta = self.eta(theta, u, given)
        log = log_likelihood(eta, given.slope, given.thresholds, self.data.level)
        if given.weight is not None:
            log = log * given.weight
        off = u - given.centre
        total = np.bincount(self.data.candidate, log, self.n) - 0.5 * np.einsum(
            "nc,cd,nd->n", theta, given.precision, theta
        )
        return np.asarray(total - 0.5 * np.bincount(self.data.pair_candidate, off * off / given.variance, self.n))

    def per_candidate(self, of_pairs: Floats) -> Floats:
        """(P, ...) summed over each candidate's pairs -> (N, ...)."""
        out = np.zeros((self.n, *of_pairs.shape[1:]))
        if self.p:
            out[self._with_pairs] = np.add.reduceat(of_pairs, self._first, axis=0)
        return out

    def normal(self, theta: Floats, u: Floats, given: Given) -> Gaussian:
        """One Newton step from (theta, u), and the curvature found there."""
        found = terms(self.eta(theta, u, given), given.slope, given.thresholds, self.data.level)
        if given.weight is not None:
            found = Terms(found.log, found.gradient * given.weight, found.information * given.weight)
        cross_information = np.bincount(self._pair_cell, found.information, self.p * self.c).reshape(self.p, self.c)
        information_u = cross_information.sum(axis=1) + 1 / given.variance
        gradient_u = np.bincount(self.data.pair, found.gradient, self.p) - (u - given.centre) / given.variance
        pulled = np.bincount(self._cell, found.gradient, self.n * self.c).reshape(self.n, self.c)
        gradient = pulled - theta @ given.precision
        diagonal = np.bincount(self._cell, found.information, self.n * self.c).reshape(self.n, self.c)
        cross = cross_information / information_u[:, None]
        precision = np.broadcast_to(given.precision, (self.n, self.c, self.c)).copy()
        precision[:, range(self.c), range(self.c)] += diagonal
        precision -= self.per_candidate(cross[:, :, None] * cross_information[:, None, :])
        covariance = np.linalg.inv(precision)
        step = np.einsum("ncd,nd->nc", covariance, gradient - self.per_candidate(cross * gradient_u[:, None]))
        step_u = gradient_u / information_u - np.einsum("pc,pc->p", cross, step[self.data.pair_candidate])
        return Gaussian(theta + step, u + step_u, covariance, cross, information_u)

    def modes(self, given: Given) -> Gaussian:
        """The most probable positions with their curvature. Every block is log-concave, so damped Newton finds them."""
        theta, u = np.zeros((self.n, self.c)), given.centre
        best = self.log_density(theta, u, given)
        for _ in range(NEWTON_STEPS):
            found = self.normal(theta, u, given)
            step, step_u = found.theta - theta, found.u - u
            if max(np.abs(step).max(initial=0), np.abs(step_u).max(initial=0)) < CLOSE_ENOUGH:
                return found
            share = np.ones(self.n)
            for _ in range(30):
                fresh = theta + share[:, None] * step
                fresh_u = u + share[self.data.pair_candidate] * step_u
                reached = self.log_density(fresh, fresh_u, given)
                worse = reached < best - 1e-9
                if not worse.any():
                    break
                share[worse] /= 2
            theta, u, best = fresh, fresh_u, reached
        return found
