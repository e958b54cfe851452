"""Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", section C: 4 observers, 12 units, 7 gaps."""

import pytest

from apps.debriefs.core.agreement import krippendorff_alpha

NO = None
OBSERVERS = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, NO, NO, NO),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NO, 3),
    (NO, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NO),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NO),
)
UNITS = [list(unit) for unit in zip(*OBSERVERS, strict=True)]


@pytest.mark.parametrize(
    ("metric", "paper", "program"),
    [
        ("nominal", 0.743, 0.743421052632),
        ("ordinal", 0.815, 0.815387503755),
        ("interval", 0.849, 0.849107142857),
        ("ratio", 0.797, 0.797402774712),
    ],
)
def test_alpha_equals_krippendorffs_paper_and_two_programs(metric, paper, program):
    """Krippendorff 2011, section C (three decimals); R irr 0.84.1 and PyPI krippendorff 0.9.0 (twelve)."""
    alpha = krippendorff_alpha(UNITS, metric)
    assert round(alpha.value, 3) == paper
    assert alpha.value == pytest.approx(program, abs=1e-9)


def test_the_unit_only_one_observer_saw_does_not_count():
    """Krippendorff 2011, section C: 40 pairable values in 11 units; unit 12 is left out."""
    alpha = krippendorff_alpha(UNITS)
    assert (alpha.units, alpha.raters, alpha.ratings) == (11, 4, 40)
    assert krippendorff_alpha(UNITS[:11]).value == alpha.value


def test_the_interval_is_that_of_its_seed_and_holds_the_value():
    first, again, other = (krippendorff_alpha(UNITS, draws=500, seed=seed) for seed in (3, 3, 4))
    assert first == again != other
    assert first.low < first.value < first.high
    assert first.se > 0
