"""Wright & Masters 1982, "Liking for Science", 75 children x 25 activities, with Winsteps' output (Ministep 3.75).

From R rpf's data set `science`: Winsteps' item file (sfif), person file (sfpf) and structure file (sfsf). Winsteps
stops iterating at changes of about .005 logits, prints measures to two decimals, and its rounding enters every
difference: hence .015 logits for measures. Ours is at the maximum (changes below 1e-8).
"""

import numpy as np
import pytest

from apps.debriefs.core.classical import Ratings, fit_joint
from tests.debriefs.published import largest_gap, numbers, shared_rows

COLUMNS = {"value": ("MEASURE", 0.015), "se": ("MODLSE", 0.006), "infit": ("IN.MSQ", 0.03), "outfit": ("OUT.MSQ", 0.03)}


@pytest.fixture(scope="module")
def found():
    rows = shared_rows("science_winsteps/sfxf.csv")
    child, activity, level = (numbers(rows, name).astype(int) for name in ("PUPIL", "ACT", "OBSERVED"))
    return fit_joint(Ratings(child - 1, {"activity": activity - 1}, level, 3, steps_by="activity"))


@pytest.mark.parametrize("ours", COLUMNS)
def test_items_equal_winsteps_item_file(found, ours):
    """Winsteps IFILE: partial-credit measures, model standard errors, infit and outfit mean squares of 25 items."""
    theirs, tolerance = COLUMNS[ours]
    printed = numbers(shared_rows("science_winsteps/sfif.csv"), theirs)
    assert largest_gap((getattr(one, ours) for one in found.facets["activity"]), printed) < tolerance


@pytest.mark.parametrize("ours", COLUMNS)
def test_persons_equal_winsteps_person_file(found, ours):
    """Winsteps PFILE: the 74 children without an extreme score."""
    theirs, tolerance = COLUMNS[ours]
    rows = shared_rows("science_winsteps/sfpf.csv")
    inside = np.flatnonzero(numbers(rows, "STATUS") == 1)
    assert len(inside) == 74
    persons = (getattr(found.persons[child], ours) for child in inside)
    assert largest_gap(persons, numbers(rows, theirs)[inside]) < tolerance


def test_the_child_who_likes_everything_has_winsteps_extreme_measure(found):
    """Winsteps PFILE, child 2: score 50 of 50, measure 5.98, standard error 1.84 (EXTRSC=.3)."""
    child = found.persons[1]
    assert child.extreme
    assert child.score == 50
    assert child.value == pytest.approx(5.98, abs=0.015)
    assert child.se == pytest.approx(1.84, abs=0.006)
    assert child.infit is None


def test_thresholds_equal_winsteps_structure_file(found):
    """Winsteps SFILE: Rasch-Andrich thresholds; item 12, which nobody disliked, has only one step and so is 0."""
    printed = {
        (int(row["X.ACT"]) - 1, int(row["CATEGORY"])): float(row["Rasch.Andrich.threshold.MEASURE"])
        for row in shared_rows("science_winsteps/sfsf.csv")
    }
    for item, steps in enumerate(found.thresholds):
        if item != 11:
            assert largest_gap((step.value for step in steps), (printed[item, 1], printed[item, 2])) < 0.015
    assert found.thresholds[11][0].value is None
    assert found.thresholds[11][1].value == pytest.approx(0.0)
