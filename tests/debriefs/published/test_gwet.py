"""Gwet 2014, Handbook of Inter-Rater Reliability: the four raters of R irrCAC (cac.raw4raters), and its numbers."""

import pytest

from apps.debriefs.core.agreement import conger_kappa, fleiss_kappa, gwet_ac1, gwet_ac2, krippendorff_alpha

NO = None
FOUR_RATERS = [
    [1, 1, NO, 1],
    [2, 2, 3, 2],
    [3, 3, 3, 3],
    [3, 3, 3, 3],
    [2, 2, 2, 2],
    [1, 2, 3, 4],
    [4, 4, 4, 4],
    [1, 1, 2, 1],
    [2, 2, 2, 2],
    [NO, 5, 5, 5],
    [NO, NO, 1, 1],
    [NO, NO, 3, NO],
]
PRINTED = 5e-6  # irrCAC prints five decimals


def test_ac1_and_its_standard_error_equal_irrcac():
    """irrCAC gwet.ac1.raw(cac.raw4raters): .77544, se .14295, interval (.461, 1)."""
    found = gwet_ac1(FOUR_RATERS)
    assert found.value == pytest.approx(0.77544, abs=PRINTED)
    assert found.se == pytest.approx(0.14295, abs=PRINTED)
    assert (round(found.low, 3), found.high) == (0.461, 1.0)


def test_fleiss_conger_and_alpha_equal_irrcac():
    """irrCAC fleiss.kappa.raw .76117, conger.kappa.raw .76282, krippen.alpha.raw .74342."""
    assert fleiss_kappa(FOUR_RATERS).value == pytest.approx(0.76117, abs=PRINTED)
    assert conger_kappa(FOUR_RATERS).value == pytest.approx(0.76282, abs=PRINTED)
    assert krippendorff_alpha(FOUR_RATERS, "nominal").value == pytest.approx(0.74342, abs=PRINTED)


@pytest.mark.parametrize(("weights", "printed"), [("quadratic", 0.91400), ("ordinal", 0.89894), ("linear", 0.85874)])
def test_ac2_equals_irrcac_with_each_set_of_weights(weights, printed):
    """irrCAC gwet.ac1.raw(cac.raw4raters, weights=...)."""
    assert gwet_ac2(FOUR_RATERS, weights).value == pytest.approx(printed, abs=PRINTED)


def test_interval_alpha_is_irrcacs_alpha_with_quadratic_weights():
    """irrCAC krippen.alpha.raw(weights="quadratic") .84911. Its "ordinal" weights (.83364) count levels between, not
    ratings between: another metric than Krippendorff's ordinal one, which the paper's table checks."""
    assert krippendorff_alpha(FOUR_RATERS, "interval").value == pytest.approx(0.84911, abs=PRINTED)
