"""The world of the refund agent: a shop, and tickets with the state that they should leave behind.

Facts come first (which line, delivered when, marked how), the policies as typed rules; tickets are written from them,
and what a ticket should leave behind is computed, so it is exact.
"""

import json
import random
from collections.abc import Mapping
from typing import Any

from apps.craft.core.kit import World
from apps.craft.core.kits.refund_agent.shop import Shop, Slot

SAID = {
    "damaged": ["arrived broken", "came out of the box cracked", "is scratched all over", "was dented when it came"],
    "late": ["came much too late", "was delayed by a week", "was long overdue when it came"],
    "wrong": ["is the wrong one", "is not what I chose, somebody mixed it up", "was sent by mistake"],
    "unwanted": ["is no longer wanted: I return it", "is unneeded now", "can go back, I regret it: please withdraw it"],
    "missing": ["came with a part missing", "is incomplete", "lacks a part"],
}
SAID_ANEW = {
    "damaged": ["has a torn side, right out of the parcel", "was smashed on the way"],
    "late": ["kept me waiting for days", "took ages: you were slow"],
    "wrong": ["is different from the picture", "is another one than I chose"],
    "unwanted": ["I regret, and I return it", "is back in its box for return"],
    "missing": ["has a piece absent", "came without one part, so it is incomplete"],
}
OPENERS = ["Hello,", "Hi there,", "Good morning,", "Dear team,", "Hello again,"]
CLOSERS = ["Please help.", "What now?", "I count on you.", "Please sort this out.", "Thank you."]


def habits(laws: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """What holds for the models whatever the seed: a prompt beyond the window is refused."""
    return {"every": {"overflow": "error", "attention": "middle"}}


def world(
    seed: str, *, kind: str, number: int, surface: Mapping[str, Any], laws: Mapping[str, str], flaws: frozenset[str]
) -> World:
    """A shop and tickets. In a shifted world wordings are new, customers have more rows, the mix is harder."""
    shop = Shop(seed, surface, laws, shifted=kind == "shifted")
    # The dev tickets and those of the same shop are drawn from one row of slots, from its two ends.
    chosen = shop.slots[:number] if kind != "same" else shop.slots[-number:]
    wording = random.Random(f"{seed}|{kind}|words")
    items = [_item(wording, f"{kind[0]}{place:03}", slot, shop, kind) for place, slot in enumerate(chosen)]
    if "wrong_gold" in flaws:
        _spoil(wording, items)
    told = {"today": shop.day(0), "topics": sorted(shop.topics.values())}
    return World({"data/world.json": shop.text(), "data/shop.json": json.dumps(told, indent=1) + "\n"}, items)


def _item(chance: random.Random, key: str, slot: Slot, shop: Shop, kind: str) -> dict[str, Any]:
    words = shop.surface["words"]
    target, outcomes = _expected(slot, shop)
    many = ["many rows"] if slot.many else []
    return {
        "id": key,
        "input": {"customer": slot.customer, "text": _letter(chance, slot, words, kind), "trials": 3},
        "target": target,
        "tags": [slot.situation, *sorted(outcomes), *many],
    }


def _letter(chance: random.Random, slot: Slot, words: Mapping[str, str], kind: str) -> str:
    said = chance.choice((SAID_ANEW if kind == "shifted" else SAID)[slot.topic])
    things = " and the ".join(line.item for line in slot.lines)
    numbers = dict.fromkeys(line.order.split("-")[1] for line in slot.lines)
    which = " from " + " and ".join(f"{words['order']} {number}" for number in numbers) if slot.by_number else ""
    each = ": each" if len(slot.lines) > 1 else ""
    return f"{chance.choice(OPENERS)} the {things}{which}{each} {said}. {chance.choice(CLOSERS)}"


def _expected(slot: Slot, shop: Shop) -> tuple[dict[str, list[list[Any]]], set[str]]:
    """The rows that a ticket should leave in the shop's tables, and its outcomes."""
    state: dict[str, list[list[Any]]] = {"refunds": [], "coupons": [], "escalations": [], "notes": []}
    outcomes = set()
    for line in slot.lines:
        outcome, cents = shop.decide(line, slot.topic)
        outcomes.add(outcome)
        if outcome == "refunded":
            state["refunds"].append([line.order, line.number, cents])
        elif outcome == "coupon":
            state["coupons"].append([line.order, line.number, cents])
        elif outcome == "escalated":
            state["escalations"].append([line.order, line.number, shop.laws["approver"]])
        state["notes"].append([line.order, line.number, outcome])
    for rows in state.values():
        rows.sort()
    return state, outcomes


def _spoil(chance: random.Random, items: list[dict[str, Any]]) -> None:
    """Some targets are wrong: another sum."""
    payable = [item for item in items if item["target"]["refunds"] or item["target"]["coupons"]]
    for item in chance.sample(payable, max(3, len(items) // 20)):
        rows = item["target"]["refunds"] or item["target"]["coupons"]
        rows[0][2] += chance.choice([100, 200, -100])
