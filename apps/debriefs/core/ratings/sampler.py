"""Posterior draws of severities, discriminations, difficulties, thresholds and variances.

Maximised Laplace or PQL likelihoods bias the halo and make intervals too short (shared/SCIENCE.md, B.2), so the
variances are integrated by Markov chain Monte Carlo: blocked Metropolis-within-Gibbs. Every candidate's block is
proposed at once from a multivariate t around its Newton mode; severities are drawn in the centred form given u and
again in the non-centred form given the halo (interweaving, Yu & Meng 2011); difficulties and thresholds together by a
Newton proposal; variances from their conjugate conditionals, the halo's again by a move that scales every halo.
The same data and seed give the same draws.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from apps.debriefs.core.ratings import priors
from apps.debriefs.core.ratings.blocks import Blocks, Gaussian, Given
from apps.debriefs.core.ratings.data import Floats, RatingData
from apps.debriefs.core.ratings.likelihood import log_likelihood, probabilities, terms

Progress = Callable[[int, int], None]

TAIL = 8.0  # degrees of freedom of the blocks' proposals
_CORRELATIONS = np.linspace(-0.15, 0.985, 228)


@dataclass(frozen=True)
class Draws:
    """Kept draws, one row each: severity and log discrimination (S, J), difficulty (S, C), station (S, T), thresholds
    (S, K-1), candidate covariance (S, C, C), and the spreads (S,)."""

    severity: Floats
    log_slope: Floats
    difficulty: Floats
    station: Floats
    thresholds: Floats
    covariance: Floats
    severity_sd: Floats
    halo_sd: Floats
    station_sd: Floats
    slope_sd: Floats
    acceptance: float


def _spread(rng: np.random.Generator, now: float, squares: float, count: int, published: float) -> float:
    """A spread given the sum of squares of what has it: a few random-walk steps on its logarithm."""
    step = 2.0 / np.sqrt(2 * count + 4)
    log = np.log(now)

    def density(log_sd: float) -> float:
        sd = float(np.exp(log_sd))
        return -count * log_sd - squares / (2 * sd * sd) + _log_spread(sd, published)

    here = density(log)
    for noise, chance in zip(rng.standard_normal(8), np.log(rng.random(8)), strict=True):
        there = density(log + step * noise)
        if chance < there - here:
            log, here = log + step * noise, there
    return float(np.exp(log))


def _log_spread(sd: float, published: float) -> float:
    """The half-normal prior of a spread whose mean is the published one, as a density of log sd."""
    return float(np.log(sd) - sd * sd / (np.pi * published * published))


def _log_scale(variance: float) -> float:
    """The gamma prior of `scale_variance` (shape 2, mean 1), as a density of its logarithm."""
    return float(2.0 * np.log(variance) - 2.0 * variance)


def _adapted(step: float, *, taken: bool) -> float:
    return float(np.clip(step * np.exp(0.05 * (taken - 0.4)), 1e-3, 1.0))


class _Chain:
    """The state of one chain; `sweep` moves all of it once."""

    def __init__(self, data: RatingData, rng: np.random.Generator) -> None:
        self.data, self.rng, self.blocks = data, rng, Blocks(data)
        b = self.blocks
        self.n, self.c, self.p = b.n, b.c, b.p
        self.j, self.t, self.k = len(data.interviewers), len(data.stations), data.categories
        self.theta, self.u = np.zeros((self.n, self.c)), np.zeros(self.p)
        self.mode, self.mode_u = self.theta.copy(), self.u.copy()
        self.severity, self.log_slope = np.zeros(self.j), np.zeros(self.j)
        self.slope_of = np.ones(data.size)
        self.border = np.zeros(self.c + self.t + self.k - 1)
        self.border[self.c + self.t :] = priors.prior_thresholds(self.k)
        self.sigma = priors.common_correlation(self.c, priors.CANDIDATE_SD**2, priors.CORRELATION)
        self.severity_sd, self.halo_sd = priors.SEVERITY_SD, priors.HALO_SD
        self.station_sd, self.slope_sd = priors.STATION_SD, priors.DISCRIMINATION_SD
        self.scale_variance, self.scale_correlation = priors.CANDIDATE_SD**2, priors.CORRELATION
        self.of_pair = data.pair_interviewer
        self.pairs_of = np.bincount(self.of_pair, minlength=self.j)
        self._size = self.c + np.bincount(data.pair_candidate, minlength=self.n)
        self.steps = [0.1, 0.1, 0.1]
        self.accepted = 0.0

    @property
    def thresholds(self) -> Floats:
        return self.border[self.c + self.t :]

    def offset(self, border: Floats) -> Floats:
        return np.asarray(-border[self.data.competency] - border[self.c + self.data.station])

    def given(self) -> Given:
        return Given(
            offset=self.offset(self.border),
            slope=self.slope_of,
            thresholds=self.thresholds,
            centre=-self.severity[self.of_pair],
            variance=np.full(self.p, self.halo_sd**2),
            precision=np.linalg.inv(self.sigma),
        )

    def sweep(self) -> None:
        self._candidates()
        self._severities_given_u()
        self._difficulties_and_thresholds()
        self._interviewers_given_halo()
        self._halo_scale()
        self._positions_scale()
        self._unit()
        self._variances()

    def _candidates(self) -> None:
        given, rng, b = self.given(), self.rng, self.blocks
        normal = b.normal(self.mode, self.mode_u, given)
        # A full Newton step can overshoot in the first sweeps; afterwards the mode hardly moves.
        self.mode = self.mode + np.clip(normal.theta - self.mode, -1.5, 1.5)
        self.mode_u = self.mode_u + np.clip(normal.u - self.mode_u, -1.5, 1.5)
        normal = Gaussian(self.mode, self.mode_u, normal.covariance, normal.cross, normal.information_u)
        spread = np.sqrt(TAIL / rng.chisquare(TAIL, self.n))
        factor = np.linalg.cholesky(normal.covariance)
        step = np.einsum("ncd,nd->nc", factor, rng.standard_normal((self.n, self.c))) * spread[:, None]
        noise = rng.standard_normal(self.p) / np.sqrt(normal.information_u) * spread[self.data.pair_candidate]
        step_u = noise - np.einsum("pc,pc->p", normal.cross, step[self.data.pair_candidate])
        theta, u = normal.theta + step, normal.u + step_u
        change = b.log_density(theta, u, given) - b.log_density(self.theta, self.u, given)
        change += self._log_proposal(normal, self.theta, self.u) - self._log_proposal(normal, theta, u)
        take = np.log(rng.random(self.n)) < change
        self.theta = np.where(take[:, None], theta, self.theta)
        self.u = np.where(take[self.data.pair_candidate], u, self.u)
        self.accepted = float(take.mean()) if self.n else 1.0

    def _log_proposal(self, normal: Gaussian, theta: Floats, u: Floats) -> Floats:
        """Of the multivariate t; the determinants are the same for both ends."""
        off = theta - normal.theta
        distance = np.einsum("nc,ncd,nd->n", off, np.linalg.inv(normal.covariance), off)
        off_u = u - normal.u + np.einsum("pc,pc->p", normal.cross, off[self.data.pair_candidate])
        distance += np.bincount(self.data.pair_candidate, normal.information_u * off_u**2, self.n)
        return np.asarray(-(TAIL + self._size) / 2 * np.log1p(distance / TAIL))

    def _severities_given_u(self) -> None:
        precision = self.pairs_of / self.halo_sd**2 + 1 / self.severity_sd**2
        total = -np.bincount(self.of_pair, self.u, self.j) / self.halo_sd**2
        self.severity = total / precision + self.rng.standard_normal(self.j) / np.sqrt(precision)

    def _border_terms(self, border: Floats, base: Floats) -> tuple[float, Floats]:
        """Log-density of the border and its gradient, given positions and u (`base`)."""
        data, c, t = self.data, self.c, self.t
        eta = base + self.offset(border)
        thresholds = border[c + t :]
        found = terms(eta, self.slope_of, thresholds, data.level)
        steps = self._tail_residuals(eta, thresholds)
        gradient = np.concatenate(
            [
                -np.bincount(data.competency, found.gradient, c),
                -np.bincount(data.station, found.gradient, t),
                -steps,
            ]
        )
        off = border - self._border_centre()
        weight = self._border_precision()
        return float(found.log.sum() - 0.5 * (off * off * weight).sum()), gradient - off * weight

    def _at_least(self, eta: Floats, thresholds: Floats) -> Floats:
        """(K-1, n) probabilities of level 1 or more, 2 or more, ..."""
        chance = probabilities(eta, self.slope_of, thresholds)
        return np.asarray(chance[::-1].cumsum(axis=0)[::-1][1:])

    def _tail_residuals(self, eta: Floats, thresholds: Floats) -> Floats:
        """(K-1,) sum over ratings of a (1[level >= k] - P(level >= k))."""
        reached = self.data.level >= np.arange(1, self.k)[:, None]
        return np.asarray((reached - self._at_least(eta, thresholds)) @ self.slope_of)

    def _border_centre(self) -> Floats:
        return np.concatenate([np.zeros(self.c + self.t), priors.prior_thresholds(self.k)])

    def _border_precision(self) -> Floats:
        return np.concatenate(
            [
                np.full(self.c, priors.DIFFICULTY_SD**-2),
                np.full(self.t, self.station_sd**-2),
                np.full(self.k - 1, priors.THRESHOLD_SD**-2),
            ]
        )

    def _border_information(self, base: Floats) -> Floats:
        """Curvature of the border's log-density; refreshed now and then, constant in between."""
        data, c, t = self.data, self.c, self.t
        eta = base + self.offset(self.border)
        at_least = self._at_least(eta, self.thresholds).T
        squared = (self.slope_of**2)[:, None, None]
        each = squared * (
            np.minimum(at_least[:, :, None], at_least[:, None, :]) - at_least[:, :, None] * at_least[:, None, :]
        )
        design = np.zeros((data.size, c + t))
        design[np.arange(data.size), data.competency] = 1
        design[np.arange(data.size), c + data.station] = 1
        size = c + t + self.k - 1
        out = np.zeros((size, size))
        out[: c + t, : c + t] = design.T @ (design * each.sum(axis=(1, 2))[:, None])
        out[: c + t, c + t :] = design.T @ each.sum(axis=2)
        out[c + t :, : c + t] = out[: c + t, c + t :].T
        out[c + t :, c + t :] = each.sum(axis=0)
        return out + np.diag(self._border_precision())

    def refresh_border(self) -> None:
        base = self.theta[self.data.candidate, self.data.competency] + self.u[self.data.pair]
        self._covariance = np.linalg.inv(self._border_information(base))
        self._factor = np.linalg.cholesky(self._covariance)
        self._information = np.linalg.inv(self._covariance)

    def _difficulties_and_thresholds(self) -> None:
        base = self.theta[self.data.candidate, self.data.competency] + self.u[self.data.pair]
        here, gradient = self._border_terms(self.border, base)
        centre = self.border + self._covariance @ gradient
        fresh = centre + self._factor @ self.rng.standard_normal(len(centre))
        there, back = self._border_terms(fresh, base)
        centre_back = fresh + self._covariance @ back
        forth = (fresh - centre) @ self._information @ (fresh - centre)
        again = (self.border - centre_back) @ self._information @ (self.border - centre_back)
        if np.log(self.rng.random()) < there - here + 0.5 * (forth - again):
            self.border = fresh

    def _interviewers_given_halo(self) -> None:
        """Severity and discrimination of every interviewer at once, each accepted by itself; halo stays as it is."""
        data, rng = self.data, self.rng
        base = self.theta[data.candidate, data.competency] + self.offset(self.border)
        here = log_likelihood(base + self.u[data.pair], self.slope_of, self.thresholds, data.level)
        ratings = np.bincount(data.interviewer, minlength=self.j)
        for severity_too in (True, False):
            step = np.zeros(self.j)
            step_slope = np.zeros(self.j)
            if severity_too:
                step = rng.standard_normal(self.j) * 2.4 / np.sqrt(0.6 * ratings + self.severity_sd**-2)
            else:
                step_slope = rng.standard_normal(self.j) * 2.4 / np.sqrt(0.9 * ratings + self.slope_sd**-2)
            severity, log_slope = self.severity + step, self.log_slope + step_slope
            u = self.u - step[self.of_pair]
            slope_of = np.exp(log_slope)[data.interviewer]
            there = log_likelihood(base + u[data.pair], slope_of, self.thresholds, data.level)
            gain = np.bincount(data.interviewer, there - here, self.j)
            prior = (severity**2 - self.severity**2) / (2 * self.severity_sd**2)
            prior = prior + (log_slope**2 - self.log_slope**2) / (2 * self.slope_sd**2)
            take = np.log(rng.random(self.j)) < gain - prior
            self.severity = np.where(take, severity, self.severity)
            self.log_slope = np.where(take, log_slope, self.log_slope)
            self.u = np.where(take[self.of_pair], u, self.u)
            self.slope_of = np.exp(self.log_slope)[data.interviewer]
            here = np.where(take[data.interviewer], there, here)

    def _halo_scale(self) -> None:
        """Scale every halo and its spread together: the direction the conjugate draw is slow in."""
        data, rng = self.data, self.rng
        base = self.theta[data.candidate, data.competency] + self.offset(self.border)
        halo = self.u + self.severity[self.of_pair]
        factor = float(np.exp(self.steps[0] * rng.standard_normal()))
        u = factor * halo - self.severity[self.of_pair]
        here = log_likelihood(base + self.u[data.pair], self.slope_of, self.thresholds, data.level).sum()
        there = log_likelihood(base + u[data.pair], self.slope_of, self.thresholds, data.level).sum()
        # With halo / sd held, only the prior of the spread (on the logarithm) counts.
        prior = _log_spread(self.halo_sd * factor, priors.HALO_SD) - _log_spread(self.halo_sd, priors.HALO_SD)
        taken = bool(np.log(rng.random()) < there - here + prior)
        if taken:
            self.u, self.halo_sd = u, self.halo_sd * factor
        self.steps[0] = _adapted(self.steps[0], taken=taken)

    def _positions_scale(self) -> None:
        """Scale all positions with their covariance, which is drawn around `scale_variance`."""
        data, rng = self.data, self.rng
        base = self.u[data.pair] + self.offset(self.border)
        position = self.theta[data.candidate, data.competency]
        factor = float(np.exp(self.steps[1] * rng.standard_normal()))
        here = log_likelihood(base + position, self.slope_of, self.thresholds, data.level).sum()
        there = log_likelihood(base + factor * position, self.slope_of, self.thresholds, data.level).sum()
        prior = _log_scale(self.scale_variance * factor**2) - _log_scale(self.scale_variance)
        taken = bool(np.log(rng.random()) < there - here + prior)
        if taken:
            self.theta, self.mode = factor * self.theta, factor * self.mode
            self.sigma, self.scale_variance = factor**2 * self.sigma, factor**2 * self.scale_variance
        self.steps[1] = _adapted(self.steps[1], taken=taken)

    def _unit(self) -> None:
        """Change the unit of everything at once: the likelihood stays as it is, only priors notice."""
        factor = float(np.exp(self.steps[2] * self.rng.standard_normal()))
        border, log_slope = factor * self.border, self.log_slope - np.log(factor)
        off, off_now = border - self._border_centre(), self.border - self._border_centre()
        weight = self._border_precision()
        change = 0.5 * float((off_now**2 * weight).sum() - (off**2 * weight).sum()) + len(border) * np.log(factor)
        change += float((self.log_slope**2).sum() - (log_slope**2).sum()) / (2 * self.slope_sd**2)
        for sd, published in ((self.halo_sd, priors.HALO_SD), (self.severity_sd, priors.SEVERITY_SD)):
            change += _log_spread(sd * factor, published) - _log_spread(sd, published)
        change += _log_scale(self.scale_variance * factor**2) - _log_scale(self.scale_variance)
        taken = bool(np.log(self.rng.random()) < change)
        if taken:
            self.border, self.log_slope = border, log_slope
            self.theta, self.u, self.severity = factor * self.theta, factor * self.u, factor * self.severity
            self.mode, self.mode_u = factor * self.mode, factor * self.mode_u
            self.halo_sd, self.severity_sd = factor * self.halo_sd, factor * self.severity_sd
            self.sigma, self.scale_variance = factor**2 * self.sigma, factor**2 * self.scale_variance
            self.slope_of = np.exp(self.log_slope)[self.data.interviewer]
        self.steps[2] = _adapted(self.steps[2], taken=taken)

    def _variances(self) -> None:
        rng = self.rng
        halo = self.u + self.severity[self.of_pair]
        severity, slopes = self.severity, self.log_slope
        stations = self.border[self.c : self.c + self.t]
        self.halo_sd = _spread(rng, self.halo_sd, float(halo @ halo), self.p, priors.HALO_SD)
        self.severity_sd = _spread(rng, self.severity_sd, float(severity @ severity), self.j, priors.SEVERITY_SD)
        self.slope_sd = _spread(rng, self.slope_sd, float(slopes @ slopes), self.j, priors.DISCRIMINATION_SD)
        self.station_sd = _spread(rng, self.station_sd, float(stations @ stations), self.t, priors.STATION_SD)
        self._covariance_of_candidates()

    def _covariance_of_candidates(self) -> None:
        """Inverse Wishart around one common correlation; that correlation and variance are drawn as well."""
        rng, c = self.rng, self.c
        degrees = priors.WEIGHT_OF_COVARIANCE + c + 1
        weight = priors.WEIGHT_OF_COVARIANCE
        inverse = np.linalg.inv(self.sigma)
        trace, total = float(np.trace(inverse)), float(inverse.sum())
        if c > 1:
            rho = _CORRELATIONS[(c - 1) * _CORRELATIONS > -0.9]
            determinant = (c - 1) * np.log1p(-rho) + np.log1p((c - 1) * rho)
            fit = weight * self.scale_variance * ((1 - rho) * trace + rho * total)
            log = degrees / 2 * determinant - fit / 2
            chance = np.exp(log - log.max()).cumsum()
            self.scale_correlation = float(rho[np.searchsorted(chance, rng.random() * chance[-1])])
        common = priors.common_correlation(c, 1.0, self.scale_correlation)
        rate = weight * float((common * inverse).sum()) / 2 + 2.0
        self.scale_variance = float(rng.gamma(degrees * c / 2 + 2.0) / rate)
        scatter = weight * self.scale_variance * common + self.theta.T @ self.theta
        self.sigma = _inverse_wishart(rng, degrees + self.n, scatter)


def _inverse_wishart(rng: np.random.Generator, degrees: float, scatter: Floats) -> Floats:
    """By Bartlett's decomposition of the Wishart of the inverse."""
    size = len(scatter)
    factor = np.linalg.cholesky(np.linalg.inv(scatter))
    lower = np.tril(rng.standard_normal((size, size)), -1)
    lower[range(size), range(size)] = np.sqrt(rng.chisquare(degrees - np.arange(size)))
    root = factor @ lower
    return np.asarray(np.linalg.inv(root @ root.T))


def sample(data: RatingData, *, sweeps: int, burn_in: int, seed: int, progress: Progress | None = None) -> Draws:
    """`sweeps` draws after `burn_in`. Needs at least one rating. `progress(done, total)` is called now and then."""
    chain = _Chain(data, np.random.default_rng(seed))
    kept: dict[str, list[Floats]] = {name: [] for name in Draws.__dataclass_fields__ if name != "acceptance"}
    accepted = 0.0
    total = burn_in + sweeps
    for place in range(total):
        if place % 100 == 0 or (place < 100 and place % 10 == 0):
            chain.refresh_border()
        chain.sweep()
        if progress is not None and place % 25 == 0:
            progress(place, total)
        if place < burn_in:
            continue
        accepted += chain.accepted
        kept["severity"].append(chain.severity)
        kept["log_slope"].append(chain.log_slope)
        kept["difficulty"].append(chain.border[: chain.c])
        kept["station"].append(chain.border[chain.c : chain.c + chain.t])
        kept["thresholds"].append(chain.thresholds)
        kept["covariance"].append(chain.sigma)
        kept["severity_sd"].append(np.array(chain.severity_sd))
        kept["halo_sd"].append(np.array(chain.halo_sd))
        kept["station_sd"].append(np.array(chain.station_sd))
        kept["slope_sd"].append(np.array(chain.slope_sd))
    if progress is not None:
        progress(total, total)
    return Draws(**{name: np.array(values) for name, values in kept.items()}, acceptance=accepted / max(sweeps, 1))
