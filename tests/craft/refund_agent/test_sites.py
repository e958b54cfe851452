"""The refund agent's sites: what each planting costs, where it shows, and what the shop does about keys and silence."""

from functools import cache

import pytest

from apps.craft.core import memory
from apps.craft.core.kits.refund_agent import KIT
from apps.craft.core.shipped.simllm.model import Model, Reply
from apps.craft.core.variant import Run, Variant, run, variant

SEEDS = ["sites-0", "sites-1"]
DEFECTS = [site.key for kind in ("readable", "hidden") for site in KIT.sites_of(kind)]


@cache
def of(seed: str) -> Variant:
    return variant(KIT, seed)


SURFACE = of(SEEDS[0]).surface_words["words"]


def ran(seed: str, **planted: int) -> Run:
    return run(of(seed), of(seed).files(planted))


@pytest.mark.parametrize("key", DEFECTS)
def test_every_planting_costs_enough_and_first_of_all_in_its_slice(key: str) -> None:
    lost, lost_there = [], []
    for seed in SEEDS:
        sound, there = ran(seed), KIT.sites[key].slice
        for which in range(len(KIT.sites[key].bad_texts(of(seed).laws))):
            planted = ran(seed, **{key: which})
            lost.append(sound.metric - planted.metric)
            lost_there.append(sound.slices[there][1] - planted.slices[there][1])
    assert sum(lost) / len(lost) >= KIT.manifest["mint"]["min_site_gain"]
    assert sum(lost_there) / len(lost_there) >= sum(lost) / len(lost) - 0.05


@pytest.mark.parametrize("key", [site.key for site in KIT.sites_of("decoy")])
def test_tidying_a_decoy_costs(key: str) -> None:
    assert sum(ran(seed).metric - ran(seed, **{key: 0}).metric for seed in SEEDS) / len(SEEDS) >= 0.02


@pytest.mark.parametrize("seed", SEEDS)
def test_the_reference_pays_nothing_twice_and_a_key_of_the_call_does(seed: str) -> None:
    assert ran(seed).guards["double_refunds"] == 0
    assert ran(seed, refund_key=0).guards["double_refunds"] > 0


def shop(seed: str = SEEDS[0]) -> tuple[memory.Folder, object, dict[str, object]]:
    """A shop as the grader opens it, and a line that can be refunded."""
    given = of(seed)
    folder = memory.Folder(given.files({}))
    backend = memory.opened(folder, Model(given.persona()))
    order, line = next(key for key, row in backend.lines.items() if "refunded" not in row and float(row["price"]) > 20)
    return folder, backend, {"order": order, "line": line, "amount": 1000}


def until_answered(backend: object, path: str, body: dict[str, object]) -> Reply:
    for _ in range(20):
        reply: Reply = backend.call(path, body, item="t")  # type: ignore[attr-defined]
        if reply.status != 503:
            return reply
    raise AssertionError("The shop never answers.")


def test_a_refund_with_a_key_seen_before_is_the_refund_seen_before() -> None:
    _, backend, body = shop()
    first = until_answered(backend, "0/refund", {**body, "key": "k"})
    again = until_answered(backend, "0/refund", {**body, "key": "k"})
    assert first.status == again.status == 200
    assert len(backend.state("t", 0)["refunds"]) == 1  # type: ignore[attr-defined]


def test_runs_of_a_ticket_have_shops_of_their_own() -> None:
    _, backend, body = shop()
    until_answered(backend, "0/refund", {**body, "key": "k"})
    assert backend.state("t", 0)["refunds"]  # type: ignore[attr-defined]
    assert not backend.state("t", 1)["refunds"]  # type: ignore[attr-defined]
    assert not backend.state("other", 0)["refunds"]  # type: ignore[attr-defined]


def test_a_lost_answer_may_hide_a_change_that_took_place() -> None:
    _, backend, body = shop()
    silent = [backend.call(f"{n}/refund", body, item="t").status == 503 for n in range(300)]  # type: ignore[attr-defined]
    done = [bool(backend.state("t", n)["refunds"]) for n in range(300)]  # type: ignore[attr-defined]
    assert 0.08 < sum(silent) / 300 < 0.25
    assert any(quiet and there for quiet, there in zip(silent, done, strict=True))
    assert any(quiet and not there for quiet, there in zip(silent, done, strict=True))


@pytest.mark.parametrize(
    ("tool", "body"),
    [
        ("refund", {"amount": -5}),
        ("refund", {"amount": 10.5}),
        ("refund", {"amount": True}),
        ("refund", {"amount": 10_000_000}),
        ("refund", {"order": ["x"], "amount": 5}),
        ("refund", {"line": {"a": 1}, "amount": 5}),
        ("refund", {"key": ["a"], "amount": 5}),
        ("coupon", {"key": 7, "amount": 5}),
        ("escalate", {"to": "me"}),
        ("escalate", {"to": ["finance"]}),
        ("leave_note", {"outcome": {"a": 1}}),
        ("find_" + SURFACE["orders"], {"customer": ["C-1"]}),
        ("look_up_policy", {"topic": {"a": 1}}),
        ("steal", {}),
    ],
)
def test_the_shop_refuses_nonsense_in_words_and_changes_nothing(tool: str, body: dict[str, object]) -> None:
    _, backend, sound = shop()
    reply = until_answered(backend, f"0/{tool}", {**sound, **body})
    assert 400 <= reply.status < 500
    assert reply.body["error"]["message"]
    assert not any(backend.state("t", 0).values())  # type: ignore[attr-defined]


@pytest.mark.parametrize("body", [None, [], "x", 3])
def test_the_shop_refuses_a_body_that_is_no_object(body: object) -> None:
    _, backend, _ = shop()
    assert backend.call("0/refund", body, item="t").status == 404  # type: ignore[attr-defined]


@pytest.mark.parametrize("key", [site.key for site in KIT.sites_of("yardstick") if site.good])
def test_a_flawed_yardstick_is_kinder_than_the_true_one(key: str) -> None:
    given = of(SEEDS[0])
    files = given.files({"plain_errors": 0})
    sound = run(given, files)
    metrics = memory.Folder(given.files({key: 0})).module("harness.metrics")
    rows = []
    for row in sound.rows:
        states, replies = row["answer"]["runs"], row["answer"]["replies"]
        right = [metrics.run_is_right(s, row["target"], r) for s, r in zip(states, replies, strict=True)]
        rows.append({"value": metrics.worth(right)})
    assert metrics.metric(rows) > sound.metric
