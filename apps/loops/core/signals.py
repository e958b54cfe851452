"""Independent signals: stations that different people can hold, every seat by a person of its own."""

import itertools
from collections import deque
from collections.abc import Sequence

from .problem import StationOption

#: Up to this many stations with scarce pools the count is exact whatever the panels.
EXACT_UP_TO = 12


def scarce_pools(options: Sequence[StationOption], keys: Sequence[int], seats: int) -> dict[int, frozenset[str]]:
    """The pools with fewer people than `seats`, by key: the only ones a matching of seats to people can fail on."""
    pools = ((key, option.pool) for key, option in zip(keys, options, strict=True))
    return {key: pool for key, pool in pools if pool is not None and len(pool) < seats}


def independent_signals(stations: Sequence[StationOption]) -> int:
    """The greatest number of these stations that can be held by all different people.

    Exact for up to `EXACT_UP_TO` stations whose pools are scarce; above that a lower bound found by seating the
    smallest pools first, which is exact whenever every station has one interviewer.
    """
    scarce = scarce_pools(stations, range(len(stations)), sum(station.interviewers for station in stations))
    order = sorted(scarce, key=lambda s: (stations[s].interviewers, len(scarce[s]), s))
    seated: list[int] = []
    for s in order:
        if _can_be_seated([*seated, s], stations, scarce):
            seated.append(s)
    most = len(seated)
    if most < len(order) <= EXACT_UP_TO:
        for number in range(len(order), most, -1):
            if any(_can_be_seated(some, stations, scarce) for some in itertools.combinations(order, number)):
                most = number
                break
    return len(stations) - len(scarce) + most


def _can_be_seated(chosen: Sequence[int], stations: Sequence[StationOption], pools: dict[int, frozenset[str]]) -> bool:
    """Whether every seat gets a person of its own (bipartite matching by augmenting paths, breadth first)."""
    seats = [pools[s] for s in chosen for _ in range(stations[s].interviewers)]
    holder: dict[str, int] = {}
    held: dict[int, str] = {}
    return all(_seat(number, seats, holder, held) for number in range(len(seats)))


def _seat(start: int, seats: Sequence[frozenset[str]], holder: dict[str, int], held: dict[int, str]) -> bool:
    """Gives one more seat a person, moving others to another seat of theirs where that makes room."""
    wanted_by: dict[str, int] = {}
    waiting = deque([start])
    while waiting:
        number = waiting.popleft()
        for person in sorted(seats[number] - wanted_by.keys()):
            wanted_by[person] = number
            if person in holder:
                waiting.append(holder[person])
                continue
            moved: str | None = person
            while moved is not None:  # back along the path: each seat takes whom it wanted and frees whom it had
                seat = wanted_by[moved]
                before = held.get(seat)
                holder[moved], held[seat] = seat, moved
                moved = before
            return True
    return False
