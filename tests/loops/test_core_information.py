"""The worked numbers of SCIENCE.md A.1."""

import numpy as np
import pytest

from apps.loops.core.check import objective
from apps.loops.core.information import (
    LoopValue,
    expected_validity,
    freshness,
    information_for,
    is_signal,
    rating_information,
    reliability,
    station_information,
)
from apps.loops.core.problem import CompetencyNeed, Limits, StationOption
from apps.loops.core.solve import solve

from .core_cases import worked_loop


@pytest.mark.parametrize(
    ("number", "expected", "validity"),
    [
        (1, 0.440000, 0.420000),
        (2, 0.611111, 0.494975),
        (3, 0.702128, 0.530556),
        (4, 0.758621, 0.551487),
        (5, 0.797101, 0.565301),
        (6, 0.825000, 0.575109),
    ],
)
def test_reliability_and_validity_of_separate_interviewers(number: int, expected: float, validity: float) -> None:
    found = reliability(number * rating_information(0.44))

    assert found == pytest.approx(expected, abs=5e-7)
    assert found == pytest.approx(number * 0.44 / (1 + (number - 1) * 0.44), abs=1e-12)  # Spearman-Brown
    assert expected_validity(found) == pytest.approx(validity, abs=5e-7)


@pytest.mark.parametrize(
    ("stations", "raters", "expected"),
    [(1, 1, 0.4400), (1, 2, 0.505747), (2, 1, 0.611111), (3, 2, 0.754286), (4, 1, 0.758621), (1, 10**9, 0.594595)],
)
def test_a_second_rater_in_the_room_is_worth_less_than_a_second_station(
    stations: int, raters: int, expected: float
) -> None:
    assert reliability(stations * rating_information(0.44, raters)) == pytest.approx(expected, abs=5e-7)


def test_one_rater_has_the_information_of_the_single_rating_whatever_its_reliability() -> None:
    for rho in (0.05, 0.25, 0.44, 0.9):
        assert rating_information(rho) == pytest.approx(rho / (1 - rho), abs=1e-12)
        assert reliability(information_for(rho)) == pytest.approx(rho, abs=1e-12)


def test_freshness_halves_at_the_half_life_and_multiplies_information() -> None:
    fresh = StationOption("s", "talk", 60, measures={"x": 0.5}, half_life_months=6.0)
    stale = StationOption("s", "talk", 60, measures={"x": 0.5}, half_life_months=6.0, age_months=6.0)

    assert freshness(0, 6) == 1
    assert freshness(12, 6) == 0.25
    assert freshness(600, None) == 1
    assert station_information(stale, "x") == pytest.approx(station_information(fresh, "x") / 2)
    assert station_information(fresh, "y") == 0


def test_expected_validity_is_capped_and_takes_local_evidence() -> None:
    assert expected_validity(1.0) == pytest.approx(0.42 / 0.44**0.5)
    assert expected_validity(1.0, validity_of_one=0.6) == 0.67
    assert expected_validity(0.0) == 0


def test_the_threshold_itself_is_a_signal() -> None:
    assert is_signal(rating_information(1 / 11))
    assert not is_signal(0.0999)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("s1", 0.402068),
        ("s1 s2", 0.550988),
        ("s1 s2 s3", 0.641932),
        ("s1 s2 s3 s4", 0.686135),
        ("s1 s2 s3 s4 s5", 0.737629),
        ("s1 s2 s4 s5", 0.698675),
    ],
)
def test_r2_of_the_worked_loop(names: str, expected: float) -> None:
    problem = worked_loop(Limits(pinned=tuple(names.split()), max_stations=len(names.split())))

    assert objective(problem, names.split()) == pytest.approx(expected, abs=5e-7)
    assert solve(problem).objective == pytest.approx(expected, abs=5e-7)


def test_uncorrelated_competencies_reduce_to_weighted_reliabilities() -> None:
    assert objective(worked_loop(correlation=0.0), ["s1", "s2", "s3", "s4"]) == pytest.approx(0.558162, abs=5e-7)


def test_the_worked_loop_in_165_minutes() -> None:
    plan = solve(worked_loop(Limits(candidate_minutes=165)))

    assert sorted(plan.stations) == ["s1", "s2", "s5"]
    assert plan.objective == pytest.approx(0.644455, abs=5e-7)
    assert plan.candidate_minutes == 165
    assert plan.interviewer_minutes == 165 + 3 * 15
    assert plan.coverage["d"].reliability == 0


def test_the_gradient_is_the_slope_and_tangents_lie_above() -> None:
    value = LoopValue([CompetencyNeed(name, w) for name, w in zip("abcd", (4, 3, 2, 1), strict=True)], 0.3)
    rng = np.random.default_rng(1)
    for _ in range(20):
        here, there = rng.gamma(1, 1, 4), rng.gamma(1, 1, 4)
        slope = [(value.at(here + step) - value.at(here - step)) / 2e-5 for step in 1e-5 * np.eye(4)]
        assert value.gradient(here) == pytest.approx(np.array(slope), abs=1e-8)
        assert value.at(there) <= value.at(here) + value.gradient(here) @ (there - here) + 1e-12
    assert value.at(np.zeros(4)) == pytest.approx(0, abs=1e-12)
    assert value.at(np.full(4, 1e12)) == pytest.approx(1, abs=1e-9)
