"""How much of a station's information is left since its last review.

f = 2 ** (-m / h), m months since the review and h the half-life in months (SCIENCE.md, end of section A).
"""

import datetime as dt
from dataclasses import dataclass

DAYS_A_MONTH = 365.25 / 12


def age_in_months(reviewed_on: dt.date, today: dt.date) -> float:
    """Months from the review to today; a review in the future counts as today (0)."""
    return max((today - reviewed_on).days, 0) / DAYS_A_MONTH


def freshness(age_months: float, half_life_months: float) -> float:
    """The share (0 to 1) of a station's information that is left."""
    return 2.0 ** (-age_months / half_life_months)


@dataclass(frozen=True)
class Freshness:
    """How fresh a station is on one day: months since its review and its half-life in months."""

    age_months: float
    half_life_months: float

    @property
    def share(self) -> float:
        """The share (0 to 1) of its information that is left."""
        return freshness(self.age_months, self.half_life_months)

    @property
    def is_stale(self) -> bool:
        """Half of it or more is gone: time to review it."""
        return self.age_months >= self.half_life_months

    @property
    def months_left(self) -> float:
        """Months until half of it is gone; 0 afterwards."""
        return max(self.half_life_months - self.age_months, 0.0)

    @property
    def months_overdue(self) -> float:
        """Months since half of it was gone; 0 before."""
        return max(self.age_months - self.half_life_months, 0.0)
