"""The checker: right about each rule by itself, and strangers to the solver's code."""

import ast
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from apps.loops.core import check
from apps.loops.core.check import objective, violations
from apps.loops.core.information import LoopValue, station_information
from apps.loops.core.problem import CompetencyNeed, Limits, Problem, RuleName

from .core_cases import small_problems, station, subsets, worked_loop


def test_the_checker_imports_nothing_of_the_solver() -> None:
    tree = ast.parse(Path(check.__file__).read_text())
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported == {"collections.abc", "dataclasses", "itertools", "problem"}
    assert not any(isinstance(node, ast.Import) for node in ast.walk(tree))


@settings(deadline=None, database=None, max_examples=40)
@given(small_problems(most_stations=5))
def test_both_derivations_of_the_objective_agree(problem: Problem) -> None:
    options = {option.id: option for option in problem.stations}
    for names in subsets(problem):
        known = [sum(station_information(options[name], need.id) for name in names) for need in problem.competencies]
        expected = LoopValue.of(problem).at(np.array(known, dtype=float))
        assert objective(problem, names) == pytest.approx(expected, abs=1e-12)


def broken(needs: CompetencyNeed, *chosen: str, **limits: object) -> set[tuple[RuleName, str, float, float]]:
    stations = (
        station("a", 60, "ai_craft", qualified_interviewers=["ann"]),
        station("b", 45, measures={"x": 0.3, "y": 0.3}, qualified_interviewers=["ann"]),
        station("panel", 30, interviewers=2, qualified_interviewers=1),
        station("pilot", 60, "ai_craft", state="pilot"),
    )
    problem = Problem((needs, CompetencyNeed("y")), stations, Limits(**limits))  # type: ignore[arg-type]  # Limits' own
    return {
        (found.rule, found.subject, round(found.actual, 4), round(found.limit, 4))
        for found in violations(problem, chosen)
    }


def test_every_rule_is_found_by_name_with_what_is_and_what_should_be() -> None:
    x = CompetencyNeed("x")
    assert broken(x) == set()
    assert broken(x, "a", "b", candidate_minutes=104) == {(RuleName.CANDIDATE_MINUTES, "", 105, 104)}
    assert broken(x, "a", "b", interviewer_minutes=134) == {(RuleName.INTERVIEWER_MINUTES, "", 135, 134)}
    assert broken(x, "a", "b", max_stations=1) == {(RuleName.MAX_STATIONS, "", 2, 1)}
    assert broken(x, "b", required_kinds={"ai_craft": 1}) == {(RuleName.REQUIRED_KIND, "ai_craft", 0, 1)}
    assert broken(x, "a", max_per_kind={"ai_craft": 0}) == {(RuleName.MAX_PER_KIND, "ai_craft", 1, 0)}
    assert broken(x, "b", pinned=("a",)) == {(RuleName.PINNED, "a", 0, 1)}
    assert broken(x, "a", excluded=("a",)) == {(RuleName.EXCLUDED, "a", 1, 0)}
    assert broken(x, "panel") == {(RuleName.QUALIFIED_INTERVIEWERS, "panel", 1, 2)}
    assert broken(x, "pilot") == {(RuleName.PILOT_NOT_PINNED, "pilot", 1, 0)}
    assert broken(x, "b", max_competencies_per_station=1) == {(RuleName.COMPETENCIES_PER_STATION, "b", 2, 1)}
    must = CompetencyNeed("x", must_pass=True)
    assert broken(must, "a") == {(RuleName.TARGET_RELIABILITY, "x", 0.7857, 0.8182)}
    assert broken(must, "a", "pilot", pinned=("pilot",)) == {(RuleName.TARGET_RELIABILITY, "x", 0.7857, 0.8182)}
    twice = CompetencyNeed("x", min_signals=2)
    assert broken(twice, "a") == {(RuleName.MIN_SIGNALS, "x", 1, 2)}
    assert broken(twice, "a", "b") == {(RuleName.MIN_SIGNALS, "x", 1, 2)}  # ann cannot hold both
    assert broken(twice, "a", "pilot", pinned=("pilot",)) == {(RuleName.MIN_SIGNALS, "x", 1, 2)}


def test_what_is_assessed_decides_what_is_known() -> None:
    problem = worked_loop()
    assert objective(problem, ["s1"], {"s1": ["a"]}) < objective(problem, ["s1"])
    assert objective(problem, ["s1"], {"s1": []}) == pytest.approx(0, abs=1e-12)
    with pytest.raises(ValueError, match="assessed of station 's5' names 'b'"):
        objective(problem, ["s5"], {"s5": ["b"]})


def test_unknown_or_repeated_stations_are_refused() -> None:
    with pytest.raises(ValueError, match="names 's9'"):
        violations(worked_loop(), ["s9"])
    with pytest.raises(ValueError, match="twice"):
        objective(worked_loop(), ["s1", "s1"])
