"""Tools: with tools at hand the model calls one or several, fills their arguments as far as it is told how, or answers.

It knows no shop. What it does follows from the request alone: first it looks things up, then it does what the rules it
found tell it to do with the record that fits the request, then it ends with a sentence. The habits are imitated from:

* which tool, and what stands in its arguments, follows from names, descriptions and schemas, and is guessed where they
  say nothing (Patil et al. 2023, "Gorilla"; Qin et al. 2023, "ToolLLM");
* an error that says what to change is corrected, another is repeated (Gou et al. 2024, "CRITIC"; Huang et al. 2024,
  "Large Language Models Cannot Self-Correct Reasoning Yet"), and in the end success is claimed;
* steps are repeated and the end is not noticed where nobody told it (Cemri et al. 2025, "MAST");
* the same task ends differently from run to run (Yao et al. 2024, "tau-bench", who count pass^k);
* in a long prompt the middle is read worst (Liu et al. 2024), and what was trimmed away was never said.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from .chance import draw
from .persona import Card
from .reader import blindness
from .words import count_tokens, meaning

# What a speaker of English takes for the same thing.
ALIKE = [
    frozenset(words.split())
    for words in (
        "damag damage broken break cracked crack scratched scratch dent dented smashed tear torn",
        "late delay delayed overdue waiting wait slow",
        "wrong mixed different other mistaken mistake instead",
        "unwant unwanted mind regret unneeded need longer return withdraw withdrawal",
        "part miss missing incomplete lack lacking piece absent",
        "refund repay repaid reimburse",
        "coupon voucher credit goodwill",
        "escalat escalate handover approval approve",
        "declin decline nothing refuse refused",
    )
]
READS = re.compile(r"\b(find|look|search|list|get|read|fetch|show)\b", re.IGNORECASE)
WRITES_DOWN = re.compile(r"\b(note|record|journal|log)\b", re.IGNORECASE)
FAILED = re.compile(
    r"\b(error|fail\w*|refused|invalid|unknown|cannot|no such|not (?:done|run|written|paid|possible|found)|no answer|"
    r"unavailable|conflict)\b",
    re.IGNORECASE,
)
SKIPPED = re.compile(r"\bnot (?:run|written)\b", re.IGNORECASE)
AGAIN = re.compile(r"\b(again|repeat|retry|no answer|unavailable)\b", re.IGNORECASE)
ALREADY = re.compile(r"\b(already|conflict)\b", re.IGNORECASE)
LISTED = re.compile(r"\b(?:one of|there are|there is|allowed|choose)\b:? *([\w, -]+)", re.IGNORECASE)
NEVER = re.compile(r"\b(?:not|never|no|nothing)\b", re.IGNORECASE)
WITHIN = re.compile(r"\b(?:within|up to|at most|no later than|in the first) (\d+) days", re.IGNORECASE)
BEYOND = re.compile(r"\b(?:after|more than|later than|over|beyond) (\d+) days", re.IGNORECASE)
MARKED = re.compile(r"\bmarked ([a-z][a-z -]*?)(?=[:,.]|$)", re.IGNORECASE)
MONEY = re.compile(r"\d+\.\d\d")
ENDS = re.compile(
    r"\b(?:stop|done|finished|end|no (?:more|further)|nothing (?:else|more)|only once)\b.*\b(?:tools?|calls?|answer|reply|sentence)\b",
    re.IGNORECASE,
)
LATER_WINS = re.compile(r"\b(?:later|last|lower)\b[^.]*\b(?:wins|counts|holds|applies|prevails)\b", re.IGNORECASE)
PATIENCE = 2  # how often a call is repeated unchanged before the model gives up and claims that it worked
UNASKED = 0.4  # how often, untold when to end, it does something more


@dataclass(frozen=True)
class Tool:
    name: str
    role: str  # reads, changes, notes
    sense: "frozenset[str]"
    fields: "dict[str, dict]"


@dataclass(frozen=True)
class Past:
    """A call that was made, with its answer."""

    name: str
    given: "dict"
    text: str
    failed: bool


@dataclass(frozen=True)
class Rule:
    """A line that says what to do: when (days, mark), with which words, and the sum it names."""

    most: "int | None"
    least: "int | None"
    mark: str
    action: str


def act(card: Card, model: str, messages: "list[dict]", tools: "list[dict]", *, seed: str) -> "dict":
    """The assistant's message: `tool_calls`, or `content`."""
    return _Turn(card, model, messages, _known(json.dumps(tools)), seed).message()


@lru_cache(maxsize=200)
def _known(text: str) -> "tuple[Tool, ...]":
    found = []
    for entry in json.loads(text):
        about = entry.get("function", {}) if isinstance(entry, dict) else {}
        name, told = str(about.get("name", "")), str(about.get("description", ""))
        words = name.replace("_", " ")
        role = "reads" if READS.search(words) else "notes" if WRITES_DOWN.search(words) else "changes"
        fields = (about.get("parameters") or {}).get("properties") or {}
        found.append(Tool(name, role, _wide(meaning(f"{words} {told}")), fields))
    return tuple(found)


def _wide(words: "frozenset[str]") -> "frozenset[str]":
    """Words with those that mean the same."""
    for group in ALIKE:
        if words & group:
            words = words | group
    return words


@lru_cache(maxsize=20_000)
def _sense(text: str) -> "frozenset[str]":
    return _wide(meaning(text.replace("_", " ")))


@lru_cache(maxsize=4_000)
def _rows(text: str) -> "tuple[dict, ...]":
    """The records in a text: its lines that are objects."""
    found = []
    for line in text.split("\n"):
        if line.startswith("{"):
            try:
                found.append(json.loads(line))
            except ValueError:  # a line that was cut is no record
                continue
    return tuple(found)


@lru_cache(maxsize=4_000)
def _rules(text: str) -> "tuple[Rule, ...]":
    """The rules in a text: its lines with a condition, a colon or comma, and what to do."""
    found = []
    for line in text.split("\n"):
        if line.startswith("{") or not re.search(r"[:,]", line) or not re.search(r"[a-z]\.?$", line.strip() + "a"):
            continue
        when, _, then = line.partition(":") if ":" in line else line.partition(",")
        most, least, mark = WITHIN.search(when), BEYOND.search(when), MARKED.search(when)
        if not (most or least or mark or re.search(r"\b(?:every|general|all|any|otherwise)\b", when, re.IGNORECASE)):
            continue
        found.append(
            Rule(
                int(most.group(1)) if most else None, int(least.group(1)) if least else None,
                mark.group(1).strip().lower() if mark else "", then.strip(),
            )
        )  # fmt: skip
    return tuple(found)


@lru_cache(maxsize=4_000)
def _labels(text: str) -> "dict[str, str]":
    """What stands in lines like `customer: C-1204`."""
    return {key.lower(): value.strip() for key, value in re.findall(r"(?m)^([A-Za-z_]+): (.+)$", text)}


@lru_cache(maxsize=4_000)
def _orders(text: str) -> "tuple[bool, bool]":
    """What the instructions ask for, in whichever words: to end, and that the later of two rules wins."""
    return bool(ENDS.search(text)), bool(LATER_WINS.search(text))


class _Turn:
    """One answer of the model: what it makes of the messages that it was given."""

    def __init__(
        self, card: Card, model: str, messages: "list[dict]", tools: "tuple[Tool, ...]", seed: str
    ) -> None:
        self.card, self.model, self.tools, self.seed = card, model, tools, seed
        self.told = "\n".join(_text(m) for m in messages if m["role"] in ("system", "developer"))
        self.request = "\n".join(_text(m) for m in messages if m["role"] == "user")
        self.past = _past(messages)
        self.labels = _labels(self.request)
        self.asked = re.sub(r"(?m)^[A-Za-z_]+: .+$", "", self.request)
        self.length = sum(count_tokens(_text(m)) for m in messages)
        self.calls: list[dict] = []

    # How it errs: now and then (another run, another draw), or always on the same task.

    def slips(self, what: str, share: float, *about: object) -> bool:
        return draw("slip", self.seed, self.model, what, self.asked, *about) < share

    def misreads(self, what: str, share: float, *about: object) -> bool:
        habits = (self.card.depth, self.card.obedience, self.card.reading)
        return draw("misread", self.model, *habits, what, self.asked, *about) < share

    def message(self) -> "dict":
        if not self.asked.strip():
            return {"content": "How can I help you?"}
        for tool in self.tools:
            if tool.role == "reads":
                self.look(tool)
        if self.calls:
            return self.called()
        ended = [self.settle(record) for record in self.records()]
        if self.calls:
            return self.called()
        if not ended:
            return {"content": "I could not find what you wrote about. May I ask for more details?"}
        if self.goes_on(len(ended)):
            return self.called()
        return {"content": " ".join(ended)}

    def called(self) -> "dict":
        made = [
            {
                "id": f"call_{int(draw(self.seed, call['name'], place, len(self.past), self.asked) * 16**10):010x}",
                "type": "function",
                "function": {"name": call["name"], "arguments": json.dumps(call["given"])},
            }
            for place, call in enumerate(self.calls)
        ]
        return {"tool_calls": made}

    def look(self, tool: Tool) -> None:
        """Ask a reading tool, once it has not answered yet."""
        before = [past for past in self.past if past.name == tool.name]
        if any(not past.failed for past in before):
            return
        tried = [past for past in before if not SKIPPED.search(past.text) and not AGAIN.search(past.text)]
        if len(tried) > PATIENCE + 1:
            return
        given = {}
        for name, spec in tool.fields.items():
            value = self.filled(name, spec, {}, _sense(self.asked), len(tried))
            if tried and "enum" not in spec:
                value = self.corrected(tried[-1].text, _sense(self.asked)) or value
            given[name] = value
        self.calls.append({"name": tool.name, "given": given})

    def filled(self, name: str, spec: "dict", record: "Mapping[str, object]", wanted: "frozenset[str]", tried: int) -> object:
        """The value of one argument: from the schema's list, from the record or a label, else in words of its own."""
        options = spec.get("enum")
        if options:
            fit = [len(_sense(str(option)) & wanted) for option in options]
            best = fit.index(max(fit))
            if self.misreads("option", 0.35 * (1 - self.card.reading), name):
                best = (best + 1) % len(options)
            return options[best]
        if name in record:
            return record[name]
        if name in self.labels:
            return self.labels[name]
        told = _sense(f"{name} {spec.get('description', '')}")
        for key, value in self.labels.items():
            if _sense(key) & told:
                return value
        # The words of the request that say what is wrong, and then others for the same thing.
        words = [word for word in re.findall(r"[a-z]+", self.asked.lower()) if any(meaning(word) & g for g in ALIKE)]
        if not words:
            return self.asked.strip()
        alike = sorted(next(group for group in ALIKE if meaning(words[0]) & group))
        return words[0] if not tried else alike[int(draw(self.seed, "word", tried, self.asked) * len(alike))]

    def corrected(self, text: str, wanted: "frozenset[str]") -> "str | None":
        """What an error's text allows, if it says so: the one that fits best."""
        listed = LISTED.search(text)
        if not listed:
            return None
        options = [option.strip() for option in listed.group(1).split(",") if option.strip()]
        return max(options, key=lambda option: len(_sense(option) & wanted)) if options else None

    def records(self) -> "list[dict]":
        """The records that the request speaks of, as far as they are seen."""
        rows = [row for past in self.past if not past.failed and self.role(past.name) == "reads" for row in _rows(past.text)]
        depth = self.card.depth * min(1.0, self.length / (0.6 * self.card.window))
        numbers = re.findall(r"\d{4,}", self.asked)
        words = meaning(self.asked)
        named, numbered, near = [], [], []
        for place, row in enumerate(rows):
            text = " ".join(str(value) for key, value in row.items() if key in ("item", "name", "title", "product"))
            if self.slips("unseen", depth * 0.6 * blindness(self.card.attention, place, len(rows)), json.dumps(row)):
                continue
            about = meaning(text)
            if about and about <= words:
                named.append(row)
            elif about & words:
                near.append(row)
            if any(number in str(value) for number in numbers for value in row.values() if isinstance(value, str)):
                numbered.append(row)
        both = [row for row in named if row in numbered]
        if numbers and both:
            return both
        if named:  # each thing once: where there are two, it takes the first it reads
            first: dict[str, dict] = {}
            for row in named:
                first.setdefault(str(row.get("item") or row.get("name") or row.get("product")), row)
            return list(first.values())
        return (numbered or near)[:1]  # a confident choice of what is nearest

    def role(self, name: str) -> str:
        return next((tool.role for tool in self.tools if tool.name == name), "")

    def rule(self, record: "Mapping[str, object]") -> "Rule | None":
        """The rule that it follows for a record: the first that fits, or the last if told so."""
        rules = [rule for past in self.past if not past.failed for rule in _rules(past.text)]
        days = next((int(str(v)) for k, v in record.items() if "days" in k and re.fullmatch(r"-?\d+", str(v))), None)
        marks = " ".join(str(value).lower() for value in record.values())
        fitting = [rule for rule in rules if _fits(rule, days, marks)]
        if not fitting:
            return None
        if self.misreads("rule", 0.6 * (1 - self.card.reading) + 0.04 * (1 - self.card.reasoning), json.dumps(record)):
            return rules[int(draw(self.seed, "rule", self.asked) * len(rules))]
        _, later = _orders(self.told)
        return fitting[-1 if later else 0]

    def settle(self, record: "dict") -> str:
        """Bring one record to its end; what is still to do goes into `calls`. Returns what it would say of it."""
        rule = self.rule(record)
        action = rule.action if rule else "refund the full price"
        tool = self.meant(action)
        outcome = "declined"
        if tool is not None:
            tool, outcome = self.change(tool, record, rule, _sense(action))
        noted = next((t for t in self.tools if t.role == "notes"), None)
        wants_note = noted is not None and bool(meaning("note") & meaning(self.told))
        if noted and wants_note and not self.slips("note", 0.05 * (1 - self.card.obedience), json.dumps(record)):
            self.note(noted, record, outcome)
        return f"{str(record.get('item', 'it')).capitalize()}: {outcome}."

    def meant(self, action: str) -> "Tool | None":
        """The changing tool that some words ask for, if any."""
        wanted = _sense(action)
        best = max(
            (tool for tool in self.tools if tool.role == "changes"),
            key=lambda tool: 3 * len(meaning(tool.name.replace("_", " ")) & wanted) + len(tool.sense & wanted),
            default=None,
        )
        return None if best is None or NEVER.search(action) or not best.sense & wanted else best

    def change(
        self, tool: Tool, record: "dict", rule: "Rule | None", wanted: "frozenset[str]"
    ) -> "tuple[Tool, str]":
        """Call a changing tool for a record until it worked, was refused for good, or patience is at its end."""
        for _ in range(3):  # an error may send it to another tool, and that one to a third
            about = [past for past in self.past if past.name == tool.name and _same(past.given, record)]
            if any(not past.failed for past in about):
                return tool, _outcome(tool)
            tries = [past for past in about if not SKIPPED.search(past.text)]
            given = {name: self.argument(name, spec, record, rule, wanted) for name, spec in tool.fields.items()}
            if not tries:
                self.calls.append({"name": tool.name, "given": given})
                return tool, _outcome(tool)
            text = tries[-1].text
            if ALREADY.search(text):
                return tool, "declined"
            other = self.sent_to(text, tool)
            if other is None:
                unclear = [past for past in tries if not AGAIN.search(past.text)]
                if len(unclear) <= PATIENCE and len(tries) < 6:
                    most = MONEY.search(text)
                    if most and re.search(r"\b(?:at most|more than)\b", text):
                        given |= {n: _sum(float(most.group()), s) for n, s in tool.fields.items() if _is_sum(n, s)}
                    self.calls.append({"name": tool.name, "given": given})
                return tool, _outcome(tool)
            tool, wanted = other, _sense(text)
        return tool, _outcome(tool)

    def sent_to(self, text: str, refused: Tool) -> "Tool | None":
        """The other tool that an error's text names."""
        words = meaning(text)
        for tool in self.tools:
            if tool is not refused and tool.role == "changes" and meaning(tool.name.replace("_", " ")) & words:
                return tool
        return None

    def argument(
        self, name: str, spec: "dict", record: "dict", rule: "Rule | None", wanted: "frozenset[str]"
    ) -> object:
        if _is_sum(name, spec):
            return _sum(self.amount(record, rule), spec)
        if "enum" not in spec and name not in record and name not in self.labels:
            return f"For {record.get('item', 'this')}, as the rule says."
        return self.filled(name, spec, record, wanted, 0)

    def amount(self, record: "Mapping[str, object]", rule: "Rule | None") -> float:
        """The sum in question, as numbers are written in what it read."""
        price = next((float(str(v)) for k, v in record.items() if re.search("price|paid|amount", k) and _is_number(v)), 0.0)
        named = MONEY.findall(rule.action) if rule else []
        if not named:
            return price
        value = float(named[-1])
        if re.search(r"\b(?:less|minus|without|reduced)\b", rule.action if rule else ""):
            value = price - value
            if self.slips("sum", 0.03 * (1 - self.card.reasoning), json.dumps(record)):
                value += 1.0
        return value

    def note(self, tool: Tool, record: "dict", outcome: str) -> None:
        wanted = _sense(outcome)
        given = {}
        for name, spec in tool.fields.items():
            if spec.get("enum"):
                given[name] = self.filled(name, spec, record, wanted, 0)
            elif name in record:
                given[name] = record[name]
            else:
                given[name] = outcome
        about = [past for past in self.past if past.name == tool.name and past.given == given]
        tries = [past for past in about if not SKIPPED.search(past.text) and not AGAIN.search(past.text)]
        if any(not past.failed for past in about) or len(tries) > PATIENCE:
            return
        self.calls.append({"name": tool.name, "given": given})

    def goes_on(self, settled: int) -> bool:
        """Whether it does not notice that it is done, and does one thing more."""
        ends, _ = _orders(self.told)
        share = 0.06 * (1 - self.card.obedience) if ends else UNASKED
        if not self.slips("more", share, settled):
            return False
        used = {past.name for past in self.past}
        more = [tool for tool in self.tools if tool.role == "changes" and tool.name not in used]
        records = self.records()
        if not more or not records:
            return False
        record = records[0]
        given = {n: self.argument(n, s, record, None, frozenset()) for n, s in more[-1].fields.items()}
        self.calls.append({"name": more[-1].name, "given": given})
        return True


def _text(message: "dict") -> str:
    content = message.get("content") or ""
    if isinstance(content, list):
        return "\n".join(part.get("text", "") for part in content if isinstance(part, dict))
    return str(content)


def _past(messages: "list[dict]") -> "list[Past]":
    """The calls with their answers. An answer whose call is not there says nothing, nor does a call without answer."""
    made: dict[str, tuple[str, str]] = {}
    found = []
    for message in messages:
        for call in message.get("tool_calls") or []:
            made[call["id"]] = (call["function"]["name"], call["function"]["arguments"])
        if message["role"] == "tool" and message.get("tool_call_id") in made:
            name, given = made[message["tool_call_id"]]
            text = _text(message)
            found.append(Past(name, _given(given), text, _failed(text)))
    return found


@lru_cache(maxsize=4_000)
def _given(text: str) -> "dict":
    try:
        given = json.loads(text)
    except ValueError:
        return {}
    return given if isinstance(given, dict) else {}


@lru_cache(maxsize=4_000)
def _failed(text: str) -> bool:
    return not text.startswith("{") and bool(FAILED.search(text[:60]))


def _fits(rule: Rule, days: "int | None", marks: str) -> bool:
    if rule.mark and rule.mark not in marks:
        return False
    if rule.most is not None and (days is None or days > rule.most):
        return False
    return rule.least is None or (days is not None and days > rule.least)


def _same(given: "Mapping[str, object]", record: "Mapping[str, object]") -> bool:
    """Whether a call was about a record: what both name is the same."""
    return all(str(given[key]) == str(record[key]) for key in given if key in record)


def _outcome(tool: Tool) -> str:
    return tool.name.replace("_", " ")


def _is_number(value: object) -> bool:
    return bool(re.fullmatch(r"\d+(?:\.\d+)?", str(value)))


def _is_sum(name: str, spec: "Mapping[str, object]") -> bool:
    return bool(re.search(r"amount|sum|value|price", name))


def _sum(euros: float, spec: "Mapping[str, object]") -> object:
    """A sum as the schema wants it; where it does not say in what, as it was read."""
    told = f"{spec.get('description', '')} {spec.get('examples', '')}".lower()
    if "cent" in told or "smallest unit" in told:
        return round(euros * 100)
    if spec.get("type") == "integer":
        return int(euros)
    return round(euros, 2) if spec.get("type") == "number" else f"{euros:.2f}"
