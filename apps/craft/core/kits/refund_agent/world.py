"""The world of the refund agent: a shop with customers, orders and policies, and tickets with the state they should end in.

Facts come first (which line, delivered when, marked how), the policies as typed rules; tickets and texts are written from
them, and what a ticket should leave behind is computed, so it is exact.
"""

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from apps.craft.core.kit import World

SLOTS = 120  # tickets that a shop is made for; a world asks some of them
FIRST_DAY = date(2026, 3, 25)
STEP = 5  # cents: what is paid out is rounded down to these
# What customers complain about: how they say it, and names that shops have for it.
TOPICS: dict[str, dict[str, list[str]]] = {
    "damaged": {
        "names": ["damaged", "arrived_damaged", "damaged_goods"],
        "said": ["arrived broken", "came out of the box cracked", "is scratched all over", "was dented when it came"],
        "anew": ["has a torn side, right out of the parcel", "was smashed on the way"],
    },
    "late": {
        "names": ["late", "late_delivery", "delayed"],
        "said": ["came much too late", "was delayed by a week", "was long overdue when it came"],
        "anew": ["kept me waiting for days", "took ages: you were slow"],
    },
    "wrong": {
        "names": ["wrong_article", "mixed_up", "wrong_goods"],
        "said": ["is the wrong one", "is not what I chose, somebody mixed it up", "was sent by mistake"],
        "anew": ["is different from the picture", "is another one than I chose"],
    },
    "unwanted": {
        "names": ["unwanted", "return_unneeded", "withdrawal"],
        "said": ["is no longer wanted: I return it", "is unneeded now", "can go back, I do not want it any longer: please withdraw it"],
        "anew": ["I regret, and I return it", "is back in its box for return"],
    },
    "missing": {
        "names": ["missing_part", "incomplete", "parts_missing"],
        "said": ["came with a part missing", "is incomplete", "lacks a part"],
        "anew": ["has a piece absent", "came without one part, so it is incomplete"],
    },
}
OPENERS = ["Hello,", "Hi there,", "Good morning,", "Dear team,", "Hello again,"]
CLOSERS = ["Please help.", "What now?", "I count on you.", "Please sort this out.", "Thank you."]
# Twenty tickets of each twenty-fold: one kind of situation each.
MIX = ["plain"] * 5 + ["two rules"] * 4 + ["two items"] * 4 + ["above limit"] * 3 + ["already paid"] * 2 + ["on hold"] * 2
HARDER = ["plain"] * 3 + ["two rules"] * 5 + ["two items"] * 5 + ["above limit"] * 3 + ["already paid"] * 2 + ["on hold"] * 2


@dataclass(frozen=True)
class Rule:
    """When a rule fits (days since delivery, mark), what it does (refund, less, coupon, decline) and with how much."""

    most: int | None
    least: int | None
    mark: str
    does: str
    cents: int

    def fits(self, days: int, mark: str) -> bool:
        if self.mark and self.mark != mark:
            return False
        if self.most is not None and days > self.most:
            return False
        return self.least is None or days > self.least


@dataclass
class Line:
    """A line of an order, as the shop holds it."""

    item: str
    cents: int
    days: int
    mark: str
    repaid: bool = False
    held: bool = False
    order: str = ""
    number: int = 0


def habits(laws: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """What holds for the models whatever the seed: a prompt beyond the window is refused."""
    return {"every": {"overflow": "error", "attention": "middle"}}


def world(
    seed: str, *, kind: str, number: int, surface: Mapping[str, Any], laws: Mapping[str, str], flaws: frozenset[str]
) -> World:
    """A shop and tickets. In a shifted world wordings are new, customers have more orders, the mix is harder."""
    shop = _Shop(seed, surface, laws, shifted=kind == "shifted")
    # The dev tickets and those of the same shop are drawn from one row of slots, from its two ends.
    chosen = shop.slots[:number] if kind != "same" else shop.slots[len(shop.slots) - number :]
    wording = random.Random(f"{seed}|{kind}|words")
    items = [_item(wording, place, slot, kind=kind, shop=shop, surface=surface) for place, slot in enumerate(chosen)]
    if "wrong_gold" in flaws:
        _spoil(wording, items, number)
    return World({"data/world.json": shop.text()}, items)


@dataclass
class _Slot:
    """A ticket to be: whose, about which lines, and why."""

    situation: str
    customer: str
    topic: str
    lines: list[Line]
    many: bool
    by_number: bool


class _Shop:
    """A shop made from a seed, with a customer for each slot."""

    def __init__(self, seed: str, surface: Mapping[str, Any], laws: Mapping[str, str], *, shifted: bool) -> None:
        self.chance = random.Random(f"{seed}|shop")
        self.surface, self.laws, self.shifted = surface, laws, shifted
        self.today = FIRST_DAY + timedelta(days=self.chance.randrange(240))
        self.limit = self.chance.randrange(6200, 7900, 100) + 50 * self.chance.randrange(2)
        self.marks = self.chance.sample(list(surface["marks"]), 2)
        self.topics = {topic: self.chance.choice(about["names"]) for topic, about in TOPICS.items()}
        self.policies = {topic: self._policy() for topic in TOPICS}
        self.phrases = self.chance.randrange(3)
        self.orders: list[dict[str, Any]] = []
        self.taken: set[int] = set()
        self.customers: dict[str, list[Line]] = {}
        mix = HARDER if shifted else MIX
        situations = [s for _ in range(SLOTS // (2 * len(mix))) for s in self.chance.sample(mix, len(mix))]
        slots = [self._slot(situation, place) for half in (0, 1) for place, situation in enumerate(situations)]
        # Both ends of the row have the same mix.
        self.slots = slots

    def text(self) -> str:
        settings = {
            "unit": self.laws["unit"], "dates": self.laws["dates"], "conflict": self.laws["conflict"],
            "limit": f"{self.limit / 100:.2f}", "order": self.surface["words"]["order"],
        }  # fmt: skip
        policies = {self.topics[topic]: [self._said(rule) for rule in rules] for topic, rules in self.policies.items()}
        rows = ",\n".join(json.dumps(order) for order in self.orders)
        head = json.dumps({"today": self._day(0), "settings": settings, "policies": policies}, indent=1)
        return f'{head[:-2]},\n "orders": [\n{rows}\n]\n}}\n'

    def decide(self, line: Line, topic: str) -> tuple[str, int]:
        """What should happen to a line, and with how many cents."""
        if line.repaid:
            return "declined", 0
        fitting = [rule for rule in self.policies[topic] if rule.fits(line.days, line.mark)]
        rule = fitting[-1 if self.laws["precedence"] == "later" else 0]
        if rule.does in ("refund", "less"):
            if line.cents > self.limit:
                return "escalated", 0
            cents = line.cents - (rule.cents if rule.does == "less" else 0)
            return "refunded", cents - cents % STEP
        return ("coupon", rule.cents) if rule.does == "coupon" else ("declined", 0)

    def _policy(self) -> list[Rule]:
        """Two or three rules; where two fit, they say different things."""
        days = self.chance.choice([14, 21, 30])
        fee, coupon = self.chance.randrange(290, 690, 10), self.chance.randrange(500, 1500, 50)
        first = self.chance.choice([("refund", 0), ("refund", 0), ("less", fee)])
        later = self.chance.choice([("coupon", coupon), ("decline", 0)])
        special = self.chance.choice([("coupon", coupon + 250), ("decline", 0), ("less", fee + 150)])
        mark = self.chance.choice(self.marks)
        rules = [Rule(days, None, "", *first), Rule(None, days, "", *later)]
        return self.chance.choice([[Rule(None, None, mark, *special), *rules], [*rules, Rule(None, None, mark, *special)]])

    def _said(self, rule: Rule) -> str:
        within = ["Within {0} days of delivery", "Up to {0} days from delivery", "In the first {0} days"][self.phrases]
        beyond = ["After {0} days", "More than {0} days from delivery", "Later than {0} days"][self.phrases]
        when = f"Marked {rule.mark}" if rule.mark else within.format(rule.most) if rule.most else beyond.format(rule.least)
        money = f"{rule.cents / 100:.2f}"
        does = {
            "refund": "refund the full price.",
            "less": f"refund the price less {money} for postage.",
            "coupon": f"give a coupon over {money}, no money.",
            "decline": "pay nothing, decline in writing.",
        }
        return f"{when}: {does[rule.does]}"

    def _slot(self, situation: str, place: int) -> _Slot:
        chance = self.chance
        prefix = self.surface["prefix"]
        customer = f"C-{self._number()}"
        many = place % 5 in (0, 1, 2) if self.shifted else place % 5 in (0, 1)
        items = self._items(chance.choice([12, 13, 14]) if many else chance.choice([3, 4, 5, 6]))
        topic = chance.choice(sorted(TOPICS))
        first = self._line(items.pop(), topic, "plain" if situation in ("two items", "on hold") else situation)
        lines = [first]
        if situation == "two items":
            second = chance.choice(["above limit", "already paid", "plain", "plain"])
            lines.append(self._line(items.pop(), topic, second))
        others = [self._line(item, chance.choice(sorted(TOPICS)), "any") for item in items]
        by_number = chance.random() < 0.35
        if by_number and situation != "on hold":  # the same thing, bought twice: only the number tells
            others.append(self._line(first.item, topic, "any"))
        if situation == "on hold":  # the same thing once more, in the hands of the fraud desk
            twin = self._line(first.item, topic, "any")
            twin.held = True
            others.append(twin)
            by_number = False
        whole = [*lines, *others]
        chance.shuffle(whole)
        while whole:
            number = f"{prefix}-{self._number()}"
            part = [whole.pop()]
            if whole and chance.random() < 0.35 and not (whole[-1].held or part[0].held or whole[-1].item == part[0].item):
                part.append(whole.pop())
            days = next((line.days for line in part if line in lines), part[0].days)
            for at, line in enumerate(part, 1):
                line.order, line.number = number, at
                if line not in lines:
                    line.days = days
            self._place(customer, number, part)
        return _Slot(situation, customer, topic, lines, many, by_number)

    def _place(self, customer: str, number: str, part: list[Line]) -> None:
        rows = []
        for line in part:
            row: dict[str, Any] = {"line": line.number, "item": line.item, "price": f"{line.cents / 100:.2f}"}
            if line.mark:
                row["mark"] = line.mark
            if line.repaid:
                row["refunded"] = self._day(max(1, line.days - 2))
            rows.append(row)
        state = "held" if part[0].held else "delivered"
        order = {"order": number, "customer": customer, "state": state, "delivered": self._day(part[0].days), "lines": rows}
        self.orders.append(order)

    def _line(self, item: str, topic: str, situation: str) -> Line:
        """A line for a situation: drawn until it is one."""
        for _ in range(400):
            line = Line(item, self._price(), self._age(), "")
            if self.chance.random() < (0.6 if situation == "two rules" else 0.12):
                line.mark = self.chance.choice(self.marks)
            if situation == "any":
                return line
            if situation == "above limit":
                line.cents = self.chance.randrange(10100, 29900)
            fitting = [rule for rule in self.policies[topic] if rule.fits(line.days, line.mark)]
            told, _ = self.decide(line, topic)
            if situation == "above limit" and told == "escalated" and len(fitting) == 1:
                return line
            if situation == "already paid" and told == "refunded":
                line.repaid = True
                return line
            if situation == "two rules" and len(fitting) == 2 and told != "escalated":
                return line
            if situation == "plain" and len(fitting) == 1 and told != "escalated":
                return line
        raise ValueError(f"No line for {situation!r} in policies {self.policies[topic]}.")

    def _price(self) -> int:
        return self.chance.randrange(1105, 5990)

    def _age(self) -> int:
        """Days since delivery; more often such that day and month could be taken for one another."""
        days = self.chance.randrange(2, 44)
        for _ in range(2):
            if (self.today - timedelta(days=days)).day <= 12:
                break
            days = self.chance.randrange(2, 44)
        return days

    def _day(self, ago: int) -> str:
        shape = "%d/%m/%Y" if self.laws["dates"] == "day_first" else "%m/%d/%Y"
        return (self.today - timedelta(days=ago)).strftime(shape)

    def _number(self) -> int:
        while True:
            number = self.chance.randrange(10_000, 99_999)
            if number not in self.taken:
                self.taken.add(number)
                return number

    def _items(self, number: int) -> list[str]:
        """Different things; some share their noun."""
        found: list[str] = []
        while len(found) < number:
            item = f"{self.chance.choice(self.surface['kinds'])} {self.chance.choice(self.surface['things'])}"
            if item not in found:
                found.append(item)
        return found


def _item(
    chance: random.Random, place: int, slot: _Slot, *, kind: str, shop: _Shop, surface: Mapping[str, Any]
) -> dict[str, Any]:
    said = chance.choice(TOPICS[slot.topic]["anew" if kind == "shifted" else "said"])
    things = " and the ".join(line.item for line in slot.lines)
    which = ""
    if slot.by_number:
        which = " from " + " and ".join(
            f"{surface['words']['order']} {order.split('-')[1]}" for order in dict.fromkeys(li.order for li in slot.lines)
        )
    body = f"{chance.choice(OPENERS)} the {things}{which} {said}. {chance.choice(CLOSERS)}"
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
    tags = [slot.situation, *sorted(outcomes), *(["many " + surface["words"]["orders"]] if slot.many else [])]
    return {
        "id": f"{kind[0]}{place:03}",
        "input": {"customer": slot.customer, "text": body, "trials": 3},
        "target": state,
        "tags": tags,
    }


def _spoil(chance: random.Random, items: list[dict[str, Any]], number: int) -> None:
    """Some targets are wrong: another sum, or a refund where nothing is due."""
    payable = [item for item in items if item["target"]["refunds"] or item["target"]["coupons"]]
    for item in chance.sample(payable, max(3, number // 20)):
        rows = item["target"]["refunds"] or item["target"]["coupons"]
        rows[0][2] += chance.choice([100, 200, -100])
