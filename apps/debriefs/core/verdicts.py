"""Certainty in words, positions in levels, and when one more station is worth asking for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from itertools import pairwise

import numpy as np

OUTERMOST_ZONE = 2.2
"""How wide, in logits, the lowest and the highest level's zones are taken to be: they have no outer edge."""
WORTH_A_STATION = 0.02
"""Bits below which one more station would tell too little to be named."""
SURE = 0.9


class Verdict(Enum):
    """How probable it is that a bar is met. UNSEEN: nobody rated it, so a number would only be a guess."""

    VERY_LIKELY = "very_likely"
    PROBABLY = "probably"
    OPEN = "open"
    PROBABLY_NOT = "probably_not"
    VERY_UNLIKELY = "very_unlikely"
    UNSEEN = "unseen"

    @property
    def is_above(self) -> bool:
        return self in (Verdict.VERY_LIKELY, Verdict.PROBABLY)

    @property
    def is_below(self) -> bool:
        return self in (Verdict.PROBABLY_NOT, Verdict.VERY_UNLIKELY)


def verdict(chance: float, *, ratings: int = 1) -> Verdict:
    """In whole per cent, as it is printed: from 90 very likely, from 70 probably, from 30 open, from 10 probably not.

    Raises ValueError for what is no probability.
    """
    if not 0.0 <= chance <= 1.0:
        raise ValueError(f"a probability lies between 0 and 1, not {chance}")
    if not ratings:
        return Verdict.UNSEEN
    percent = round(100 * chance)
    if percent >= 90:
        return Verdict.VERY_LIKELY
    if percent >= 70:
        return Verdict.PROBABLY
    if percent >= 30:
        return Verdict.OPEN
    return Verdict.PROBABLY_NOT if percent >= 10 else Verdict.VERY_UNLIKELY


def is_contested(said: Verdict, *, mean_is_below: bool) -> bool:
    """Whether what the model says and the plain mean of the levels point in two directions.

    The model also weighs other candidates and severities; neither may hide the other.
    """
    return said.is_above if mean_is_below else said.is_below


def is_met(chance: float) -> bool:
    """More probable than not, in whole per cent as it is printed: from 50 % on."""
    return round(100 * chance) >= 50


class Tone(Enum):
    """The one colour a bar is shown in."""

    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


def tone(said: Verdict, *, all_below: bool, mean_is_below: bool) -> Tone:
    """Below if everybody's level is, whatever the model adds; unsure where nobody rated it, it is open, or the mean of
    the levels and the model point in two directions."""
    if all_below:
        return Tone.BAD
    if said in (Verdict.UNSEEN, Verdict.OPEN) or is_contested(said, mean_is_below=mean_is_below):
        return Tone.WARN
    return Tone.BAD if said.is_below else Tone.GOOD


def by_chance_in(chance: float, ratings: int) -> float:
    """The share of panels of so many ratings with at least one that is as improbable as `chance`: 1 - (1 - p)^n."""
    return float(1 - (1 - chance) ** ratings)


def all_met(met: Iterable[bool | None]) -> bool | None:
    """Whether every bar is met: False if one is not, None if one is open and none is missed."""
    found = list(met)
    if False in found:
        return False
    return None if None in found else True


def is_sure(chance: float) -> bool:
    """Whether the bar is met, or missed, as good as certainly."""
    return max(chance, 1 - chance) >= SURE


@dataclass(frozen=True)
class Zones:
    """Where each level has its zone on the axis of positions (logits).

    `edges`: for each level the position from which on an average interviewer gives it or more, minus infinity for the
    lowest (`reading.bar_positions`). Raises ValueError for fewer than two levels or edges that do not rise.
    """

    edges: Mapping[int, float]

    def __post_init__(self) -> None:
        cuts = self._cuts
        if len(self.edges) < 2 or self.edges[min(self.edges)] != float("-inf"):
            raise ValueError("zones need two levels or more, and the lowest has no edge")
        if any(one >= other for one, other in pairwise(cuts)):
            raise ValueError("the edges of zones rise with the levels")

    @property
    def levels(self) -> tuple[int, ...]:
        return tuple(sorted(self.edges))

    @cached_property
    def _cuts(self) -> tuple[float, ...]:
        return tuple(self.edges[level] for level in self.levels[1:])

    @property
    def low(self) -> float:
        """Where the axis begins."""
        return self._cuts[0] - OUTERMOST_ZONE

    @property
    def high(self) -> float:
        """Where the axis ends."""
        return self._cuts[-1] + OUTERMOST_ZONE

    def bounds(self, level: int) -> tuple[float, float]:
        ends = (self.low, *self._cuts, self.high)
        at = self.levels.index(level)
        return ends[at], ends[at + 1]

    def middle(self, level: int) -> float:
        begin, end = self.bounds(level)
        return (begin + end) / 2

    def level_at(self, position: float) -> int:
        """The level whose zone holds this position; an edge belongs to the higher level."""
        return self.levels[sum(position >= cut for cut in self._cuts)]

    def in_levels(self, position: float) -> float:
        """The position read as a level: whole in the middle of a zone, a half at its edges, straight in between.

        So a bar of 3 begins at 2.5. Beyond the middle of an outermost zone it stays at that level.
        """
        places = [self.middle(self.levels[0])]
        read = [float(self.levels[0])]
        for level, cut in zip(self.levels[1:], self._cuts, strict=True):
            places += [cut, self.middle(level)]
            read += [level - 0.5, float(level)]
        return float(np.interp(position, places, read))
