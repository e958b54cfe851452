"""Parity names what was otherwise, whoever is compared with whom and whatever they are called."""

import datetime as dt
import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.debriefs.core.parity import Course, Kind, Parity, Sitting, State, compare

MONDAY = dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)


def sitting(station: str, position: int | None, **changes: object) -> Sitting:
    values: dict = {
        "version": 1, "state": State.HELD, "in_plan": position is not None, "planned_minutes": 45, "planned_people": 1,
        "minutes": 45, "starts_at": MONDAY + dt.timedelta(hours=position or 9), "people": 1,
    }  # fmt: skip
    return Sitting(station=station, position=position, **{**values, **changes})


def course(*sittings: Sitting, **changes: object) -> Course:
    values: dict = {"plan": 1, "rubrics": {"llm-craft": 1}, "bars": {"llm-craft": 3}}
    return Course(sittings=sittings or USUAL, **{**values, **changes})


USUAL = (sitting("craft", 1), sitting("talk", 2), sitting("ops", 3))
NOT_THERE = {"minutes": None, "starts_at": None, "people": 0}

sittings = st.builds(
    sitting,
    st.sampled_from("abcd"),
    st.one_of(st.none(), st.integers(1, 4)),
    version=st.integers(1, 3),
    minutes=st.integers(20, 90),
    people=st.integers(0, 3),
    starts_at=st.integers(0, 400).map(lambda hours: MONDAY + dt.timedelta(hours=hours)),
    state=st.just(State.HELD),
    untrained=st.lists(st.sampled_from(["p", "q"]), unique=True).map(tuple),
)
courses = st.builds(
    Course,
    plan=st.integers(1, 3),
    sittings=st.lists(sittings, max_size=4, unique_by=lambda one: one.station).map(tuple),
    rubrics=st.dictionaries(st.sampled_from("xy"), st.integers(1, 3)),
    bars=st.dictionaries(st.sampled_from("xy"), st.integers(1, 4)),
    accommodated=st.booleans(),
)


def kinds(parity: Parity) -> list[Kind]:
    return [one.kind for one in parity.deviations]


@given(st.integers(0, 6))
def test_identical_courses_as_planned_do_not_deviate(others: int) -> None:
    assert compare(course(), [course()] * others).deviations == ()


@given(courses, st.integers(1, 5))
def test_identical_courses_differ_from_the_plan_only_and_all_in_the_same_way(one: Course, others: int) -> None:
    parity = compare(one, [one] * others)
    assert not {Kind.OTHER_PLAN, Kind.OTHER_VERSION, Kind.OTHER_RUBRIC, Kind.OTHER_BAR, Kind.DAYS} & set(kinds(parity))
    assert all(found.alike == found.others == others for found in parity.deviations)


@given(courses, st.lists(courses, max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_the_others_does_not_matter(one: Course, others: list[Course], chance: random.Random) -> None:
    shuffled = list(others)
    chance.shuffle(shuffled)
    assert compare(one, shuffled) == compare(one, others)


@given(courses, st.lists(courses, max_size=4))
def test_other_names_for_the_stations_give_the_same_deviations(one: Course, others: list[Course]) -> None:
    new = {"a": "w", "b": "x", "c": "y", "d": "z"}  # in the same alphabetical order

    def renamed(given: Course) -> Course:
        return replace(given, sittings=tuple(replace(s, station=new[s.station]) for s in given.sittings))

    def told(parity: Parity, names: dict[str, str]) -> list[tuple]:
        return [
            (d.kind, d.about if d.kind in of_competency else names.get(d.about, d.about), d.alike, d.others, d.arranged)
            for d in parity.deviations
        ]

    of_competency = {Kind.OTHER_RUBRIC, Kind.OTHER_BAR}
    assert told(compare(renamed(one), [renamed(other) for other in others]), {}) == told(compare(one, others), new)


@given(courses, st.lists(courses, max_size=5))
def test_never_more_are_alike_than_are_compared(one: Course, others: list[Course]) -> None:
    for found in compare(one, others).deviations:
        assert 0 <= found.alike <= found.others <= len(others)
        assert found.here != found.usual or found.here is None


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        (sitting("craft", 1, state=State.CANCELLED, **NOT_THERE), Kind.CANCELLED),
        (sitting("craft", 1, state=State.NOT_HELD, **NOT_THERE), Kind.NOT_HELD),
        (sitting("craft", 1, version=2), Kind.OTHER_VERSION),
        (sitting("craft", 1, minutes=60), Kind.MINUTES),
        (sitting("craft", 1, minutes=30), Kind.MINUTES),
        (sitting("craft", 1, people=2), Kind.PEOPLE),
        (sitting("craft", 1, untrained=("p",)), Kind.UNTRAINED),
        (sitting("craft", 1, starts_at=MONDAY + dt.timedelta(hours=8)), Kind.ORDER),
    ],
)
def test_one_station_that_was_otherwise_is_named(changed: Sitting, kind: Kind) -> None:
    parity = compare(course(changed, *USUAL[1:]), [course()] * 3)
    assert kinds(parity) == [kind]
    assert parity.deviations[0].about == ("" if kind is Kind.ORDER else "craft")
    assert parity.deviations[0].others == 3


def test_a_station_that_is_not_in_the_plan_is_named() -> None:
    assert kinds(compare(course(*USUAL, sitting("extra", None)), [course()])) == [Kind.ADDED]


def test_a_station_cancelled_and_held_again_is_no_deviation() -> None:
    gone = sitting("craft", 1, state=State.CANCELLED, **NOT_THERE)
    assert compare(course(gone, *USUAL), [course()]).deviations == ()


def test_other_versions_count_against_more_than_half() -> None:
    own = course(plan=2, rubrics={"llm-craft": 2}, bars={"llm-craft": 4})
    assert kinds(compare(own, [course()] * 2)) == [Kind.OTHER_PLAN, Kind.OTHER_RUBRIC, Kind.OTHER_BAR]
    assert kinds(compare(own, [course(), own])) == []


def test_days_differ_by_more_than_two_and_more_than_usual() -> None:
    def spread(days: int) -> Course:
        late = sitting("ops", 3, starts_at=MONDAY + dt.timedelta(days=days, hours=3))
        return course(*USUAL[:2], late)

    assert kinds(compare(spread(2), [course()] * 3)) == []
    assert kinds(compare(spread(3), [course()] * 3)) == [Kind.DAYS]
    assert kinds(compare(spread(8), [spread(4)] * 3)) == []


def test_longer_with_an_accommodation_is_noted_and_is_no_deviation() -> None:
    longer = sitting("craft", 1, minutes=68)
    parity = compare(course(longer, *USUAL[1:], accommodated=True), [course()])
    assert [one.arranged for one in parity.deviations] == [True]
    assert parity.unarranged == ()
    shorter = compare(course(sitting("craft", 1, minutes=30), *USUAL[1:], accommodated=True), [course()])
    assert len(shorter.unarranged) == 1


def test_a_tenth_more_or_less_is_the_same_length() -> None:
    planned = {"planned_minutes": 60}
    for minutes, found in [(66, []), (54, []), (67, [Kind.MINUTES])]:
        own = course(sitting("craft", 1, minutes=minutes, **planned), *USUAL[1:])
        assert kinds(compare(own, [])) == found


@pytest.mark.parametrize("changes", [{"planned_minutes": 0}, {"planned_people": 0}, {"starts_at": None}])
def test_a_sitting_without_its_numbers_is_refused(changes: dict) -> None:
    with pytest.raises(ValueError, match=r"at least a minute|has a beginning"):
        sitting("craft", 1, **changes)
