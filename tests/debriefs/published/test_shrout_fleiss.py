"""Shrout & Fleiss 1979, "Intraclass Correlations: Uses in Assessing Rater Reliability", Psychological Bulletin 86."""

import pytest

from apps.debriefs.core.agreement import g_study_crossed, icc

TABLE_2 = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]

FORMS = {
    # form: (paper's table 4, R psych, lower, upper as R psych prints them)
    "one_way_single": (0.17, 0.1657418, -0.133, 0.72),
    "random_single": (0.29, 0.2897638, 0.019, 0.76),
    "fixed_single": (0.71, 0.7148407, 0.342, 0.95),
    "one_way_mean": (0.44, 0.4427971, -0.884, 0.91),
    "random_mean": (0.62, 0.6200505, 0.071, 0.93),
    "fixed_mean": (0.91, 0.9093155, 0.676, 0.99),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_equals_the_papers_table_4(form):
    """Shrout & Fleiss 1979, table 4 (two decimals); R psych::ICC (seven)."""
    paper, program, _, _ = FORMS[form]
    value = getattr(icc(TABLE_2), form).value
    assert round(value, 2) == paper
    assert value == pytest.approx(program, abs=1e-6)


@pytest.mark.parametrize("form", FORMS)
def test_every_interval_equals_mcgraw_and_wong_as_psych_prints_it(form):
    """McGraw & Wong 1996, table 7, in R psych::ICC: lower bounds to three decimals, upper to two."""
    _, _, low, high = FORMS[form]
    found = getattr(icc(TABLE_2), form)
    assert round(found.low, 3) == low
    assert round(found.high, 2) == high


def test_f_tests_equal_the_papers_analysis_of_variance():
    """Shrout & Fleiss 1979, table 3: MS 11.24 between, 6.26 within, 1.02 residual; F from R psych."""
    report = icc(TABLE_2)
    assert report.one_way_single.f == pytest.approx(1.794678, abs=1e-6)
    assert (report.one_way_single.df1, report.one_way_single.df2) == (5, 18)
    assert report.random_single.f == pytest.approx(11.027248, abs=1e-6)
    assert (report.fixed_single.df1, report.fixed_single.df2) == (5, 15)
    squares = {source.name: source.mean_square for source in g_study_crossed(TABLE_2).sources}
    assert {name: round(square, 2) for name, square in squares.items()} == {"p": 11.24, "r": 32.49, "pr": 1.02}


def test_the_three_numbers_on_our_pages_are_the_forms_they_name():
    """ICC(1) = ICC(1,1), ICC(2) = ICC(2,1), ICC(k) = ICC(1,k)."""
    report = icc(TABLE_2)
    assert (report.icc1, report.icc2, report.icck) == (
        report.one_way_single,
        report.random_single,
        report.one_way_mean,
    )
    assert report.k == 4
