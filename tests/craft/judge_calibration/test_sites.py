"""Each defect costs agreement, shows where the guide says, and its repair is worth it; the report can be made right."""

from functools import lru_cache

import pytest

from apps.craft.core import memory
from apps.craft.core.fitness import broken, hidden
from apps.craft.core.kits.judge_calibration import KIT
from apps.craft.core.shipped.simllm.model import Model
from apps.craft.core.variant import Run, Variant, run, variant

DEFECTS = [site.key for site in KIT.sites.values() if site.kind in ("readable", "hidden")]
SEEDS = ("site-0", "site-1")

CORRECTED = '''
"""The share that people would prefer (Rogan and Gladen 1978), with the error of all three counts."""


def of(labelled, fresh):
    liked, other = labelled["people_next"], labelled["people_other"]
    n1, n0, n = sum(liked.values()), sum(other.values()), sum(fresh.values())
    found, alarm, said = liked["judge_next"] / n1, other["judge_next"] / n0, fresh["judge_next"] / n
    share = (said - alarm) / (found - alarm)
    error = said * (1 - said) / n + share**2 * found * (1 - found) / n1 + (1 - share) ** 2 * alarm * (1 - alarm) / n0
    half = 1.645 * error**0.5 / (found - alarm)
    return {"answer": share, "low": share - half, "high": share + half}
'''


@lru_cache
def of(seed: str) -> Variant:
    return variant(KIT, seed)


@lru_cache
def reference(seed: str) -> Run:
    return run(of(seed), of(seed).files({}))


def planted(seed: str, key: str, which: int = 0) -> Run:
    return run(of(seed), of(seed).files({key: which}))


@pytest.mark.parametrize("key", DEFECTS)
def test_every_bad_text_of_a_site_costs_agreement(key: str) -> None:
    for which in range(min(len(KIT.sites[key].bad_texts(of(seed).laws)) for seed in SEEDS)):
        lost = [reference(seed).metric - planted(seed, key, which).metric for seed in SEEDS]
        assert sum(lost) / len(lost) >= 0.05, (which, lost)


@pytest.mark.parametrize("key", [key for key in DEFECTS if KIT.sites[key].slice])
def test_the_slice_that_the_guide_names_suffers_more_than_the_rest(key: str) -> None:
    tag = KIT.sites[key].slice
    lost = {True: 0, False: 0}
    seen = {True: 0, False: 0}
    for seed in SEEDS:
        for good, bad in zip(reference(seed).rows, planted(seed, key).rows, strict=True):
            if good["right"] and "report" not in good["item"]["tags"]:
                inside = tag in good["item"]["tags"]
                seen[inside] += 1
                lost[inside] += not bad["right"]
    assert lost[True] / seen[True] > lost[False] / seen[False]


def test_the_reference_keeps_every_guard_on_every_world() -> None:
    for seed in SEEDS:
        for world in ("dev", "same", "new", "shifted"):
            guards = run(of(seed), of(seed).files({}), world=world).guards
            assert not broken(KIT, guards, guards), (world, guards)


def test_the_large_model_breaks_the_cost_guard() -> None:
    files = of(SEEDS[0]).files({})
    files["config.ini"] = files["config.ini"].replace("sim-small", "sim-large")
    reached = run(of(SEEDS[0]), files, world="same")
    assert "usd_per_1k" in broken(KIT, reached.guards, reached.guards)


@pytest.mark.parametrize("decoy", [site.key for site in KIT.sites_of("decoy")])
def test_tidying_a_decoy_costs_agreement(decoy: str) -> None:
    lost = [
        hidden(of(seed), of(seed).files({})).metric - hidden(of(seed), of(seed).files({decoy: 0})).metric
        for seed in SEEDS
    ]
    assert sum(lost) / len(lost) >= 0.02


def by_flawed(key: str, reached: Run) -> float:
    """The metric of the same answers by a yardstick with a flaw in it."""
    metrics = memory.Folder(of(SEEDS[0]).files({key: 0})).module("harness.metrics")
    pairs = [row for row in reached.rows if "report" not in row["item"]["tags"]]
    rows = [{**row, **metrics.score(row["item"], {"answer": row["answer"]}, row["usage"], None)} for row in pairs]
    value: float = metrics.metric(rows)
    return value


@pytest.mark.parametrize("key", ["people", "counted"])
def test_a_flawed_yardstick_gives_another_number_for_the_same_judge(key: str) -> None:
    assert abs(by_flawed(key, reference(SEEDS[0])) - reference(SEEDS[0]).metric) > 0.005


def test_a_judge_that_always_says_the_same_gets_nothing() -> None:
    made = of(SEEDS[0])
    files = made.files({})
    files["app/main.py"] += '\n\nrun = loop.each(lambda task: {"answer": "tie"})\n'
    reached = run(made, files, world="same")
    assert reached.metric == pytest.approx(0.0)
    assert by_flawed("by_chance", reached) > 0.05


@pytest.mark.parametrize("given", ["None", '"both"', "[1]", '{"next": 1}', "float('nan')"])
def test_what_is_no_decision_counts_as_undecided_and_not_as_a_side(given: str) -> None:
    made = of(SEEDS[0])
    files = made.files({})
    files["app/main.py"] += f'\n\nrun = loop.each(lambda task: {{"answer": {given}, "low": 0, "high": "x"}})\n'
    reached = run(made, files, world="shifted")
    assert reached.guards["undecided"] == 1.0
    assert reached.metric <= 0.0
    assert reached.slices["report"][1] == 0.0


def test_the_corrected_share_is_right_where_the_judges_own_is_not() -> None:
    own, corrected, number = 0.0, 0.0, 0
    for seed in SEEDS:
        for world in ("dev", "new"):
            files = of(seed).files({})
            for text in ("", CORRECTED):
                changed = {**files, "app/report.py": text} if text else files
                count, right = run(of(seed), changed, world=world).slices["report"]
                if text:
                    corrected, number = corrected + count * right, number + count
                else:
                    own += count * right
    assert corrected / number >= 0.8
    assert own / number <= 0.4


def test_the_report_is_no_part_of_kappa() -> None:
    made = of(SEEDS[0])
    files = {**made.files({}), "app/report.py": CORRECTED}
    assert run(made, files).metric == reference(SEEDS[0]).metric


def test_the_trace_tells_sheet_order_and_words_of_every_verdict() -> None:
    made = of(SEEDS[0])
    item = made.worlds["dev"].items[0]
    answers, _ = memory.answers(made.files({}), [{"id": item["id"], **item["input"]}], Model(made.persona()))
    stages = [step["stage"] for step in answers[item["id"]]["trace"]]
    assert (stages[0], stages[-1]) == ("sheet", "decided")
    assert stages.count("verdict") >= 2
