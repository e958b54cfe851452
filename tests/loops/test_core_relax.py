"""Ways out of the impossible: each is solved with, none asks for more than it must."""

import pytest
from hypothesis import given, settings

from apps.loops.core.problem import CompetencyNeed, Limits, Problem, RuleName, RuleRef
from apps.loops.core.relax import relaxed
from apps.loops.core.result import Change
from apps.loops.core.solve import solve

from .core_cases import broken_rules, brute_force, limited_problems, station
from .test_core_solve import patient

#: Rules nobody can loosen by asking: only these may leave a clash without a way out.
FIXED = {RuleName.NOT_IN_USE, RuleName.PILOT_NOT_PINNED, RuleName.OVERLAP}


@settings(patient, max_examples=40)
@given(limited_problems(most_stations=5))
def test_every_relaxation_makes_a_plan_possible(problem: Problem) -> None:
    result = solve(problem)

    for relaxation in result.relaxations:
        assert {change.rule for change in relaxation.changes} & set(result.clash)
        looser = relaxed(problem, relaxation)
        assert brute_force(looser) is not None
        assert solve(looser).status == "optimal"
    assert [way.cost for way in result.relaxations] == sorted(way.cost for way in result.relaxations)
    if result.status == "infeasible" and not result.relaxations:
        loosenable = [rules for rules in broken_rules(problem) if not {ref.name for ref in rules} & FIXED]
        assert all(len(rules) > 2 for rules in loosenable)


def test_what_is_missing_is_named_to_the_minute_and_to_the_signal() -> None:
    need = CompetencyNeed("x", min_signals=2)
    problem = Problem((need,), (station("a", 60), station("b", 75)), Limits(candidate_minutes=100))
    ways = solve(problem).relaxations

    assert [way.changes for way in ways] == [
        (Change(RuleRef(RuleName.CANDIDATE_MINUTES), 100, 135),),
        (Change(RuleRef(RuleName.MIN_SIGNALS, "x"), 2, 1),),
    ]


def test_two_rules_are_loosened_together_where_one_is_not_enough() -> None:
    need = CompetencyNeed("x", min_signals=1)
    stations = (station("a", 60), station("craft", 60, kind="ai_craft", measures={}))
    limits = Limits(candidate_minutes=30, interviewer_minutes=30, required_kinds={"ai_craft": 1})
    problem = Problem((need,), stations, limits)
    result = solve(problem)

    assert all(len(way.changes) == 2 for way in result.relaxations)
    assert (
        Change(RuleRef(RuleName.CANDIDATE_MINUTES), 30, 120),
        Change(RuleRef(RuleName.INTERVIEWER_MINUTES), 30, 150),
    ) in [tuple(sorted(way.changes, key=lambda change: change.rule)) for way in result.relaxations]


def test_targets_pins_and_training_can_be_loosened() -> None:
    need = CompetencyNeed("x", must_pass=True)
    weak = Problem((need,), (station("a", measures={"x": 0.40}),))
    assert solve(weak).relaxations[0].changes == (
        Change(RuleRef(RuleName.TARGET_RELIABILITY, "x"), 0.45, pytest.approx(0.40)),
    )

    both = Problem((CompetencyNeed("x"),), (station("a"),), Limits(pinned=("a",), excluded=("a",)))
    assert {way.changes[0].rule.name for way in solve(both).relaxations} == {RuleName.PINNED, RuleName.EXCLUDED}

    nobody = station("a", interviewers=2, qualified_interviewers=["ann"])
    ways = solve(Problem((CompetencyNeed("x", min_signals=1),), (nobody,))).relaxations
    assert Change(RuleRef(RuleName.QUALIFIED_INTERVIEWERS, "a"), 1, 2) in [way.changes[0] for way in ways]


def test_a_clash_of_fixed_rules_has_no_way_out() -> None:
    problem = Problem((CompetencyNeed("x", min_signals=1),), (station("a", state="retired"),))
    names = {change.rule.name for way in solve(problem).relaxations for change in way.changes}
    assert names == {RuleName.MIN_SIGNALS}
