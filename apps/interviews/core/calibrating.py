"""How the interviewers of a station rated one calibration item: the spread of each competency, own against others."""

import statistics
from collections.abc import Mapping
from dataclasses import dataclass

from apps.interviews.core.entries import LEVELS


@dataclass(frozen=True)
class Spread:
    """One competency. `counts`: how many gave each level, from 1 to 4; `none`: how many found no evidence.

    `own` is the reader's level (None: none given, or no evidence); `others` the median of all others' levels, without
    those who found no evidence (None: nobody else gave one). The median of an even number is the mean of the two in
    the middle.
    """

    counts: tuple[int, ...]
    none: int
    own: int | None
    others: float | None

    @property
    def n(self) -> int:
        return sum(self.counts) + self.none

    @property
    def apart(self) -> float | None:
        """Own level less the others' median: above 0 is softer than they are."""
        return None if self.own is None or self.others is None else self.own - self.others


def spread(given: Mapping[int, int | None], *, reader: int) -> Spread:
    """The spread of levels by who gave them (None: no evidence), as `reader` sees it."""
    levels = [level for level in given.values() if level is not None]
    others = [level for person, level in given.items() if level is not None and person != reader]
    return Spread(
        counts=tuple(levels.count(level) for level in LEVELS),
        none=len(given) - len(levels),
        own=given.get(reader),
        others=float(statistics.median(others)) if others else None,
    )
