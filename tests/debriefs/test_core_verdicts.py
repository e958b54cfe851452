"""Certainty in words, and positions read as levels."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.debriefs.core.ratings.calibration import before_any_rating
from apps.debriefs.core.ratings.reading import bar_positions
from apps.debriefs.core.verdicts import (
    OUTERMOST_ZONE,
    Tone,
    Verdict,
    Zones,
    all_met,
    by_chance_in,
    is_contested,
    is_met,
    is_sure,
    tone,
    verdict,
)

ZONES = Zones({1: -math.inf, 2: -2.0, 3: 0.0, 4: 1.0})


@pytest.mark.parametrize(
    ("chance", "said"),
    [
        (1.0, Verdict.VERY_LIKELY),
        (0.90, Verdict.VERY_LIKELY),
        (0.895, Verdict.VERY_LIKELY),  # printed as 90 %
        (0.89, Verdict.PROBABLY),
        (0.70, Verdict.PROBABLY),
        (0.69, Verdict.OPEN),
        (0.5, Verdict.OPEN),
        (0.30, Verdict.OPEN),
        (0.29, Verdict.PROBABLY_NOT),
        (0.10, Verdict.PROBABLY_NOT),
        (0.09, Verdict.VERY_UNLIKELY),
        (0.0, Verdict.VERY_UNLIKELY),
    ],
)
def test_a_probability_is_said_by_the_per_cent_that_is_printed(chance: float, said: Verdict):
    assert verdict(chance + 1e-9 if 0 < chance < 1 else chance) is said


@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
def test_what_nobody_rated_is_no_verdict_whatever_the_number(chance: float):
    assert verdict(chance, ratings=0) is Verdict.UNSEEN
    assert not Verdict.UNSEEN.is_below


@pytest.mark.parametrize("wrong", [-0.01, 1.01, math.nan])
def test_what_is_no_probability_is_refused(wrong: float):
    with pytest.raises(ValueError, match="probability"):
        verdict(wrong)


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_higher_probability_is_never_said_more_gloomily(one: float, other: float):
    order = list(Verdict)
    low, high = sorted([one, other])
    assert order.index(verdict(high)) <= order.index(verdict(low))


@pytest.mark.parametrize(
    ("chance", "mean_is_below", "contested"),
    [
        (0.9, True, True),
        (0.7, True, True),
        (0.6, True, False),
        (0.1, True, False),
        (0.9, False, False),
        (0.2, False, True),
    ],
)
def test_levels_and_model_disagree_where_they_point_in_two_directions(
    chance: float, mean_is_below: bool, contested: bool
):
    assert is_contested(verdict(chance), mean_is_below=mean_is_below) is contested


def test_all_bars_are_met_only_where_none_is_missed_or_open():
    assert all_met([True, True]) is True
    assert all_met([True, None]) is None
    assert all_met([None, False, True]) is False
    assert all_met([]) is True


def test_sure_is_sure_in_both_directions():
    assert [is_sure(chance) for chance in (0.95, 0.05, 0.9, 0.85, 0.5)] == [True, True, True, False, False]


def test_an_edge_belongs_to_the_higher_level_and_reads_as_a_half():
    assert [ZONES.level_at(at) for at in (-9, -2.0, -0.001, 0.0, 1.0, 9)] == [1, 2, 2, 3, 4, 4]
    assert [ZONES.in_levels(at) for at in (-9, -2.0, -1.0, 0.0, 0.5, 1.0, 9)] == [1, 1.5, 2, 2.5, 3, 3.5, 4]
    assert (ZONES.low, ZONES.high) == (-2.0 - OUTERMOST_ZONE, 1.0 + OUTERMOST_ZONE)
    assert ZONES.bounds(2) == (-2.0, 0.0)


@given(st.floats(-8, 8))
def test_the_level_read_and_the_zone_never_disagree(at: float):
    read = ZONES.in_levels(at)
    assert ZONES.level_at(at) - 0.5 - 1e-9 <= read <= ZONES.level_at(at) + 0.5 + 1e-9


@given(st.floats(-8, 8), st.floats(-8, 8))
def test_a_higher_position_never_reads_lower(one: float, other: float):
    low, high = sorted([one, other])
    assert ZONES.in_levels(low) <= ZONES.in_levels(high)


@pytest.mark.parametrize(
    "edges",
    [{1: -math.inf}, {1: -3.0, 2: 0.0}, {1: -math.inf, 2: 1.0, 3: 0.0}, {1: -math.inf, 2: 1.0, 3: 1.0}],
)
def test_zones_without_a_rising_scale_are_refused(edges: dict[int, float]):
    with pytest.raises(ValueError, match=r"zones|edges"):
        Zones(edges)


def test_the_published_scale_has_zones():
    zones = Zones(bar_positions(before_any_rating()))
    assert zones.levels == (1, 2, 3, 4)
    assert zones.level_at(zones.middle(3)) == 3


@given(st.sampled_from(Verdict), st.booleans(), st.booleans())
def test_a_row_has_one_colour_and_never_a_good_one_where_the_levels_are_below(said: Verdict, below: bool, all_: bool):
    found = tone(said, all_below=all_ and below, mean_is_below=below)
    assert (found is Tone.BAD) if all_ and below else True
    if found is Tone.GOOD:
        assert said.is_above
        assert not below
    if found is Tone.BAD and not (all_ and below):
        assert said.is_below


@given(st.floats(0.0, 1.0))
def test_the_threshold_is_that_of_the_per_cent_that_is_printed(chance: float):
    assert is_met(chance) == (int(f"{100 * chance:.0f}") >= 50)


@pytest.mark.parametrize(("chance", "ratings", "share"), [(0.05, 1, 0.05), (0.006, 19, 0.108), (0.5, 2, 0.75)])
def test_among_more_ratings_something_improbable_turns_up_more_often(chance: float, ratings: int, share: float):
    assert by_chance_in(chance, ratings) == pytest.approx(share, abs=0.001)
