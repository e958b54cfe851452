"""What each station adds."""

import pytest

from apps.loops.core.check import objective
from apps.loops.core.contribution import contributions
from apps.loops.core.problem import CompetencyNeed, Limits, Problem, RuleName, RuleRef
from apps.loops.core.solve import solve

from .core_cases import station, worked_loop


def test_loss_is_the_fall_of_the_objective_without_the_station() -> None:
    plan = solve(worked_loop())
    found = contributions(worked_loop(), plan.stations, plan.assessed)

    assert tuple(item.station_id for item in found) == plan.stations
    by_name = {item.station_id: item for item in found}
    assert by_name["s3"].loss == pytest.approx(0.737629 - 0.698675, abs=1e-6)
    assert by_name["s5"].loss == pytest.approx(0.737629 - 0.686135, abs=1e-6)
    assert all(item.loss > 0 and not item.breaks for item in found)


def test_rules_that_hold_only_with_a_station_are_named() -> None:
    needs = (CompetencyNeed("x", must_pass=True, min_signals=2), CompetencyNeed("y"))
    stations = (station("a", kind="ai_craft"), station("b", measures={"x": 0.2}), station("c", measures={"y": 0.4}))
    problem = Problem(needs, stations, Limits(required_kinds={"ai_craft": 1}, pinned=("c",)))
    a, b, c = contributions(problem, ["a", "b", "c"])

    target, signals = RuleRef(RuleName.TARGET_RELIABILITY, "x"), RuleRef(RuleName.MIN_SIGNALS, "x")
    assert a.breaks == (RuleRef(RuleName.REQUIRED_KIND, "ai_craft"), target, signals)
    assert b.breaks == (target, signals)
    assert c.breaks == (RuleRef(RuleName.PINNED, "c"),)


def test_a_rule_broken_before_is_not_blamed_on_a_station() -> None:
    problem = worked_loop(Limits(candidate_minutes=30))
    (only,) = contributions(problem, ["s1"])

    assert only.breaks == ()
    assert only.loss == pytest.approx(objective(problem, ["s1"]))
