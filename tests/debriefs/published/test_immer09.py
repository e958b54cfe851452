"""Kuhlisch et al. 2016, 57 conference papers by 20 reviewers (R immer's data.immer09); numbers: R lme4 by REML."""

import numpy as np
import pytest

from apps.debriefs.core.agreement import crossed_components, icc
from tests.debriefs.published import largest_gap, numbers, place, shared_rows

PRINTED = 1e-4


@pytest.fixture(scope="module")
def reviews():
    rows = shared_rows("immer/data.immer09.csv")
    paper, reviewer = ([row[name] for row in rows] for name in ("idpaper", "idreviewer"))
    order = sorted(set(paper), key=int), sorted(set(reviewer), key=int)
    return numbers(rows, "score"), place(paper, order[0]), place(reviewer, order[1]), order


def test_components_and_criterion_equal_lme4(reviews):
    """lmer(score ~ 1 + (1 | idpaper) + (1 | idreviewer)): sd 1.162665, .361347, 1.103963; 5.15043; REML 467.2603."""
    found = crossed_components(*reviews[:3])
    assert np.sqrt(found.unit) == pytest.approx(1.162665, abs=PRINTED)
    assert np.sqrt(found.rater) == pytest.approx(0.361347, abs=PRINTED)
    assert np.sqrt(found.residual) == pytest.approx(1.103963, abs=PRINTED)
    assert found.mean == pytest.approx(5.15043, abs=PRINTED)
    assert found.criterion == pytest.approx(467.2603, abs=PRINTED)


def test_predicted_effects_equal_lme4s_ranef(reviews):
    """lme4::ranef: the 57 papers and the 20 reviewers."""
    score, paper, reviewer, (papers, reviewers) = reviews
    found = crossed_components(score, paper, reviewer)
    blups = {row["paper"]: float(row["blup"]) for row in shared_rows("reference/lmer_immer09_paper_blup.csv")}
    assert largest_gap(found.unit_effects, (blups[one] for one in papers)) < PRINTED
    blups = {row["reviewer"]: float(row["blup"]) for row in shared_rows("reference/lmer_immer09_reviewer_blup.csv")}
    assert largest_gap(found.rater_effects, (blups[one] for one in reviewers)) < PRINTED


def test_icc2_of_the_sparse_panel_follows_from_lme4s_components(reviews):
    """papers / (papers + reviewers + residual) of the numbers above: .5005."""
    score, paper, reviewer, (papers, reviewers) = reviews
    table = np.full((len(papers), len(reviewers)), np.nan)
    table[paper, reviewer] = score
    report = icc(table.tolist())
    assert not report.complete
    expected = 1.162665**2 / (1.162665**2 + 0.361347**2 + 1.103963**2)
    assert report.icc2.value == pytest.approx(expected, abs=PRINTED)
    assert report.icc2.low < expected < report.icc2.high
    assert report.fixed_single.value is None
