"""A shop drawn from a seed: policies as typed rules, and for every ticket to be a customer with what they bought."""

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

SLOTS = 100  # tickets that a shop is made for; a world asks some of them
STEP = 5  # cents: what is paid out is rounded down to these
# Names that shops have for kinds of complaints: two that customers might say, two that nobody would guess.
TOPICS = {
    "damaged": ["damaged", "breakage", "arrived_damaged", "transit_damaged"],
    "late": ["late", "delayed", "late_delivery", "overdue_delivery"],
    "wrong": ["wrong", "mixed", "wrong_article", "other_article"],
    "unwanted": ["unwanted", "returned", "return_unwanted", "withdraw_and_return"],
    "missing": ["missing", "incomplete", "parts_missing", "incomplete_article"],
}
# Of every twenty tickets so many of each situation.
MIX = {
    "refund due": 3, "coupon due": 2, "two rules": 4, "two items": 4, "above limit": 3, "already paid": 2, "on hold": 2,
}  # fmt: skip
HARDER = {
    "refund due": 2, "coupon due": 1, "two rules": 5, "two items": 5, "above limit": 3, "already paid": 2, "on hold": 2,
}  # fmt: skip
PHRASES = [
    ("Within {0} days of delivery", "After {0} days"),
    ("Up to {0} days from delivery", "More than {0} days from delivery"),
    ("In the first {0} days", "Later than {0} days"),
]


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


@dataclass(eq=False)
class Line:
    """A line of an order, as the shop holds it."""

    item: str
    cents: int
    days: int  # since delivery
    mark: str = ""
    repaid: bool = False
    held: bool = False
    order: str = ""
    number: int = 0


@dataclass(frozen=True)
class Slot:
    """A ticket to be: whose, about which lines, and why."""

    situation: str
    customer: str
    topic: str
    lines: list[Line]
    many: bool  # rows, so that they do not all fit
    by_number: bool


class Shop:
    """A shop made from a seed, with a customer for each slot."""

    def __init__(self, seed: str, surface: Mapping[str, Any], laws: Mapping[str, str], *, shifted: bool) -> None:
        self.chance = random.Random(f"{seed}|shop")
        self.surface, self.laws, self.shifted = surface, laws, shifted
        # After the 12th, so that only the other dates can be read both ways.
        self.today = date(2026, self.chance.randrange(3, 12), self.chance.randrange(13, 29))
        self.limit = self.chance.randrange(6200, 7900, 50)
        self.marks = self.chance.sample(list(surface["marks"]), 2)
        self.topics = self._names()
        self.policies = self._policies()
        self.phrases = self.chance.choice(PHRASES)
        self.orders: list[dict[str, Any]] = []
        self.taken: set[int] = set()
        mix = [situation for situation, times in (HARDER if shifted else MIX).items() for _ in range(times)]
        half = SLOTS // 2
        situations = [s for _ in range(0, half, len(mix)) for s in self.chance.sample(mix, len(mix))][:half]
        # Both ends of the row have the same mix.
        self.slots = [self._slot(situation, place) for _ in range(2) for place, situation in enumerate(situations)]

    def text(self) -> str:
        """The shop as its file, one order a line."""
        settings = {
            "dates": self.laws["dates"],
            "conflict": self.laws["conflict"],
            "limit": f"{self.limit / 100:.2f}",
        }
        policies = {self.topics[topic]: [self._said(rule) for rule in rules] for topic, rules in self.policies.items()}
        rows = ",\n".join(json.dumps(order) for order in self.orders)
        head = json.dumps({"settings": settings, "policies": policies}, indent=1)
        return f'{head[:-2]},\n "orders": [\n{rows}\n]\n}}\n'

    def decide(self, line: Line, topic: str) -> tuple[str, int]:
        """What should happen to a line, and with how many cents."""
        if line.repaid:
            return "declined", 0
        fitting = self.fitting(line, topic)
        rule = fitting[-1 if self.laws["precedence"] == "later" else 0]
        if rule.does in ("refund", "less"):
            if line.cents > self.limit:
                return "escalated", 0
            cents = line.cents - rule.cents
            return "refunded", cents - cents % STEP
        return ("coupon", rule.cents) if rule.does == "coupon" else ("declined", 0)

    def fitting(self, line: Line, topic: str) -> list[Rule]:
        return [rule for rule in self.policies[topic] if rule.fits(line.days, line.mark)]

    def day(self, ago: int) -> str:
        """A date as the shop writes it."""
        shape = "%d/%m/%Y" if self.laws["dates"] == "day_first" else "%m/%d/%Y"
        return (self.today - timedelta(days=ago)).strftime(shape)

    def _names(self) -> dict[str, str]:
        easy = [True, True, True, False, False]
        self.chance.shuffle(easy)
        return {
            topic: self.chance.choice(names[:2] if plain else names[2:])
            for (topic, names), plain in zip(TOPICS.items(), easy, strict=True)
        }

    def _policies(self) -> dict[str, list[Rule]]:
        """For each kind of complaint three rules; where two fit, they say different things."""
        chance = self.chance
        shuffled = {
            "first": ["refund", "refund", "refund", "less", "less"],
            "later": ["coupon", "coupon", "coupon", "decline", "decline"],
            "special": ["coupon", "coupon", "decline", "decline", "less"],
            "order": ["first", "first", "last", "last", chance.choice(["first", "last"])],
        }
        for kinds in shuffled.values():
            chance.shuffle(kinds)
        found = {}
        for topic, first, later, special, order in zip(TOPICS, *shuffled.values(), strict=True):
            days, mark = chance.choice([21, 28, 30]), chance.choice(self.marks)
            fee, coupon = chance.randrange(290, 690, 10), chance.randrange(510, 1490, 20)
            sums = {"refund": 0, "less": fee, "coupon": coupon, "decline": 0}
            rules = [Rule(days, None, "", first, sums[first]), Rule(None, days, "", later, sums[later])]
            sums = {"less": fee + 150, "coupon": coupon + 240, "decline": 0}
            exception = Rule(None, None, mark, special, sums[special])
            found[topic] = [exception, *rules] if order == "first" else [*rules, exception]
        return found

    def _said(self, rule: Rule) -> str:
        within, beyond = self.phrases
        when = within.format(rule.most) if rule.most else beyond.format(rule.least)
        money = f"{rule.cents / 100:.2f}"
        does = {
            "refund": "refund the full price.",
            "less": f"refund the price less {money} for postage.",
            "coupon": f"give a coupon over {money} in place of money.",
            "decline": "pay nothing, decline in writing.",
        }
        return f"{f'Marked {rule.mark}' if rule.mark else when}: {does[rule.does]}"

    def _slot(self, situation: str, place: int) -> Slot:
        chance = self.chance
        customer = f"C-{self._number()}"
        many = place % 5 < (3 if self.shifted else 2)
        items = self._items(chance.choice([12, 13, 14]) if many else chance.choice([2, 3, 4]))
        topics = sorted(TOPICS)
        if situation == "coupon due":
            topics = [topic for topic in topics if any(r.does == "coupon" and r.least for r in self.policies[topic])]
        topic = chance.choice(topics)
        due = "refund due" if situation in ("two items", "on hold") else situation
        lines = [self._line(items.pop(), topic, due)]
        if situation == "two items":
            second = chance.choice(["above limit", "above limit", "already paid", "refund due"])
            lines.append(self._line(items.pop(), topic, second))
        others = [self._line(item) for item in items]
        by_number = chance.random() < 0.35 and situation != "on hold"
        if by_number or situation == "on hold":  # the same thing once more
            others.append(self._twin(lines[0], held=not by_number))
        self._sell(customer, lines, others)
        return Slot(situation, customer, topic, lines, many, by_number)

    def _twin(self, line: Line, *, held: bool) -> Line:
        """The same thing bought twice: only the number tells, or that one of them is with the fraud desk."""
        twin = self._line(line.item)
        if held:
            twin.held, twin.days = True, max(1, line.days - self.chance.randrange(1, 9))
        return twin

    def _sell(self, customer: str, lines: list[Line], others: list[Line]) -> None:
        """Put lines into orders, one or two to each; what was bought twice, in an order of its own."""
        alone = [line for line in others if line.item == lines[0].item]
        whole = [*lines, *others]
        self.chance.shuffle(whole)
        while whole:
            part = [whole.pop()]
            pair = [*part, *whole[-1:]]
            together = not any(line in alone for line in pair) and not all(line in lines for line in pair)
            if len(pair) == 2 and together and self.chance.random() < 0.35:
                part.append(whole.pop())
            days = next((line.days for line in part if line in lines), part[0].days)
            number = f"{self.surface['prefix']}-{self._number()}"
            for place, line in enumerate(part, 1):
                line.order, line.number, line.days = number, place, days
            self._place(customer, part)

    def _place(self, customer: str, part: list[Line]) -> None:
        rows = []
        for line in part:
            row: dict[str, Any] = {"line": line.number, "item": line.item, "price": f"{line.cents / 100:.2f}"}
            if line.mark:
                row["mark"] = line.mark
            if line.repaid:
                row["refunded"] = self.day(max(1, line.days - 2))
            rows.append(row)
        self.orders.append(
            {
                "order": part[0].order,
                "customer": customer,
                "state": "held" if part[0].held else "delivered",
                "delivered": self.day(part[0].days),
                "lines": rows,
            }
        )

    def _line(self, item: str, topic: str = "", situation: str = "") -> Line:
        """A line, for a situation: drawn until it is one."""
        for _ in range(1_000):
            line = Line(item, self._price(), self._age())
            if self.chance.random() < (0.6 if situation == "two rules" else 0.12):
                line.mark = self.chance.choice(self.marks)
            if situation == "above limit":
                line.cents = self.chance.randrange(10100, 29900, 5)
            if not situation or self._is(line, topic, situation):
                line.repaid = situation == "already paid"
                return line
        raise ValueError(f"No line for {situation!r} in policies {self.policies[topic]}.")

    def _is(self, line: Line, topic: str, situation: str) -> bool:
        """Whether a line is one for a situation; but for "two rules" one rule fits."""
        outcome, _ = self.decide(line, topic)
        wanted = {"above limit": "escalated", "coupon due": "coupon"}.get(situation, "refunded")
        if situation == "two rules":
            return len(self.fitting(line, topic)) == 2 and outcome != "escalated"
        return len(self.fitting(line, topic)) == 1 and outcome == wanted

    def _price(self) -> int:
        cents = self.chance.randrange(1105, 5990, 5)
        return cents + self.chance.randrange(1, 5) if self.chance.random() < 0.3 else cents

    def _age(self) -> int:
        """Days since delivery; more often such that day and month could be taken for one another."""
        for _ in range(2):
            days = self.chance.randrange(2, 28) if self.chance.random() < 0.65 else self.chance.randrange(28, 48)
            if (self.today - timedelta(days=days)).day <= 12:
                break
        return days

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
