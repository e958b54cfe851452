"""What is said first about a panel: true of the ratings and votes, and of nothing else."""

import random
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from apps.debriefs.core.aggregate import Need, Observation, Standing, summarise
from apps.debriefs.core.story import Story, tell

COMPETENCIES = ["llm-craft", "product", "ops"]
PEOPLE = "abcd"
Panel = tuple[list[Need], list[Observation], dict[str, str]]


def needs_of(*must_pass: bool) -> st.SearchStrategy[list[Need]]:
    return st.tuples(
        *(
            st.builds(Need, competency=st.just(name), bar=st.integers(2, 4), must_pass=must, min_signals=st.just(0))
            for name, must in zip(COMPETENCIES, [st.just(one) for one in must_pass] or [st.booleans()] * 3, strict=True)
        )
    ).map(list)


ratings = st.dictionaries(
    st.tuples(st.sampled_from(PEOPLE), st.sampled_from(COMPETENCIES)),
    st.one_of(st.none(), st.integers(1, 4)),
    max_size=12,
).map(lambda given: [Observation(what, f"station {who}", who, level) for (who, what), level in given.items()])
votes = st.dictionaries(st.sampled_from(PEOPLE), st.sampled_from(["strong_no", "no", "yes", "strong_yes"]))
panels = st.tuples(needs_of(), ratings, votes)


def panel(
    bar: int = 3, must_pass: bool = True, **levels: dict[str, int | None]
) -> tuple[list[Need], list[Observation]]:
    """By competency, then by person."""
    needs = [Need(name, bar, must_pass, 0) for name in levels]
    return needs, [
        Observation(name, f"station {who}", who, level)
        for name, by in levels.items()
        for who, level in by.items()
    ]  # fmt: skip


def told(**levels: dict[str, int | None]) -> Story:
    needs, observations = panel(**levels)
    return tell(needs, observations, {})


def asked_of(needs: list[Need]) -> list[Need]:
    return [need for need in needs if need.must_pass] or needs


@given(panels)
def test_every_competency_asked_for_is_told_once_and_as_it_stands(given: Panel) -> None:
    needs, observations, said = given
    story = tell(needs, observations, said)
    standing = {row.need.competency: row.standing for row in summarise(asked_of(needs), observations).competencies}
    assert (
        dict.fromkeys(story.unrated, Standing.GAP)
        | {one.competency: Standing.BELOW for one in story.missed}
        | dict.fromkeys(story.held, Standing.AT_OR_ABOVE)
        == standing
    )
    assert story.asked == len(standing)
    assert story.is_clear == (set(standing.values()) <= {Standing.AT_OR_ABOVE})


@given(panels)
@example(([Need("ops", 3, True, 0)], [Observation("ops", "s", "a", 2), Observation("ops", "t", "b", 3)], {}))
def test_only_because_of_somebody_is_said_only_if_without_them_every_mean_is_at_its_bar(given: Panel) -> None:
    needs, observations, said = given
    story = tell(needs, observations, said)

    def lifts(person: str) -> bool:
        left = [one for one in observations if one.interviewer != person]
        for need in asked_of(needs):
            if need.competency in story.unrated:
                continue
            levels = [one.level for one in left if one.competency == need.competency and one.level is not None]
            if not levels or sum(levels) < need.bar * len(levels):
                return False
        return True

    lifting = [person for person in PEOPLE if lifts(person)]
    if story.because_of is None:
        assert not story.missed or len(lifting) != 1
    else:
        assert story.missed
        assert lifting == [story.because_of]
        for one in story.missed:
            assert min(o.level or 9 for o in observations if o.competency == one.competency) < one.bar


@given(panels, st.permutations(PEOPLE))
def test_renaming_people_changes_only_names(given: Panel, others: list[str]) -> None:
    needs, observations, said = given
    to = dict(zip(PEOPLE, others, strict=True))
    renamed = [
        Observation(one.competency, f"station {one.interviewer}", to[one.interviewer], one.level)
        for one in observations
    ]  # fmt: skip
    story = tell(needs, observations, said)
    other = tell(needs, renamed, {to[person]: choice for person, choice in said.items()})
    for field in ("has_must_pass", "unrated", "missed", "held", "voices", "recommend"):
        assert getattr(other, field) == getattr(story, field)
    assert other.because_of == (to[story.because_of] if story.because_of else None)
    assert (other.alone is None) == (story.alone is None)
    if story.alone and other.alone:
        assert other.alone.interviewer == to[story.alone.interviewer]
        assert (other.alone.competency, other.alone.level) == (story.alone.competency, story.alone.level)


@given(panels, st.randoms(use_true_random=False))
def test_the_order_of_ratings_does_not_matter_for_whom_it_hangs_on(given: Panel, chance: random.Random) -> None:
    needs, observations, said = given
    shuffled = list(observations)
    chance.shuffle(shuffled)
    one, other = tell(needs, observations, said), tell(needs, shuffled, said)
    assert (one.because_of, one.missed, one.unrated) == (other.because_of, other.missed, other.unrated)


@given(panels)
def test_a_rating_is_alone_only_if_two_others_are_two_levels_away_and_what_decides_is_below_either_way(
    given: Panel,
) -> None:
    needs, observations, said = given
    alone = tell(needs, observations, said).alone
    if alone is None:
        return
    rest = [
        one
        for one in observations
        if one.competency == alone.competency and one.interviewer != alone.interviewer and one.level is not None
    ]
    assert len(rest) >= 2
    assert all(abs((one.level or 0) - alone.level) >= 2 for one in rest)
    assert alone.tips != bool(alone.decides)
    without = [
        one for one in observations if (one.interviewer, one.competency) != (alone.interviewer, alone.competency)
    ]
    standing = {row.need.competency: row.standing for row in summarise(needs, without).competencies}
    assert all(standing[name] is Standing.BELOW for name in alone.decides)


def test_a_must_pass_below_the_bar_is_told_although_everybody_recommends() -> None:
    needs, observations = panel(craft={"a": 4, "b": 4}, ops={"c": 2, "d": 2})
    story = tell(needs, observations, dict.fromkeys(PEOPLE, "yes"))
    assert [(one.competency, one.same, one.raters, one.by_all) for one in story.missed] == [("ops", 2, 2, True)]
    assert (story.voices, story.recommend, story.nearly_all_recommend) == (4, 4, True)
    assert story.because_of is None, "neither of two who gave the same is the one"


def test_several_bars_missed_through_one_person_are_told_with_their_name() -> None:
    story = told(craft={"a": 3, "b": 3}, ops={"a": 3, "z": 2}, product={"b": 3, "c": 3, "z": 2})
    assert (story.because_of, [one.competency for one in story.missed]) == ("z", ["ops", "product"])


def test_an_outlier_that_does_not_change_the_answer_is_told_with_what_decides() -> None:
    story = told(craft={"z": 4, "b": 2, "c": 2}, product={"a": 2, "b": 2, "c": 2})
    assert story.alone is not None
    assert (story.alone.interviewer, story.alone.level, story.alone.others) == ("z", 4, (2, 2))
    assert (story.alone.decides, story.alone.tips) == (("product",), False)


def test_an_outlier_on_which_it_hangs_is_told_as_such() -> None:
    story = told(craft={"z": 1, "b": 3, "c": 4}, product={"a": 3})
    assert story.because_of == "z"
    assert story.alone is None, "that is said already"
    story = told(craft={"z": 4, "b": 2, "c": 2, "d": 4}, product={"a": 3})
    assert story.alone is None, "two gave a 4"
    needs, observations = panel(bar=2, craft={"z": 4, "b": 1, "c": 1})
    alone = tell(needs, observations, {}).alone
    assert alone is not None
    assert (alone.tips, alone.decides) == (True, ())


def test_what_nobody_rated_is_neither_met_nor_missed() -> None:
    story = told(craft={"a": 3}, ops={"a": None, "b": None})
    assert (story.unrated, story.held, story.is_clear) == (("ops",), ("craft",), False)


def test_without_a_must_pass_all_competencies_are_told() -> None:
    needs, observations = panel(must_pass=False, craft={"a": 3}, ops={"a": 2})
    story = tell(needs, observations, {"a": "no"})
    assert (story.has_must_pass, story.held, story.most_advise_against) == (False, ("craft",), True)


@pytest.mark.parametrize("choice", ["perhaps", "", "offer"])
def test_a_vote_off_the_scale_is_refused(choice: Any) -> None:
    with pytest.raises(ValueError, match="a vote is one of"):
        tell([], [], {"a": choice})
