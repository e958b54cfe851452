"""The candidate's day."""

from itertools import pairwise, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.loops.core.order import EXACT_UP_TO, Timeline, order_stations
from apps.loops.core.problem import StationOption

from .core_cases import station

SCREEN, CRAFT = station("call", 30, "screen"), station("craft", 75, "ai_craft")
LIGHT = [station(f"light{n}", 45) for n in range(3)]
HEAVY = [station(f"heavy{n}", 60) for n in range(3)]


def names(timeline: Timeline) -> str:
    return " ".join(timeline.station_ids)


def test_screen_comes_first_then_ai_craft() -> None:
    assert names(order_stations([*LIGHT[:2], CRAFT, SCREEN])) == "call craft light0 light1"


def test_heavy_stations_are_kept_apart_when_possible() -> None:
    apart = order_stations([*HEAVY[:2], LIGHT[0]])
    assert names(apart) == "heavy0 light0 heavy1"
    assert apart.heavy_in_a_row == 0
    assert order_stations([*HEAVY, LIGHT[0]]).heavy_in_a_row == 1


def test_a_short_station_marked_heavy_counts_as_heavy() -> None:
    marked = [station(f"m{n}", 30, heavy=True) for n in range(2)]
    assert names(order_stations([*marked, LIGHT[0]])) == "m0 light0 m1"


def test_keeping_heavy_apart_matters_more_than_an_early_ai_craft() -> None:
    assert names(order_stations([CRAFT, *HEAVY[:1], LIGHT[0]])) == "craft light0 heavy0"
    assert order_stations([SCREEN, CRAFT, *HEAVY[:2], *LIGHT[:2]]).heavy_in_a_row == 0


def test_breaks_lie_between_stations_and_a_long_day_has_a_long_one_in_the_middle() -> None:
    short = order_stations(LIGHT[:2])
    assert [(slot.start, slot.end) for slot in short.slots] == [(0, 45), (60, 105)]
    long = order_stations([*LIGHT, station("light3", 60)], break_minutes=10)
    gaps = [after.start - before.end for before, after in zip(long.slots, long.slots[1:], strict=False)]
    assert gaps == [10, 45, 10]
    assert long.day_minutes == (195 + 65,)


def test_a_second_day_is_used_only_when_the_first_is_too_long() -> None:
    stations = [SCREEN, CRAFT, *LIGHT, HEAVY[0]]
    assert len(order_stations(stations, days=2, day_minutes=600).day_minutes) == 1
    two = order_stations(stations, days=2, day_minutes=240)
    assert len(two.day_minutes) == 2
    assert max(two.day_minutes) <= 240
    assert two.slots[0].station_id == "call"
    assert two.heavy_in_a_row == 0
    assert len(order_stations(stations, days=2).day_minutes) == 2
    assert len(order_stations(stations[:1], days=2).day_minutes) == 1


def test_order_does_not_depend_on_the_order_given() -> None:
    stations = [SCREEN, CRAFT, LIGHT[0], HEAVY[0]]
    assert len({order_stations(some) for some in permutations(stations)}) == 1


def test_nothing_to_order_and_wrong_wishes() -> None:
    assert order_stations([]).slots == ()
    assert order_stations([]).day_minutes == ()
    with pytest.raises(ValueError, match="days must be 1 or 2"):
        order_stations(LIGHT, days=3)
    with pytest.raises(ValueError, match="break_minutes"):
        order_stations(LIGHT, break_minutes=-1)


@pytest.mark.parametrize("days", [1, 2])
def test_more_stations_than_the_exact_search_takes_still_obey_the_wishes(days: int) -> None:
    stations = [station(f"s{n:02}", 30 + 30 * (n % 2), ("talk", "screen", "ai_craft")[n % 3]) for n in range(30)]
    assert len(stations) > EXACT_UP_TO
    timeline = order_stations(stations, days=days)
    kinds = [next(option.kind for option in stations if option.id == name) for name in timeline.station_ids]
    assert kinds == ["screen"] * 10 + ["ai_craft"] * 10 + ["talk"] * 10
    assert len(timeline.day_minutes) == days
    assert timeline.heavy_in_a_row <= 1


@settings(deadline=None, database=None, max_examples=40)
@given(
    st.lists(st.tuples(st.sampled_from(["screen", "ai_craft", "talk"]), st.sampled_from([30, 45, 60, 90])), max_size=6)
)
def test_one_day_is_the_best_of_all_permutations(parts: list[tuple[str, int]]) -> None:
    stations = [station(f"s{n}", minutes, kind) for n, (kind, minutes) in enumerate(parts)]

    def cost(order: tuple[StationOption, ...]) -> tuple[int, int, int]:
        late = sum(a.kind != "screen" and b.kind == "screen" for n, a in enumerate(order) for b in order[n + 1 :])
        heavy = sum(a.minutes >= 60 and b.minutes >= 60 for a, b in pairwise(order))
        delay = sum(sum(b.minutes + 15 for b in order[:n]) for n, a in enumerate(order) if a.kind == "ai_craft")
        return late, heavy, delay

    timeline = order_stations(stations)
    by_name = {option.id: option for option in stations}

    assert cost(tuple(by_name[name] for name in timeline.station_ids)) == min(map(cost, permutations(stations)))
    assert all(before.end < after.start for before, after in zip(timeline.slots, timeline.slots[1:], strict=False))
