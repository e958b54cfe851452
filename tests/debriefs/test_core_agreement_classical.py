"""The classical estimators on panels with known answers, and on panels that have none."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.debriefs.core.classical import (
    Method,
    Ratings,
    Unestimated,
    fit_joint,
    fit_marginal,
    fit_panel,
    fit_statistics,
)

METHODS = pytest.mark.parametrize("method", list(Method))


def simulated(seed, *, candidates=150, interviewers=8, each=3, competencies=4):
    """Rows of a panel that follows the model, and the true severities."""
    rng = np.random.default_rng(seed)
    theta = rng.normal(scale=1.2, size=candidates)
    severity = rng.normal(scale=0.6, size=interviewers)
    severity -= severity.mean()
    difficulty = np.linspace(-0.6, 0.6, competencies)
    rows = []
    for candidate in range(candidates):
        for interviewer in rng.choice(interviewers, size=each, replace=False):
            for competency in range(competencies):
                eta = theta[candidate] - severity[interviewer] - difficulty[competency]
                logit = np.arange(4) * eta - np.array([0.0, -1.5, -1.5, 0.0])
                share = np.exp(logit - logit.max())
                level = int(rng.choice(4, p=share / share.sum())) + 1
                rows.append((f"c{candidate}", f"i{interviewer}", f"k{competency}", level))
    return rows, {f"i{place}": value for place, value in enumerate(severity)}


def fitted(rows, method, **more):
    candidate, interviewer, competency, level = (list(column) for column in zip(*rows, strict=True))
    return fit_panel(
        candidate=candidate, interviewer=interviewer, competency=competency, level=level, method=method, **more
    )


def severities(fit):
    return {one.label: one.measure for one in fit.severities}


@METHODS
def test_severities_are_found_and_their_intervals_hold_the_truth(method):
    """Eight interviewers in each of four panels: 95 % intervals on joint_se."""
    hits, gaps = [], []
    for seed in range(4):
        rows, truth = simulated(seed)
        found = severities(fitted(rows, method))
        for label, value in truth.items():
            gaps.append(found[label].value - value)
            hits.append(abs(found[label].value - value) < 1.96 * found[label].joint_se)
    assert np.sqrt(np.mean(np.square(gaps))) < 0.15
    assert np.mean(hits) >= 0.85


@METHODS
def test_a_harsher_interviewer_has_the_larger_severity(method):
    soft, hard = (4, 3, 2, 3, 2, 4, 3, 1, 2, 4), (3, 3, 1, 2, 2, 2, 4, 1, 1, 3)
    rows = [(f"c{c}", "soft", "x", level) for c, level in enumerate(soft)]
    rows += [(f"c{c}", "hard", "x", level) for c, level in enumerate(hard)]
    found = severities(fitted(rows, method))
    assert found["hard"].value > 0 > found["soft"].value
    assert found["hard"].value == pytest.approx(-found["soft"].value)


@METHODS
def test_the_order_of_the_rows_does_not_matter(method):
    rows, _ = simulated(3, candidates=30)
    one, other = severities(fitted(rows, method)), severities(fitted(rows[::-1], method))
    for label, measure in one.items():
        assert measure.value == pytest.approx(other[label].value, abs=1e-5)
        assert measure.joint_se == pytest.approx(other[label].joint_se, abs=1e-5)


@METHODS
def test_a_candidate_with_nothing_but_fours_gets_a_finite_measure(method):
    rows, _ = simulated(5, candidates=40)
    rows += [("star", f"i{place}", "k0", 4) for place in range(3)]
    fit = fitted(rows, method)
    star = next(one.measure for one in fit.persons if one.label == "star")
    others = [one.measure.value for one in fit.persons if one.label != "star"]
    assert star.value > np.median(others)
    assert star.extreme == (method is Method.JOINT)


@METHODS
def test_an_interviewer_who_only_gives_ones_is_the_harshest_and_has_a_finite_measure(method):
    rows, _ = simulated(6, candidates=40)
    rows += [(f"c{place}", "stone", "k0", 1) for place in range(8)]
    found = severities(fitted(rows, method))
    assert found["stone"].extreme
    assert found["stone"].value == max(measure.value for measure in found.values())
    assert found["stone"].infit is None


@METHODS
@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([], Unestimated.NO_RATINGS),
        ([("a", "i", "x", 3), ("b", "j", "x", 3)], Unestimated.ONE_LEVEL),
    ],
)
def test_a_panel_that_cannot_answer_says_why(method, rows, reason):
    columns = list(zip(*rows, strict=True)) if rows else [[], [], [], []]
    fit = fit_panel(
        candidate=columns[0], interviewer=columns[1], competency=columns[2], level=columns[3], method=method
    )  # fmt: skip
    assert fit.reason is reason
    assert all(one.measure.value is None for one in (*fit.persons, *fit.severities))


@METHODS
@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.integers(0, 2), st.integers(0, 1), st.integers(1, 4)), min_size=1, max_size=24
    ),
    st.booleans(),
)
def test_any_panel_gives_finite_numbers_or_a_reason(method, rows, own_steps):
    fit = fitted(rows, method, own_steps=own_steps)
    for one in (*fit.persons, *fit.severities, *fit.difficulties):
        measure = one.measure
        assert (measure.value is None) == (measure.reason is not None)
        for number in (measure.value, measure.se, measure.joint_se, measure.infit, measure.outfit):
            assert number is None or math.isfinite(number)
    assert fit.converged or fit.reason is not None


def test_two_halves_that_share_nobody_are_told_apart_by_the_joint_method():
    rows = [
        (f"{side}{c}", f"{side}i{i}", "x", 1 + (c + i + c * i) % 4) for side in "ab" for c in range(6) for i in (0, 1)
    ]
    assert not fitted(rows, Method.JOINT).identified
    linked = [*rows, *(("a0", f"bi{i}", "x", 2) for i in (0, 1))]
    assert fitted(linked, Method.JOINT).identified


def test_a_level_nobody_gave_leaves_its_thresholds_open():
    rng = np.random.default_rng(2)
    rows = [(c, i, "x", int(rng.choice([1, 2, 4]))) for c in range(30) for i in range(3)]
    for method in Method:
        first, second, third = fitted(rows, method).thresholds[0]
        assert first.value is not None
        assert (second.value, third.value) == (None, None)


def test_wrong_input_is_refused_in_words():
    with pytest.raises(ValueError, match="one entry per rating"):
        fit_panel(candidate=["a"], interviewer=[], competency=["x"], level=[1])
    with pytest.raises(ValueError, match="from 1 to 4"):
        fit_panel(candidate=["a"], interviewer=["i"], competency=["x"], level=[5])
    with pytest.raises(ValueError, match="between 0 and 1"):
        fit_joint(Ratings(np.array([0]), {}, np.array([0]), 2), extreme_adjustment=1)
    with pytest.raises(ValueError, match="two levels"):
        Ratings(np.array([0]), {}, np.array([0]), 1)
    with pytest.raises(ValueError, match="must name a facet"):
        fit_marginal(Ratings(np.array([0]), {}, np.array([0]), 2, "item"))


def test_fit_statistics_of_ratings_that_follow_the_model_are_about_one():
    """Mean squares have expectation 1, their z about 0 and standard deviation 1 (Wright & Masters 1982)."""
    rng = np.random.default_rng(7)
    p = rng.uniform(0.2, 0.8, size=(200, 100))
    x = rng.uniform(size=p.shape) < p
    v = p * (1 - p)
    by = np.repeat(np.arange(200), 100)
    fits = fit_statistics(x.ravel(), p.ravel(), v.ravel(), by, fourth=(v * (1 - 3 * v)).ravel())
    for mean_square, z in (("infit", "infit_z"), ("outfit", "outfit_z")):
        assert np.mean([getattr(one, mean_square) for one in fits]) == pytest.approx(1, abs=0.02)
        assert np.std([getattr(one, z) for one in fits]) == pytest.approx(1, abs=0.15)
        assert np.mean([getattr(one, z) for one in fits]) == pytest.approx(0, abs=0.2)


def test_fit_statistics_by_hand_and_for_an_element_without_ratings():
    """Residuals 1 and -1 with variances 1 and .5: outfit (1 + 2) / 2, infit 2 / 1.5."""
    fits = fit_statistics([2, 0], [1, 1], [1, 0.5], [0, 0], groups=2)
    assert (fits[0].n, fits[0].outfit, fits[0].infit) == (2, 1.5, pytest.approx(4 / 3))
    assert (fits[1].n, fits[1].outfit, fits[1].infit) == (0, None, None)
    with pytest.raises(ValueError, match="same length"):
        fit_statistics([1], [1, 2], [1], [0])
    with pytest.raises(ValueError, match="must not be negative"):
        fit_statistics([1], [1], [-1], [0])
    with pytest.raises(ValueError, match="finite"):
        fit_statistics([1], [float("nan")], [1], [0])
