"""Robitzsch, Kiefer & Wu, R package TAM 4.4-2 (tam.mml.mfr), and sirt's rm.facets, on the packages' example data.

TAM stops when the deviance moves by less than .001 or so a step; ours goes on to the maximum, so our deviance must
not be above TAM's, and estimates differ by what TAM left undone: up to .002 logits, and .011 for the variance of
data.ptam4. TAM's own 21 nodes are used here, since they are part of its answer; the last test shows what they cost.
"""

import numpy as np
import pytest

from apps.debriefs.core.classical import TAM_NODES, Nodes, Ratings, fit_marginal
from tests.debriefs.published import largest_gap, numbers, place, shared_rows

CRITERIA = ["spe", "coh", "str", "gra", "con"]


def xsi(table: str, facet: str, column: str = "xsi") -> np.ndarray:
    return numbers([row for row in shared_rows(f"reference/{table}") if row["facet"] == facet], column)


def essays(steps_by: str | None = None) -> Ratings:
    rows = shared_rows("immer/data.ptam4.csv")
    long = [(row["idstud"], row["rater"], item, row[item]) for row in rows for item in ("crit2", "crit3", "crit4")]
    person, rater, item, level = (list(column) for column in zip(*long, strict=True))
    facets = {"item": place(item), "rater": place(rater)}
    return Ratings(place(person), facets, np.array(level, dtype=float).astype(int), 4, steps_by)


@pytest.fixture(scope="module")
def cqc04():
    rows = shared_rows("TAM/data.cqc04.csv")
    long = [
        (row["pid"], row["rater"], row["topic"], item, row[item])
        for row in rows
        for item in CRITERIA
        if row[item] not in ("", "NA")
    ]
    person, rater, topic, item, level = (list(column) for column in zip(*long, strict=True))
    facets = {"item": place(item, CRITERIA), "rater": place(rater), "topic": place(topic)}
    return fit_marginal(
        Ratings(place(person), facets, np.array(level, dtype=int), 4, steps_by="item"), nodes=TAM_NODES
    )  # fmt: skip


@pytest.fixture(scope="module")
def ptam4():
    return fit_marginal(essays(), nodes=TAM_NODES)


def test_cqc04_severities_topics_and_items_equal_tam(cqc04):
    """tam.mml.mfr(data.cqc04, ~ item*step + rater + topic): xsi. TAM's items = our items - mean."""
    table = "TAM_cqc04_item_step_rater_topic.csv"
    assert largest_gap((one.value for one in cqc04.facets["rater"]), xsi(table, "rater")) < 0.001
    assert largest_gap((one.value for one in cqc04.facets["topic"]), xsi(table, "topic")) < 0.001
    items = (one.value - cqc04.mean for one in cqc04.facets["item"])
    assert largest_gap(items, xsi(table, "item")) < 0.002


def test_cqc04_thresholds_equal_tam(cqc04):
    """TAM's step_k + item:step_ik are our thresholds of item i."""
    table = "TAM_cqc04_item_step_rater_topic.csv"
    printed = xsi(table, "step") + xsi(table, "item:step").reshape(3, 5).T
    ours = [step.value for steps in cqc04.thresholds for step in steps]
    assert largest_gap(ours, printed.ravel()) < 0.002


def test_cqc04_deviance_variance_and_reliability_equal_tam(cqc04):
    """TAM: deviance 12498.93, variance 1.117723, EAP reliability .9022989."""
    assert cqc04.deviance == pytest.approx(12498.93, abs=0.01)
    assert cqc04.variance == pytest.approx(1.117723, abs=0.002)
    assert cqc04.reliability == pytest.approx(0.9022989, abs=1e-4)


def test_ptam4_severities_items_and_steps_equal_tam(ptam4):
    """tam.mml.mfr(data.ptam4, ~ item + step + rater): rater803 .8921, 835 .5104, 837 -1.2404 ..."""
    table = "TAM_ptam4_item_step_rater.csv"
    assert largest_gap((one.value for one in ptam4.facets["rater"]), xsi(table, "rater")) < 0.001
    assert largest_gap((one.value - ptam4.mean for one in ptam4.facets["item"]), xsi(table, "item")) < 0.002
    assert largest_gap((step.value for step in ptam4.thresholds[0]), xsi(table, "step")) < 0.002


def test_ptam4_deviance_variance_and_reliability_equal_tam(ptam4):
    """TAM: deviance 3450.912, variance 2.663706, EAP reliability .7907418. Ours is .045 nearer the maximum."""
    assert 3450.912 - 0.05 < ptam4.deviance < 3450.912
    assert ptam4.variance == pytest.approx(2.663706, abs=0.011)
    assert ptam4.reliability == pytest.approx(0.7907418, abs=2e-4)


def test_ptam4_posterior_means_equal_tam(ptam4):
    """TAM's EAP and SD.EAP of every student, the mean of the population put back to 0."""
    rows = shared_rows("reference/TAM_ptam4_EAP.csv")
    assert largest_gap((one.value - ptam4.mean for one in ptam4.persons), numbers(rows, "EAP")) < 0.006
    assert largest_gap((one.se for one in ptam4.persons), numbers(rows, "SD.EAP")) < 0.002


def test_tams_standard_errors_are_the_simple_ones_and_too_small(ptam4):
    """TAM prints 1 / root of the complete-data information of "rater minus last rater"; the last one's as the root of
    the sum of the others' squares. Both follow from our `se`; our `joint_se`, with all in, is half as much again."""
    printed = xsi("TAM_ptam4_item_step_rater.csv", "rater", "se.xsi")
    information = np.array([one.se**-2 for one in ptam4.facets["rater"]])
    simple = (information[:-1] + information[-1]) ** -0.5
    assert largest_gap(simple, printed[:-1]) < 1e-4
    assert np.sqrt((simple**2).sum()) == pytest.approx(printed[-1], abs=2e-4)
    honest = np.array([one.joint_se for one in ptam4.facets["rater"]])
    assert (honest[:-1] > 1.4 * printed[:-1]).all()


def test_item_specific_steps_equal_rm_facets():
    """sirt::rm.facets(data.ptam4, est.a.item = FALSE): raters, deviance 3412.544, trait SD 1.673, reliability .795."""
    found = fit_marginal(essays("item"), nodes=Nodes(-9.0, 9.0, 30))
    printed = [-0.038, 0.913, -0.121, 0.019, -0.226, 0.122, 0.114, 0.519, -1.259, -0.042]
    assert largest_gap((one.value for one in found.facets["rater"]), printed) < 0.002
    assert 3412.544 - 0.05 < found.deviance < 3412.544
    assert np.sqrt(found.variance) == pytest.approx(1.673, abs=0.003)
    assert found.reliability == pytest.approx(0.795, abs=5e-4)
    centred = [one.value for one in found.facets["item"]]
    assert largest_gap(centred, [0.282, -0.223, -0.059]) < 0.003


def test_our_own_nodes_agree_with_twice_as_many(ptam4):
    """TAM's spacing of .6 is too coarse for students with thirty ratings; ours has settled to the digits shown."""
    ours = fit_marginal(essays())
    double = fit_marginal(essays(), nodes=Nodes(-10.0, 10.0, 201))
    assert ours.deviance == pytest.approx(double.deviance, abs=1e-3)
    assert ours.variance == pytest.approx(double.variance, abs=1e-3)
    assert abs(ptam4.variance - double.variance) > 0.02
