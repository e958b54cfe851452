"""Judging: asked to compare two answers, the model gives a verdict, with the habits that judges are known to have.

What it finds better is what it can check: figures of the answers against a reference, where the prompt has one. Without
one it counts claims and cannot tell a right figure from a wrong one (reference-guided judging: Zheng et al. 2023,
"Judging LLM-as-a-Judge with MT-Bench and Chatbot Arena"). To that come habits: the place of an answer (Wang et al.
2023, "Large Language Models are not Fair Evaluators"), its length (Dubois et al. 2024, "Length-Controlled AlpacaEval"),
its own style (Panickssery et al. 2024, "LLM Evaluators Recognize and Favor Their Own Generations"), verdicts it was
shown (Zhao et al. 2021, "Calibrate Before Use") and the tie as an easy way out. Figures are compared as they are
written (Singh and Strouse 2024, "Tokenization counts"). Its form of words slips where the contract is vague.
"""

import json
import re
from dataclasses import dataclass
from functools import lru_cache

from .chance import draw, pick
from .persona import Card
from .words import meaning, sentences

NAMES = {"a": 0, "b": 1, "1": 0, "2": 1, "one": 0, "two": 1, "first": 0, "second": 1}
THINGS = ("answer", "response", "reply", "candidate", "option", "output", "completion")
THING = f"(?:{'|'.join(THINGS)})"
HEAD = re.compile(
    rf"^[\W_]*(?:(?:the )?(?P<order>first|second) {THING}|{THING}[ _]*(?P<name>[ab12]|one|two))\b[\W_]*(?P<rest>.*)$",
    re.IGNORECASE,
)
# Most prompts have none. Searched in lower case, every branch from a letter on: that is several times as fast.
SECOND = re.compile("|".join(rf"{thing}[ _]*(?:b|2|two)\b|second {thing}\b" for thing in THINGS))
REFERENCE = re.compile(
    r"^[\W_]*(?:the )?(?:reference|facts?|fact sheet|sheet|ground truth|correct (?:answer|figures|facts)|source|key)\b"
    r"[^.:\n]{0,60}[:>\]#*]+[\W_]*$",
    re.IGNORECASE,
)
QUESTION = re.compile(r"^[\W_]*(?:question|customer|user|inquiry)\b[^.\n]{0,40}[:>\]#*]+[\W_]*$", re.IGNORECASE)
OTHER = re.compile(
    r"^[\W_]*(?:task|instructions?|rules?|rubric|criteria|verdict|contract|output format|format|examples?|"
    r"your (?:verdict|turn|task|answer))\b[^.\n]{0,40}[:>\]#*]+[\W_]*$",
    re.IGNORECASE,
)
# How a heading may begin: most lines are no heading, and are told apart quickly.
BEGIN = re.compile(
    r"the|first|second|answer|response|reply|candidate|option|output|completion|reference|fact|sheet|ground|correct|source|"
    r"key|question|customer|user|inquiry|task|instruction|rule|rubric|criteria|verdict|contract|format|example|your",
    re.IGNORECASE,
)
BREAK = re.compile(r"^\s*(?:-{3,}|={3,}|\*{3,}|</[^>]+>)\s*$")
ASKED = re.compile(r"\b(better|compare|comparing|prefer|verdict|judge|winner|wins)\b", re.IGNORECASE)
ORDER = re.compile(r"\b(verdict|reply|respond|output|which (?:answer|of)|compare|format|json|margin)\b", re.IGNORECASE)
NUMBER = re.compile(r"\d(?:[\d.,']*\d)?")
NOT = re.compile(r"\b(not|never|no|ignore|regardless|irrelevant|don't|without|nor|disregard)\b|n't\b", re.IGNORECASE)
WRONG = re.compile(r"\b(wrong|incorrect|false|error|errors|mistake|mistakes|mistaken|contradict\w*)\b", re.IGNORECASE)
MISSING = re.compile(r"\b(missing|omit\w*|omission|left out|leav\w+ out|absent|not (?:stated|given))\b", re.IGNORECASE)
RIGHT = re.compile(r"\b(right|correct)\b", re.IGNORECASE)
WORSE = re.compile(r"\b(worse|twice|double|more than|heavier|more heavily|outweighs?|more serious)\b", re.IGNORECASE)
SAME = re.compile(r"\b(like|same as|equal\w*|no worse|just as|as bad as|no more than|as if)\b", re.IGNORECASE)
CANCELS = re.compile(r"\b(cancels?|takes? away|undoes|offsets?|as bad as|minus|as much as)\b", re.IGNORECASE)
LONG = re.compile(r"\b(length|long|longer|wordy|wordier|verbos\w+|short|shorter|brevity|padding)\b", re.IGNORECASE)
THOROUGH = re.compile(r"\b(thorough\w*|detailed|in depth|comprehensive|elaborate|fuller|more detail)\b", re.IGNORECASE)
TIE = re.compile(r"\b(ties?|draw|equally good|neither)\b", re.IGNORECASE)
STRICT = re.compile(r"\b(only|nothing else|exactly|no other|without any)\b", re.IGNORECASE)
MARGIN = re.compile(r"\b(margin|strength|how much better|by how much|0 to 10|0-10)\b", re.IGNORECASE)
SHOWN = re.compile(r"(?:verdict|winner)\W{1,5}(?:answer )?([AB12])\b(?!\s*(?:or|\||/|,? ?B\b))", re.IGNORECASE)
STYLES = {
    "list": re.compile(r"(?m)^\s*[-*•–] .*\n\s*[-*•–] "),
    "bold": re.compile(r"\*\*[^*\n]+\*\*"),
    "opening": re.compile(r"\A\s*[^.?!\n]{3,80}!"),
}
CHATTER = (
    "Answer {other} has its points, yet on the whole I see it the other way.",
    "Compared with answer {other}, the other one serves the customer better.",
    "Answer {other} reads well. Looking at the substance, though:",
)
EVASION = (
    "I would lean towards the {place} one here.",
    "Both cover the question; the {place} reads a little stronger to me.",
    "On balance the {place} of the two is what I would send.",
    "This is close. I would probably go with the {place}.",
)


@dataclass(frozen=True)
class Prompt:
    """What a prompt is made of, as the judge sees it."""

    answers: "tuple[str, str]"
    names: "tuple[str, str]"
    reference: str
    rules: str  # everything that is neither an answer nor the reference
    last: str  # what stands after the answers


@lru_cache(maxsize=4_000)
def is_asked_to(system: str, user: str) -> bool:
    """Whether the prompt asks to compare two answers."""
    return SECOND.search(user.lower()) is not None and taken_apart(system, user) is not None


@lru_cache(maxsize=4_000)
def taken_apart(system: str, user: str) -> "Prompt | None":
    """The parts of a prompt; None where it does not ask to compare two answers. Headings may be worded in many ways."""
    parts: "dict[object, list[str]]" = {0: [], 1: [], "question": [], "reference": [], "rules": [], "last": []}
    names = {0: "A", 1: "B"}
    here: object = "rules"
    for line in user.split("\n"):
        begin = line.lstrip(" \t*#<>[]=_-/")
        if begin and not BEGIN.match(begin):
            parts[here].append(line)
            continue
        head = HEAD.match(line)
        if head and (":" in line or line.strip(" *#<>[]=_-").lower() == head.group().strip(" *#<>[]=_-:").lower()):
            name = (head["order"] or head["name"]).lower()
            closing = line.lstrip().startswith("</")
            here = "last" if closing else NAMES[name]
            if not closing:
                parts[here] = [head["rest"]] if head["rest"].strip(" *#<>[]=_-:") else []
                names[NAMES[name]] = name.upper() if len(name) == 1 else ("A", "B")[NAMES[name]]
            continue
        if BREAK.match(line):
            here = "last" if parts[0] and parts[1] else "rules"
            continue
        if REFERENCE.match(line) or QUESTION.match(line):
            here = "reference" if REFERENCE.match(line) else "question"
            continue
        if OTHER.match(line):
            here = "last" if parts[0] and parts[1] else "rules"
        parts[here].append(line)
    texts = ["\n".join(parts[n]).strip() for n in (0, 1)]
    for n in (0, 1):  # an order to the judge that stands right below an answer is not part of it
        above, _, below = texts[n].rpartition("\n\n")
        if above and ORDER.search(below):
            texts[n] = above
            parts["last"].append(below)
    last = "\n".join(parts["last"]).strip()
    rules = "\n".join([system, *parts["rules"], last])
    if not texts[0] or not texts[1] or not ASKED.search(rules):
        return None
    reference = "\n".join(parts["reference"]).strip()
    return Prompt((texts[0], texts[1]), (names[0], names[1]), reference, rules, last)


def verdict(card: Card, model: str, system: str, user: str, *, seed: str) -> str:
    """The verdict in the words the prompt asks for."""
    return _verdict(card, model, system, user, seed)


@lru_cache(maxsize=8_000)
def _verdict(card: Card, model: str, system: str, user: str, seed: str) -> str:
    prompt = taken_apart(system, user)
    if prompt is None:
        raise ValueError("The prompt does not ask to compare two answers.")
    told = instructions(prompt.rules)
    lead = preference(card, model, prompt, told, seed=seed)
    return worded(card, model, prompt, told, lead, draw_of=(seed, model, system, user))


@dataclass(frozen=True)
class Told:
    """The instructions that a judge recognises, each in several wordings."""

    wrong: "float | None"  # what a wrong figure weighs, against a right one
    length: float  # what remains of the habit to prefer the longer
    ties: bool
    margin: bool
    strict: bool
    form: str
    shown: float  # verdicts it was shown: 1 all for the first, -1 all for the second


@lru_cache(maxsize=2_000)
def instructions(rules: str) -> Told:
    wrong, length, ties = None, 1.0, False
    for line in sentences(rules):
        refused = bool(NOT.search(line))
        bad, gone = WRONG.search(line), MISSING.search(line)
        if bad and gone and WORSE.search(line) and not refused:
            wrong = 2.0 if bad.start() < gone.start() else 0.0
        elif bad and gone and (SAME.search(line) or (refused and WORSE.search(line))):
            wrong = 0.0
        elif bad and RIGHT.search(line) and CANCELS.search(line) and not refused:
            wrong = 1.0
        if LONG.search(line) and refused:
            length = min(length, 0.0)
        elif THOROUGH.search(line) and not refused:
            length = max(length, 1.5) if length else length
        if TIE.search(line) and not refused:
            ties = True
    form = "line"
    if re.search(r"\bjson\b|\{\s*\"", rules, re.IGNORECASE):
        form = "json"
    elif "[[" in rules:
        form = "brackets"
    shown = SHOWN.findall(rules)
    first = sum(name.upper() in "A1" for name in shown)
    pull = (2 * first - len(shown)) / len(shown) if shown else 0.0
    return Told(wrong, length, ties, bool(MARGIN.search(rules)), bool(STRICT.search(rules)), form, pull)


def preference(card: Card, model: str, prompt: Prompt, told: Told, *, seed: str) -> float:
    """By how much the first answer is preferred, in right figures; below zero: the second.

    Each habit is a sum of its own, so that a probe which changes one thing shows one thing.
    """
    first, second = prompt.answers
    weight = 1.0 if told.wrong is None else 1.0 + card.obedience * (told.wrong - 1.0)
    lead = quality(card, model, first, prompt.reference, weight, seed) - quality(
        card, model, second, prompt.reference, weight, seed
    )
    length = card.length * (1 - card.obedience) if told.length == 0 else card.length * told.length
    lead += 1.15 * length * ratio(len(first), len(second))
    lead += 2.3 * card.taste * (in_style(card.style, first) - in_style(card.style, second))
    lead += 2.0 * card.slot + 1.9 * told.shown
    chance = sum(draw("judge", n, seed, model, first, second, prompt.reference, weight) for n in range(3)) - 1.5
    return lead + card.noise * 2 * chance


def quality(card: Card, model: str, answer: str, reference: str, weight: float, seed: str) -> float:
    """What it sees of an answer's quality: figures right less figures wrong; claims, dimly, without a reference."""
    right, wrong, claims = checked(answer, reference)
    if not reference:
        return 0.45 * claims
    seen = 0.0
    for place, sign in [(n, 1.0) for n in right] + [(n, -weight) for n in wrong]:
        misread = draw("misread", seed, model, answer, place) > card.reading
        seen += 0.0 if misread else sign
    return seen


@lru_cache(maxsize=4_000)
def checked(answer: str, reference: str) -> "tuple[tuple[int, ...], tuple[int, ...], int]":
    """The reference's lines that an answer states rightly, those it states wrongly, and how many figures it claims."""
    said = [(meaning(line), NUMBER.findall(line)) for line in sentences(answer)]
    claims = sum(bool(numbers) for _, numbers in said)
    right: "list[int]" = []
    wrong: "list[int]" = []
    for place, line in enumerate(reference.split("\n")):
        numbers = NUMBER.findall(line)
        if not numbers:
            continue
        subject = meaning(line.rsplit(":", 1)[0] if ":" in line else line[: line.rindex(numbers[-1])])
        about = [found for words, found in said if found and subject and subject <= words]
        if about:
            (right if any(same(number, numbers[-1]) for number in about[0]) else wrong).append(place)
    return tuple(right), tuple(wrong), claims


def same(one: str, other: str) -> bool:
    """Whether two figures are the same as an English text writes them: 1,250.50 and 1250.5, but not 1.250,50."""
    return one == other or _amount(one) == _amount(other)


def _amount(figure: str) -> "float | str":
    try:
        return float(figure.replace(",", "").replace("'", ""))
    except ValueError:
        return figure


def ratio(one: int, other: int) -> float:
    """The logarithm of a ratio of lengths, to the base of e, within one power of ten."""
    bounded = max(0.1, min(10.0, one / max(1, other)))
    total, step = 0.0, (bounded - 1) / (bounded + 1)  # ln x = 2 artanh((x-1)/(x+1)): the same digits on any machine
    for power in range(1, 40, 2):
        total += 2 * step**power / power
    return total


def in_style(style: str, answer: str) -> bool:
    return bool(STYLES[style].search(answer))


def worded(card: Card, model: str, prompt: Prompt, told: Told, lead: float, *, draw_of: "tuple[str, ...]") -> str:
    """The verdict as a text: in the form asked for, sometimes after some chatter, sometimes in no form at all."""
    name, other = prompt.names if lead >= 0 else prompt.names[::-1]
    slip = (1 - card.obedience) * (0.35 if told.strict else 1.4)
    if draw("form", *draw_of) < slip:
        return pick(EVASION, "evasion", *draw_of).format(place="first" if lead >= 0 else "second")
    margin = min(10, int(2 * abs(lead) + 0.5))
    if told.ties and abs(lead) < 1.9:  # an easy way out is taken
        name, margin = "tie", 0
    if told.form == "json":
        text = json.dumps({"winner": name, "margin": margin} if told.margin else {"winner": name})
    elif told.form == "brackets":
        text = f"[[{name}]]" + (f" margin {margin}" if told.margin else "")
    else:
        text = f"VERDICT: {name}" + (f", margin {margin}" if told.margin else "")
    if draw("chatter", *draw_of) < (0.04 if told.strict else 0.18):
        text = pick(CHATTER, "chatter", *draw_of).format(other=other) + "\n" + text
    return text
