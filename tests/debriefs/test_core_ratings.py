"""The rating model: what must hold for every panel, and what it finds where the truth is known."""

import random
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.debriefs.core.ratings.calibrate import calibrate
from apps.debriefs.core.ratings.calibration import (
    Calibration,
    Method,
    Withheld,
    before_any_rating,
    calibration_of,
)
from apps.debriefs.core.ratings.data import RatingRow, rating_data
from apps.debriefs.core.ratings.graph import components
from apps.debriefs.core.ratings.likelihood import log_likelihood, probabilities, terms, thurstone_thresholds
from apps.debriefs.core.ratings.positions import positions
from apps.debriefs.core.ratings.reading import Bar, read_panel
from apps.debriefs.core.ratings.sampler import sample
from tests.debriefs.simulated import coverage, simulated

PEOPLE = ["ada", "ben", "cleo", "dan", "eve"]
CANDIDATES = [f"candidate {number}" for number in range(6)]
COMPETENCIES = ["llm-craft", "product", "ops"]


@st.composite
def panels(draw: st.DrawFn) -> list[RatingRow]:
    cells = draw(
        st.dictionaries(
            st.tuples(st.sampled_from(CANDIDATES), st.sampled_from(PEOPLE), st.sampled_from(COMPETENCIES)),
            st.one_of(st.none(), st.integers(1, 4)),
            min_size=1,
            max_size=40,
        )
    )
    return [RatingRow(*cell, level) for cell, level in cells.items()]


def numbers(calibration: Calibration) -> list[float]:
    return [
        *calibration.thresholds,
        *(value for one in calibration.interviewers.values() for value in (one.severity, one.se)),
        *(value for one in calibration.competencies.values() for value in (one.difficulty, one.se)),
    ]


def by_name(calibration: Calibration, rows: Sequence[RatingRow]) -> dict[str, float]:
    """Every number of a fit by the label it belongs to."""
    found = positions(calibration, rows)
    out = {f"severity {name}": one.severity for name, one in calibration.interviewers.items()}
    out |= {f"se {name}": one.se for name, one in calibration.interviewers.items()}
    out |= {f"difficulty {name}": one.difficulty for name, one in calibration.competencies.items()}
    for place, candidate in enumerate(found.data.candidates):
        for column, competency in enumerate(found.data.competencies):
            out[f"{candidate} {competency}"] = float(found.mean[place, column])
    return out


# The likelihood


@given(
    st.floats(-8, 8),
    st.floats(0.3, 3),
    st.lists(st.floats(-3, 3), min_size=1, max_size=6),
)
def test_probabilities_sum_to_one_and_neighbours_differ_by_the_threshold(
    eta: float, slope: float, thresholds: list[float]
) -> None:
    chance = probabilities(np.array([eta]), np.array([slope]), np.array(thresholds))[:, 0]
    assert chance.sum() == pytest.approx(1)
    for k, threshold in enumerate(thresholds, start=1):
        assert np.log(chance[k] / chance[k - 1]) == pytest.approx(slope * (eta - threshold), abs=1e-6)


@given(st.floats(-6, 6), st.floats(0.3, 3), st.integers(0, 3))
def test_derivatives_are_those_of_the_log_likelihood(eta: float, slope: float, level: int) -> None:
    thresholds, a, y = np.array([-1.8, 0.1, 1.7]), np.array([slope]), np.array([level])

    def log(at: float) -> float:
        return float(log_likelihood(np.array([at]), a, thresholds, y)[0])

    found, h = terms(np.array([eta]), a, thresholds, y), 1e-4
    assert found.log[0] == pytest.approx(log(eta))
    assert found.gradient[0] == pytest.approx((log(eta + h) - log(eta - h)) / (2 * h), abs=1e-5)
    assert found.information[0] == pytest.approx(-(log(eta + h) - 2 * log(eta) + log(eta - h)) / h**2, abs=1e-4)


def test_a_thurstone_threshold_is_where_a_level_is_reached_half_of_the_time() -> None:
    thresholds = np.array([-2.0, 0.3, 0.9, 2.2])
    for k, edge in enumerate(thurstone_thresholds(thresholds), start=1):
        chance = probabilities(np.array([edge]), np.ones(1), thresholds)[:, 0]
        assert chance[k:].sum() == pytest.approx(0.5)


# Properties of the fit


@settings(max_examples=40, deadline=None)
@given(panels(), st.randoms(use_true_random=False))
def test_renaming_and_shuffling_change_nothing_but_labels(rows: list[RatingRow], chance: random.Random) -> None:
    def renamed(names: Sequence[str]) -> dict[str, str]:
        fresh = [f"z{number}" for number in range(len(names))]
        chance.shuffle(fresh)
        return dict(zip(names, fresh, strict=True))

    who, rater, what = renamed(CANDIDATES), renamed(PEOPLE), renamed(COMPETENCIES)
    other = [RatingRow(who[r.candidate], rater[r.interviewer], what[r.competency], r.level) for r in rows]
    chance.shuffle(other)
    before = by_name(calibrate(rows), rows)
    after = by_name(calibrate(other), other)
    names = who | rater | what
    assert len(before) == len(after)
    for label, value in before.items():
        first, rest = label.split(" ", 1) if label.startswith(("severity", "se ", "difficulty")) else ("", label)
        if first:
            assert after[f"{first} {names[rest]}"] == pytest.approx(value, abs=1e-6)
        else:
            candidate, competency = rest.rsplit(" ", 1)
            assert after[f"{who[candidate]} {what[competency]}"] == pytest.approx(value, abs=1e-6)


@settings(max_examples=40, deadline=None)
@given(panels(), st.sampled_from(CANDIDATES), st.sampled_from([*PEOPLE, "somebody new"]), st.sampled_from(COMPETENCIES))
def test_a_rating_without_evidence_changes_nothing(
    rows: list[RatingRow], candidate: str, interviewer: str, competency: str
) -> None:
    known = {row.candidate for row in rows}, {row.interviewer for row in rows}, {row.competency for row in rows}
    if candidate not in known[0] or interviewer not in known[1] or competency not in known[2]:
        # Somebody unheard of stands there with no rating; the others' numbers stay, but for the interviewers' mean.
        candidate, competency = rows[0].candidate, rows[0].competency
        interviewer = rows[0].interviewer
    more = [*rows, RatingRow(candidate, interviewer, competency, None)]
    before, after = by_name(calibrate(rows), rows), by_name(calibrate(more), more)
    assert after == pytest.approx(before, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(panels(), st.sampled_from(PEOPLE))
def test_a_harsher_copy_of_an_interviewer_is_more_severe(rows: list[RatingRow], name: str) -> None:
    own = [row for row in rows if row.interviewer == name and row.level is not None]
    copy = [replace(row, interviewer="copy", level=max((row.level or 1) - 1, 1)) for row in own]
    if not any(one.level != other.level for one, other in zip(own, copy, strict=True)):
        return
    found = calibrate([*rows, *copy]).interviewers
    assert found["copy"].severity > found[name].severity


@settings(max_examples=40, deadline=None)
@given(panels(), st.integers(1, 4), st.integers(1, 5))
def test_more_agreeing_signals_never_widen_an_interval(rows: list[RatingRow], level: int, more: int) -> None:
    calibration = calibrate(rows)
    bars = [Bar(COMPETENCIES[0], 3, must_pass=True)]
    panel = [RatingRow("x", f"new {number}", COMPETENCIES[0], level) for number in range(more)]
    before = read_panel(calibration, bars, panel).competencies[0]
    after = read_panel(calibration, bars, [*panel, RatingRow("x", "another", COMPETENCIES[0], level)]).competencies[0]
    assert after.se <= before.se + 1e-9


@pytest.mark.parametrize("level", [1, 4])
@pytest.mark.parametrize("size", [1, 2, 9, 40])
def test_constant_panels_give_finite_answers_that_say_how_little_is_known(level: int, size: int) -> None:
    rows = [
        RatingRow(f"c{candidate}", f"i{interviewer}", f"k{competency}", level)
        for candidate in range(size)
        for interviewer in range(min(size, 3))
        for competency in range(2)
    ]
    calibration = calibrate(rows)
    found = positions(calibration, rows)
    assert np.isfinite(numbers(calibration)).all()
    assert np.isfinite(found.mean).all()
    assert 0.3 < found.se().min() <= found.se().max() < 2
    assert all(abs(one.severity) < 1e-6 + 2 * one.se for one in calibration.interviewers.values())


def test_one_rating_is_a_panel() -> None:
    calibration = calibrate([RatingRow("a", "b", "c", 4)])
    assert calibration.method is Method.LITERATURE
    assert calibration.interviewers["b"].withheld is Withheld.NOT_CONNECTED
    assert np.isfinite(numbers(calibration)).all()


def test_no_rating_at_all_leaves_the_published_beliefs() -> None:
    assert numbers(calibrate([])) == numbers(before_any_rating())
    only_gaps = calibrate([RatingRow("a", "b", "c", None)])
    assert (only_gaps.ratings, only_gaps.candidates) == (0, 0)


def test_people_nothing_links_have_their_severities_withheld() -> None:
    apart = [RatingRow(f"c{n}", "ann", "k", 2 + n % 2) for n in range(8)]
    apart += [RatingRow(f"c{n}", "bob", "k", 2 + n % 3) for n in range(8)]
    apart += [RatingRow(f"d{n}", "zoe", "k", 4) for n in range(8)]
    found = calibrate(apart).interviewers
    assert found["zoe"].withheld is Withheld.NOT_CONNECTED
    assert found["ann"].withheld is None
    linked = calibrate([*apart, RatingRow("c0", "zoe", "k", 3)]).interviewers
    assert linked["zoe"].withheld is None
    assert linked["zoe"].severity < 0


def test_a_short_history_is_withheld_and_not_used() -> None:
    rows = [RatingRow(f"c{n}", who, "k", 3 - (who == "new")) for n in range(9) for who in ("ann", "bob")]
    rows += [RatingRow(f"c{n}", "new", "k", 1) for n in range(4)]
    calibration = calibrate(rows)
    assert calibration.interviewers["new"].withheld is Withheld.SHORT_HISTORY
    bars = [Bar("k", 3, must_pass=True)]
    of_new = read_panel(calibration, bars, [RatingRow("x", "new", "k", 2)])
    of_nobody = read_panel(calibration, bars, [RatingRow("x", "never seen", "k", 2)])
    assert of_new.competencies[0].position == pytest.approx(of_nobody.competencies[0].position)


def test_parts_of_the_graph_are_numbered_by_size() -> None:
    rows = [RatingRow("c", "ann", "k", 2), RatingRow("c", "bob", "k", 2), RatingRow("d", "zoe", "k", 2)]
    data = rating_data(rows)
    assert dict(zip(data.interviewers, components(data), strict=True)) == {"ann": 0, "bob": 0, "zoe": 1}


def test_a_level_off_the_scale_is_refused() -> None:
    with pytest.raises(ValueError, match="from 1 to 4"):
        rating_data([RatingRow("a", "b", "c", 5)], lowest=1, highest=4)


def test_a_calibration_survives_storage() -> None:
    calibration = calibrate(simulated("B", 3, candidates=12, interviewers=5, each=3).rows)
    again = calibration_of(calibration.as_record())
    assert numbers(again) == numbers(calibration)
    assert again.as_record() == calibration.as_record()


# Known truth


def test_the_published_priors_imply_the_published_reliability_of_separate_interviews() -> None:
    """Huffcutt, Culbertson & Weyhrauch 2013: mean interrater reliability .44 of separate interviewers.

    Two interviewers' means over six competencies, 1,500 candidates of the model with its prior spreads.
    """
    panel = simulated("B", 11, candidates=1500, interviewers=150, each=2)
    sums: dict[tuple[str, str], list[int]] = {}
    for row in panel.rows:
        sums.setdefault((row.candidate, row.interviewer), []).append(row.level or 0)
    pairs: dict[str, list[float]] = {}
    for (candidate, _), levels in sums.items():
        pairs.setdefault(candidate, []).append(float(np.mean(levels)))
    both = np.array(list(pairs.values()))
    both = np.concatenate([both, both[:, ::-1]])
    assert np.corrcoef(both.T)[0, 1] == pytest.approx(0.44, abs=0.05)


@pytest.mark.parametrize("kind", ["B", "C"])
def test_intervals_of_simulated_panels_hold_the_truth_as_often_as_they_say(kind: str) -> None:
    """Two small panels; `make bench` does ten of the published size."""
    inside, severities = [], []
    for seed in range(2):
        panel = simulated(kind, seed, candidates=60, interviewers=12, each=4)
        calibration = calibrate(panel.rows)
        assert calibration.method is Method.ESTIMATED
        found = positions(calibration, panel.rows)
        candidate = [int(name[1:]) for name in found.data.candidates]
        competency = [int(name[1:]) for name in found.data.competencies]
        inside.append(coverage(found.mean, found.se(), panel.theta[np.ix_(candidate, competency)]))
        names = list(calibration.interviewers)
        estimate = np.array([calibration.interviewers[name].severity for name in names])
        se = np.array([calibration.interviewers[name].se for name in names])
        severities.append(coverage(estimate, se, panel.severity[[int(name[1:]) for name in names]]))
    assert np.mean(inside) == pytest.approx(0.90, abs=0.04)
    assert np.mean(severities) == pytest.approx(0.90, abs=0.13)  # 24 severities: one standard error is .06


def test_draws_are_the_same_for_the_same_data_and_tell_their_progress() -> None:
    data = rating_data(simulated("B", 5, candidates=35, interviewers=8, each=3).rows)
    told: list[tuple[int, int]] = []
    one = sample(data, sweeps=30, burn_in=20, seed=1, progress=lambda done, total: told.append((done, total)))
    two = sample(data, sweeps=30, burn_in=20, seed=1)
    assert (one.severity == two.severity).all()
    assert (one.covariance == two.covariance).all()
    assert told[-1] == (50, 50)


def test_estimated_calibrations_do_not_depend_on_names_or_order() -> None:
    panel = simulated("C", 7, candidates=34, interviewers=6, each=3, competencies=4)
    other = [replace(row, candidate=f"x{row.candidate}", interviewer=row.interviewer[::-1]) for row in panel.rows]
    random.Random(3).shuffle(other)
    one, two = calibrate(panel.rows), calibrate(other)
    assert one.method is Method.ESTIMATED
    assert {name[::-1]: found.severity for name, found in one.interviewers.items()} == pytest.approx(
        {name: found.severity for name, found in two.interviewers.items()}
    )


def test_counting_a_candidate_in_the_calibration_moves_their_position_by_hundredths() -> None:
    """Even one of twelve candidates: what they tell about severities is little beside what they tell of themselves."""
    panel = simulated("B", 0, candidates=12, interviewers=5, each=4)
    bars = [Bar(f"k{number}", 3, must_pass=True) for number in range(6)]
    whole = calibrate(panel.rows)
    for number in range(12):
        own = [row for row in panel.rows if row.candidate == f"c{number}"]
        rest = calibrate([row for row in panel.rows if row.candidate != f"c{number}"])
        rest = replace(whole, interviewers=rest.interviewers)  # only the severities are compared
        without = np.array([row.position for row in read_panel(rest, bars, own).competencies])
        within = np.array([row.position for row in read_panel(whole, bars, own).competencies])
        assert np.abs(within - without).max() < 0.05
