"""A given order of stations laid out over the candidate's days, with its breaks. It changes no order."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from .order import BREAK_MINUTES, LONG_BREAK_MINUTES, LONG_DAY_MINUTES, Slot
from .problem import StationOption


@dataclass(frozen=True)
class Day:
    """One day: its stations in order, start and end in minutes after its beginning."""

    slots: tuple[Slot, ...]

    @property
    def end(self) -> int:
        """Minutes from the first start to the last end."""
        return max((slot.end for slot in self.slots), default=0)

    @property
    def minutes(self) -> int:
        """Minutes in stations, without breaks."""
        return sum(slot.end - slot.start for slot in self.slots)

    @property
    def breaks(self) -> tuple[tuple[int, int], ...]:
        """Start and end of each break."""
        return tuple((one.end, two.start) for one, two in pairwise(self.slots))


def lay_out(stations: Sequence[StationOption], *, day_minutes: int | None = None) -> tuple[Day, ...]:
    """The stations as they stand, on one day or, where their minutes exceed `day_minutes` (no breaks), on two.

    Of the cuts that keep both days within the limit, the one with the most equal days; where none does, the one whose
    longer day is shortest. 15 minutes lie between neighbours, 45 once in a day of more than three hours, nearest its
    middle (as in `order`).
    """
    minutes = [station.minutes for station in stations]
    cut = len(minutes)
    if day_minutes is not None and sum(minutes) > day_minutes and len(minutes) > 1:
        cut = min(range(1, len(minutes)), key=lambda place: max(sum(minutes[:place]), sum(minutes[place:])))
    parts = [part for part in (stations[:cut], stations[cut:]) if part]
    return tuple(_day(part, number) for number, part in enumerate(parts))


def _day(stations: Sequence[StationOption], number: int) -> Day:
    minutes = [station.minutes for station in stations]
    total, clock = sum(minutes), 0
    long_after = None
    if total > LONG_DAY_MINUTES and len(minutes) > 1:
        long_after = min(range(1, len(minutes)), key=lambda place: (abs(2 * sum(minutes[:place]) - total), place))
    slots = []
    for place, station in enumerate(stations):
        if place:
            clock += LONG_BREAK_MINUTES if place == long_after else BREAK_MINUTES
        slots.append(Slot(station.id, number, clock, clock + station.minutes))
        clock += station.minutes
    return Day(tuple(slots))
