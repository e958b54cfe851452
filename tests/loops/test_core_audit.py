"""What an audit says of small loops, and that its repair is the smallest there is: against brute force."""

from dataclasses import replace
from itertools import chain, combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.loops.core.audit import Verdict, audit
from apps.loops.core.check import objective, violations
from apps.loops.core.problem import CompetencyNeed, Limits, Problem
from apps.loops.core.repair import RepairStatus, repairs, within
from tests.loops.core_cases import small_problems, station

X, Y = CompetencyNeed("x", min_signals=1), CompetencyNeed("y", min_signals=1)


def distance(loop: tuple[str, ...], plan: tuple[str, ...]) -> int:
    return max(len(set(loop) - set(plan)), len(set(plan) - set(loop)))


def test_verdicts_tell_missing_thin_enough_and_more_than_useful():
    needs = (
        CompetencyNeed("none", min_signals=1),
        CompetencyNeed("few", min_signals=2),
        CompetencyNeed("low", must_pass=True, min_signals=1),
        CompetencyNeed("fine", min_signals=1),
        CompetencyNeed("often", min_signals=1),
    )
    options = (
        station("a", measures={"few": 0.5, "low": 0.2, "fine": 0.5, "often": 0.6}),
        station("b", measures={"often": 0.10}),
        station("c", measures={"often": 0.10}),
    )
    report = audit(Problem(needs, options), ("a", "b", "c"))
    assert [reading.verdict for reading in report.readings] == [
        Verdict.MISSING, Verdict.THIN, Verdict.THIN, Verdict.ENOUGH, Verdict.MORE
    ]  # fmt: skip
    often = report.readings[-1]
    assert often.signals == 3
    assert [value.station_id for value in often.spare] == ["b", "c"]
    assert often.spare[0].gain > often.spare[1].gain > 0


def test_signals_that_one_person_holds_are_not_more_than_useful_without_the_other_persons():
    ann, bea = frozenset({"ann"}), frozenset({"bea"})
    twice = (
        station("a", measures={"x": 0.6}, qualified_interviewers=ann),
        station("b", measures={"x": 0.6}, qualified_interviewers=ann),
    )
    needs = (CompetencyNeed("x", min_signals=2),)
    only_bea = station("c", measures={"x": 0.10}, qualified_interviewers=bea)
    reading = audit(Problem(needs, (*twice, only_bea)), ("a", "b", "c")).readings[0]
    assert [value.station_id for value in reading.spare] == ["c"]
    assert (reading.signals, reading.verdict) == (2, Verdict.ENOUGH)
    both = (twice[0], replace(twice[1], qualified_interviewers=bea))
    assert audit(Problem(needs, (*both, only_bea)), ("a", "b", "c")).readings[0].verdict is Verdict.MORE


def test_gains_of_one_competency_add_up_to_what_it_is_worth():
    problem = Problem((X, Y), (station("a"), station("b"), station("c", measures={"y": 0.4, "x": 0.2})))
    loop = ("a", "b", "c")
    reading = audit(problem, loop).readings[0]
    without = objective(problem, loop, {"a": (), "b": (), "c": ("y",)})
    assert sum(value.gain for value in reading.values) == pytest.approx(objective(problem, loop) - without)


def test_signals_on_what_the_role_does_not_need_are_counted():
    options = (
        station("a", measures={"x": 0.44, "react": 0.44}),
        station("b", measures={"react": 0.3, "sql": 0.05}),
        station("c", measures={"sql": 0.4}),
    )
    found = audit(Problem((X,), options), ("a", "b", "c")).not_needed
    assert [(one.competency, one.signals, one.stations) for one in found] == [
        ("react", 2, ("a", "b")),
        ("sql", 1, ("c",)),
    ]


def test_spare_stations_break_no_rule_and_cost_less_than_a_point():
    options = (station("a"), station("idle", measures={}), station("kind", kind="talk2", measures={}))
    report = audit(Problem((X,), options, Limits(required_kinds={"talk2": 1})), ("a", "idle", "kind"))
    assert [one.station_id for one in report.spare] == ["idle"]
    assert report.spare_together == ("idle",)


def test_spare_stations_that_stand_in_for_each_other_do_not_all_go():
    options = tuple(station(name, measures={"x": 0.9}) for name in "abc")
    report = audit(Problem((CompetencyNeed("x", min_signals=1),), options), ("a", "b", "c"))
    assert len(report.spare) == 0 or len(report.spare_together) < 3
    twins = (station("a", measures={"x": 0.95}), station("b", measures={"x": 0.95}))
    report = audit(Problem((CompetencyNeed("x", min_signals=0),), (*twins, station("c", measures={"x": 0.95}))), "abc")
    assert [one.station_id for one in report.spare] == ["a", "b", "c"]
    assert len(report.spare_together) == 1


def test_stale_stations_are_named_with_what_age_costs():
    old = station("old", age_months=6.0, half_life_months=6.0)
    problem = Problem((X,), (old, station("new", age_months=5.9, half_life_months=6.0)))
    report = audit(problem, ("old", "new"))
    assert [(one.station_id, one.freshness) for one in report.stale] == [("old", 0.5)]
    fresh = Problem((X,), tuple(replace(option, age_months=0.0) for option in problem.stations))
    expected = objective(fresh, ("old", "new")) - objective(problem, ("old", "new"))
    assert report.staleness_loss == pytest.approx(expected)


def test_the_job_a_loop_explains_best_is_the_one_it_finds():
    problem = Problem((X, Y), (station("a"),))
    report = audit(problem, ("a",), jobs={"both": (X, Y), "just x": (X,), "other": (CompetencyNeed("z"),)})
    assert report.finds is not None
    assert report.finds.name == "just x"
    assert [one.name for one in report.portraits] == ["just x", "both", "other"]
    assert audit(problem, ("a",), jobs={"other": (CompetencyNeed("z"),)}).finds is None


def test_a_loop_without_stations_is_refused():
    with pytest.raises(ValueError, match="at least one station"):
        audit(Problem((X,), (station("a"),)), ())


def test_a_loop_that_keeps_every_rule_needs_no_repair_and_may_still_gain():
    problem = Problem((X,), (station("a"), station("b")), Limits(max_stations=2))
    found = repairs(problem, ("a",))
    assert (found.status, found.smallest) == (RepairStatus.NOT_NEEDED, 0)
    assert [(one.changes, one.added) for one in found.options] == [(0, ()), (1, ("b",))]


def test_a_repair_swaps_what_is_alike_and_keeps_the_rest():
    options = (
        station("talk", kind="talk", measures={"x": 0.44}),
        station("quiz", kind="puzzle", minutes=30, measures={}),
        station("craft", kind="ai_craft", measures={"y": 0.44}),
        station("riddle", kind="puzzle", minutes=30, measures={"y": 0.2}),
    )
    limits = Limits(max_stations=2, required_kinds={"puzzle": 1})
    found = repairs(Problem((X, Y), options, limits), ("talk", "quiz"))
    repair = found.options[0]
    assert (found.status, repair.changes, repair.kept) == (RepairStatus.FOUND, 1, ("talk",))
    assert [(swap.removed, swap.added) for swap in repair.swaps] == [("quiz", "riddle")]


def test_more_changes_than_allowed_are_named_but_not_made():
    problem = Problem((X, Y), (station("a", measures={}), station("b"), station("c", measures={"y": 0.4})))
    found = repairs(problem, ("a",), most_changes=1)
    assert (found.status, found.smallest, found.options) == (RepairStatus.BEYOND, 2, ())


def test_a_larger_change_is_offered_where_it_is_asked_for():
    options = (station("a", measures={}), *(station(name) for name in "bcdefg"))
    found = repairs(Problem((X,), options), ("a",), most_changes=5)
    assert [one.changes for one in found.options] == [1, 2, 3, 5]
    assert found.within(4) == found.options[2]
    assert found.within(None) == found.options[0]
    assert found.within(0) is None


def test_where_no_loop_keeps_every_rule_the_clash_is_told():
    problem = Problem((X, Y), (station("a"), station("b")))
    found = repairs(problem, ("a",))
    assert found.status is RepairStatus.IMPOSSIBLE
    assert [(ref.name.value, ref.subject) for ref in found.clash] == [("min_signals", "y")]


def test_a_limit_that_is_none_is_refused():
    problem = Problem((X,), (station("a"),))
    with pytest.raises(ValueError, match="time_limit_seconds"):
        repairs(problem, ("a",), time_limit_seconds=0)
    with pytest.raises(ValueError, match="most_changes"):
        repairs(problem, ("a",), most_changes=-1)


@settings(max_examples=40)
@given(small_problems(most_stations=7), st.data())
def test_the_repair_is_the_smallest_change_and_the_best_of_its_size(problem: Problem, data: st.DataObject):
    ids = [option.id for option in problem.stations]
    loop = tuple(data.draw(st.lists(st.sampled_from(ids), unique=True, min_size=1, max_size=5)))
    every = chain.from_iterable(combinations(ids, number) for number in range(len(ids) + 1))
    fine = [(distance(loop, plan), objective(problem, plan)) for plan in every if not violations(problem, plan)]
    found = repairs(problem, loop)
    assert found.status is not RepairStatus.UNKNOWN
    if not fine:
        assert found.status is RepairStatus.IMPOSSIBLE
        return
    smallest = min(changes for changes, _ in fine)
    assert found.smallest == smallest
    assert found.status is (RepairStatus.FOUND if smallest else RepairStatus.NOT_NEEDED)
    assert found.options[0].changes == smallest
    for repair in found.options:
        assert violations(problem, repair.stations, repair.assessed) == ()
        assert distance(loop, repair.stations) == repair.changes
        assert set(repair.kept) == set(loop) & set(repair.stations)
        assert set(repair.added) == set(repair.stations) - set(loop)
        assert set(repair.removed) == set(loop) - set(repair.stations)
        best = max(value for changes, value in fine if changes <= repair.changes)
        assert repair.objective == pytest.approx(best, abs=2e-6)


@settings(max_examples=25)
@given(small_problems(most_stations=6, capped=True), st.data())
def test_the_repair_keeps_the_rule_on_what_a_station_may_assess(problem: Problem, data: st.DataObject):
    ids = [option.id for option in problem.stations]
    loop = tuple(data.draw(st.lists(st.sampled_from(ids), unique=True, min_size=1, max_size=4)))
    found = repairs(problem, loop)
    assert found.options or found.status is RepairStatus.IMPOSSIBLE
    for repair in found.options:
        asked = within(problem, loop, repair.changes)
        assert violations(asked, repair.stations, repair.assessed) == ()


@settings(max_examples=25)
@given(small_problems(most_stations=6), st.data())
def test_a_report_adds_up(problem: Problem, data: st.DataObject):
    ids = [option.id for option in problem.stations]
    loop = tuple(data.draw(st.lists(st.sampled_from(ids), unique=True, min_size=1, max_size=4)))
    report = audit(problem, loop, jobs={"this": problem.competencies})
    assert report.explained == objective(problem, loop)
    assert report.staleness_loss >= 0
    assert report.portraits[0].explained == pytest.approx(max(report.explained, 0.0))
    assert set(report.violations) == set(violations(problem, loop))
    assert set(report.spare_together) <= {one.station_id for one in report.spare}
    rest = [name for name in loop if name not in report.spare_together]
    assert not rest or report.explained - objective(problem, rest) < 0.01
