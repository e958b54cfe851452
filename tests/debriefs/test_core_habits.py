"""Habits of an interviewer: against plain counting, against Cohen's kappa, and what must never change a number."""

import datetime as dt
import itertools
import math
import statistics
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.debriefs.core.agreement import weighted_kappa
from apps.debriefs.core.habits.drift import Period, above_expected, has_drifted, periods
from apps.debriefs.core.habits.hints import Facts, Hint, hints
from apps.debriefs.core.habits.measured import LEAST, Measured, jackknifed, mean, median, share
from apps.debriefs.core.habits.ratings import Given, Habits, habits
from apps.debriefs.core.habits.shift import expected_level, middle_of, shift, shift_of
from apps.debriefs.core.ratings.calibrate import calibrate
from apps.debriefs.core.ratings.calibration import InterviewerEstimate, Withheld
from apps.debriefs.core.ratings.data import RatingRow

THRESHOLDS = (-1.8, 0.0, 1.8)


def of(rows: Sequence[Given]) -> Habits:
    return habits(rows, interviewer="own", lowest=1, highest=4)


def panel(own: Sequence[int | None], other: Sequence[int | None], *, words: bool = True) -> list[Given]:
    """One candidate per place and one competency: own level and a colleague's."""
    return [
        row
        for place, (mine, theirs) in enumerate(zip(own, other, strict=True))
        for row in (
            Given(f"c{place}", "own", "craft", mine, words),
            Given(f"c{place}", "colleague", "craft", theirs, True),
        )
    ]


LEVELS = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4)), min_size=LEAST, max_size=30)


@given(LEVELS)
def test_kappa_of_two_is_cohens_with_quadratic_weights(levels: list[tuple[int, int]]):
    own, other = [mine for mine, _ in levels], [theirs for _, theirs in levels]
    found = of(panel(own, other)).agreement.kappa
    expected = weighted_kappa(own, other, levels=[1, 2, 3, 4]).value
    if found is not None:
        assert expected is not None
        assert found.value == pytest.approx(expected, abs=1e-9)
        assert -1 <= found.low <= found.value + 1e-9
        assert found.value - 1e-9 <= found.high <= 1


@given(LEVELS)
def test_shares_and_means_are_those_of_plain_counting(levels: list[tuple[int, int]]):
    own, other = [mine for mine, _ in levels], [theirs for _, theirs in levels]
    found = of(panel(own, other))
    n = len(levels)
    assert sum(found.levels.values()) == n
    assert found.agreement.exact is not None
    assert found.agreement.within_one is not None
    assert found.agreement.higher is not None
    assert found.agreement.exact.value == pytest.approx(sum(a == b for a, b in levels) / n)
    assert found.agreement.within_one.value == pytest.approx(sum(abs(a - b) <= 1 for a, b in levels) / n)
    assert found.agreement.higher.value == pytest.approx(statistics.fmean(a - b for a, b in levels))
    assert found.spread is not None
    assert found.spread.own == pytest.approx(statistics.pstdev(own), abs=1e-9)
    assert found.spread.others == pytest.approx(statistics.pstdev(other), abs=1e-9)
    for one in (found.agreement.exact, found.agreement.within_one, found.extremes):
        assert one is not None
        assert 0 <= one.low <= one.value <= one.high <= 1
        assert one.low < one.high, "not even a share of 1 is certain"


ROWS = st.lists(
    st.builds(
        Given,
        candidate=st.sampled_from([f"c{n}" for n in range(9)]),
        interviewer=st.sampled_from(["own", "x", "y"]),
        competency=st.sampled_from(["craft", "talk", "depth"]),
        level=st.none() | st.integers(1, 4),
        has_words=st.booleans(),
    ),
    max_size=80,
)


@given(ROWS, st.randoms(use_true_random=False))
def test_habits_depend_neither_on_order_nor_on_names(rows: list[Given], draw: object):
    shuffled = list(rows)
    draw.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis' own Random
    renamed = [
        Given(f"the {row.candidate}", f"the {row.interviewer}", row.competency, row.level, row.has_words)
        for row in shuffled
    ]
    one, other = of(rows), habits(renamed, interviewer="the own", lowest=1, highest=4)
    assert (one.candidates, one.ratings, one.levels, one.none) == (
        other.candidates, other.ratings, other.levels, other.none,
    )  # fmt: skip
    for a, b in [
        (one.extremes, other.extremes), (one.words, other.words), (one.agreement.kappa, other.agreement.kappa),
        (one.within and one.within.apart, other.within and other.within.apart),
    ]:  # fmt: skip
        assert (a is None) == (b is None)
        if a is not None and b is not None:
            assert (a.value, a.low, a.high) == pytest.approx((b.value, b.low, b.high), abs=1e-6)


@given(ROWS)
def test_candidates_somebody_never_rated_change_nothing(rows: list[Given]):
    stranger = [Given("stranger", "x", "craft", 4, True), Given("stranger", "y", "craft", 1, True)]
    assert of([*rows, *stranger]) == of(rows)


def test_no_evidence_enters_no_number_but_its_own():
    with_none, without = panel([2, 3, 4, 1, 2, None], [2, 3, 3, 1, 3, 4]), panel([2, 3, 4, 1, 2], [2, 3, 3, 1, 3])
    found = of(with_none)
    assert found.none == 1
    assert found.agreement == of(without).agreement
    assert found.extremes == of(without).extremes


@pytest.mark.parametrize("candidates", range(LEAST))
def test_below_five_candidates_nothing_is_said(candidates: int):
    found = of(panel([1, 2, 3, 4][:candidates], [2, 2, 3, 4][:candidates]))
    assert found.candidates == candidates
    assert (found.extremes, found.words, found.spread, found.within) == (None, None, None, None)
    assert (found.agreement.exact, found.agreement.kappa) == (None, None)
    assert mean([1.0] * candidates) is None
    assert median([1.0] * candidates) is None


def test_a_level_off_the_scale_is_refused():
    with pytest.raises(ValueError, match="from 1 to 4"):
        of(panel([5], [1]))


def halo(alike: bool) -> list[Given]:
    """Own levels of a candidate all alike, or as far apart as a colleague's."""
    rows = []
    for place in range(12):
        for number, competency in enumerate(("craft", "talk", "depth")):
            theirs = 1 + (place + number) % 4
            mine = 1 + place % 4 if alike else theirs
            rows.append(Given(f"c{place}", "own", competency, mine, True))
            rows.append(Given(f"c{place}", "x", competency, theirs, True))
    return rows


def test_a_halo_shows_as_less_spread_within_a_candidate():
    found = of(halo(alike=True)).within
    assert found is not None
    assert found.own == 0
    assert found.apart.is_below
    same = of(halo(alike=False)).within
    assert same is not None
    assert (same.apart.value, same.apart.is_below) == (0, False)


@given(st.lists(st.floats(-5, 5), min_size=LEAST, max_size=40))
def test_mean_has_students_interval(values: list[float]):
    found = mean(values)
    assert found is not None
    assert found.value == pytest.approx(statistics.fmean(values), abs=1e-9)
    se = statistics.stdev(values) / math.sqrt(len(values))
    if len(values) == 5:
        assert found.high - found.value == pytest.approx(2.131847 * se, rel=1e-5, abs=1e-7)


@given(st.lists(st.floats(0, 500), min_size=LEAST, max_size=60))
def test_interval_of_a_median_lies_between_values_and_holds_it(values: list[float]):
    found = median(values)
    assert found is not None
    assert found.low <= found.value <= found.high
    assert found.low in values
    assert found.high in values


def test_intervals_cover_what_they_claim():
    """Of 400 samples of 20 candidates with ratings that go together, about nine in ten hold the true value."""
    draw = np.random.default_rng(3)
    held = {"share": 0, "mean": 0, "median": 0}
    for _ in range(400):
        each = draw.beta(4, 2, size=20)
        found = share(np.stack([draw.binomial(6, each), np.full(20, 6)], axis=1).astype(float))
        values = draw.normal(0.3, 1, size=20)
        of_mean, of_median = mean(values.tolist()), median(values.tolist())
        assert found is not None
        assert of_mean is not None
        assert of_median is not None
        held["share"] += found.low <= 4 / 6 <= found.high
        held["mean"] += of_mean.low <= 0.3 <= of_mean.high
        held["median"] += of_median.low <= 0.3 <= of_median.high
    assert {name for name, count in held.items() if not 0.85 <= count / 400 <= 0.98} == set(), held


def test_a_statistic_that_is_not_defined_with_one_left_out_is_withheld():
    assert jackknifed(np.eye(5), lambda sums: 1 / (sums[..., 0])) is None


# ------------------------------------------------------------------------------------------------ severity in levels


@given(st.floats(-3, 3), st.floats(0.01, 1.5))
def test_a_harsh_interviewer_gives_less_and_nobody_further_than_the_scale_is_long(severity: float, se: float):
    found = shift(THRESHOLDS, severity=severity, se=se, candidates=9)
    assert found.low < found.value < found.high
    assert abs(found.value) < 1.5
    assert (found.value < 0) == (severity > 0) or abs(severity) < 1e-9
    assert shift_of(THRESHOLDS, -severity) == pytest.approx(-found.value, abs=1e-6), "even thresholds, even shifts"


@given(st.lists(st.floats(-4, 4), min_size=1, max_size=6))
def test_the_middle_of_the_scale_is_its_middle(thresholds: list[float]):
    assert expected_level(thresholds, middle_of(thresholds)) == pytest.approx(len(thresholds) / 2, abs=1e-6)


# ------------------------------------------------------------------------------------------------------------ drift


def rated(harsher_from: int, *, candidates: int = 30) -> list[RatingRow]:
    """Three interviewers who give every candidate the same, but that `own` gives one less from some candidate on."""
    rows = []
    for place in range(candidates):
        level = 2 + place % 3
        for person in ("own", "x", "y"):
            less = person == "own" and place >= harsher_from
            rows += [RatingRow(f"c{place:02}", person, what, max(level - less, 1)) for what in ("craft", "talk")]
    return rows


HELD = {f"c{place:02}": dt.date(2026, 1 + place // 6, 5) for place in range(30)}


def test_somebody_who_becomes_harsher_has_drifted_and_a_steady_one_has_not():
    found = {}
    for begins in (15, 99):
        rows = rated(begins)
        above = above_expected(calibrate(rows[:120], lowest=1, highest=4), rows, interviewer="own")
        found[begins] = periods(above, HELD)
    assert [period.begins.month for period in found[15]] == [1, 2, 3, 4, 5]
    assert found[15][-1].higher.value < found[15][0].higher.value - 0.5
    assert has_drifted(found[15][:1] + found[15][-1:])
    assert not has_drifted(found[99])
    assert not has_drifted(found[99][:1]), "drift needs two periods"


def test_expectation_takes_the_interviewer_for_an_average_one():
    """Somebody known to be harsh is below what is expected, not at it."""
    rows = rated(0)
    above = above_expected(calibrate(rows, lowest=1, highest=4), rows, interviewer="own")
    assert statistics.fmean(above.values()) < -0.4


def test_candidates_nobody_else_rated_are_left_out():
    rows = [RatingRow("alone", "own", "craft", 4), *rated(99, candidates=6)]
    assert "alone" not in above_expected(calibrate(rows, lowest=1, highest=4), rows, interviewer="own")
    assert above_expected(calibrate(rows, lowest=1, highest=4), rows, interviewer="nobody") == {}


@given(st.lists(st.tuples(st.integers(0, 40), st.floats(-2, 2)), max_size=60))
def test_periods_are_in_order_hold_five_or_more_and_lose_nobody(values: list[tuple[int, float]]):
    above = {f"c{place}": value for place, (_, value) in enumerate(values)}
    held = {f"c{place}": dt.date(2023 + month // 12, 1 + month % 12, 15) for place, (month, _) in enumerate(values)}
    found = periods(above, held)
    assert sum(period.higher.n for period in found) == (len(values) if len(values) >= LEAST else 0)
    assert all(period.higher.n >= LEAST for period in found)
    assert all(one.ends < other.begins for one, other in itertools.pairwise(found))


# ------------------------------------------------------------------------------------------------------------ hints


def estimate(**changes: object) -> InterviewerEstimate:
    values = {
        "severity": 0.0, "se": 0.1, "discrimination": 1.0, "ratings": 60, "candidates": 12, "infit": 1.0,
        "outfit": 1.0, "part": 0, "withheld": None,
    }  # fmt: skip
    return InterviewerEstimate(**{**values, **changes})  # type: ignore[arg-type]  # as the fields are


def measured(low: float, high: float) -> Measured:
    return Measured((low + high) / 2, low, high, 12)


STEADY = of(halo(alike=False))


def facts(**changes: object) -> Facts:
    values = {"estimate": estimate(), "shift": measured(-0.1, 0.1), "habits": STEADY, "periods": (), "on_time": None}
    return Facts(**{**values, **changes})  # type: ignore[arg-type]  # as the fields are


def period(low: float, high: float) -> Period:
    return Period(dt.date(2026, 1, 1), dt.date(2026, 1, 1), measured(low, high))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ()),
        ({"shift": measured(-0.9, -0.3)}, (Hint.LOWER,)),
        ({"shift": measured(0.3, 0.9)}, (Hint.HIGHER,)),
        ({"shift": measured(-0.4, -0.2)}, ()),  # beyond chance, and less than half a level
        ({"shift": measured(-1.4, 0.1)}, ()),  # more than half a level, and may be chance
        ({"estimate": estimate(withheld=Withheld.NOT_CONNECTED), "shift": None}, (Hint.NOT_CONNECTED,)),
        ({"estimate": estimate(infit=1.8)}, (Hint.NOISY,)),
        ({"estimate": estimate(infit=1.8), "shift": None}, ()),
        ({"estimate": None, "shift": None}, ()),  # no calibration yet, and history enough
        ({"estimate": None, "shift": None, "habits": of(panel([1, 2], [2, 2]))}, (Hint.SHORT_HISTORY,)),
        ({"habits": of(halo(alike=True))}, (Hint.HALO,)),
        ({"habits": of(panel([2, 3] * 8, [1, 4] * 8))}, (Hint.NARROW,)),
        ({"habits": of(panel([1, 2, 3, 4] * 4, [1, 2, 3, 4] * 4, words=False))}, (Hint.WORDS,)),
        ({"on_time": measured(0.3, 0.6)}, (Hint.LATE,)),
        ({"on_time": measured(0.6, 0.9)}, ()),
        ({"periods": (period(-0.1, 0.1), period(-0.9, -0.5))}, (Hint.DRIFT,)),
        ({"periods": (period(-0.1, 0.1), period(-0.9, 0.2))}, ()),
    ],
)  # fmt: skip
def test_a_hint_needs_a_reason_beyond_chance(changes: dict[str, object], expected: tuple[Hint, ...]):
    assert hints(facts(**changes)) == expected
