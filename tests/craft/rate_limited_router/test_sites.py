"""Every planted text does what its description says, in the direction it says, and the reference has none of it."""

from typing import Any

import pytest

from apps.craft.core import memory
from apps.craft.core.kits.rate_limited_router import KIT
from apps.craft.core.variant import Run
from tests.craft.rate_limited_router.variants import proposal, reached

SEEDS = ("one", "two", "three")
DEFECTS = [site.key for kind in ("readable", "hidden") for site in KIT.sites_of(kind)]
LAWS = (("retry_after", "date"), ("counts", "reserved"), ("outage", "small_hangs"), ("urgent", "one"))


def mean(planted: tuple[tuple[str, int], ...] = ()) -> float:
    return sum(reached(seed, LAWS, planted).metric for seed in SEEDS) / len(SEEDS)


def test_the_reference_is_good_and_keeps_its_guards() -> None:
    assert mean() >= 0.84
    for seed in SEEDS:
        guards = reached(seed, LAWS, ()).guards
        assert guards["p99 seconds"] <= 14
        assert guards["usd_per_1k"] <= 0.45
        assert guards["calls_per_item"] <= 1.2


@pytest.mark.parametrize("site", DEFECTS)
def test_each_defect_loses_on_the_average(site: str) -> None:
    assert mean() - mean(((site, 0),)) >= 0.02


def loses_most_on(site: str, tag: str, other: str) -> bool:
    def loss(name: str) -> float:
        runs = [(reached(seed, LAWS, ()), reached(seed, LAWS, ((site, 0),))) for seed in SEEDS]
        return sum(good.slices[name][1] - bad.slices[name][1] for good, bad in runs)

    return loss(tag) > loss(other)


@pytest.mark.parametrize(
    ("site", "tag", "other"),
    [
        ("plausible", "hard", "easy"),
        ("shown", "table", "prose"),
        ("both", "hard", "easy"),
        ("hard_text", "hard", "easy"),
    ],
)
def test_a_hidden_defect_shows_in_the_slice_that_the_guide_names(site: str, tag: str, other: str) -> None:
    assert loses_most_on(site, tag, other)


def bad(site: str, laws: tuple[tuple[str, str], ...] = LAWS) -> Run:
    return reached("one", laws, ((site, 0),))


def test_asking_both_models_doubles_the_calls() -> None:
    good = reached("one", LAWS, ())
    assert bad("both").guards["calls_per_item"] > 1.1 * good.guards["calls_per_item"]


def test_working_on_after_the_deadline_breaks_the_slowest_percent() -> None:
    assert bad("until").guards["p99 seconds"] > 14


@pytest.mark.parametrize("form", ["seconds", "date", "message"])
def test_reading_the_wait_in_another_form_leads_to_more_refusals(form: str) -> None:
    laws = (("retry_after", form), *LAWS[1:])

    def refused(of: Run) -> int:
        return sum(row["usage"]["refused"] for row in of.rows)

    assert refused(bad("told", laws)) > 1.5 * refused(reached("one", laws, ()))


@pytest.mark.parametrize("decoy", [site.key for site in KIT.sites_of("decoy")])
def test_tidying_a_decoy_does_not_pay(decoy: str) -> None:
    assert mean() - mean(((decoy, 0),)) >= 0.0


@pytest.mark.parametrize(
    "laws", [LAWS, (("retry_after", "seconds"), ("counts", "prompt"), ("outage", "large_refuses"), ("urgent", "two"))]
)
def test_every_text_of_every_law_runs_without_a_fault(laws: tuple[tuple[str, str], ...]) -> None:
    of = proposal("one", laws)
    for site in KIT.sites.values():
        if site.kind != "yardstick":
            for number in range(len(site.bad_texts(of.laws))):
                found = reached("one", laws, ((site.key, number),))
                assert not [row["why"] for row in found.rows if "Error" in row["why"]], site.key


def waited_for(of: Run) -> list[dict[str, Any]]:
    return [row for row in of.rows if row["answer"] is not None]


def test_good_and_bad_of_a_yardstick_differ_in_the_number_they_flatter() -> None:
    of = proposal("one", LAWS)
    true = reached("one", LAWS, (("until", 0),))

    def flattered(site: str) -> Any:
        return memory.Folder(of.files({site: 0})).module("harness.metrics")

    assert flattered("bill").guards(true.rows)["usd_per_1k"] < true.guards["usd_per_1k"]
    late = [{**row, "took": 40.0, "right": False} if n < 9 else row for n, row in enumerate(waited_for(true))]
    assert flattered("percentile").guards(late)["p99 seconds"] < 40.0
    assert memory.Folder(of.files({})).module("harness.metrics").guards(late)["p99 seconds"] == 40.0
    taken = flattered("clock_start").taken
    waited = [row for row in waited_for(true) if row["took"] > 3]
    assert waited
    assert all(
        taken(row["item"], row["usage"], *row["usage"]["finished"][row["answer"]]) < row["took"] for row in waited
    )
