"""Why a station is not in the plan."""

import pytest
from hypothesis import given

from apps.loops.core.check import objective, violations
from apps.loops.core.left_out import LeftOutReason, left_out
from apps.loops.core.problem import CompetencyNeed, Limits, Problem, RuleName, RuleRef
from apps.loops.core.solve import GAP, solve

from .core_cases import limited_problems, station
from .test_core_solve import patient


@patient
@given(limited_problems())
def test_no_reason_contradicts_the_optimum(problem: Problem) -> None:
    plan = solve(problem, explain=False)
    found = left_out(problem, plan.stations, plan.assessed)

    assert {one.station_id for one in found} == {option.id for option in problem.stations} - set(plan.stations)
    if plan.status != "optimal":
        return
    for one in found:
        assert one.reason is not LeftOutReason.WOULD_HELP
        assert one.gain >= -1e-9
        if one.best_swap is not None:
            assert one.best_swap.change <= GAP
            others = [name for name in plan.stations if name != one.best_swap.out]
            assert not violations(problem, [*others, one.station_id])
        if one.reason is LeftOutReason.NO_ROOM:
            assert {ref.name for ref in one.breaks}


def test_each_reason_in_its_place() -> None:
    stations = (
        station("in", 60, measures={"x": 0.5}),
        station("unwanted"),
        station("old", state="retired"),
        station("trial", state="pilot"),
        station("nobody", qualified_interviewers=0),
        station("elsewhere", measures={"z": 0.5}),
        station("long", 60, measures={"x": 0.45}),
    )
    problem = Problem((CompetencyNeed("x"),), stations, Limits(candidate_minutes=90, excluded=("unwanted",)))
    found = {one.station_id: one for one in left_out(problem, ["in"])}

    assert {name: one.reason.value for name, one in found.items()} == {
        "unwanted": "excluded",
        "old": "not_in_use",
        "trial": "pilot",
        "nobody": "too_few_people",
        "elsewhere": "measures_nothing",
        "long": "no_room",
    }
    assert found["long"].breaks == (RuleRef(RuleName.CANDIDATE_MINUTES),)
    swap = found["long"].best_swap
    assert swap is not None
    assert swap.out == "in"
    assert swap.change == pytest.approx(objective(problem, ["long"]) - objective(problem, ["in"]))


def test_a_station_a_person_forgot_would_help() -> None:
    problem = Problem((CompetencyNeed("x"),), (station("in"), station("forgotten", measures={"x": 0.3})))
    assert left_out(problem, ["in"])[0].reason is LeftOutReason.WOULD_HELP
    with pytest.raises(ValueError, match="'ghost'"):
        left_out(problem, ["ghost"])
