"""The second step: in which order a candidate meets the chosen stations, over one or two days.

Wanted, in this order of importance: days no longer than allowed; screens before all else; no two heavy stations in a
row; days of equal length; AI craft early in its day, while the candidate is fresh. Exact (dynamic programming over
which stations came before, Held & Karp 1962) for up to `EXACT_UP_TO` stations, by the same wishes above that.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from .problem import StationOption

#: Stations of this many minutes are heavy even if not marked so.
HEAVY_MINUTES = 60
EXACT_UP_TO = 12
#: One longer break in a day whose stations take more than `LONG_DAY_MINUTES` together.
BREAK_MINUTES, LONG_BREAK_MINUTES, LONG_DAY_MINUTES = 15, 45, 180
SCREEN_KINDS = frozenset({"screen"})
FRESH_KINDS = frozenset({"ai_craft"})


@dataclass(frozen=True)
class Slot:
    """One station in the candidate's day; start and end in minutes after the day's beginning, day from 0."""

    station_id: str
    day: int
    start: int
    end: int


@dataclass(frozen=True)
class Timeline:
    """The candidate's days. heavy_in_a_row: neighbouring heavy stations that could not be kept apart."""

    slots: tuple[Slot, ...]
    heavy_in_a_row: int

    @property
    def station_ids(self) -> tuple[str, ...]:
        return tuple(slot.station_id for slot in self.slots)

    @property
    def day_minutes(self) -> tuple[int, ...]:
        """Each day's length from its first start to its last end."""
        days = 1 + max((slot.day for slot in self.slots), default=-1)
        return tuple(max(slot.end for slot in self.slots if slot.day == day) for day in range(days))


class _Cost(NamedTuple):
    """What an order of stations in one day costs; smaller is better, field by field."""

    late_screens: int = 0  # pairs in which a screen comes after something else
    heavy_in_a_row: int = 0
    fresh_delay: int = 0  # minutes of the day gone before the AI craft stations begin, summed


_Best = tuple[_Cost, tuple[int, ...]]


def order_stations(
    stations: Sequence[StationOption],
    *,
    days: int = 1,
    day_minutes: int | None = None,
    break_minutes: int = BREAK_MINUTES,
    screen_kinds: Collection[str] = SCREEN_KINDS,
    fresh_kinds: Collection[str] = FRESH_KINDS,
) -> Timeline:
    """Orders stations over one day, or over up to two.

    days: 1 or 2. A second day is used if the first would exceed `day_minutes` (of stations, without breaks); with no
    `day_minutes`, always. break_minutes lie between neighbours; a long day gets one break of 45
    minutes, nearest its middle. The result does not depend on the order of `stations`. Raises ValueError for days
    other than 1 or 2, or a negative break.
    """
    if days not in (1, 2):
        raise ValueError(f"days must be 1 or 2, got {days}.")
    if break_minutes < 0:
        raise ValueError(f"break_minutes must be 0 or more, got {break_minutes}.")
    desk = _Desk(stations, break_minutes, screen_kinds, fresh_kinds)
    everything = (1 << len(desk.stations)) - 1
    exact = len(desk.stations) <= EXACT_UP_TO
    best = desk.best_orders() if exact else {everything: desk.by_wishes()}
    parts = [best[everything]]
    fits = day_minutes is not None and desk.minutes(best[everything][1]) <= day_minutes
    if days == 2 and len(desk.stations) > 1 and not fits:
        parts = desk.best_split(best, day_minutes) if exact else desk.halves(day_minutes)
    slots = [slot for day, (_, order) in enumerate(parts) for slot in desk.slots(order, day)]
    return Timeline(tuple(slots), sum(cost.heavy_in_a_row for cost, _ in parts))


class _Desk:
    """Stations sorted by id, with what the order needs to know of each; sets of stations are bit masks."""

    def __init__(
        self, stations: Sequence[StationOption], pause: int, screens: Collection[str], fresh: Collection[str]
    ) -> None:
        self.stations = sorted(stations, key=lambda station: station.id)
        self._pause = pause
        self._screen = [station.kind in screens for station in self.stations]
        self._fresh = [station.kind in fresh for station in self.stations]
        self._heavy = [station.heavy or station.minutes >= HEAVY_MINUTES for station in self.stations]

    def best_orders(self) -> dict[int, _Best]:
        """The best order of every subset as one day. Ties go to the order that comes first by station id.

        What comes next depends on which stations came before and on whether the last of them was heavy, no more.
        """
        numbers = range(len(self.stations))
        states: dict[int, dict[bool, _Best]] = {0: {False: (_Cost(), ())}}
        best: dict[int, _Best] = {}
        for mask in range(1 << len(self.stations)):
            reached = states.pop(mask)
            best[mask] = min(reached.values())
            before = [s for s in numbers if mask >> s & 1]
            for station in numbers:
                if mask >> station & 1:
                    continue
                late, delay = self._price(before, station)
                heavy = self._heavy[station]
                following = states.setdefault(mask | 1 << station, {})
                for last_heavy, (cost, order) in reached.items():
                    longer = (
                        _Cost(
                            cost.late_screens + late,
                            cost.heavy_in_a_row + (last_heavy and heavy),
                            cost.fresh_delay + delay,
                        ),
                        (*order, station),
                    )
                    following[heavy] = min(following.get(heavy, longer), longer)
        return best

    def by_wishes(self, among: Collection[int] | None = None) -> _Best:
        """A good order of many stations: screens, AI craft, the rest; in each, light and heavy take turns."""
        order: list[int] = []
        numbers = sorted(range(len(self.stations)) if among is None else among)
        ranked = {s: (not self._screen[s], not self._fresh[s]) for s in numbers}
        for rank in sorted(set(ranked.values())):
            heavy = [s for s in numbers if ranked[s] == rank and self._heavy[s]]
            light = [s for s in numbers if ranked[s] == rank and not self._heavy[s]]
            while heavy or light:
                after_heavy = bool(order) and self._heavy[order[-1]]
                source = (light or heavy) if after_heavy else (heavy or light)
                order.append(source.pop(0))
        return self._cost(order), tuple(order)

    def best_split(self, best: dict[int, _Best], day_minutes: int | None) -> list[_Best]:
        """The best two days: each subset as the first day, the others as the second."""
        everything = (1 << len(self.stations)) - 1
        splits = []
        for mask in range(1, everything):
            (first, one), (second, two) = best[mask], best[everything ^ mask]
            spans = self.span(one), self.span(two)
            late = sum(self._screen[s] for s in two) * sum(not self._screen[s] for s in one)
            too_long = 0
            if day_minutes is not None:
                too_long = sum(max(0, self.minutes(order) - day_minutes) for order in (one, two))
            price = (
                too_long,
                first.late_screens + second.late_screens + late,
                first.heavy_in_a_row + second.heavy_in_a_row,
                abs(spans[0] - spans[1]),
                first.fresh_delay + second.fresh_delay,
            )
            splits.append((price, (one, two), mask))
        mask = min(splits)[-1]
        return [best[mask], best[everything ^ mask]]

    def halves(self, day_minutes: int | None) -> list[_Best]:
        """Two days of nearly equal length: the order cut in two, or, where a day would be too long, any two parts."""
        order = self.by_wishes()[1]
        cut = min(range(1, len(order)), key=lambda n: abs(self.span(order[:n]) - self.span(order[n:])))
        first = frozenset(order[:cut])
        total = self.minutes(order)
        if day_minutes is not None and max(self.minutes(order[:cut]), self.minutes(order[cut:])) > day_minutes:
            parts: dict[int, frozenset[int]] = {0: frozenset()}  # minutes of the first day -> stations that make them
            for station in order:
                longer = {minutes + self.stations[station].minutes: part | {station} for minutes, part in parts.items()}
                parts = longer | parts
            first = parts[min(parts, key=lambda minutes: (abs(2 * minutes - total), minutes))]
        return [self.by_wishes(first), self.by_wishes(set(order) - first)]

    def slots(self, order: tuple[int, ...], day: int) -> list[Slot]:
        """Start and end of each station; a long day's long break replaces the break nearest its middle."""
        minutes = [self.stations[s].minutes for s in order]
        total = sum(minutes)
        long_after = None
        if total > LONG_DAY_MINUTES and len(order) > 1:
            long_after = min(range(1, len(order)), key=lambda n: (abs(2 * sum(minutes[:n]) - total), n))
        slots, clock = [], 0
        for number, station in enumerate(order):
            if number:
                clock += max(self._pause, LONG_BREAK_MINUTES) if number == long_after else self._pause
            slots.append(Slot(self.stations[station].id, day, clock, clock + minutes[number]))
            clock += minutes[number]
        return slots

    def minutes(self, order: tuple[int, ...]) -> int:
        return sum(self.stations[s].minutes for s in order)

    def span(self, order: tuple[int, ...]) -> int:
        slots = self.slots(order, 0)
        return slots[-1].end if slots else 0

    def _price(self, before: Sequence[int], station: int) -> tuple[int, int]:
        """What a station costs after these: late screens, and minutes gone by if it needs a fresh candidate."""
        late = sum(not self._screen[s] for s in before) if self._screen[station] else 0
        return late, sum(self.stations[s].minutes + self._pause for s in before) if self._fresh[station] else 0

    def _cost(self, order: Sequence[int]) -> _Cost:
        prices = [self._price(order[:number], station) for number, station in enumerate(order)]
        in_a_row = sum(self._heavy[one] and self._heavy[two] for one, two in pairwise(order))
        return _Cost(sum(late for late, _ in prices), in_a_row, sum(delay for _, delay in prices))
