"""What all agreement statistics share: how a table is read, and what a coefficient is."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from numbers import Real
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]
Row = Sequence[float | None]
Table = Sequence[Row]


class Undefined(Enum):
    """Why a statistic has no value. Honest data can lead to each of these."""

    EMPTY = "empty"  # no ratings
    ONE_UNIT = "one_unit"  # one candidate only: nobody to tell apart
    ONE_RATER = "one_rater"
    NO_OVERLAP = "no_overlap"  # no unit was rated twice
    NO_VARIATION = "no_variation"  # everybody gave the same level: agreement cannot be told from habit
    TOO_FEW_SHARED = "too_few_shared"  # fewer shared units than asked for
    DISCONNECTED = "disconnected"  # the panel falls into parts that share nobody
    NO_ERROR_LEFT = "no_error_left"  # no degrees of freedom for the residual
    INCOMPLETE = "incomplete"  # defined only where everybody rated everybody


@dataclass(frozen=True)
class Coefficient:
    """One statistic: its value, standard error and interval at `confidence`, or None and the reason.

    `units`, `raters`, `ratings`: how many entered. The interval may be None where the value is not.
    """

    value: float | None
    se: float | None = None
    low: float | None = None
    high: float | None = None
    confidence: float = 0.95
    units: int = 0
    raters: int = 0
    ratings: int = 0
    reason: Undefined | None = None


def read_table(table: Table) -> Floats:
    """Units by raters as an array, shape (units, raters), NaN where missing (None or NaN came in).

    Raises ValueError if the rows differ in length or an entry is neither missing nor a finite number.
    """
    rows = [list(row) for row in table]
    if len({len(row) for row in rows}) > 1:
        raise ValueError("every row of the table must have one entry per rater")
    values = np.array([[_number(entry) for entry in row] for row in rows], dtype=float)
    return values.reshape(len(rows), len(rows[0]) if rows else 0)


def read_pair(a: Row, b: Row) -> tuple[Floats, Floats]:
    """Two raters' levels as arrays with NaN where missing; raises ValueError as `read_table` does."""
    if len(a) != len(b):
        raise ValueError("both raters must have one entry per unit")
    return np.array([_number(x) for x in a], dtype=float), np.array([_number(x) for x in b], dtype=float)


def _number(entry: object) -> float:
    if entry is None:
        return float("nan")
    if isinstance(entry, bool | np.bool_) or not isinstance(entry, Real):
        raise ValueError(f"a level is a number, not {entry!r}")
    number = float(entry)
    if np.isinf(number):
        raise ValueError("a level must be finite")
    return number


def check_confidence(confidence: float) -> None:
    if not 0 < confidence < 1:
        raise ValueError("confidence must lie between 0 and 1")


class Sizes(TypedDict):
    units: int
    raters: int
    ratings: int


def counted(values: Floats) -> Sizes:
    """How many units, raters and ratings a table holds, for a Coefficient."""
    present = ~np.isnan(values)
    return {
        "units": int(present.any(axis=1).sum()),
        "raters": int(present.any(axis=0).sum()),
        "ratings": int(present.sum()),
    }


def why_not(values: Floats) -> Undefined | None:
    """The first thing that keeps every agreement statistic from being defined, or None."""
    present = ~np.isnan(values)
    if not present.any():
        return Undefined.EMPTY
    if present.any(axis=0).sum() < 2:
        return Undefined.ONE_RATER
    if present.sum(axis=1).max() < 2:
        return Undefined.NO_OVERLAP
    return None


def normal_interval(value: float, se: float, confidence: float) -> tuple[float, float]:
    """value +/- z se, no further than -1 and 1."""
    z = float(stats.norm.ppf(0.5 + confidence / 2))
    return max(-1.0, value - z * se), min(1.0, value + z * se)


def levels_of(values: Floats, levels: Sequence[float] | None) -> Floats:
    """The scale: the levels named, or those that occur. Raises ValueError if a rating lies outside those named."""
    found = np.unique(values[~np.isnan(values)])
    if levels is None:
        return found
    scale = np.unique(np.array([_number(level) for level in levels], dtype=float))
    if np.isnan(scale).any():
        raise ValueError("levels must not be missing")
    if not np.isin(found, scale).all():
        raise ValueError("a rating lies outside the levels named")
    return scale
