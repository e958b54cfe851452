"""The refund agent's world: same seed, same shop; expected states follow from the shop's file and the letter alone."""

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from apps.craft.core.kit import World
from apps.craft.core.kits.refund_agent import KIT
from apps.craft.core.kits.refund_agent.world import world
from apps.craft.core.variant import Variant, variant

SEEDS = [f"world-{number}" for number in range(6)]
NONE: frozenset[str] = frozenset()
# What a letter complains of, told by one word, and words that the shop's name for it may hold.
TELLS = {
    r"broken|cracked|scratched|dented|torn|smashed": "damag|break",
    r"late|delayed|overdue|waiting|slow": "late|delay|overdue",
    r"wrong|mixed|mistake|different|another": "wrong|mixed|other",
    r"wanted|unneeded|regret|return": "unwanted|return",
    r"missing|incomplete|lacks|absent": "missing|incomplete",
}


def made(of: Variant, kind: str, number: int = 50, flaws: frozenset[str] = NONE) -> World:
    seed = "w|own" if kind in ("dev", "same") else f"w|{kind}"
    return world(seed, kind=kind, number=number, surface=of.surface_words, laws=of.laws, flaws=flaws)


def worked_out(of: Variant, files: Mapping[str, str], task: Mapping[str, Any]) -> dict[str, list[list[Any]]]:
    """The state that a ticket should leave behind, read off the shop's file and the letter by a way of its own."""
    shop, told = json.loads(files["data/world.json"]), json.loads(files["data/shop.json"])
    text = task["text"]
    tell = next(names for words, names in TELLS.items() if re.search(words, text))
    rules = next(rules for name, rules in shop["policies"].items() if re.search(tell, name))
    found: dict[str, list[list[Any]]] = {"refunds": [], "coupons": [], "escalations": [], "notes": []}
    for order in shop["orders"]:
        if order["customer"] != task["customer"] or order["state"] == "held":
            continue
        numbers = re.findall(r"\d{5}", text)
        if numbers and order["order"][-5:] not in numbers:
            continue
        age = day(told["today"], of) - day(order["delivered"], of)
        for line in order["lines"]:
            if not re.search(rf"the {line['item']}\b", text):
                continue
            row = [order["order"], line["line"]]
            fits = [rule for rule in rules if fitting(rule, age.days, line.get("mark"))]
            does = (fits[-1] if of.laws["precedence"] == "later" else fits[0]).split(": ")[1]
            price, named = as_cents(line["price"]), [as_cents(sum_) for sum_ in re.findall(r"\d+\.\d\d", does)]
            outcome = "declined"
            if "refunded" not in line and does.startswith("refund"):
                outcome = "escalated" if price > as_cents(shop["settings"]["limit"]) else "refunded"
            elif "refunded" not in line and does.startswith("give a coupon"):
                outcome = "coupon"
            if outcome == "refunded":
                due = price - sum(named)
                found["refunds"].append([*row, due // 5 * 5])
            elif outcome == "coupon":
                found["coupons"].append([*row, named[0]])
            elif outcome == "escalated":
                found["escalations"].append([*row, of.laws["approver"]])
            found["notes"].append([*row, outcome])
    return {name: sorted(rows) for name, rows in found.items()}


def day(text: str, of: Variant) -> date:
    first, second, year = map(int, text.split("/"))
    return date(year, second, first) if of.laws["dates"] == "day_first" else date(year, first, second)


def fitting(rule: str, days: int, mark: str | None) -> bool:
    when = rule.split(":", maxsplit=1)[0]
    if when.startswith("Marked "):
        return mark is not None and when == f"Marked {mark}"
    limit = int(re.findall(r"\d+", when)[0])
    return days <= limit if re.match(r"Within|Up to|In the first", when) else days > limit


def as_cents(text: str) -> int:
    return int(text.replace(".", ""))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", ["dev", "same", "new", "shifted"])
def test_expected_states_follow_from_the_shop_and_the_letter(seed: str, kind: str) -> None:
    of = variant(KIT, seed)
    found = made(of, kind)
    for item in found.items:
        assert item["target"] == worked_out(of, found.files, item["input"]), item["id"]


def test_same_seed_gives_the_same_world() -> None:
    of = variant(KIT, SEEDS[0])
    assert made(of, "new") == made(of, "new")


def test_dev_and_same_share_the_shop_and_no_ticket() -> None:
    of = variant(KIT, SEEDS[1])
    dev, same = made(of, "dev"), made(of, "same")
    assert dev.files == same.files
    customers = [{item["input"]["customer"] for item in found.items} for found in (dev, same)]
    assert not customers[0] & customers[1]
    assert len(customers[0]) == len(dev.items)


def test_new_worlds_share_no_customer_with_the_dev_world() -> None:
    of = variant(KIT, SEEDS[1])
    dev, new = made(of, "dev"), made(of, "new")
    assert dev.files["data/world.json"] != new.files["data/world.json"]
    assert not {item["input"]["text"] for item in dev.items} & {item["input"]["text"] for item in new.items}


def test_every_situation_is_among_the_dev_tickets() -> None:
    tags = {tag for item in made(variant(KIT, SEEDS[2]), "dev").items for tag in item["tags"]}
    assert {
        "refund due", "coupon due", "two rules", "two items", "above limit", "already paid", "on hold", "many rows",
    } <= tags  # fmt: skip


def test_every_slice_that_a_site_names_is_a_tag() -> None:
    tags = {tag for item in made(variant(KIT, SEEDS[2]), "dev").items for tag in item["tags"]}
    assert {site.slice for site in KIT.sites.values() if site.slice} <= tags


def test_wrong_gold_changes_a_few_sums_and_no_letter() -> None:
    of = variant(KIT, SEEDS[3])
    sound, spoilt = made(of, "dev").items, made(of, "dev", flaws=frozenset({"wrong_gold"})).items
    assert [item["input"] for item in sound] == [item["input"] for item in spoilt]
    changed = [(a, b) for a, b in zip(sound, spoilt, strict=True) if a["target"] != b["target"]]
    assert len(changed) == 3
    assert all(a["target"]["notes"] == b["target"]["notes"] for a, b in changed)


def test_no_expected_state_lies_in_the_shop_as_handed_out() -> None:
    of = variant(KIT, SEEDS[4])
    assert "target" not in "".join(made(of, "dev").files.values())
    assert of.laws["approver"] not in made(of, "dev").files["data/world.json"]
