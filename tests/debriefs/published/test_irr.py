"""R package irr 0.84.1 (Gamer, Lemon & Singh): its data sets anxiety (20 x 3) and diagnoses (30 x 6; Fleiss 1971)."""

import pytest

from apps.debriefs.core.agreement import (
    conger_kappa,
    fleiss_kappa,
    icc,
    kendall_w,
    krippendorff_alpha,
    weighted_kappa,
)
from tests.debriefs.published import shared_rows

PRINTED = 1e-6


@pytest.fixture(scope="module")
def anxiety():
    return [[float(level) for level in row.values()] for row in shared_rows("irr/anxiety.csv")]


@pytest.fixture(scope="module")
def diagnoses():
    return [[float(label[0]) for label in row.values()] for row in shared_rows("irr/diagnoses.csv")]


def test_intraclass_correlations_equal_irr(anxiety):
    """icc(anxiety, "twoway", "agreement", "single") .1979983; consistency, average .4525862."""
    report = icc(anxiety)
    assert report.icc2.value == pytest.approx(0.1979983, abs=PRINTED)
    assert report.fixed_mean.value == pytest.approx(0.4525862, abs=PRINTED)


def test_kendalls_w_corrected_for_ties_equals_irr(anxiety):
    """kendall(anxiety, correct = TRUE): W .5396569, chi-square 30.8 with 19 df, p .0429."""
    found = kendall_w(anxiety)
    assert found.value == pytest.approx(0.5396569, abs=PRINTED)
    assert (round(found.chi_square, 1), found.df, round(found.p, 4)) == (30.8, 19, 0.0429)


def test_weighted_kappa_equals_irr(anxiety):
    """kappa2(anxiety[, 1:2], "squared") .2967651, "equal" .1891892."""
    a, b = ([row[rater] for row in anxiety] for rater in (0, 1))
    assert weighted_kappa(a, b, "quadratic").value == pytest.approx(0.2967651, abs=PRINTED)
    assert weighted_kappa(a, b, "linear").value == pytest.approx(0.1891892, abs=PRINTED)


def test_fleiss_kappa_equals_irr_and_fleiss(diagnoses):
    """kappam.fleiss(diagnoses) .4302445; Fleiss 1971 prints .430. Conger's by kappam.fleiss(exact = TRUE): .442."""
    assert fleiss_kappa(diagnoses).value == pytest.approx(0.4302445, abs=PRINTED)
    assert round(conger_kappa(diagnoses).value, 3) == 0.442


@pytest.mark.parametrize(("metric", "irr"), [("ordinal", 0.2218479), ("interval", 0.1630655)])
def test_irrs_alpha_is_ours_with_its_sample_counted_twice(anxiety, metric, irr):
    """kripp.alpha(t(anxiety)) is off by a known amount. Where nothing is missing irr leaves out the division by m - 1
    (its source: `else mc <- rep(1, dimx[2])`), so that for three raters every coincidence counts twice, and n = 120
    values instead of 60: 1 - alpha comes out (119 / 120) / (59 / 60) times too large. With a gap irr divides, and
    agrees with the paper (test_krippendorff). Ours follows the paper in both cases; see the next test.
    """
    ours = krippendorff_alpha(anxiety, metric).value
    assert 1 - (1 - ours) * (119 / 120) / (59 / 60) == pytest.approx(irr, abs=PRINTED)


def test_interval_alpha_is_the_definition_where_nothing_is_missing(anxiety):
    """Krippendorff 2011: 1 - mean squared difference within units / among all values, by brute force."""
    within = [(x - y) ** 2 for row in anxiety for i, x in enumerate(row) for y in row[:i]]
    every = [level for row in anxiety for level in row]
    among = [(x - y) ** 2 for i, x in enumerate(every) for y in every[:i]]
    expected = 1 - (sum(within) / len(within)) / (sum(among) / len(among))
    assert krippendorff_alpha(anxiety, "interval").value == pytest.approx(expected, abs=1e-12)
