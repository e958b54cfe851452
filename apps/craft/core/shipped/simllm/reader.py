"""Reading: the answer to a question is a value in the sentence that fits it best, as far as that sentence is seen."""

import math
import re
from functools import lru_cache

from .chance import draw
from .persona import Card
from .words import count_tokens, meaning, sentences

NAME = re.compile(r"(?<=\s)[A-Z]\w+")  # a name tells more than another word
VALUE = re.compile(r"(?:EUR |USD |\$|€)?\d[\d.,]*\d(?: ?[a-z%]+)?|(?:EUR |USD |\$|€)?\d(?: ?[a-z%]+)?", re.IGNORECASE)
# An instruction what to say where the answer is not there, in several wordings.
ABSENT = re.compile(
    r"(not (?:\w+ )?(?:in|found|present|stated|contain|covered|answered)|do(?:es)?(?:n't| not) (?:contain|say|state|"
    r"cover|answer|include|hold)|no (?:passage|page|text|answer)|missing|cannot be found|absent|"
    r"(?:don't|do not|doesn't) know|unknown|insufficient|cannot (?:be )?answer)",
    re.IGNORECASE,
)
QUOTED = re.compile(r"[\"“„«']([^\"”“»']{2,80}?)[\"”“»']|`([^`]{2,80})`")
REFUSAL = "I don't know."


def answer(card: Card, model: str, system: str, user: str, *, seed: str) -> str:
    """What the model says. The question is the last line with a question mark; the rest of the message is context."""
    end = user.rfind("?") + 1
    if not end:
        return REFUSAL
    start = max(user.rfind("\n", 0, end), user.rfind("?", 0, end - 1)) + 1
    question = re.sub(r"^.*?question\s*:?", "", user[start:end], flags=re.IGNORECASE).strip()
    context = user[:start] + "\n" + user[end:]
    wanted = meaning(question)
    read = [sentence for block in re.split(r"\n\s*\n", context) for sentence in under_heading(block)]
    rarity = {word: count for word in wanted if (count := sum(word in words for _, words, _ in read))}

    named = meaning(" ".join(NAME.findall(question)))
    weight = {
        word: (2.5 if word in named else 1.0)
        * (1 + 0.35 * math.log(1 + len(read) / rarity[word]) if word in rarity else 1.6)
        for word in wanted
    }
    whole = sum(weight.values()) or 1.0
    depth = card.depth * min(1.0, count_tokens(user) / (0.6 * card.window))
    candidates = []
    for place, (line, words, has_value) in enumerate(read):
        shared = words & wanted
        if not shared or not has_value:
            continue
        fit = sum(weight[word] for word in shared) / whole
        missed = draw("see", seed, model, line, question) < depth * blindness(card.attention, place, len(read))
        candidates.append((fit * (0.5 if missed else 1.0), fit, -place, line))
    candidates.sort(reverse=True)
    good = [line for fit, _, _, line in candidates if fit >= 0.8]
    if good:
        slip = draw("span", seed, model, good[0], question) > card.reading
        return value_in(good[1] if slip and len(good) > 1 else good[0])
    refusal = refusal_asked_for(system + "\n" + context)
    if refusal and draw("obey", seed, model, question) < card.obedience * (1 - 0.25 * depth):
        return refusal
    if candidates:  # a confident answer from a near miss
        return value_in(candidates[0][3])
    return f"{int(2 + 60 * draw('guess', seed, model, question))} days"


@lru_cache(maxsize=20_000)
def under_heading(block: str) -> "tuple[tuple[str, frozenset[str], bool], ...]":
    """The sentences of a block: text, meaning, whether there is a value in it.

    A first line `[...]` or `# ...` is a heading, and its meaning counts for each sentence.
    """
    lines = sentences(block)
    above = meaning(lines[0]) if lines and lines[0][0] in "[#" else frozenset()
    return tuple((line, meaning(line) | above, bool(VALUE.search(line))) for line in lines)


def blindness(attention: str, place: int, lines: int) -> float:
    """How badly a place is seen, 0 to 1. "middle" is Liu et al. 2024, "Lost in the Middle"; the others are mirrors."""
    where = place / max(1, lines - 1)
    if attention == "start":
        return (1 - where) ** 2 if where < 0.7 else 0.0
    if attention == "end":
        return where**2 if where > 0.3 else 0.0
    return math.sin(math.pi * where) ** 2


def value_in(line: str) -> str:
    """The last value of a sentence."""
    return VALUE.findall(line)[-1].strip(" .,")


def refusal_asked_for(text: str) -> "str | None":
    """What the prompt says to reply where the answer is missing: its quoted words, else a plain sentence, else None."""
    for line in sentences(text):
        if ABSENT.search(line) and re.search(r"\b(say|reply|answer|respond|return|write|ask|output|use)\b", line, re.I):
            quoted = QUOTED.search(line)
            return (quoted.group(1) or quoted.group(2)) if quoted else REFUSAL
    return None
