"""What the model makes of a request's texts: tools, past calls with their answers, records, rules, the complaint."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from ..words import meaning

# What a speaker of English takes for the same thing.
WORDS = [
    group.split()
    for group in (
        "damaged broken breakage crack cracked scratched dented smashed torn",
        "late delayed delay overdue waiting slow",
        "wrong mixed different other another mistake instead",
        "unwanted returned unneeded wanted regret return withdraw",
        "missing incomplete parts part lacks piece absent",
        "refund refunded repay repaid",
        "coupon coupons voucher",
        "escalate escalated approve",
        "decline declined refuse",
    )
]
ALIKE = [meaning(" ".join(group)) for group in WORDS]
READS = re.compile(r"\b(find|look|search|list|get|read|fetch|show)\b", re.IGNORECASE)
WRITES_DOWN = re.compile(r"\b(note|record|journal|log)\b", re.IGNORECASE)
FAILED = re.compile(
    r"\b(error|fail\w*|refused|invalid|unknown|cannot|no such|not (?:done|run|written|paid|possible|found)|no answer|"
    r"unavailable|conflict)\b",
    re.IGNORECASE,
)
WITHIN = re.compile(r"\b(?:within|up to|at most|no later than|in the first) (\d+) days", re.IGNORECASE)
BEYOND = re.compile(r"\b(?:after|more than|later than|over|beyond) (\d+) days", re.IGNORECASE)
MARKED = re.compile(r"\bmarked ([a-z][a-z -]*?)(?=[:,.]|$)", re.IGNORECASE)
ALWAYS = re.compile(r"\b(?:every|general|all|any|otherwise)\b", re.IGNORECASE)
ENDS = re.compile(
    r"\b(?:stop|done|finished|end|no (?:more|further)|nothing (?:else|more)|only once)\b.*"
    r"\b(?:tools?|calls?|answer|reply|sentence)\b",
    re.IGNORECASE,
)
LATER_WINS = re.compile(r"\b(?:later|last|lower)\b[^.]*\b(?:wins|counts|holds|applies|prevails)\b", re.IGNORECASE)


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
    given: "dict[str, object]"
    text: str
    failed: bool


@dataclass(frozen=True)
class Rule:
    """A line that says what to do, and when: days since, a mark."""

    most: "int | None"
    least: "int | None"
    mark: str
    action: str

    def fits(self, days: "int | None", text: str) -> bool:
        if self.mark and self.mark not in text:
            return False
        if self.most is not None and (days is None or days > self.most):
            return False
        return self.least is None or (days is not None and days > self.least)


@dataclass(frozen=True)
class Row:
    """A record that was read: a line that is an object."""

    fields: "dict[str, object]"
    text: str
    name: str
    about: "frozenset[str]"


def text_of(message: "dict") -> str:
    content = message.get("content") or ""
    if isinstance(content, list):
        return "\n".join(part.get("text", "") for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else str(content)


def parts(message: "dict") -> "tuple[object, ...]":
    """What of a message the model reads."""
    role, text = message["role"], text_of(message)
    if role == "tool":
        return text, str(message.get("tool_call_id"))
    return (role, text, *asked_for(message)) if message.get("tool_calls") else (role, text)


def asked_for(message: "dict") -> "list[tuple[str, str, str]]":
    """Number, tool and arguments of the calls in a message."""
    calls = message.get("tool_calls")
    found: "list[tuple[str, str, str]]" = []
    if not isinstance(calls, list):
        return found
    for call in calls:
        function = call.get("function") if isinstance(call, dict) else None
        if isinstance(function, dict):
            found.append((str(call.get("id")), str(function.get("name")), str(function.get("arguments"))))
    return found


def past(messages: "list[dict]") -> "list[Past]":
    """The calls with their answers. An answer whose call is not there says nothing, nor does a call without answer."""
    made: dict[str, tuple[str, str]] = {}
    found = []
    for message in messages:
        for number, name, given in asked_for(message):
            made[number] = (name, given)
        if message["role"] == "tool" and str(message.get("tool_call_id")) in made:
            name, given = made[str(message.get("tool_call_id"))]
            text = text_of(message)
            found.append(Past(name, arguments(given), text, failed(text)))
    return found


@lru_cache(maxsize=4_000)
def arguments(text: str) -> "dict[str, object]":
    try:
        given = json.loads(text)
    except ValueError:
        return {}
    return given if isinstance(given, dict) else {}


@lru_cache(maxsize=4_000)
def failed(text: str) -> bool:
    """Whether an answer reads as if the call had not worked."""
    return not text.startswith("{") and bool(FAILED.search(text[:60]))


@lru_cache(maxsize=200)
def known(text: str) -> "tuple[Tool, ...]":
    """The tools of a request, from their schemas as JSON."""
    found = []
    for entry in json.loads(text):
        about = entry.get("function") if isinstance(entry, dict) else None
        if not isinstance(about, dict):
            continue
        name, told = str(about.get("name", "")), str(about.get("description", ""))
        words = name.replace("_", " ")
        role = "reads" if READS.search(words) else "notes" if WRITES_DOWN.search(words) else "changes"
        found.append(Tool(name, role, sense(f"{words} {told}"), _fields(about.get("parameters"))))
    return tuple(found)


def _fields(schema: object) -> "dict[str, dict]":
    """The arguments in a schema, each with what is told of it."""
    told = schema.get("properties") if isinstance(schema, dict) else None
    return {name: spec for name, spec in told.items() if isinstance(spec, dict)} if isinstance(told, dict) else {}


@lru_cache(maxsize=20_000)
def sense(text: str) -> "frozenset[str]":
    """The words that carry meaning, with those that mean the same."""
    words = meaning(text.replace("_", " "))
    for group in ALIKE:
        if words & group:
            words = words | group
    return words


@lru_cache(maxsize=4_000)
def rows(text: str) -> "tuple[Row, ...]":
    """The records in a text."""
    found = []
    for line in text.split("\n"):
        if not line.startswith("{"):
            continue
        try:
            fields = json.loads(line)
        except ValueError:  # a line that was cut is no record
            continue
        name = " ".join(str(fields[key]) for key in ("item", "name", "title", "product") if key in fields)
        found.append(Row(fields, line.lower(), name, meaning(name)))
    return tuple(found)


@lru_cache(maxsize=4_000)
def rules(text: str) -> "tuple[Rule, ...]":
    """The rules in a text: its lines with a condition, a colon or comma, and what to do."""
    found = []
    for line in text.split("\n"):
        if line.startswith("{") or not re.search(r"[:,]", line):
            continue
        when, _, then = line.partition(":") if ":" in line else line.partition(",")
        most, least, mark = WITHIN.search(when), BEYOND.search(when), MARKED.search(when)
        if not (most or least or mark or ALWAYS.search(when)):
            continue
        days = (int(most.group(1)) if most else None, int(least.group(1)) if least else None)
        found.append(Rule(*days, mark.group(1).strip().lower() if mark else "", then.strip()))
    return tuple(found)


@lru_cache(maxsize=4_000)
def complaint(text: str) -> "tuple[dict[str, str], str, tuple[str, ...]]":
    """A request's lines like `customer: C-1204`, what it says besides, and the long numbers in it."""
    labels = {key.lower(): value.strip() for key, value in re.findall(r"(?m)^([A-Za-z_]+): (.+)$", text)}
    asked = re.sub(r"(?m)^[A-Za-z_]+: .+$", "", text).strip()
    return labels, asked, tuple(re.findall(r"\d{4,}", asked))


@lru_cache(maxsize=4_000)
def instructions(text: str) -> "tuple[bool, bool, bool]":
    """What they ask for, in whichever words: to end, that the later of two rules wins, to write a note."""
    return bool(ENDS.search(text)), bool(LATER_WINS.search(text)), bool(WRITES_DOWN.search(text))


def is_number(value: object) -> bool:
    return bool(re.fullmatch(r"\d+(?:\.\d+)?", str(value)))


def is_sum(name: str) -> bool:
    return bool(re.search(r"amount|sum|value|price", name))


def sum_for(euros: float, spec: "Mapping[str, object]") -> object:
    """A sum as the schema wants it; where it does not say in what, as it was read."""
    told = f"{spec.get('description', '')} {spec.get('examples', '')}".lower()
    if "cent" in told or "smallest unit" in told:
        return round(euros * 100)
    if spec.get("type") == "integer":
        return int(euros)
    return round(euros, 2) if spec.get("type") == "number" else f"{euros:.2f}"
