"""The adjacent-category (rating scale) model of one rating.

    P(level = k) is proportional to exp(sum over l <= k of a (eta - tau_l)),   k = 0..K-1,

with eta the candidate's position as this interviewer in this station would see it, `a` the interviewer's
discrimination and tau_1..tau_{K-1} the thresholds: at eta = tau_k levels k-1 and k are equally likely (Andrich 1978;
many-facet form Linacre 1989). All positions are logits.
"""

from dataclasses import dataclass

import numpy as np

from apps.debriefs.core.ratings.data import Floats, Ints


@dataclass(frozen=True)
class Terms:
    """Per rating: log-likelihood, and first and (expected = observed) second derivative with respect to eta.

    `gradient` = a (k - E[k]); `information` = a^2 Var[k].
    """

    log: Floats
    gradient: Floats
    information: Floats


def _weights(eta: Floats, slope: Floats, thresholds: Floats) -> tuple[Floats, Floats, Floats]:
    """(K, n) weights up to a common factor a rating, their (n,) sums, and the (n,) logarithm of that factor."""
    logits = np.zeros((len(thresholds) + 1, len(eta)))
    scaled = slope * eta
    for k, threshold in enumerate(thresholds, start=1):
        np.subtract(scaled, slope * threshold, out=logits[k])
        logits[k] += logits[k - 1]
    top = logits.max(axis=0)
    logits -= top
    np.exp(logits, out=logits)
    return logits, logits.sum(axis=0), top


def _chosen(eta: Floats, slope: Floats, thresholds: Floats, level: Ints) -> Floats:
    upper = np.concatenate([[0.0], np.cumsum(thresholds)])
    return np.asarray(slope * (eta * level - upper[level]))


def probabilities(eta: Floats, slope: Floats, thresholds: Floats) -> Floats:
    """(n,) positions and slopes, (K-1,) thresholds -> (K, n) probabilities, a column for each rating."""
    weight, norm, _ = _weights(eta, slope, thresholds)
    weight /= norm
    return weight


def log_likelihood(eta: Floats, slope: Floats, thresholds: Floats, level: Ints) -> Floats:
    """(n,) log P(level)."""
    _, norm, top = _weights(eta, slope, thresholds)
    return np.asarray(_chosen(eta, slope, thresholds, level) - top - np.log(norm))


def terms(eta: Floats, slope: Floats, thresholds: Floats, level: Ints) -> Terms:
    weight, norm, top = _weights(eta, slope, thresholds)
    count = np.arange(len(weight), dtype=float)
    mean = count @ weight / norm
    square = (count * count) @ weight / norm
    return Terms(
        log=_chosen(eta, slope, thresholds, level) - top - np.log(norm),
        gradient=slope * (level - mean),
        information=slope * slope * np.maximum(square - mean * mean, 1e-12),
    )


def expected_and_variance(eta: Floats, slope: Floats, thresholds: Floats) -> tuple[Floats, Floats]:
    """(n,) expected level (from 0) and its variance."""
    chance = probabilities(eta, slope, thresholds)
    count = np.arange(len(chance), dtype=float)
    mean = count @ chance
    return mean, (count * count) @ chance - mean * mean


def thurstone_thresholds(thresholds: Floats) -> Floats:
    """(K-1,) positions at which an average interviewer gives level k or higher with probability one half."""
    low, high = np.full(len(thresholds), -60.0), np.full(len(thresholds), 60.0)
    for _ in range(80):
        middle = (low + high) / 2
        chance = probabilities(middle, np.ones_like(middle), thresholds)
        reached = np.array([chance[k + 1 :, k].sum() >= 0.5 for k in range(len(thresholds))])
        high, low = np.where(reached, middle, high), np.where(reached, low, middle)
    return np.asarray((low + high) / 2)
