"""Dawid & Skene 1979, "Maximum Likelihood Estimation of Observer Error-Rates", Applied Statistics 28, tables 1 to 4."""

import numpy as np
import pytest

from tests.debriefs.peers import dawid_skene

# Table 1: 45 patients, judged by five anaesthetists, the first three times.
TABLE_1 = """
111/1/1/1/1 333/4/3/3/4 112/2/1/2/2 222/3/1/2/1 222/3/2/2/2 222/3/3/2/2 112/2/1/1/1 333/3/4/3/3 222/2/2/2/3
232/2/2/2/3 444/4/4/4/4 222/3/3/4/3 111/1/1/1/1 222/3/2/1/2 121/1/1/1/1 111/2/1/1/1 111/1/1/1/1 111/1/1/1/1
222/2/2/2/1 222/1/3/2/2 222/2/2/2/2 222/2/2/2/1 222/3/2/2/2 221/2/2/2/2 111/1/1/1/1 111/1/1/1/1 232/2/2/2/2
111/1/1/1/1 111/1/1/1/1 112/1/1/2/1 111/1/1/1/1 333/3/2/3/3 111/1/1/1/1 222/2/2/2/2 222/3/2/3/2 433/4/3/4/3
221/2/2/3/2 232/3/2/3/3 333/3/4/3/2 111/1/1/1/1 111/1/1/1/1 121/2/1/1/1 232/2/2/2/2 121/1/1/1/1 222/2/2/2/2
"""
ROWS = [
    (patient, observer, int(level) - 1)
    for patient, row in enumerate(TABLE_1.split())
    for observer, levels in enumerate(row.split("/"))
    for level in levels
]


@pytest.fixture(scope="module")
def found():
    return dawid_skene(*zip(*ROWS, strict=True))


def test_marginals_equal_the_papers_table_2(found):
    """Table 2: .40 .42 .11 .07; to four decimals (own EM, agreed with crowd-kit to .0006): .4000 .4216 .1118 .0667."""
    assert np.round(found.marginals, 2).tolist() == [0.40, 0.42, 0.11, 0.07]
    assert found.marginals == pytest.approx([0.4000, 0.4216, 0.1118, 0.0667], abs=1e-4)
    assert found.log_likelihood == pytest.approx(-190.731, abs=1e-3)


def test_error_rates_of_the_first_observer_equal_an_independent_em(found):
    """Another program's EM on the same table (reference/dawid_skene_anesthesia_em.json), four decimals."""
    assert found.error_rates[0] == pytest.approx(
        np.array(
            [
                [0.9074, 0.0926, 0.0, 0.0],
                [0.0703, 0.8766, 0.0531, 0.0],
                [0.0, 0.3388, 0.6612, 0.0],
                [0.0, 0.0, 0.5556, 0.4444],
            ]
        ),
        abs=1e-4,
    )


def test_only_patient_35_is_in_doubt(found):
    """Table 4: every patient's class is near certain but patient 35's."""
    assert (np.flatnonzero(found.posterior.max(axis=1) < 0.95) + 1).tolist() == [35]
