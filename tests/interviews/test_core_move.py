"""Moving a candidacy, for any candidacy and any plan: an independent reading of the list is carried out and judged."""

import datetime as dt
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from apps.interviews.core.move import Fate, Move, Need, Place, Sitting, Standing, Target, plan_move

AT = dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC)
PLANS = st.integers(1, 3)


def target_of(plan: int, stations: dict[int, tuple[int, tuple[int, ...]]], **more) -> Target:
    """A plan of station -> (version, what is assessed); a place's key tells its plan and station."""
    places = [
        Place(
            key=plan * 100 + station, plan=plan, station=station, version=station * 10 + version,
            minutes=30 + 5 * station + version, assessed=assessed,
        )
        for station, (version, assessed) in stations.items()
    ]  # fmt: skip
    return Target(plan=plan, places=tuple(places), **{"rubrics": {}, "needs": (), "weights_reason": "", **more})


def begin(plan: Target, held: frozenset[int] = frozenset(), **more) -> Standing:
    """A candidacy as it begins with a plan, of which some stations were held since."""
    sittings = tuple(
        Sitting(key=number, place=place, is_held=place.station in held, starts_at=AT)
        for number, place in enumerate(plan.places, start=1)
    )
    values = {"rubrics": plan.rubrics, "needs": plan.needs, "weights_reason": plan.weights_reason,
              "rated": frozenset(), **more}  # fmt: skip
    return Standing(plan=plan.plan, sittings=sittings, **values)


def carried_out(standing: Standing, move: Move, target: Target) -> Standing:
    """The candidacy after the move, read off its list and nothing else."""
    sittings = []
    number = max((one.key for one in standing.sittings), default=0)
    for line in move.lines:
        if line.fate in (Fate.HELD, Fate.KEPT):
            sittings.append(line.sitting)
        elif line.fate in (Fate.STAYS, Fate.CHANGED):
            sittings.append(replace(line.sitting, place=line.place))
        elif line.fate is Fate.ADDED:
            number += 1
            sittings.append(Sitting(key=number, place=line.place, is_held=False))
    rubrics = dict(standing.rubrics) | {line.competency: line.published for line in move.rubrics if line.changes}
    needs = {need.competency: need for need in standing.needs}
    for line in move.needs:
        if line.before:
            needs.pop(line.before.competency)
        if line.after:
            needs[line.after.competency] = line.after
    reason = standing.weights_reason if move.weights_reason is None else move.weights_reason
    return replace(
        standing, plan=target.plan, sittings=tuple(sittings), rubrics=rubrics, needs=tuple(needs.values()),
        weights_reason=reason,
    )  # fmt: skip


def held_in(standing: Standing) -> set[Sitting]:
    return {one for one in standing.sittings if one.is_held}


@st.composite
def targets(draw, plan: int) -> Target:
    assessed = st.lists(st.integers(1, 3), min_size=1, max_size=3, unique=True).map(lambda ids: tuple(sorted(ids)))
    contents = st.tuples(st.integers(1, 2), assessed)
    stations = draw(st.dictionaries(st.integers(1, 5), contents, min_size=1, max_size=5))
    need = st.builds(Need, st.integers(1, 4), st.integers(1, 5), st.integers(1, 4), st.booleans(), st.integers(0, 3))
    needs = draw(st.lists(need, max_size=4, unique_by=lambda one: one.competency))
    rubrics = draw(st.fixed_dictionaries({competency: st.integers(1, 9) for competency in range(1, 5)}))
    reason = draw(st.sampled_from(["", "The assistant is the product."]))
    return target_of(plan, stations, needs=tuple(needs), rubrics=rubrics, weights_reason=reason)


@st.composite
def candidacies(draw, plan: int = 1) -> Standing:
    target = draw(targets(plan))
    held = draw(st.frozensets(st.sampled_from([place.station for place in target.places])))
    of_held = sorted({pk for place in target.places if place.station in held for pk in place.assessed})
    rated = draw(st.frozensets(st.sampled_from(of_held))) if of_held else frozenset()
    return begin(target, held, rated=rated)


@given(candidacies(), targets(2))
def test_nothing_held_is_lost_or_changed(standing: Standing, target: Target) -> None:
    after = carried_out(standing, plan_move(standing, target), target)
    assert held_in(after) == held_in(standing)


@given(candidacies(), targets(2))
def test_every_interview_and_every_new_station_is_on_the_list_once(standing: Standing, target: Target) -> None:
    move = plan_move(standing, target)
    assert sorted(line.sitting.key for line in move.lines if line.sitting) == [one.key for one in standing.sittings]
    assert tuple(line.place for line in move.lines if line.place) == target.places


@given(candidacies(), targets(2))
def test_every_station_of_the_new_plan_is_live_exactly_once(standing: Standing, target: Target) -> None:
    after = carried_out(standing, plan_move(standing, target), target)
    live = [one.place.station for one in after.sittings]
    assert [live.count(place.station) for place in target.places] == [1] * len(target.places)


@given(candidacies(), targets(2))
def test_what_is_not_held_follows_the_new_plan(standing: Standing, target: Target) -> None:
    after = carried_out(standing, plan_move(standing, target), target)
    assert {one.place for one in after.sittings if not one.is_held} <= set(target.places)


@given(candidacies(), targets(1))
def test_moving_to_its_own_plan_changes_nothing(standing: Standing, newer: Target) -> None:
    """Whatever the role requires and the library publishes by now."""
    own = replace(newer, places=tuple(one.place for one in standing.sittings))
    move = plan_move(standing, own)
    assert carried_out(standing, move, own) == standing
    assert (move.rubrics, move.needs, move.weights_reason) == ((), (), None)
    assert move.minutes == move.to_minutes
    assert {line.fate for line in move.lines} <= {Fate.HELD, Fate.STAYS}


@given(candidacies(), targets(2), targets(3))
def test_moving_on_and_back_loses_no_held_interview_and_ends_in_the_first_plan(
    standing: Standing, second: Target, third: Target
) -> None:
    first = replace(
        second, plan=1, places=tuple(one.place for one in standing.sittings), needs=standing.needs,
        weights_reason=standing.weights_reason,
    )  # fmt: skip
    now = standing
    for target in (second, third, first):
        now = carried_out(now, plan_move(now, target), target)
    assert held_in(now) == held_in(standing)
    assert {one.place for one in now.sittings} == {one.place for one in standing.sittings}
    assert sorted(now.needs, key=repr) == sorted(standing.needs, key=repr)
    assert now.weights_reason == standing.weights_reason


@given(candidacies(), targets(2), targets(3))
def test_no_two_live_interviews_stand_in_one_place(standing: Standing, second: Target, third: Target) -> None:
    """The database refuses it, so the core must never ask for it."""
    now = standing
    for target in (second, third, second):
        now = carried_out(now, plan_move(now, target), target)
        keys = [one.place.key for one in now.sittings]
        assert len(keys) == len(set(keys))


@given(candidacies(), targets(2))
def test_a_rated_competency_keeps_its_rubric_and_every_assessed_one_has_one(standing: Standing, target: Target) -> None:
    after = carried_out(standing, plan_move(standing, target), target)
    assert all(after.rubrics[competency] == standing.rubrics[competency] for competency in standing.rated)
    assert {pk for one in after.sittings for pk in one.place.assessed} <= set(after.rubrics)


@given(candidacies(), targets(2))
def test_the_requirements_are_the_roles_afterwards(standing: Standing, target: Target) -> None:
    after = carried_out(standing, plan_move(standing, target), target)
    assert set(after.needs) == set(target.needs)
    assert after.weights_reason == target.weights_reason


@given(candidacies(), targets(2))
def test_minutes_are_those_of_what_is_live(standing: Standing, target: Target) -> None:
    move = plan_move(standing, target)
    after = carried_out(standing, move, target)
    assert move.minutes == sum(one.place.minutes for one in standing.sittings)
    assert move.to_minutes == sum(one.place.minutes for one in after.sittings)


@given(candidacies(), targets(2))
def test_the_same_list_has_the_same_fingerprint_and_another_list_another(standing: Standing, target: Target) -> None:
    move = plan_move(standing, target)
    assert plan_move(standing, target).fingerprint == move.fingerprint
    first, *others = standing.sittings
    begun = replace(standing, sittings=(replace(first, is_held=not first.is_held), *others))
    assert plan_move(begun, target).fingerprint != move.fingerprint


def test_a_station_held_twice_stands_once_and_stays_as_evidence_once() -> None:
    """Two versions of one station were held: both stay, and the plan's own version stands for it."""
    old, new = target_of(1, {1: (1, (1,))}), target_of(2, {1: (2, (1,))})
    sittings = (Sitting(1, old.places[0], is_held=True), Sitting(2, new.places[0], is_held=True))
    standing = replace(begin(old), sittings=sittings, plan=3)
    move = plan_move(standing, new)
    assert [(line.fate, line.sitting) for line in move.lines] == [(Fate.HELD, sittings[1]), (Fate.KEPT, sittings[0])]


def test_a_competency_held_and_not_rated_yet_keeps_its_rubric_too() -> None:
    """Its interviewer read that rubric, and is about to rate on it."""
    old = target_of(1, {1: (1, (1,)), 2: (1, (2,))}, rubrics={1: 10, 2: 20})
    new = target_of(2, {1: (1, (1,)), 2: (1, (2,))}, rubrics={1: 11, 2: 21})
    lines = plan_move(begin(old, frozenset({1})), new).rubrics
    assert [(line.competency, line.changes) for line in lines] == [(1, False), (2, True)]
