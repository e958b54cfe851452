"""What somebody could practise, each for a reason that the numbers give; no number, no hint."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from apps.debriefs.core.habits.drift import Period, has_drifted
from apps.debriefs.core.habits.measured import Measured
from apps.debriefs.core.habits.ratings import Habits
from apps.debriefs.core.ratings.calibration import LEAST_HISTORY, InterviewerEstimate, Withheld

HALF_A_LEVEL = 0.5
NOISY = 1.5
"""Infit above this is more noise than is good for measurement (Linacre)."""
MOST_WITH_WORDS, MOST_ON_TIME = 0.8, 0.8


class Hint(Enum):
    """In the order in which they are worth doing."""

    SHORT_HISTORY = "short_history"
    NOT_CONNECTED = "not_connected"
    LOWER = "lower"
    HIGHER = "higher"
    DRIFT = "drift"
    NARROW = "narrow"
    HALO = "halo"
    NOISY = "noisy"
    WORDS = "words"
    LATE = "late"


@dataclass(frozen=True)
class Facts:
    """What the hints are drawn from; None is what cannot be said yet."""

    estimate: InterviewerEstimate | None
    shift: Measured | None
    habits: Habits
    periods: Sequence[Period]
    on_time: Measured | None


def hints(facts: Facts) -> tuple[Hint, ...]:
    """A hint needs an interval that leaves chance out: wholly on one side, or wholly below what is aimed at."""
    estimate, shift, habits = facts.estimate, facts.shift, facts.habits
    rated = max(habits.candidates, 0 if estimate is None else estimate.candidates)
    says = {
        Hint.SHORT_HISTORY: rated < LEAST_HISTORY,
        Hint.NOT_CONNECTED: estimate is not None and estimate.withheld is Withheld.NOT_CONNECTED,
        Hint.LOWER: shift is not None and shift.is_below and shift.value <= -HALF_A_LEVEL,
        Hint.HIGHER: shift is not None and shift.is_above and shift.value >= HALF_A_LEVEL,
        Hint.DRIFT: has_drifted(facts.periods),
        Hint.NARROW: habits.spread is not None and habits.spread.apart.is_below,
        Hint.HALO: habits.within is not None and habits.within.apart.is_below,
        Hint.NOISY: shift is not None and estimate is not None and (estimate.infit or 0.0) > NOISY,
        Hint.WORDS: habits.words is not None and habits.words.high < MOST_WITH_WORDS,
        Hint.LATE: facts.on_time is not None and facts.on_time.high < MOST_ON_TIME,
    }
    return tuple(hint for hint in Hint if says[hint])
