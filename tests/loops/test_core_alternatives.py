"""Different plans, and what more minutes would buy."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from apps.loops.core.alternatives import alternatives
from apps.loops.core.check import objective, violations
from apps.loops.core.frontier import frontier
from apps.loops.core.problem import Problem
from apps.loops.core.solve import GAP, solve

from .core_cases import brute_force, random_library, small_problems, subsets
from .test_core_solve import patient


@settings(patient, max_examples=40)
@given(small_problems(most_stations=7))
def test_alternatives_differ_in_two_stations_and_none_is_better(problem: Problem) -> None:
    plan = solve(problem, explain=False)
    found = alternatives(problem, plan.stations, number=2)

    against = [set(plan.stations)]
    for other in found:
        assert not violations(problem, other.stations, other.assessed)
        allowed = [
            objective(problem, names)
            for names in subsets(problem)
            if not violations(problem, names) and all(len(one - set(names)) >= 2 for one in against)
        ]
        assert other.objective == pytest.approx(max(allowed), abs=GAP)
        against.append(set(other.stations))


@settings(patient, max_examples=30)
@given(small_problems(most_stations=6))
def test_frontier_is_the_best_for_each_limit_and_never_falls(problem: Problem) -> None:
    limits = [0, 30, 45, 60, 90, 120, 200, 600]
    points = frontier(problem, minutes=limits)

    values = [point.result.objective for point in points]
    assert values == sorted(values)  # type: ignore[type-var]  # a point has a plan
    for point in points:
        within = replace(problem, limits=replace(problem.limits, candidate_minutes=point.candidate_minutes_limit))
        assert point.result.objective == pytest.approx(brute_force(within), abs=GAP)
    shown = {point.candidate_minutes_limit for point in points}
    for missing in set(limits) - shown:
        within = replace(problem, limits=replace(problem.limits, candidate_minutes=missing))
        best = brute_force(within)
        assert best is None or best <= (values[-1] or 0) + GAP


def test_frontier_of_a_library_goes_past_its_own_limit() -> None:
    problem = random_library(3, stations=20, competencies=4)
    points = frontier(problem)
    own = next(point for point in points if point.candidate_minutes_limit == 300)

    assert own.result.objective == pytest.approx(solve(problem).objective, abs=GAP)
    assert len(points) >= 4
