"""What the planner refuses to be asked, and the sentence it says."""

import dataclasses

import pytest

from apps.loops.core.problem import CompetencyNeed, Limits, Problem, StationOption

from .core_cases import station

NEED = CompetencyNeed("x")


@pytest.mark.parametrize("weight", [0, -1.0, float("nan"), float("inf"), True, 1e9])
def test_weight_that_is_not_a_positive_number_is_refused(weight: float) -> None:
    with pytest.raises(ValueError, match="weight of competency 'llm-craft'"):
        CompetencyNeed("llm-craft", weight)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"target_reliability": 0.0}, "target_reliability of competency 'x'"),
        ({"target_reliability": 1.0}, "target_reliability of competency 'x'"),
        ({"min_signals": -1}, "min_signals of competency 'x'"),
        ({"min_signals": 1.5}, "min_signals of competency 'x'"),
    ],
)
def test_need_out_of_range_is_refused(fields: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        CompetencyNeed("x", **fields)  # type: ignore[arg-type]  # wrong on purpose


@pytest.mark.parametrize(
    "fields",
    [
        {"minutes": 0},
        {"minutes": 30.0},
        {"interviewers": 0},
        {"interviewer_minutes": -1},
        {"measures": {"x": 0.0}},
        {"measures": {"x": 1.0}},
        {"measures": {"x": float("nan")}},
        {"age_months": -1},
        {"half_life_months": 0},
        {"state": "resting"},
        {"qualified_interviewers": -1},
        {"qualified_interviewers": "ann"},
        {"kind": ""},
    ],
)
def test_station_out_of_range_is_refused_by_field_and_id(fields: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=f"{next(iter(fields))} of station 'returns-desk'"):
        station("returns-desk", **fields)  # type: ignore[arg-type]  # wrong on purpose


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"candidate_minutes": -1}, "candidate_minutes of the limits"),
        ({"interviewer_minutes": 1.5}, "interviewer_minutes of the limits"),
        ({"max_stations": -1}, "max_stations of the limits"),
        ({"max_competencies_per_station": 0}, "max_competencies_per_station of the limits"),
        ({"required_kinds": {"ai_craft": -1}}, "required_kinds for kind 'ai_craft'"),
        ({"max_per_kind": {"talk": -1}}, "max_per_kind for kind 'talk'"),
    ],
)
def test_limit_out_of_range_is_refused(limits: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Limits(**limits)  # type: ignore[arg-type]  # wrong on purpose


def test_problem_that_contradicts_itself_is_refused() -> None:
    with pytest.raises(ValueError, match="competencies of the problem must not be empty"):
        Problem((), (station("a"),))
    with pytest.raises(ValueError, match="competencies of the problem lists 'x' twice"):
        Problem((NEED, NEED), ())
    with pytest.raises(ValueError, match="stations of the problem lists 'a' twice"):
        Problem((NEED,), (station("a"), station("a")))
    with pytest.raises(ValueError, match="pinned of the limits names 'b'"):
        Problem((NEED,), (station("a"),), Limits(pinned=("b",)))
    with pytest.raises(ValueError, match="excluded of the limits names 'b'"):
        Problem((NEED,), (station("a"),), Limits(excluded=("b",)))
    for correlation in (-0.1, 1.0, float("nan")):
        with pytest.raises(ValueError, match="correlation of the problem"):
            Problem((NEED,), (), correlation=correlation)
    with pytest.raises(ValueError, match="id of a StationOption"):
        station("")


def test_values_do_not_change_after_they_are_made() -> None:
    measures = {"x": 0.4}
    made = station("a", measures=measures, qualified_interviewers=["ann", "bea"])
    measures["x"] = 0.9

    assert made.measures["x"] == 0.4
    assert made.pool == frozenset({"ann", "bea"})
    assert hash(made) == hash(dataclasses.replace(made))
    with pytest.raises(TypeError):
        made.measures["x"] = 0.9  # type: ignore[index]  # refused on purpose


def test_defaults_follow_the_science() -> None:
    assert CompetencyNeed("x").target is None
    assert CompetencyNeed("x", must_pass=True).target == 0.45
    assert CompetencyNeed("x", must_pass=True, target_reliability=0.6).target == 0.6
    assert station("a", 60, interviewers=2).interviewer_load == 150
    assert station("a", 60, interviewers=2, interviewer_minutes=70).interviewer_load == 70
    assert StationOption("a", "talk", 60).pool is None
