"""Severity in the words of the scale: how many levels higher or lower somebody gives than colleagues would."""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtri

from apps.debriefs.core.habits.measured import LEVEL_OF_INTERVALS, Measured
from apps.debriefs.core.ratings.likelihood import expected_and_variance

_FARTHEST = 30.0  # logits; beyond, everybody gets the outermost level


def shift(thresholds: Sequence[float], *, severity: float, se: float, candidates: int) -> Measured:
    """Of a severity in logits (positive: harsher) the levels given more (positive) or less than colleagues would give.

    Said for a candidate in the middle of the scale, who gets from the average interviewer the level half way between
    the lowest and the highest: E[level | middle - severity] - E[level | middle], in the model of one rating with these
    thresholds (K-1,). At the ends of the scale a severity makes less of a difference.
    """
    reach = float(ndtri((1 + LEVEL_OF_INTERVALS) / 2)) * se
    ends = shift_of(thresholds, severity + reach), shift_of(thresholds, severity - reach)
    return Measured(shift_of(thresholds, severity), *ends, n=candidates)


def shift_of(thresholds: Sequence[float], severity: float) -> float:
    middle = middle_of(thresholds)
    return expected_level(thresholds, middle - severity) - expected_level(thresholds, middle)


def middle_of(thresholds: Sequence[float]) -> float:
    """The position, in logits, at which an average interviewer gives the middle of the scale on average."""
    half = len(thresholds) / 2
    return float(brentq(lambda at: expected_level(thresholds, at) - half, -_FARTHEST, _FARTHEST))


def expected_level(thresholds: Sequence[float], position: float) -> float:
    """Counted from 0 for the lowest level."""
    level, _ = expected_and_variance(np.array([position]), np.ones(1), np.array(thresholds, dtype=float))
    return float(level[0])
