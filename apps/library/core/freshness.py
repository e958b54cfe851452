"""How much of a station's information is left since its last review.

f = 2 ** (-m / h), m months since the review and h the half-life in months (SCIENCE.md, end of section A).
"""

import datetime as dt

DAYS_A_MONTH = 365.25 / 12


def age_in_months(reviewed_on: dt.date, today: dt.date) -> float:
    """Months from the review to today; a review in the future counts as today (0)."""
    return max((today - reviewed_on).days, 0) / DAYS_A_MONTH


def freshness(age_months: float, half_life_months: float) -> float:
    """The share (0 to 1) of a station's information that is left."""
    return 2.0 ** (-age_months / half_life_months)
