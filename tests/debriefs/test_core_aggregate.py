"""Properties of the aggregation: it describes, and hides nothing."""

import dataclasses
import random
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.debriefs.core.aggregate import CompetencySummary, Need, Observation, Standing, summarise

NAMES = ["llm-craft", "product", "ops"]

needs = st.builds(
    Need,
    competency=st.just("llm-craft"),
    bar=st.integers(1, 4),
    must_pass=st.booleans(),
    min_signals=st.integers(0, 4),
)
levels = st.one_of(st.none(), st.integers(1, 4))


def observations_of(names: list[str]) -> st.SearchStrategy[list[Observation]]:
    return st.lists(
        st.builds(
            Observation,
            competency=st.sampled_from(names),
            station=st.sampled_from("stuv"),
            interviewer=st.sampled_from("abcd"),
            level=levels,
        ),
        max_size=12,
    )


def one(need: Need, observations: list[Observation]) -> CompetencySummary:
    return summarise([need], observations).competencies[0]


@given(needs, observations_of(NAMES))
def test_no_evidence_never_changes_a_number_but_its_own_count(need: Need, observations: list[Observation]) -> None:
    rated = one(need, [observation for observation in observations if observation.level is not None])
    all_ = one(need, observations)
    for name in ("levels", "mean", "spread", "lowest", "highest", "independent_signals", "standing"):
        assert getattr(all_, name) == getattr(rated, name)
    silent = [o for o in observations if o.competency == need.competency and o.level is None]
    assert all_.no_evidence == len(silent)


@given(needs, observations_of(NAMES), st.randoms(use_true_random=False))
def test_the_order_of_observations_does_not_matter(
    need: Need, observations: list[Observation], chance: random.Random
) -> None:
    shuffled = list(observations)
    chance.shuffle(shuffled)
    assert one(need, shuffled) == one(need, observations)


@given(observations_of(["llm-craft", "product"]), st.integers(2, 4))
def test_a_missed_must_pass_is_not_bought_back(observations: list[Observation], bar: int) -> None:
    must = Need(competency="llm-craft", bar=bar, must_pass=True, min_signals=1)
    other = Need(competency="product", bar=1, must_pass=False, min_signals=1)
    low = [Observation("llm-craft", "s", "a", bar - 1)]
    elsewhere = [o for o in observations if o.competency == "product"]
    strong = [Observation("product", station, "a", 4) for station in "stuv"]
    for more in ([], elsewhere, strong, elsewhere + strong):
        panel = summarise([must, other], low + more)
        assert [row.need.competency for row in panel.must_pass_missed] == ["llm-craft"]


@given(needs, observations_of(NAMES), st.integers(1, 4), observations_of(["new"]))
def test_adding_a_competency_leaves_the_others_as_they_were(
    need: Need, observations: list[Observation], bar: int, about_new: list[Observation]
) -> None:
    new = Need(competency="new", bar=bar, must_pass=True, min_signals=2)
    assert summarise([need, new], observations + about_new).competencies[0] == one(need, observations)


@given(needs, observations_of(["llm-craft"]))
def test_signals_never_exceed_stations_or_interviewers(need: Need, observations: list[Observation]) -> None:
    rated = [observation for observation in observations if observation.level is not None]
    signals = one(need, observations).independent_signals
    assert signals <= len({observation.station for observation in rated})
    assert signals <= len({observation.interviewer for observation in rated})
    assert (signals > 0) == bool(rated)


@given(needs, observations_of(["llm-craft"]))
def test_signals_are_the_largest_matching(need: Need, observations: list[Observation]) -> None:
    """Against all subsets of pairs in which nobody and no station stands twice."""
    pairs = sorted({(o.station, o.interviewer) for o in observations if o.level is not None})

    def largest(rest: list[tuple[str, str]], stations: frozenset[str], people: frozenset[str]) -> int:
        if not rest:
            return 0
        (station, person), *later = rest
        without = largest(later, stations, people)
        if station in stations or person in people:
            return without
        return max(without, 1 + largest(later, stations | {station}, people | {person}))

    assert one(need, observations).independent_signals == largest(pairs, frozenset(), frozenset())


@given(needs, observations_of(["llm-craft"]))
def test_numbers_lie_between_the_lowest_and_the_highest_level(need: Need, observations: list[Observation]) -> None:
    row = one(need, observations)
    given_levels = [o.level for o in observations if o.level is not None]
    if not given_levels:
        assert row.standing is Standing.GAP
        assert (row.mean, row.spread, row.lowest, row.highest) == (None, None, None, None)
        return
    assert row.lowest == min(given_levels) <= row.mean <= max(given_levels) == row.highest
    assert row.mean == pytest.approx(statistics.mean(given_levels))
    assert (row.standing is Standing.AT_OR_ABOVE) == (sum(given_levels) >= need.bar * len(given_levels))
    assert (row.spread is None) == (len(given_levels) == 1)


def test_a_must_pass_nobody_could_rate_is_open_not_missed() -> None:
    must = Need(competency="llm-craft", bar=3, must_pass=True, min_signals=1)
    panel = summarise([must], [Observation("llm-craft", "s", "a", None)])
    assert not panel.must_pass_missed
    assert [row.need for row in panel.must_pass_open] == [must]
    assert [row.need for row in panel.gaps] == [must]


def test_two_levels_apart_is_a_split() -> None:
    need = Need(competency="llm-craft", bar=3, must_pass=False, min_signals=0)
    near = [Observation("llm-craft", "s", "a", 2), Observation("llm-craft", "t", "b", 3)]
    assert not summarise([need], near).split
    assert summarise([need], [*near, Observation("llm-craft", "u", "c", 4)]).split


@pytest.mark.parametrize("bar", [0, 5])
def test_a_bar_is_a_level(bar: int) -> None:
    with pytest.raises(ValueError, match="bar of llm-craft"):
        Need(competency="llm-craft", bar=bar, must_pass=False, min_signals=1)


def test_fewer_than_no_signals_cannot_be_asked_for() -> None:
    with pytest.raises(ValueError, match="must not be negative"):
        Need(competency="llm-craft", bar=3, must_pass=False, min_signals=-1)


@pytest.mark.parametrize("level", [0, 5])
def test_an_observation_is_a_level_or_nothing(level: int) -> None:
    with pytest.raises(ValueError, match="from 1 to 4"):
        Observation("llm-craft", "s", "a", level)


@given(needs, observations_of(["llm-craft"]), observations_of(["llm-craft"]))
def test_who_had_read_others_before_is_in_the_mean_and_adds_no_independent_signal(
    need: Need, blind: list[Observation], late: list[Observation]
) -> None:
    informed = [dataclasses.replace(observation, informed=True) for observation in late]
    alone, together = one(need, blind), one(need, blind + informed)
    assert together.independent_signals == alone.independent_signals
    assert len(together.levels) == len(alone.levels) + sum(observation.level is not None for observation in late)
