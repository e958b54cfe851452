"""Newton's method on the joint likelihood, and the information at a point."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from apps.debriefs.core.classical.design import Layout, Measure, Ratings, Unestimated
from apps.debriefs.core.classical.fit import Floats, fit_statistics, sums
from apps.debriefs.core.classical.joint.aside import PERSON, totals

RUNAWAY = 20.0  # logits; an estimate that passes this one has no finite maximum
SETTLED = 1e-8  # logits; the largest change of the last step
SINGULAR = 1e-9  # share of the largest eigenvalue below which the design says nothing about a direction


@dataclass(frozen=True, eq=False)
class State:
    """Gradient and information at one point."""

    log_likelihood: float
    expected: Floats  # (n,)
    variance: Floats  # (n,)
    person_gradient: Floats
    free_gradient: Floats
    person_information: Floats
    cross: Floats  # (persons, free)
    schur: Floats  # (free, free): the facets' information with the persons swept out
    contrasts: Floats

    @property
    def _inverse(self) -> tuple[Floats, bool]:
        values, vectors = np.linalg.eigh(self.schur)
        good = values > SINGULAR * max(values.max(initial=0.0), 1e-300)
        return (vectors[:, good] / values[good]) @ vectors[:, good].T, bool(good.all())

    @property
    def identified(self) -> bool:
        return self._inverse[1]

    @property
    def raw_covariance(self) -> Floats:
        return self.contrasts @ self._inverse[0] @ self.contrasts.T

    def step(self) -> tuple[Floats, Floats]:
        weighted = self.cross / self.person_information[:, None]
        free = self._inverse[0] @ (self.free_gradient - weighted.T @ self.person_gradient)
        return (self.person_gradient - self.cross @ free) / self.person_information, free

    def person_variance(self) -> Floats:
        weighted = self.cross / self.person_information[:, None]
        return 1 / self.person_information + np.einsum("ij,jk,ik->i", weighted, self._inverse[0], weighted)


class Search:
    """Newton's method with step halving on the ratings that are left."""

    def __init__(self, layout: Layout, active: np.ndarray) -> None:
        self.layout, self.active = layout, active
        self.ratings = layout.ratings

    def run(self, limit: int) -> tuple[Floats, Floats, int, bool]:
        """Estimates of the persons and the free parameters, steps taken, and whether they settled."""
        theta, free = self._start(), np.zeros(self.layout.contrasts.shape[1])
        state = self.at(theta, free)
        for step in range(1, limit + 1):
            d_theta, d_free = state.step()
            largest = max(np.abs(d_theta).max(initial=0.0), np.abs(d_free).max(initial=0.0))
            scale = min(1.0, 3.0 / largest) if largest > 0 else 1.0
            following = self.at(theta + scale * d_theta, free + scale * d_free)
            while following.log_likelihood < state.log_likelihood - 1e-9 and scale > 1e-6:
                scale /= 2
                following = self.at(theta + scale * d_theta, free + scale * d_free)
            theta, free, state = theta + scale * d_theta, free + scale * d_free, following
            if largest < SETTLED:
                return theta, free, step, True
            if max(np.abs(theta).max(initial=0.0), np.abs(self.layout.contrasts @ free).max(initial=0.0)) > RUNAWAY:
                return theta, free, step, False
        return theta, free, limit, False

    def _start(self) -> Floats:
        """The logit of each person's share of the attainable levels."""
        size = self.active.size
        n = np.bincount(self.ratings.person, minlength=size)
        share = (np.bincount(self.ratings.person, weights=self.ratings.level, minlength=size) + 0.5) / (
            n * (self.ratings.levels - 1) + 1.0
        )
        return np.where(self.active, np.log(share / (1 - share)), 0.0)

    def at(self, theta: Floats, free: Floats) -> State:
        layout, ratings = self.layout, self.ratings
        difficulty, cumulated = layout.logits(layout.contrasts @ free)
        p = layout.probabilities(theta[ratings.person], difficulty[layout.cell], cumulated[layout.cell])
        s = layout.statistics
        mean = p @ s
        covariance = np.einsum("nk,ki,kj->nij", p, s, s, optimize=True) - mean[:, :, None] * mean[:, None, :]
        residual = s[ratings.level] - mean
        size = self.active.size
        gradient = np.zeros(layout.raw)
        cross = np.zeros((size, layout.raw))
        for j, loading in enumerate(layout.loadings):
            gradient += loading.T @ sums(residual[:, j], layout.cell, layout.cells)
            by_person = sparse.csr_matrix((covariance[:, 0, j], (ratings.person, layout.cell)), (size, layout.cells))
            cross += (by_person @ loading).toarray()
        k = s.shape[1]
        per_cell = np.stack(
            [sums(covariance[:, i, j], layout.cell, layout.cells) for i in range(k) for j in range(k)],
            axis=1,
        ).reshape(-1, k, k)
        contrasts = layout.contrasts
        information = sums(covariance[:, 0, 0], ratings.person, size)
        information = np.where(self.active, np.maximum(information, 1e-12), 1.0)
        reduced = cross @ contrasts
        schur = contrasts.T @ layout.information(per_cell) @ contrasts - reduced.T @ (reduced / information[:, None])
        return State(
            log_likelihood=float(np.log(p[np.arange(p.shape[0]), ratings.level]).sum()),
            expected=mean[:, 0],
            variance=covariance[:, 0, 0],
            person_gradient=sums(residual[:, 0], ratings.person, size),
            free_gradient=contrasts.T @ gradient,
            person_information=information,
            cross=reduced,
            schur=schur,
            contrasts=contrasts,
        )

    def measures(
        self, state: State, kind: str, values: Floats, everything: Ratings, *, converged: bool
    ) -> list[Measure]:
        """One measure per element; those without a value yet are filled in later."""
        place = self.ratings.person if kind == PERSON else self.ratings.facets[kind]
        size = values.size
        information = sums(state.variance, place, size)
        if kind == PERSON:
            joint = state.person_variance()
        else:
            start = self.layout.offsets[kind]
            joint = np.zeros(size)
            here = np.diag(state.raw_covariance)[start : start + self.ratings.size(kind)]
            joint[: here.size] = here
        fits = fit_statistics(self.ratings.level, state.expected, state.variance, place, groups=size)
        n, score = totals(everything, kind)
        return [
            Measure(None, None, None, int(n[i]), int(score[i]), reason=Unestimated.NO_RATINGS)
            if np.isnan(values[i])
            else Measure(None, None, None, int(n[i]), int(score[i]), reason=Unestimated.NOT_FINITE)
            if abs(values[i]) > RUNAWAY / 2 and not converged
            else Measure(
                float(values[i]),
                float(1 / np.sqrt(max(information[i], 1e-12))),
                float(np.sqrt(max(joint[i], 0.0))),
                int(n[i]),
                int(score[i]),
                fits[i].infit,
                fits[i].outfit,
            )
            for i in range(size)
        ]
