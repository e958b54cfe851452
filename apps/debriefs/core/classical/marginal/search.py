"""The search for the largest marginal likelihood, and the information at a point."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from apps.debriefs.core.classical.design import Layout
from apps.debriefs.core.classical.fit import Floats
from apps.debriefs.core.classical.marginal.nodes import Nodes

SETTLED = 1e-6  # the largest change of the last step, logits
SMALLEST_SD = 0.01  # logits; below, nobody differs from anybody
LARGEST_SD = 10.0  # logits; beyond, the people have nothing but extreme scores
RUNAWAY = 20.0  # logits; an estimate that passes this one has no finite maximum
AT_ONCE = 500_000  # numbers held at one time


@dataclass(frozen=True, eq=False)
class State:
    """The expectation step at one point."""

    log_likelihood: float
    posterior: Floats  # (persons, nodes)
    mean: Floats  # (cells, nodes, statistics)
    covariance: Floats  # (cells, nodes, statistics, statistics)
    gradient: Floats  # (free + 2,)


class Search:
    """Newton's method; parameters: the layout's free ones, then the mean, then log sd."""

    def __init__(self, layout: Layout, nodes: Nodes) -> None:
        self.layout, self.z = layout, nodes.at
        ratings = layout.ratings
        self.smallest_sd = max(SMALLEST_SD, float(self.z[1] - self.z[0]) / 3)  # below, one node holds everybody
        self.size = ratings.persons
        self.rated = np.bincount(ratings.person, minlength=self.size) > 0
        columns = layout.cell * ratings.levels + ratings.level
        ones = np.ones(columns.size)
        self.counts = sparse.csr_matrix(
            (ones, (ratings.person, columns)), (self.size, layout.cells * ratings.levels)
        )  # (persons, cells x levels)
        self.per_cell = sparse.csr_matrix((ones, (ratings.person, layout.cell)), (self.size, layout.cells))
        mean = sparse.csr_matrix(np.ones((layout.cells, 1)))
        rest = [sparse.csr_matrix((layout.cells, 1))] * (len(layout.loadings) - 1)
        self.loadings = tuple(
            sparse.csr_matrix(sparse.hstack([loading, extra]))
            for loading, extra in zip(layout.loadings, [mean, *rest], strict=True)
        )
        raw, free = layout.contrasts.shape
        self.contrasts = np.zeros((raw + 1, free + 1))
        self.contrasts[:raw, :free] = layout.contrasts
        self.contrasts[raw, free] = 1.0
        self._dense = [loading.toarray() for loading in self.loadings]

    def start(self) -> Floats:
        """Everything at 0 but the mean: the logit of the share of the attainable levels."""
        share = float(self.layout.ratings.level.mean()) / (self.layout.ratings.levels - 1)
        free = np.zeros(self.contrasts.shape[1] + 1)
        free[-2] = np.log(share / (1 - share))
        return free

    def log_prior(self, log_sd: float) -> Floats:
        """Log weights of the nodes, summing to one."""
        log_weight = -0.5 * (self.z / np.exp(log_sd)) ** 2
        top = log_weight.max()
        return log_weight - top - np.log(np.exp(log_weight - top).sum())

    def at(self, free: Floats) -> State:
        layout = self.layout
        raw = self.contrasts @ free[:-1]
        difficulty, cumulated = layout.logits(raw[:-1])
        p = layout.probabilities(raw[-1] + self.z[None, :], difficulty[:, None], cumulated[:, None, :])
        log_p = np.log(np.maximum(p, 1e-300)).transpose(0, 2, 1).reshape(-1, self.z.size)
        log_prior = self.log_prior(free[-1])
        joint = self.counts @ log_p + log_prior
        top = joint.max(axis=1, keepdims=True)
        posterior = np.exp(joint - top)
        total = posterior.sum(axis=1, keepdims=True)
        posterior /= total
        s = layout.statistics
        mean = p @ s
        covariance = np.einsum("cqk,ki,kj->cqij", p, s, s, optimize=True) - mean[..., :, None] * mean[..., None, :]
        seen = (self.counts.T @ posterior).reshape(layout.cells, -1, self.z.size)
        residual = np.einsum("ckq,kj->cj", seen, s) - np.einsum("ckq,cqj->cj", seen, mean)
        gradient = sum(
            (loading.T @ residual[:, j] for j, loading in enumerate(self.loadings)), np.zeros(self.contrasts.shape[0])
        )
        scaled = (self.z / np.exp(free[-1])) ** 2
        spread = (posterior[self.rated] @ scaled).sum() - self.rated.sum() * float(np.exp(log_prior) @ scaled)
        return State(
            log_likelihood=float((top + np.log(total))[self.rated].sum()),
            posterior=posterior,
            mean=mean,
            covariance=covariance,
            gradient=np.append(self.contrasts.T @ gradient, spread),
        )

    def complete(self, state: State) -> Floats:
        """Information if the thetas were known, raw parameters and the mean, (raw + 1, raw + 1)."""
        weights: Floats = np.asarray(self.per_cell.T @ state.posterior)
        covariance = np.einsum("cq,cqij->cij", weights, state.covariance)
        total = np.zeros((self.contrasts.shape[0],) * 2)
        for i, left in enumerate(self.loadings):
            for j, right in enumerate(self.loadings):
                total += (left.T @ sparse.diags(covariance[:, i, j]) @ right).toarray()
        return total

    def observed(self, state: State, log_sd: float) -> tuple[Floats, Floats]:
        """(observed, complete) information of the free parameters, the mean and log sd (Louis 1982)."""
        size = self.contrasts.shape[1] + 1
        complete = np.zeros((size, size))
        complete[:-1, :-1] = self.contrasts.T @ self.complete(state) @ self.contrasts
        scaled = (self.z / np.exp(log_sd)) ** 2
        prior = np.exp(self.log_prior(log_sd))
        expected = float(prior @ scaled)
        fall = float(prior @ scaled**2) - expected**2 - 2 * expected
        complete[-1, -1] = (2 * state.posterior[self.rated] @ scaled + fall).sum()
        raw = self.contrasts.shape[0]
        missing = np.zeros((raw + 1, raw + 1))
        average = np.zeros((self.size, raw + 1))
        at_once = max(1, AT_ONCE // (max(self.size, self.layout.cells) * raw))
        for begin in range(0, self.z.size, at_once):
            part = slice(begin, begin + at_once)
            mean, scale = state.mean[:, part], scaled[part] - expected
            weighted = sum(
                (mean[:, :, j, None] * loading[:, None, :] for j, loading in enumerate(self._dense)),
                np.zeros((self.layout.cells, scale.size, raw)),
            )
            here = np.empty((self.size, scale.size, raw + 1))
            here[:, :, :raw] = -(self.per_cell @ weighted.reshape(self.layout.cells, -1)).reshape(self.size, -1, raw)
            here[:, :, raw] = np.where(self.rated[:, None], scale, 0.0)
            product = here * state.posterior[:, part, None]
            missing += here.reshape(-1, raw + 1).T @ product.reshape(-1, raw + 1)
            average += product.sum(axis=1)
        missing -= average.T @ average
        to_free = np.zeros((raw + 1, size))
        to_free[:raw, :-1] = self.contrasts
        to_free[raw, -1] = 1.0
        missing = to_free.T @ missing @ to_free
        return complete - missing, complete

    def run(self, free: Floats, limit: int) -> tuple[Floats, int, bool]:
        """Newton where the likelihood is curved the right way, the gradient scaled by the complete information else."""
        lowest, highest = np.log(self.smallest_sd), np.log(LARGEST_SD)
        free = free.copy()
        free[-1] = np.clip(free[-1], lowest, highest)
        state = self.at(free)
        for step in range(1, limit + 1):
            observed, complete = self.observed(state, float(free[-1]))
            bound = (free[-1] <= lowest and state.gradient[-1] <= 0) or (
                free[-1] >= highest and state.gradient[-1] >= 0
            )
            inside = slice(None, -1) if bound else slice(None)
            direction = np.zeros_like(free)
            direction[inside] = _solve(observed[inside, inside], complete[inside, inside], state.gradient[inside])
            largest = float(np.abs(direction).max())
            scale = min(1.0, 2.0 / largest) if largest > 0 else 1.0
            while True:
                following = free + scale * direction
                following[-1] = np.clip(following[-1], lowest, highest)
                new = self.at(following)
                if new.log_likelihood >= state.log_likelihood - 1e-9 or scale < 1e-6:
                    break
                scale /= 2
            moved = float(np.abs(following - free).max())
            free, state = following, new
            if moved < SETTLED:
                return free, step, bool(free[-1] < highest)
            if float(np.abs(self.contrasts @ free[:-1]).max()) > RUNAWAY:
                return free, step, False
        return free, limit, False


def _solve(observed: Floats, complete: Floats, gradient: Floats) -> Floats:
    """A step uphill: by the observed information where it is positive definite, else by the complete one."""
    for matrix in (observed, complete):
        values, vectors = np.linalg.eigh(matrix)
        if values[0] > 1e-10 * values[-1]:
            return vectors @ ((vectors.T @ gradient) / values)
    values = np.maximum(values, 1e-8 * values[-1])
    return vectors @ ((vectors.T @ gradient) / values)
