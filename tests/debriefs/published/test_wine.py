"""Randall 1989, the bitterness of 8 wines by 9 judges; R ordinal's data set `wine` and its vignettes (Christensen).

The product has no cumulative model: its own is adjacent-category, in which severities move every step alike and a
score is sufficient. These numbers hold the peer that a benchmark runs against ours (tests/debriefs/peers.py) and,
for the fixed-effects part, statsmodels.
"""

import numpy as np
import pytest

from tests.debriefs.peers import cumulative_logit
from tests.debriefs.published import numbers, place, shared_rows

PRINTED = 1e-3


@pytest.fixture(scope="module")
def wine():
    rows = shared_rows("ordinal/wine.csv")
    level = numbers(rows, "rating").astype(int) - 1
    x = np.column_stack([[row["temp"] == "warm" for row in rows], [row["contact"] == "yes" for row in rows]])
    return level, x.astype(float), place([row["judge"] for row in rows])


def test_proportional_odds_equal_clm(wine):
    """ordinal::clm(rating ~ temp + contact): Christensen, Cumulative Link Models vignette, section 4."""
    level, x, _ = wine
    found = cumulative_logit(level, x)
    assert found.thresholds == pytest.approx([-1.344383, 1.250809, 3.466887, 5.006404], abs=PRINTED)
    assert found.coefficients == pytest.approx([2.503102, 1.527798], abs=PRINTED)
    assert found.log_likelihood == pytest.approx(-86.49192, abs=1e-5)


def test_statsmodels_agrees_with_clm(wine):
    """statsmodels' OrderedModel on the same data: the same maximum."""
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    level, x, _ = wine
    found = OrderedModel(level, x, distr="logit").fit(method="bfgs", disp=False, gtol=1e-8)
    assert found.params[:2] == pytest.approx([2.503102, 1.527798], abs=PRINTED)
    assert found.llf == pytest.approx(-86.49192, abs=1e-5)


def test_random_judges_equal_clmm_with_ten_nodes(wine):
    """ordinal::clmm(rating ~ temp + contact + (1 | judge), nAGQ = 10)."""
    found = cumulative_logit(*wine, nodes=10)
    assert found.thresholds == pytest.approx([-1.623487, 1.512796, 4.227053, 6.086152], abs=PRINTED)
    assert found.coefficients == pytest.approx([3.061891, 1.833433], abs=PRINTED)
    assert found.variance == pytest.approx(1.287733, abs=PRINTED)
    assert found.log_likelihood == pytest.approx(-81.53246, abs=1e-5)


def test_the_judges_modes_equal_clmms(wine):
    """ordinal::ranef of the same fit: conditional modes of the nine judges."""
    printed = [1.69846368, -0.56657456, 0.97052436, -0.05938886, 0.23110659, 0.47795139, -1.91360677, -0.27303179,
               -0.55517000]  # fmt: skip
    assert cumulative_logit(*wine, nodes=10).modes == pytest.approx(printed, abs=PRINTED)
