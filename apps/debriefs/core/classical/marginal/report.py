"""From the estimates to measures."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import optimize

from apps.debriefs.core.classical.design import Measure, Ratings, Threshold, Unestimated
from apps.debriefs.core.classical.fit import Floats, mean_squares
from apps.debriefs.core.classical.marginal.search import RUNAWAY, Search


@dataclass(frozen=True)
class MarginalFit:
    """What marginal maximum likelihood says. Logits; facets and thresholds centred at 0.

    A person's `value` is the posterior mean (EAP), `se` and `joint_se` the posterior standard deviation. A facet
    element's `se` is one over the root of its own (complete data) information, the kind TAM prints, which is too
    small; `joint_se` is the one to build an interval on. `reliability`: var(EAP) / (var(EAP) + mean posterior
    variance).
    """

    persons: tuple[Measure, ...]
    facets: Mapping[str, tuple[Measure, ...]]
    thresholds: tuple[tuple[Threshold, ...], ...]
    mean: float | None
    variance: float | None
    variance_se: float | None
    deviance: float | None
    parameters: int
    reliability: float | None
    iterations: int
    converged: bool
    reason: Unestimated | None = None


class Report:
    """From the estimates to measures."""

    def __init__(
        self,
        ratings: Ratings,
        search: Search,
        free: Floats,
        aside: list[tuple[str, int]],
        adjustment: float,
        *,
        converged: bool,
    ) -> None:
        self.ratings, self.search, self.free, self.aside, self.adjustment = ratings, search, free, aside, adjustment
        self.converged = converged
        self.state = search.at(free)
        self.layout = search.layout
        self.raw = search.contrasts @ free[:-1]

    def result(self, steps: int) -> MarginalFit:
        search, state = self.search, self.state
        observed, _ = search.observed(state, float(self.free[-1]))
        inverse = _pseudo_inverse(observed)
        covariance = search.contrasts @ inverse[:-1, :-1] @ search.contrasts.T
        simple = np.diag(search.complete(state))
        mean, sd = float(self.raw[-1]), float(np.exp(self.free[-1]))
        nobody_differs = sd <= self.search.smallest_sd * 1.001
        eap = state.posterior @ search.z
        psd = np.sqrt(np.maximum(state.posterior @ search.z**2 - eap**2, 0.0))
        rated = search.rated
        spread, error = float(eap[rated].var()), float((psd[rated] ** 2).mean())
        thresholds = self.layout.thresholds(self.raw[:-1], covariance[:-1, :-1])
        none = (Threshold(None, None),) * (self.ratings.levels - 1)
        return MarginalFit(
            persons=self._persons(mean + eap, psd),
            facets={name: self._facet(name, covariance, simple) for name in self.ratings.facets},
            thresholds=(*thresholds, *(none for _ in range(self.ratings.groups - len(thresholds)))),
            mean=mean,
            variance=0.0 if nobody_differs else sd**2,
            variance_se=None if nobody_differs else 2 * sd**2 * float(np.sqrt(max(inverse[-1, -1], 0.0))),
            deviance=-2 * state.log_likelihood,
            parameters=self.free.size,
            reliability=0.0 if nobody_differs else spread / (spread + error),
            iterations=steps,
            converged=self.converged,
            reason=None if self.converged else Unestimated.NOT_CONVERGED,
        )

    def _residuals(self) -> tuple[Floats, Floats, Floats]:
        """Per rating, averaged over the person's posterior: squared residual, variance, and their quotient."""
        kept, cell = self.layout.ratings, self.layout.cell
        weights = self.state.posterior[kept.person]
        expected, variance = self.state.mean[cell, :, 0], self.state.covariance[cell, :, 0, 0]
        squared = (kept.level[:, None] - expected) ** 2
        ratio = squared / np.maximum(variance, 1e-8)
        return (weights * squared).sum(axis=1), (weights * variance).sum(axis=1), (weights * ratio).sum(axis=1)

    def _persons(self, value: Floats, sd: Floats) -> tuple[Measure, ...]:
        ratings, kept = self.ratings, self.layout.ratings
        squared, variance, ratio = self._residuals()
        fits = mean_squares(squared, variance, kept.person, groups=ratings.persons, ratio=ratio)
        n = np.bincount(ratings.person, minlength=ratings.persons)
        score = np.bincount(ratings.person, weights=ratings.level, minlength=ratings.persons)
        answer = []
        for i in range(ratings.persons):
            if i < self.search.size and self.search.rated[i]:
                numbers = (float(value[i]), float(sd[i]), float(sd[i]))
                answer.append(Measure(*numbers, int(n[i]), int(score[i]), fits[i].infit, fits[i].outfit))
            else:
                reason = Unestimated.UNREACHABLE if n[i] else Unestimated.NO_RATINGS
                answer.append(Measure(None, None, None, int(n[i]), int(score[i]), reason=reason))
        return tuple(answer)

    def _facet(self, name: str, covariance: Floats, simple: Floats) -> tuple[Measure, ...]:
        ratings, kept = self.ratings, self.layout.ratings
        squared, variance, ratio = self._residuals()
        size = ratings.size(name)
        fits = mean_squares(squared, variance, kept.facets[name], groups=size, ratio=ratio)
        n = np.bincount(ratings.facets[name], minlength=size)
        score = np.bincount(ratings.facets[name], weights=ratings.level, minlength=size)
        start = self.layout.offsets[name]
        answer = []
        for i in range(size):
            if (name, i) in self.aside:
                answer.append(self._alone(name, i, int(n[i]), int(score[i])))
            elif i < kept.size(name) and self.layout.used[start + i]:
                place = start + i
                if not self.converged and abs(self.raw[place]) > RUNAWAY / 2:
                    reason = Unestimated.NOT_FINITE
                    answer.append(Measure(None, None, None, int(n[i]), int(score[i]), reason=reason))
                    continue
                answer.append(
                    Measure(
                        float(self.raw[place]),
                        float(1 / np.sqrt(max(simple[place], 1e-12))),
                        float(np.sqrt(max(covariance[place, place], 0.0))),
                        int(n[i]),
                        int(score[i]),
                        fits[i].infit,
                        fits[i].outfit,
                    )
                )
            else:
                reason = Unestimated.UNREACHABLE if n[i] else Unestimated.NO_RATINGS
                answer.append(Measure(None, None, None, int(n[i]), int(score[i]), reason=reason))
        return tuple(answer)

    def _alone(self, name: str, element: int, n: int, total: int) -> Measure:
        """An element outside the estimation: the measure of its adjusted score, averaged over the posteriors."""
        ratings, layout, search = self.ratings, self.layout, self.search
        mine = ratings.facets[name] == element
        known = mine & (ratings.person < search.size) & (ratings.group < layout.ratings.groups)
        known[known] &= search.rated[ratings.person[known]] & (layout.possible[ratings.group[known]].sum(axis=1) > 1)
        offset = np.zeros(ratings.level.size)
        for other, index in ratings.facets.items():
            if other == name:
                continue
            values = np.full(ratings.size(other), np.nan)
            start, size = layout.offsets[other], layout.ratings.size(other)
            used = layout.used[start : start + size]
            values[:size] = np.where(used, self.raw[start : start + size], np.nan)
            offset += values[index]
        known &= ~np.isnan(offset)
        if not known.any():
            one_level = name == ratings.steps_by and np.unique(ratings.level[mine]).size == 1
            reason = Unestimated.ONE_LEVEL if one_level else Unestimated.UNREACHABLE
            return Measure(None, None, None, n, total, reason=reason)
        possible = layout.possible[ratings.group[known]]
        k = np.arange(ratings.levels)
        cumulated = np.where(layout.possible, 0.0, np.inf)
        for (group, level), value in zip(layout.inner, self.raw[layout.elements : -1], strict=True):
            cumulated[group, level] = value
        steps = cumulated[ratings.group[known]][:, None, :]
        ability = self.raw[-1] + search.z[None, :] - offset[known][:, None]
        weights = self.state.posterior[ratings.person[known]]
        low, high = float(possible.argmax(axis=1).sum()), float((possible * k).max(axis=1).sum())
        score = float(ratings.level[known].sum())
        target = min(max(score, low + self.adjustment), high - self.adjustment)

        def moments(at: float) -> tuple[float, float]:
            p = layout.probabilities(ability, np.full_like(ability, at), steps)
            mean = p @ k
            return float((weights * mean).sum()), float((weights * (p @ k**2 - mean**2)).sum())

        value = float(optimize.brentq(lambda at: moments(at)[0] - target, -60.0, 60.0, xtol=1e-10))
        se = 1 / float(np.sqrt(moments(value)[1]))
        return Measure(value, se, se, n, total, extreme=score in (low, high))


def _pseudo_inverse(information: Floats) -> Floats:
    values, vectors = np.linalg.eigh(information)
    good = values > 1e-10 * max(values[-1], 1e-300)
    return (vectors[:, good] / values[good]) @ vectors[:, good].T


def nothing(ratings: Ratings, reason: Unestimated) -> MarginalFit:
    def blank(place: np.ndarray, size: int) -> tuple[Measure, ...]:
        n = np.bincount(place, minlength=size)
        score = np.bincount(place, weights=ratings.level, minlength=size)
        return tuple(Measure(None, None, None, int(a), int(b), reason=reason) for a, b in zip(n, score, strict=True))

    none = (Threshold(None, None),) * (ratings.levels - 1)
    return MarginalFit(
        persons=blank(ratings.person, ratings.persons),
        facets={name: blank(place, ratings.size(name)) for name, place in ratings.facets.items()},
        thresholds=(none,) * ratings.groups,
        mean=None,
        variance=None,
        variance_se=None,
        deviance=None,
        parameters=0,
        reliability=None,
        iterations=0,
        converged=False,
        reason=reason,
    )
