"""What ratings tell: information, reliability and expected validity (SCIENCE.md, sections 0 and A.1).

A competency's true score T_c has mean 0 and variance 1; a station observes it with an error that is independent
across stations. Information is the ratio of true to error variance, so it adds up over stations.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .problem import CompetencyNeed, Problem, StationOption

Vector = NDArray[np.float64]

#: Variance shares of one rating (Huffcutt, Culbertson & Weyhrauch 2013: .44 separate, .74 panel): person,
#: person x station (occasion), person x rater and residual.
SHARE_PERSON, SHARE_STATION, SHARE_RATER = 0.44, 0.30, 0.26
#: Operational validity of one structured interview (Sackett et al. 2022) and its reliability (Huffcutt 2013).
VALIDITY_OF_ONE, RELIABILITY_OF_ONE = 0.42, 0.44
#: Upper limit of a structured interview's validity (Conway, Jako & Goodman 1995).
HIGHEST_VALIDITY = 0.67
#: From this information on an observation counts as a signal. The small allowance forgives floating point.
SIGNAL_INFORMATION = 0.10
SIGNAL_ALLOWANCE = 1e-9


def rating_information(rho: float, raters: int = 1) -> float:
    """Information of one station whose single rating has reliability `rho`, rated by `raters` people in the room.

    I = rho / ((1 - rho) * (ps + pr,e / n) / (ps + pr,e)): the station's own error (ps) is shared by all raters in the
    room, only the raters' error (pr,e) averages out. With n = 1 this is rho / (1 - rho). Source: SCIENCE.md A.1.
    """
    shared, own = SHARE_STATION, SHARE_RATER
    return rho / ((1 - rho) * (shared + own / raters) / (shared + own))


def freshness(age_months: float, half_life_months: float | None) -> float:
    """Share of information left `age_months` after the last review: 2^(-m/h); 1 if the station does not age."""
    return 1.0 if half_life_months is None else float(2.0 ** (-age_months / half_life_months))


def station_information(station: StationOption, competency: str) -> float:
    """I_sc of a station for a competency, freshness included; 0 if the station does not measure it."""
    rho = station.measures.get(competency)
    if rho is None:
        return 0.0
    return rating_information(rho, station.interviewers) * freshness(station.age_months, station.half_life_months)


def is_signal(information: float) -> bool:
    """Whether an observation is informative enough to count as an independent signal (I_sc >= .10)."""
    return information >= SIGNAL_INFORMATION - SIGNAL_ALLOWANCE


def reliability(information: float) -> float:
    """R = D / (1 + D); Spearman-Brown for equal stations. Share of variance, 0 to 1."""
    return information / (1 + information)


def information_for(target_reliability: float) -> float:
    """D = R / (1 - R): the information at which a competency reaches `target_reliability`."""
    return target_reliability / (1 - target_reliability)


def expected_validity(
    r2_loop: float, *, validity_of_one: float = VALIDITY_OF_ONE, reliability_of_one: float = RELIABILITY_OF_ONE
) -> float:
    """Correlation with job performance to expect of a loop: v_true * sqrt(R2), v_true = v_one / sqrt(rho_one).

    Capped at .67. `validity_of_one` and `reliability_of_one` describe a single separate interview; a company with
    evidence of its own passes its own.
    """
    true_validity = validity_of_one / math.sqrt(reliability_of_one)
    return min(HIGHEST_VALIDITY, true_validity * math.sqrt(r2_loop))


class LoopValue:
    """R2_loop and its gradient as functions of the information vector D (one entry per competency).

    R2 = 1 - w'Mw / (w'Phi w) with M = (Phi^-1 + diag D)^-1: the share of the variance of the hiring composite
    sum w_c T_c that the loop explains. Concave and increasing in D; d R2 / d D_c = (Mw)_c^2 / (w'Phi w).
    M is computed as Phi - Phi S (I + S Phi S)^-1 S Phi with S = diag sqrt(D), which stays accurate for any D >= 0.
    """

    def __init__(self, competencies: Sequence[CompetencyNeed], correlation: float) -> None:
        weights = np.array([need.weight for need in competencies], dtype=np.float64)
        self._weights: Vector = weights / weights.max()
        self._phi: Vector = np.full((len(weights), len(weights)), correlation, dtype=np.float64)
        np.fill_diagonal(self._phi, 1.0)
        self._phi_w: Vector = self._phi @ self._weights
        self._total = float(self._weights @ self._phi_w)

    @classmethod
    def of(cls, problem: Problem) -> "LoopValue":
        return cls(problem.competencies, problem.correlation)

    def at(self, information: Vector) -> float:
        """R2_loop, 0 to 1."""
        return 1.0 - float(self._weights @ self._unexplained(information)) / self._total

    def gradient(self, information: Vector) -> Vector:
        """Gain in R2_loop per unit of information, per competency."""
        return np.square(self._unexplained(information)) / self._total

    def _unexplained(self, information: Vector) -> Vector:
        root = np.sqrt(information)
        inner = np.eye(len(root)) + root[:, None] * self._phi * root[None, :]
        correction: Vector = self._phi @ (root * np.linalg.solve(inner, root * self._phi_w))
        return self._phi_w - correction
