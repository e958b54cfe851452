"""The figures of a plan taken apart: each number of its page as the terms it is made of (SCIENCE.md A.1).

Facts only; how a formula is written is the templates'.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from apps.library.models import StationVersion
from apps.loops.core import information as info
from apps.loops.core.problem import CompetencyNeed, StationOption


@dataclass(frozen=True)
class StationTerm:
    """What one station tells about one competency: I = rho / (1 - rho) * panel * freshness.

    `panel` is (ps + pr,e) / (ps + pr,e / n) for n interviewers in the room; 1 for one.
    """

    place: int
    station: str
    rho: float
    interviewers: int
    age_months: float
    half_life_months: float | None
    is_pilot: bool
    is_active: bool

    @property
    def single(self) -> float:
        """Information of one rating on the day of the review."""
        return info.rating_information(self.rho)

    @property
    def panel(self) -> float:
        return info.rating_information(self.rho, self.interviewers) / self.single

    @property
    def freshness(self) -> float:
        return info.freshness(self.age_months, self.half_life_months)

    @property
    def information(self) -> float:
        return info.rating_information(self.rho, self.interviewers) * self.freshness

    @property
    def reliability(self) -> float:
        """R of this station alone, today."""
        return info.reliability(self.information)

    @property
    def is_signal(self) -> bool:
        """Counts as an independent signal if somebody of its own can hold it."""
        return info.is_signal(self.information) and self.is_active


@dataclass(frozen=True)
class CostTerm:
    """What one station costs: the candidate's minutes, and interviewers * (minutes + preparation)."""

    place: int
    station: str
    minutes: int
    interviewers: int
    preparation: int

    @property
    def interviewer_minutes(self) -> int:
        return self.interviewers * (self.minutes + self.preparation)


@dataclass(frozen=True)
class ExplainedTerm:
    """One competency's part in the variance of the hiring composite, sum of w_c T_c.

    before: w_c (Phi w)_c, its part when nothing is known; left: w_c (M w)_c, what is left when the loop's ratings are.
    """

    competency: str
    weight: float
    information: float
    before: float
    left: float


@dataclass(frozen=True)
class ExplainedSum:
    """R2_loop = 1 - sum of left / sum of before."""

    correlation: float
    terms: tuple[ExplainedTerm, ...]

    @property
    def before(self) -> float:
        return sum(term.before for term in self.terms)

    @property
    def left(self) -> float:
        return sum(term.left for term in self.terms)

    @property
    def explained(self) -> float:
        return 1 - self.left / self.before if self.terms else 0.0


@dataclass(frozen=True)
class ValidityTerms:
    """Expected validity = v_one / sqrt(rho_one) * sqrt(R2), at most .67."""

    explained: float
    of_one: float = info.VALIDITY_OF_ONE
    reliability_of_one: float = info.RELIABILITY_OF_ONE
    highest: float = info.HIGHEST_VALIDITY

    @property
    def true(self) -> float:
        return self.of_one / float(np.sqrt(self.reliability_of_one))

    @property
    def root(self) -> float:
        return float(np.sqrt(self.explained))

    @property
    def product(self) -> float:
        return self.true * self.root

    @property
    def expected(self) -> float:
        return info.expected_validity(self.explained)

    @property
    def is_capped(self) -> bool:
        return self.product > self.highest


def station_term(place: int, name: str, option: StationOption, competency: str) -> StationTerm | None:
    """None where the station does not measure the competency."""
    rho = option.measures.get(competency)
    if rho is None:
        return None
    return StationTerm(
        place=place,
        station=name,
        rho=rho,
        interviewers=option.interviewers,
        age_months=option.age_months,
        half_life_months=option.half_life_months,
        is_pilot=option.is_pilot,
        is_active=option.state == "active",
    )


def cost_term(place: int, version: StationVersion) -> CostTerm:
    return CostTerm(place, version.name, version.minutes, version.interviewers, version.preparation_minutes)


def explained_sum(
    needs: Sequence[CompetencyNeed], names: Sequence[str], information: Sequence[float], correlation: float
) -> ExplainedSum:
    """R2_loop term by term. M w = (Phi^-1 + diag D)^-1 w = (I + Phi diag D)^-1 Phi w."""
    weights = np.array([need.weight for need in needs], dtype=np.float64)
    amounts = np.array(information, dtype=np.float64)
    phi = np.full((len(weights), len(weights)), correlation)
    np.fill_diagonal(phi, 1.0)
    before = phi @ weights
    left = np.linalg.solve(np.eye(len(weights)) + phi * amounts, before)
    return ExplainedSum(
        correlation=correlation,
        terms=tuple(
            ExplainedTerm(name, float(w), float(d), float(w * b), float(w * m))
            for name, w, d, b, m in zip(names, weights, amounts, before, left, strict=True)
        ),
    )
