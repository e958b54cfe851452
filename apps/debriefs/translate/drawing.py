"""Places in a drawing: numbers to per cent of its width. Templates draw, they do not compute."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from apps.debriefs.core.habits.measured import Measured


@dataclass(frozen=True)
class Interval:
    """An interval as a drawing has it: places in per cent of the width."""

    low: float
    at: float
    high: float

    @property
    def width(self) -> float:
        return self.high - self.low


@dataclass(frozen=True)
class Tick:
    at: float
    value: float


@dataclass(frozen=True)
class Axis:
    """A scale drawn from 6 % to 94 % of the width: the numbers below its ends need the room."""

    low: float
    high: float
    values: tuple[float, ...]

    def place(self, value: float) -> float:
        return 6 + 88 * (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)

    def interval(self, found: Measured) -> Interval:
        return Interval(self.place(found.low), self.place(found.value), self.place(found.high))

    @property
    def ticks(self) -> tuple[Tick, ...]:
        return tuple(Tick(self.place(value), value) for value in self.values)


def levels_axis(found: Sequence[Measured]) -> Axis:
    """Around 0, one level to either side, or more halves of a level where somebody's interval needs them."""
    farthest = max([1.0, *(max(-one.low, one.high) for one in found)])
    reach = math.ceil(farthest * 2) / 2
    return Axis(-reach, reach, (-reach, -reach / 2, 0, reach / 2, reach))
