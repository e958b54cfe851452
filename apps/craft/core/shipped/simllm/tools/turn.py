"""What the model does with a request that has tools: one turn of it."""

import json
import re
from collections.abc import Mapping

from ..chance import draw
from ..persona import Card
from ..reader import blindness
from ..words import meaning
from . import request
from .request import Past, Row, Rule, Tool, sense

SKIPPED = re.compile(r"\bnot (?:run|written)\b", re.IGNORECASE)
AGAIN = re.compile(r"\b(again|repeat|retry|no answer|unavailable)\b", re.IGNORECASE)
ALREADY = re.compile(r"\b(already|conflict)\b", re.IGNORECASE)
LISTED = re.compile(r"\b(?:one of|there are|there is|allowed|choose)\b:? *([\w, -]+)", re.IGNORECASE)
NEVER = re.compile(r"\b(?:not|never|no|nothing)\b", re.IGNORECASE)
LESS = re.compile(r"\b(?:less|minus|without|reduced)\b", re.IGNORECASE)
AT_MOST = re.compile(r"\b(?:at most|more than)\b.*?(\d+\.\d\d)", re.IGNORECASE)
MONEY = re.compile(r"\d+\.\d\d")
TO_PAY = "refund the full price"  # what it takes a complaint for where no rule fits
SAID = {
    "refund": "refunded",
    "coupon": "a coupon is on its way",
    "escalate": "escalated, a colleague decides",
    "declined": "declined",
}
PATIENCE = 2  # how often a call is repeated unchanged before the model gives up and claims that it worked
UNASKED = 0.15  # on how many tasks, untold when to end, it always does something more
NOW_AND_THEN = 0.04  # and on how many of the others in this run


class Turn:
    """One answer of the model: what it makes of the messages that it was given."""

    def __init__(self, card: Card, model: str, messages: "list[dict]", tools: str, seed: str) -> None:
        self.card, self.model, self.tools, self.seed = card, model, request.known(tools), seed
        told = "\n".join(request.text_of(m) for m in messages if m["role"] in ("system", "developer"))
        self.ends, self.later_wins, self.notes = request.instructions(told)
        said = "\n".join(request.text_of(m) for m in messages if m["role"] == "user")
        self.labels, self.asked, self.numbers = request.complaint(said)
        self.past = request.past(messages)
        self.found = [past.text for past in self.past if not past.failed and self.role(past.name) == "reads"]
        self.length = sum(len(request.text_of(m)) for m in messages) / 4
        self.calls: list[tuple[str, dict[str, object]]] = []

    def message(self) -> "dict":
        if not self.asked:
            return {"content": "How can I help you?"}
        for tool in self.tools:
            if tool.role == "reads":
                self.look(tool)
        if self.calls:
            return self.called()
        records = self.records()
        ended = [self.settle(row) for row in records]
        if not ended:
            return {"content": "I could not find what you wrote about. May I ask for more details?"}
        if self.calls or self.goes_on(records[0]):
            return self.called()
        return {"content": " ".join(ended)}

    def called(self) -> "dict":
        made = []
        turn = int(draw(self.seed, "call", self.length, self.asked) * 16**9)
        for place, (name, given) in enumerate(self.calls):
            function = {"name": name, "arguments": json.dumps(given)}
            made.append({"id": f"call_{turn:09x}{place}", "type": "function", "function": function})
        return {"tool_calls": made}

    # How it errs: now and then (another run, another draw), or always on the same task.

    def slips(self, what: str, share: float, *about: object) -> bool:
        return share > 0 and draw("slip", self.seed, self.model, what, self.asked, *about) < share

    def misreads(self, what: str, share: float, *about: object) -> bool:
        if share <= 0:
            return False
        habits = (self.card.depth, self.card.obedience, self.card.reading)
        return draw("misread", self.model, *habits, what, self.asked, *about) < share

    # Looking things up.

    def role(self, name: str) -> str:
        return next((tool.role for tool in self.tools if tool.name == name), "")

    def look(self, tool: Tool) -> None:
        """Ask a reading tool that has not answered yet; after some names that nobody knew it goes on without."""
        before = [past for past in self.past if past.name == tool.name]
        if any(not past.failed for past in before):
            return
        tried = _counted(before)
        if len(tried) > PATIENCE + 1:
            return
        given = {}
        for name, spec in tool.fields.items():
            value = self.filled(name, spec, {}, sense(self.asked), len(tried))
            if tried and "enum" not in spec:
                value = _allowed(tried[-1].text, sense(self.asked)) or value
            given[name] = value
        self.calls.append((tool.name, given))

    def filled(
        self, name: str, spec: "dict", record: "Mapping[str, object]", wanted: "frozenset[str]", tried: int
    ) -> object:
        """The value of one argument: from the schema's list, the record or a label, else in words of its own."""
        options = spec.get("enum")
        if isinstance(options, list) and options:
            fit = [len(sense(str(option)) & wanted) for option in options]
            best = fit.index(max(fit))
            if self.misreads("option", 0.15 * (1 - self.card.reading), name):
                best = (best + 1) % len(options)
            return options[best]
        if name in record:
            return record[name]
        if name in self.labels:
            return self.labels[name]
        told = sense(f"{name} {spec.get('description', '')}")
        for key, value in self.labels.items():
            if sense(key) & told:
                return value
        return self.named(tried)

    def named(self, tried: int) -> str:
        """A name for what is wrong: the customer's word, and at every other try one that means the same."""
        for word in re.findall(r"[a-z]+", self.asked.lower()):
            for group, alike in zip(request.WORDS, request.ALIKE):  # noqa: B905  # Python 3.10; of one length
                if meaning(word) & alike:
                    others = [other for other in group if other != word]
                    return word if not tried else others[(tried - 1) % len(others)]
        return self.asked

    # Which record, which rule.

    def records(self) -> "list[Row]":
        """The records that the request speaks of, as far as they are seen."""
        rows = [row for text in self.found for row in request.rows(text)]
        depth = 0.25 * self.card.depth * min(1.0, self.length / (0.6 * self.card.window))
        words, asked = meaning(self.asked), self.asked.lower()
        named, numbered, near = [], [], []
        for place, row in enumerate(rows):
            has_number = any(number in row.text for number in self.numbers)
            if not (row.about & words or has_number):
                continue
            if self.slips("unseen", depth * blindness(self.card.attention, place, len(rows)), row.text):
                continue
            if row.name and row.name.lower() in asked:
                named.append(row)
            elif row.about & words:
                near.append(row)
            if has_number:
                numbered.append(row)
        both = [row for row in named if row in numbered]
        if both:
            return both
        if named:  # each thing once: where there are two, it takes the first it reads
            return list({row.name: row for row in reversed(named)}.values())[::-1]
        return (numbered or near)[:1]  # a confident choice of what is nearest

    def rule(self, row: Row) -> "Rule | None":
        """The rule that it follows for a record: the first that fits, or the last if told so."""
        rules = [rule for text in self.found for rule in request.rules(text)]
        counted = [str(v) for k, v in row.fields.items() if "days" in k]
        days = int(counted[0]) if counted and re.fullmatch(r"-?\d+", counted[0]) else None
        fitting = [rule for rule in rules if rule.fits(days, row.text)]
        if not fitting:
            return None
        if self.misreads("rule", 0.15 * (1 - self.card.reading) + 0.02 * (1 - self.card.reasoning), row.text):
            return rules[int(draw(self.seed, "rule", self.asked) * len(rules))]
        return fitting[-1 if self.later_wins else 0]

    # Doing it.

    def settle(self, row: Row) -> str:
        """Bring one record to its end; what is still to do goes into `calls`. Returns what it would say of it."""
        rule = self.rule(row)
        tool = self.meant(rule.action if rule else TO_PAY)
        outcome = self.change(tool, row.fields, rule) if tool is not None else "declined"
        note = next((tool for tool in self.tools if tool.role == "notes"), None)
        if note and self.notes and not self.slips("note", 0.03 * (1 - self.card.obedience), row.text):
            self.note(note, row.fields, outcome)
        return f"The {row.name}: {SAID.get(outcome, outcome)}."

    def meant(self, action: str) -> "Tool | None":
        """The changing tool that some words ask for, if any."""
        if NEVER.search(action):
            return None
        wanted = sense(action)
        fits = [
            (3 * len(meaning(tool.name.replace("_", " ")) & wanted) + len(tool.sense & wanted), -place, tool)
            for place, tool in enumerate(self.tools)
            if tool.role == "changes" and tool.sense & wanted
        ]
        return max(fits, key=lambda fit: fit[:2])[2] if fits else None

    def change(self, tool: Tool, record: "Mapping[str, object]", rule: "Rule | None") -> str:
        """Call a changing tool until it worked, was refused for good, or patience ends. Returns what it believes."""
        wanted = sense(rule.action if rule else TO_PAY)
        for _ in range(3):  # an error may send it to another tool, and that one to a third
            about = [past for past in self.past if past.name == tool.name and _same(past.given, record)]
            if any(not past.failed for past in about):
                break
            tries = [past for past in about if not SKIPPED.search(past.text)]
            text = tries[-1].text if tries else ""
            if ALREADY.search(text):
                return "declined"
            other = self.sent_to(text, tool)
            if other is None:
                if len(_counted(tries)) <= PATIENCE and len(tries) < 3 * PATIENCE:
                    self.calls.append((tool.name, self.arguments(tool, record, rule, wanted, text)))
                break
            tool, wanted = other, sense(text)
        return tool.name.replace("_", " ")

    def sent_to(self, text: str, refused: Tool) -> "Tool | None":
        """The other tool that an error's text names."""
        for tool in self.tools:
            name = meaning(tool.name.replace("_", " "))
            if text and tool is not refused and tool.role == "changes" and name & meaning(text):
                return tool
        return None

    def arguments(
        self, tool: Tool, record: "Mapping[str, object]", rule: "Rule | None", wanted: "frozenset[str]", error: str
    ) -> "dict[str, object]":
        given: dict[str, object] = {}
        most = AT_MOST.search(error)
        for name, spec in tool.fields.items():
            if request.is_sum(name):
                given[name] = request.sum_for(float(most.group(1)) if most else self.amount(record, rule), spec)
            elif "enum" not in spec and name not in record and name not in self.labels:
                given[name] = f"For {record.get('item', 'this')}, as the rule says."
            else:
                given[name] = self.filled(name, spec, record, wanted, 0)
        return given

    def amount(self, record: "Mapping[str, object]", rule: "Rule | None") -> float:
        """The sum in question, as numbers are written in what it read."""
        prices = [value for key, value in record.items() if re.search("price|paid|amount", key)]
        price = float(str(prices[0])) if prices and request.is_number(prices[0]) else 0.0
        named = MONEY.findall(rule.action) if rule else []
        if not rule or not named:
            return price
        value = float(named[-1])
        if not LESS.search(rule.action):
            return value
        return price - value + (1.0 if self.slips("sum", 0.02 * (1 - self.card.reasoning), price, value) else 0.0)

    def note(self, tool: Tool, record: "Mapping[str, object]", outcome: str) -> None:
        """Write down how a record ended, unless that was done."""
        given: dict[str, object] = {}
        for name, spec in tool.fields.items():
            if spec.get("enum"):
                given[name] = self.filled(name, spec, record, sense(outcome), 0)
            else:
                given[name] = record.get(name, outcome)
        about = [past for past in self.past if past.name == tool.name and past.given == given]
        if all(past.failed for past in about) and len(_counted(about)) <= PATIENCE:
            self.calls.append((tool.name, given))

    def goes_on(self, row: Row) -> bool:
        """Whether it does not notice that it is done, and does one thing more."""
        always = not self.ends and self.misreads("more", UNASKED)
        if not always and not self.slips("more", 0.02 * (1 - self.card.obedience) if self.ends else NOW_AND_THEN):
            return False
        used = {past.name for past in self.past}
        more = [tool for tool in self.tools if tool.role == "changes" and tool.name not in used]
        if more:
            self.calls.append((more[-1].name, self.arguments(more[-1], row.fields, None, frozenset(), "")))
        return bool(more)


def _counted(tried: "list[Past]") -> "list[Past]":
    """The failures that were the call's own: not those that were put off, or should be repeated as they were."""
    return [past for past in tried if past.failed and not SKIPPED.search(past.text) and not AGAIN.search(past.text)]


def _allowed(text: str, wanted: "frozenset[str]") -> "str | None":
    """What an error's text allows, if it says so: the one that fits best."""
    listed = LISTED.search(text)
    options = [option.strip() for option in listed.group(1).split(",") if option.strip()] if listed else []
    return max(options, key=lambda option: len(sense(option) & wanted)) if options else None


def _same(given: "Mapping[str, object]", record: "Mapping[str, object]") -> bool:
    """Whether a call was about a record: what both name is the same."""
    return all(str(given[key]) == str(record[key]) for key in given if key in record)
