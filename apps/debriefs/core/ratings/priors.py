"""What the model believes before it has seen a rating, and where that comes from.

Standard deviations in logits. They are the published picture of interviews, not a guess at ours: with them, one
interviewer's mean over six competencies agrees with another's at .46, and the meta-analysis of separate interviews
found .44 (Huffcutt, Culbertson & Weyhrauch 2013, 125 coefficients). A test computes the .46.
"""

from dataclasses import dataclass

import numpy as np

from apps.debriefs.core.ratings.data import Floats

LEAST_CANDIDATES = 30
"""Below so many rated candidates the variances are the published ones: too few to estimate them from."""


@dataclass(frozen=True)
class Variances:
    """The spread of candidates, interviewers, halo and stations.

    `candidate` is the (C, C) covariance of positions over competencies; the others are standard deviations: of
    severities, of halo (what one interviewer sees in one candidate on every competency alike), of station
    difficulties, and of the logarithm of discriminations.
    """

    candidate: Floats
    severity: float
    halo: float
    station: float
    discrimination: float


CANDIDATE_SD = 1.0
CORRELATION = 0.6
SEVERITY_SD = 0.5
HALO_SD = 0.5
STATION_SD = 0.3
DISCRIMINATION_SD = 0.25
DIFFICULTY_SD = 0.7
THRESHOLD_SD = 1.0
OUTERMOST_THRESHOLD = 1.8

WEIGHT_OF_COVARIANCE = 20.0
"""Degrees of freedom (beyond C + 1) with which competencies' covariances keep to one common correlation."""


def published_variances(competencies: int) -> Variances:
    """The published spreads for so many competencies, each two correlated alike."""
    return Variances(
        candidate=common_correlation(competencies, CANDIDATE_SD**2, CORRELATION),
        severity=SEVERITY_SD,
        halo=HALO_SD,
        station=STATION_SD,
        discrimination=0.0,
    )


def common_correlation(size: int, variance: float, correlation: float) -> Floats:
    return np.asarray(variance * ((1 - correlation) * np.eye(size) + correlation))


def prior_thresholds(categories: int) -> Floats:
    """(K-1,) evenly spaced around zero; for four levels -1.8, 0, 1.8."""
    if categories == 2:
        return np.zeros(1)
    return np.linspace(-OUTERMOST_THRESHOLD, OUTERMOST_THRESHOLD, categories - 1)
