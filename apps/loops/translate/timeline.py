"""The candidate's days as strips to draw."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from apps.loops.core.days import Day


@dataclass(frozen=True)
class Bar:
    """One station on its day: minutes after the beginning, and where to draw it in per cent of the strip's width."""

    place: int
    station: str
    start: int
    end: int
    left: float
    width: float

    @property
    def middle(self) -> float:
        return self.left + self.width / 2


@dataclass(frozen=True)
class DayStrip:
    """One day. All strips have one scale: the longest day fills the width."""

    number: int
    minutes: int
    end: int
    bars: tuple[Bar, ...]


def day_strips(days: Sequence[Day], titles: Sequence[str]) -> tuple[DayStrip, ...]:
    """`titles` are the stations' names in the plan's order."""
    longest = max((day.end for day in days), default=0)
    places = zip(count(1), titles, strict=False)
    return tuple(
        DayStrip(
            number=number,
            minutes=day.minutes,
            end=day.end,
            bars=tuple(
                Bar(
                    place=place,
                    station=title,
                    start=slot.start,
                    end=slot.end,
                    left=100 * slot.start / longest,
                    width=100 * (slot.end - slot.start) / longest,
                )
                for slot, (place, title) in zip(day.slots, places, strict=False)
            ),
        )
        for number, day in enumerate(days, start=1)
    )
