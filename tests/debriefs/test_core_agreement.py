"""Properties of the agreement statistics: what may not matter does not, and nothing undefined gets a number."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from apps.debriefs.core.agreement import (
    Coefficient,
    Undefined,
    conger_kappa,
    crossed_components,
    d_study,
    fleiss_kappa,
    g_study,
    g_study_crossed,
    gwet_ac1,
    gwet_ac2,
    icc,
    is_connected,
    kendall_w,
    krippendorff_alpha,
    pairwise_kappa,
    weighted_kappa,
)

LEVELS = (1, 2, 3, 4)
level = st.sampled_from(LEVELS)
maybe = st.one_of(st.none(), level, level)


@st.composite
def tables(draw, entry=maybe, least=0, most=9):
    raters = draw(st.integers(least, 5))
    return draw(st.lists(st.lists(entry, min_size=raters, max_size=raters), min_size=least, max_size=most))


COEFFICIENTS = {
    "alpha nominal": lambda table: krippendorff_alpha(table, "nominal"),
    "alpha ordinal": lambda table: krippendorff_alpha(table, "ordinal"),
    "alpha interval": lambda table: krippendorff_alpha(table, "interval"),
    "alpha ratio": lambda table: krippendorff_alpha(table, "ratio"),
    "fleiss": fleiss_kappa,
    "conger": conger_kappa,
    "ac1": gwet_ac1,
    "ac2": gwet_ac2,
}
each_coefficient = pytest.mark.parametrize("name", COEFFICIENTS)


def numbers(thing):
    """Every number of a result, one level of nesting down."""
    for value in vars(thing).values():
        if isinstance(value, float | int) and not isinstance(value, bool):
            yield value


def values_of(table):
    """The central values of all statistics, for comparing two tables."""
    report = icc(table)
    yield from (COEFFICIENTS[name](table).value for name in COEFFICIENTS)
    yield from (report.icc1.value, report.icc2.value, report.icck.value, kendall_w(table).value)


def assert_same(one, other):
    for a, b in zip(values_of(one), values_of(other), strict=True):
        assert (a is None) == (b is None)
        assert a is None or a == pytest.approx(b, abs=2e-4)  # REML is searched for, the others are exact


@settings(max_examples=40, deadline=None)
@given(tables())
def test_any_table_gives_finite_numbers_or_a_reason(table):
    results = [COEFFICIENTS[name](table) for name in COEFFICIENTS] + [kendall_w(table)]
    results.append(krippendorff_alpha(table, draws=50, seed=1))
    results += [pair.kappa for pair in pairwise_kappa(table, least=1, levels=LEVELS)]
    report = icc(table)
    results += [value for value in vars(report).values() if hasattr(value, "reason")]
    for result in results:
        assert (result.value is None) == (result.reason is not None)
        assert all(math.isfinite(number) for number in numbers(result))
        assert result.value is None or result.value <= 1 + 1e-9


@settings(max_examples=25, deadline=None)
@given(tables(least=2), st.randoms(use_true_random=False))
def test_the_order_of_raters_and_units_does_not_matter(table, random):
    raters, units = list(range(len(table[0]))), list(range(len(table)))
    random.shuffle(raters)
    random.shuffle(units)
    assert_same(table, [[table[unit][rater] for rater in raters] for unit in units])


@settings(max_examples=25, deadline=None)
@given(tables(least=2))
def test_a_rater_who_rated_nobody_changes_no_coefficient(table):
    with_idle = [[*row, None] for row in table]
    for name, coefficient in COEFFICIENTS.items():
        assert coefficient(table) == coefficient(with_idle), name
    assert icc(table) == icc(with_idle)


@given(st.lists(level, min_size=2, max_size=9), st.integers(2, 5))
def test_perfect_agreement_with_variation_is_one(levels, raters):
    table = [[one] * raters for one in levels]
    varied = len(set(levels)) > 1
    for name, coefficient in COEFFICIENTS.items():
        found = coefficient(table)
        if varied:
            assert found.value == pytest.approx(1), name
        else:
            assert found.reason is Undefined.NO_VARIATION, name
    if varied:
        assert icc(table).icc1.value == pytest.approx(1)


@given(st.lists(st.tuples(maybe, maybe), max_size=12), st.sampled_from(["quadratic", "linear", None]))
def test_kappa_of_two_raters_is_the_same_from_either_side(pairs, weights):
    a, b = [x for x, _ in pairs], [y for _, y in pairs]
    one, other = weighted_kappa(a, b, weights, levels=LEVELS), weighted_kappa(b, a, weights, levels=LEVELS)
    assert one.reason is other.reason
    assert one.value is None or (one.value, one.se) == pytest.approx((other.value, other.se), abs=1e-7)


@settings(deadline=None)
@given(st.lists(st.tuples(level, level), min_size=4, max_size=30), st.sampled_from(["quadratic", "linear", None]))
def test_kappa_and_its_standard_error_equal_statsmodels(pairs, weights):
    from statsmodels.stats.inter_rater import cohens_kappa

    table = np.zeros((4, 4))
    np.add.at(table, tuple(np.array(pairs).T - 1), 1)
    ours = weighted_kappa([x for x, _ in pairs], [y for _, y in pairs], weights, levels=LEVELS)
    assume(ours.value is not None)
    with np.errstate(all="ignore"):  # it divides by a standard error that may be 0
        theirs = cohens_kappa(table, wt=weights)
    assert ours.value == pytest.approx(theirs.kappa, abs=1e-9)
    assert ours.se**2 == pytest.approx(theirs.var_kappa, abs=1e-9)


@settings(deadline=None)
@given(tables(entry=level, least=2))
def test_fleiss_kappa_equals_statsmodels(table):
    from statsmodels.stats.inter_rater import aggregate_raters
    from statsmodels.stats.inter_rater import fleiss_kappa as theirs

    ours = fleiss_kappa(table)
    assume(ours.value is not None)
    assert ours.value == pytest.approx(theirs(aggregate_raters(np.array(table))[0]), abs=1e-9)


@settings(deadline=None)
@given(st.lists(st.tuples(level, level), min_size=2, max_size=30))
def test_congers_kappa_of_two_raters_is_cohens(pairs):
    ours = conger_kappa(pairs, levels=LEVELS)
    cohen = weighted_kappa([x for x, _ in pairs], [y for _, y in pairs], None, levels=LEVELS)
    assert ours.reason is cohen.reason
    assert ours.value is None or ours.value == pytest.approx(cohen.value)


@each_coefficient
@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ([], Undefined.EMPTY),
        ([[None, None]], Undefined.EMPTY),
        ([[1], [2]], Undefined.ONE_RATER),
        ([[1, None], [None, 2]], Undefined.NO_OVERLAP),
        ([[3, 3], [3, 3]], Undefined.NO_VARIATION),
    ],
)
def test_a_table_that_cannot_answer_says_why(name, table, reason):
    found = COEFFICIENTS[name](table)
    assert isinstance(found, Coefficient)
    assert (found.value, found.se, found.low, found.high) == (None, None, None, None)
    assert found.reason is reason


@each_coefficient
@pytest.mark.parametrize("table", [[[1, 2], [1]], [[1, "2"]], [[1, True]], [[1, float("inf")]]])
def test_a_table_that_is_wrong_is_refused_in_words(name, table):
    with pytest.raises(ValueError, match=r"every row|a level"):
        COEFFICIENTS[name](table)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: krippendorff_alpha([[1, 2]], "cardinal"),
        lambda: krippendorff_alpha([[1, 2]], draws=-1),
        lambda: krippendorff_alpha([[-1, 2]], "ratio"),
        lambda: krippendorff_alpha([[1, 2]], confidence=1),
        lambda: weighted_kappa([1], [1, 2]),
        lambda: weighted_kappa([1], [2], "cubic"),
        lambda: weighted_kappa([1], [5], levels=LEVELS),
        lambda: pairwise_kappa([[1, 2]], least=0),
        lambda: gwet_ac2([[1, 2]], "cubic"),
        lambda: crossed_components([1.0], [0], [0, 1]),
        lambda: crossed_components([float("nan")], [0], [0]),
        lambda: crossed_components([1.0], [-1], [0]),
        lambda: g_study([[[1, 2]], [[1]]]),
        lambda: g_study_crossed([[1, None]]),
        lambda: d_study(g_study_crossed([[1, 2], [2, 3]]), raters=0),
        lambda: d_study(g_study_crossed([[1, 2], [2, 3]]), tasks=2, raters=1),
    ],
)
def test_a_wrong_question_is_refused_in_words(wrong):
    with pytest.raises(ValueError, match=r"\w+ \w+ \w+"):
        wrong()


def test_a_pair_below_the_least_number_of_shared_units_has_no_kappa():
    table = [[1, 2, None], [2, 2, 3], [4, 3, None]]
    pairs = {(pair.first, pair.second): pair for pair in pairwise_kappa(table, least=3, levels=LEVELS)}
    assert [pairs[key].shared for key in ((0, 1), (0, 2), (1, 2))] == [3, 1, 1]
    assert pairs[0, 1].kappa.value is not None
    assert pairs[0, 2].kappa.reason is pairs[1, 2].kappa.reason is Undefined.TOO_FEW_SHARED


def test_ac1_stays_high_where_nearly_everybody_gets_one_level_and_kappa_falls():
    """The kappa paradox (Gwet 2008): 94 % agreement on a rare level."""
    table = [[3, 3]] * 47 + [[3, 4], [4, 3], [3, 4]]
    assert fleiss_kappa(table).value < 0.05
    assert gwet_ac1(table).value > 0.9


def simulated_panel(rng, *, candidates=60, raters=12, each=(2, 4), sd=(1.0, 0.5, 1.0)):
    """A sparse table with known components: every candidate rated by a few of the raters."""
    table = np.full((candidates, raters), np.nan)
    effect = rng.normal(scale=sd[1], size=raters)
    for row in table:
        chosen = rng.choice(raters, size=rng.integers(each[0], each[1] + 1), replace=False)
        row[chosen] = rng.normal(scale=sd[0]) + effect[chosen] + rng.normal(scale=sd[2], size=chosen.size)
    return table.tolist()


def test_intervals_of_a_sparse_panel_hold_the_truth_as_often_as_they_say():
    """ICC(1) = ICC(2) = 1 / (1 + .25 + 1) when one way's error holds the raters; 90 % intervals, 50 panels.

    The share within has a standard error of .04; the bounds are two and a half of them away.
    """
    rng = np.random.default_rng(20261123)
    truth, hits = 1 / 2.25, {"icc1": 0, "icc2": 0}
    for _ in range(50):
        report = icc(simulated_panel(rng), confidence=0.9)
        for name in hits:
            found = getattr(report, name)
            hits[name] += found.low is not None and found.low <= truth <= found.high
    assert hits["icc1"] / 50 >= 0.8
    assert hits["icc2"] / 50 >= 0.8


def test_reml_of_a_complete_table_is_the_analysis_of_variance():
    """Balanced data, no component at its boundary: REML and the mean squares give the same components."""
    table = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    flat = [(table[unit][rater], unit, rater) for unit in range(6) for rater in range(4)]
    found = crossed_components(*zip(*flat, strict=True))
    study = g_study_crossed(table)
    assert (found.unit, found.rater, found.residual) == pytest.approx(
        tuple(study.component(name) for name in ("p", "r", "pr")), rel=1e-4
    )
    assert found.unit / (found.unit + found.rater + found.residual) == pytest.approx(icc(table).icc2.value, abs=1e-4)


def test_gaps_lead_to_the_same_icc_as_no_gaps_when_none_is_left():
    """A unit nobody rated is not a gap."""
    table = [[1, 2], [2, 3], [4, 4], [1, 1]]
    assert icc([*table, [None, None]]) == icc(table)


def test_a_panel_in_two_parts_has_icc1_but_no_icc2():
    apart = [[1, 2, None, None], [3, 3, None, None], [None, None, 4, 2], [None, None, 1, 1]]
    report = icc(apart)
    assert report.icc1.value is not None
    assert report.icc2.reason is Undefined.DISCONNECTED
    assert report.fixed_single.reason is Undefined.INCOMPLETE
    assert not is_connected(np.array([0, 0, 1, 1]), np.array([0, 1, 2, 3]))


@given(st.lists(st.lists(level, min_size=3, max_size=3), min_size=2, max_size=6))
def test_more_raters_never_make_a_mean_less_dependable(table):
    study = g_study_crossed(table)
    few, many = d_study(study, raters=2), d_study(study, raters=8)
    assume(few is not None and few.generalizability is not None and few.dependability is not None)
    assert many.dependability >= few.dependability - 1e-12
    assert few.generalizability >= few.dependability - 1e-12


def test_one_person_or_one_rater_is_no_generalizability_study():
    assert g_study_crossed([[1, 2]]).reason is Undefined.ONE_UNIT
    assert g_study([[[1], [2]], [[2], [3]]]).reason is Undefined.ONE_RATER
    assert g_study([]).reason is Undefined.EMPTY
    assert d_study(g_study([]), raters=2) is None
