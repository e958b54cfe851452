"""The proof itself: against brute force, against an independent solver, against itself."""

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import chain

import pytest
from hypothesis import HealthCheck, given, settings

from apps.loops.core.check import objective, violations
from apps.loops.core.problem import Limits, Problem
from apps.loops.core.result import PlanResult
from apps.loops.core.solve import GAP, solve

from .core_cases import (
    broken_rules,
    brute_force,
    limited_problems,
    random_library,
    small_problems,
    station,
    worked_loop,
)
from .instances import published_instance
from .peers import greedy, highs

patient = settings(deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])


@settings(patient, max_examples=150)
@given(small_problems())
def test_plan_is_the_best_of_all_and_a_clash_is_irreducible(problem: Problem) -> None:
    best, plan = brute_force(problem), solve(problem)

    if best is not None:
        assert plan.status == "optimal"
        assert plan.objective == pytest.approx(best, abs=GAP)
        assert plan.objective <= plan.bound <= plan.objective + 1.01 * GAP  # type: ignore[operator]  # both are numbers
        assert not violations(problem, plan.stations, plan.assessed)
        assert objective(problem, plan.stations, plan.assessed) == pytest.approx(plan.objective, abs=1e-12)
        assert not plan.clash
        return
    assert plan.status == "infeasible"
    assert plan.clash_irreducible
    clash, broken = set(plan.clash), broken_rules(problem)
    assert all(rules & clash for rules in broken)
    for dropped in clash:
        assert any(not rules & (clash - {dropped}) for rules in broken)


@settings(patient, max_examples=120)
@given(limited_problems())
def test_plan_keeps_days_shares_and_overlaps_and_is_still_the_best(problem: Problem) -> None:
    best, plan = brute_force(problem), solve(problem)

    assert (plan.status == "optimal") == (best is not None)
    if best is not None:
        assert plan.objective == pytest.approx(best, abs=GAP)
        assert not violations(problem, plan.stations, plan.assessed)
        assert _longest_day(plan, problem) <= (problem.limits.day_minutes or 10**6)
        return
    assert plan.clash_irreducible
    clash, broken = set(plan.clash), broken_rules(problem)
    assert all(rules & clash for rules in broken)
    for dropped in clash:
        assert any(not rules & (clash - {dropped}) for rules in broken)


def _longest_day(plan: PlanResult, problem: Problem) -> int:
    """Station minutes of the fuller day in the plan's own timeline."""
    minutes = {option.id: option.minutes for option in problem.stations}
    days = {slot.day for slot in plan.timeline.slots}
    assert len(days) <= problem.limits.days
    return max(
        (sum(minutes[slot.station_id] for slot in plan.timeline.slots if slot.day == day) for day in days), default=0
    )


@settings(patient, max_examples=60)
@given(small_problems(most_stations=7))
def test_leaving_hopeless_stations_out_loses_nothing(problem: Problem) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("apps.loops.core.solve.CORE_STATIONS", 2)  # so that even a tiny problem has stations to leave out
        plan = solve(problem)

    best = brute_force(problem)
    assert plan.objective == (None if best is None else pytest.approx(best, abs=GAP))


@settings(patient, max_examples=15)
@given(small_problems(most_stations=10))
def test_plan_is_the_best_of_all_among_ten_stations(problem: Problem) -> None:
    best, plan = brute_force(problem), solve(problem)

    assert (plan.status == "optimal") == (best is not None)
    assert plan.objective == (None if best is None else pytest.approx(best, abs=GAP))


@settings(patient, max_examples=60)
@given(small_problems(most_stations=5, capped=True))
def test_plan_assesses_the_best_competencies_when_it_must_choose(problem: Problem) -> None:
    best, plan = brute_force(problem), solve(problem)

    assert (plan.status == "optimal") == (best is not None)
    if best is not None:
        assert plan.objective == pytest.approx(best, abs=GAP)
        assert not violations(problem, plan.stations, plan.assessed)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("make", [random_library, published_instance])
def test_sixty_stations_and_eight_competencies_agree_with_highs(make: Callable[[int], Problem], seed: int) -> None:
    problem = make(seed)
    plan = solve(problem, time_limit_seconds=60)

    assert plan.status == "optimal"
    assert not violations(problem, plan.stations, plan.assessed)
    assert plan.objective == pytest.approx(highs(problem), abs=1.2e-6)


def test_choosing_greedily_never_does_better() -> None:
    for seed in range(6):
        problem = published_instance(seed)
        plan = solve(problem)
        for by_minute in (True, False):
            chosen = greedy(problem, by_minute)
            assert violations(problem, chosen) or objective(problem, chosen) <= plan.objective + GAP


def test_the_same_question_has_the_same_answer() -> None:
    problem = random_library(3)
    first, second = solve(problem), solve(problem)

    assert first == second


def test_a_search_cut_short_says_so_and_ends_the_same() -> None:
    problem = random_library(3, stations=200, competencies=12)
    first, second = solve(problem, time_limit_seconds=0.1), solve(problem, time_limit_seconds=0.1)

    assert first == second
    assert first.status == "feasible"
    assert first.objective < first.bound - GAP  # type: ignore[operator]  # both are numbers
    assert not violations(problem, first.stations, first.assessed)


def test_a_limit_too_short_for_anything_proves_nothing() -> None:
    plan = solve(random_library(3), time_limit_seconds=1e-9)

    assert plan.status == "unknown"
    assert not plan.stations
    with pytest.raises(ValueError, match="time_limit_seconds"):
        solve(worked_loop(), time_limit_seconds=0)


def test_more_of_anything_is_never_worse() -> None:
    values = [solve(worked_loop(Limits(candidate_minutes=minutes))).objective for minutes in range(0, 300, 15)]

    assert values == sorted(values)  # type: ignore[type-var]  # every plan exists


def test_reliabilities_close_to_one_and_weights_far_apart_stay_exact() -> None:
    base = worked_loop(Limits(candidate_minutes=110))
    needs = tuple(replace(need, weight=10.0 ** (4 * n - 6)) for n, need in enumerate(base.competencies[:3]))
    sure = [station(f"sure-{name}", 50, measures={name: 1 - 1e-12}) for name in "abc"]
    problem = replace(base, competencies=needs, stations=(*base.stations, *sure), correlation=0.99)
    plan = solve(problem)

    assert plan.status == "optimal"
    assert plan.objective == pytest.approx(brute_force(problem), abs=GAP)


def test_no_limit_takes_every_station_that_tells_something() -> None:
    base = random_library(5)
    needs = tuple(replace(need, min_signals=0, must_pass=False) for need in base.competencies)
    silent = station("silent", measures={})
    plan = solve(replace(base, competencies=needs, stations=(*base.stations, silent), limits=Limits()))

    assert set(plan.stations) == {option.id for option in base.stations}


def test_clash_of_a_large_library_names_few_rules() -> None:
    base = random_library(2, stations=120)
    problem = replace(base, limits=replace(base.limits, candidate_minutes=70))
    plan = solve(problem)

    assert plan.status == "infeasible"
    assert plan.clash_irreducible
    assert {ref.name for ref in plan.clash} <= {
        "candidate_minutes",
        "min_signals",
        "target_reliability",
        "required_kind",
    }
    assert 2 <= len(plan.clash) <= 8


def test_plan_accounts_for_its_minutes_and_competencies() -> None:
    problem = random_library(1)
    plan = solve(problem)
    options = {option.id: option for option in problem.stations}

    assert plan.candidate_minutes == sum(options[name].minutes for name in plan.stations)
    assert plan.interviewer_minutes == sum(options[name].interviewer_load for name in plan.stations)
    assert set(plan.coverage) == {need.id for need in problem.competencies}
    assert set(plan.assessed) == set(plan.stations)
    assert set(chain.from_iterable(plan.assessed.values())) <= set(plan.coverage)
    for found in plan.coverage.values():
        assert found.reliability == pytest.approx(found.information / (1 + found.information))
        assert found.information == pytest.approx(found.proven_information)


def test_solving_leaves_the_process_its_ctrl_c() -> None:
    # In a process of its own: a solver that takes SIGINT over gives it back as "end at once", without an exception.
    script = (
        "import os, signal\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from apps.loops.core.problem import CompetencyNeed, Problem, StationOption\n"
        "from apps.loops.core.solve import solve\n"
        "solve(Problem((CompetencyNeed('a'),), (StationOption('s', 'coding', 30, measures={'a': 0.4}),)))\n"
        "try:\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    signal.sigtimedwait([], 1)\n"
        "except KeyboardInterrupt:\n"
        "    print('interrupted as Python does it')\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.strip() == "interrupted as Python does it"
