"""Brennan 2001, Generalizability Theory, synthetic data set 4 (table 3.2): 10 persons, 3 tasks, 4 raters in each."""

import pytest

from apps.debriefs.core.agreement import d_study, g_study

#        task 1        task 2        task 3
TABLE_3_2 = [
    [[5, 6, 5, 5], [5, 3, 4, 5], [6, 7, 3, 3]],
    [[9, 3, 7, 7], [7, 5, 5, 5], [7, 7, 5, 2]],
    [[3, 4, 3, 3], [5, 3, 3, 5], [6, 5, 1, 6]],
    [[7, 5, 5, 3], [3, 1, 4, 3], [5, 3, 3, 5]],
    [[9, 2, 9, 7], [7, 7, 3, 7], [2, 7, 5, 3]],
    [[3, 4, 3, 5], [3, 3, 6, 3], [4, 5, 1, 2]],
    [[7, 3, 7, 7], [7, 5, 5, 7], [5, 5, 5, 4]],
    [[5, 8, 5, 7], [7, 5, 5, 4], [3, 2, 1, 1]],
    [[9, 9, 8, 8], [6, 6, 6, 5], [5, 8, 1, 1]],
    [[4, 4, 4, 3], [3, 5, 6, 5], [5, 7, 1, 1]],
]

SOURCES = {
    # source: (mean square, component by R gtheory's data, component as the book prints it)
    "p": (10.296296, 0.473148, 0.4731),
    "t": (24.1, 0.325154, 0.3252),
    "r:t": (8.855556, 0.647531, 0.6475),
    "pt": (4.618519, 0.559568, 0.5596),
    "pr:t": (2.380247, 2.380247, 2.3802),
}


@pytest.mark.parametrize("name", SOURCES)
def test_mean_squares_and_components_equal_brennans_table(name):
    """Brennan 2001, tables 3.2 and 3.3, to the book's four decimals; six decimals from an independent calculation."""
    mean_square, component, printed = SOURCES[name]
    source = next(source for source in g_study(TABLE_3_2).sources if source.name == name)
    assert source.mean_square == pytest.approx(mean_square, abs=1e-6)
    assert source.component == pytest.approx(component, abs=1e-6)
    assert round(source.component, 4) == printed


def test_d_study_for_three_tasks_and_four_raters_equals_brennan():
    """Brennan 2001, section 4.1.2: E rho squared and Phi of the design as observed."""
    found = d_study(g_study(TABLE_3_2), tasks=3, raters=4)
    assert found.generalizability == pytest.approx(0.5514388, abs=1e-6)
    assert found.dependability == pytest.approx(0.4637024, abs=1e-6)


def test_another_task_helps_more_than_as_many_raters_in_the_old_ones():
    """The book's lesson, and ours: 6 tasks with 2 raters each beat 3 tasks with 4, at the same 12 ratings."""
    study = g_study(TABLE_3_2)
    spread, packed = d_study(study, tasks=6, raters=2), d_study(study, tasks=3, raters=4)
    assert spread.generalizability > packed.generalizability
    assert spread.dependability > packed.dependability
