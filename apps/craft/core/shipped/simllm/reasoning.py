"""Questions that need two facts of the context: both must be read, and added up.

A model that reads one fact well may still fail to put two together (Press et al. 2023, "Measuring and Narrowing the
Compositionality Gap in Language Models"). The small model does so far more often than the large one.
"""

import re
from functools import lru_cache

from .chance import draw
from .persona import Card
from .words import meaning, sentences

ASKED = re.compile(r"[^\n?]* and [^\n?]*\?")
TOGETHER = re.compile(r"\b(?:together|in total|combined|altogether|added up)\b", re.IGNORECASE)
AMOUNT = re.compile(r"(\d+) (hours|days|minutes|weeks|euros)\b")
WORDS = frozenset(meaning("together in total combined altogether added up need needs time hours days minutes weeks euros"))


def is_asked_to(user: str) -> bool:
    """Whether the question, the last one of the message, wants two amounts added up."""
    found = ASKED.findall(user)
    if not found or not TOGETHER.search(found[-1]):
        return False
    return user.rfind("?") == user.rfind(found[-1]) + len(found[-1]) - 1


@lru_cache(maxsize=20_000)
def answer(card: Card, model: str, user: str, *, seed: str) -> str:
    """The sum; or, where the model does not put the two together, one of them or a near miss."""
    question = ASKED.findall(user)[-1]
    context = user[: user.rfind(question)]
    left, right = question.rsplit(" and ", 1)
    lines = [(meaning(line), line) for line in sentences(context) if AMOUNT.search(line)]
    first, second = best(lines, meaning(left) - WORDS), best(lines, meaning(right) - WORDS)
    if first is None or second is None or first == second:
        one = first or second
        return " ".join(AMOUNT.findall(one)[-1]) if one else f"{int(2 + 60 * draw('guess', seed, model, question))} days"
    (a, unit), (b, _) = AMOUNT.findall(first)[-1], AMOUNT.findall(second)[-1]
    chance = draw("both", seed, model, first, second, question)
    if chance < card.reasoning:
        return f"{int(a) + int(b)} {unit}"
    slip = draw("slip", seed, model, question)
    return f"{a if slip < 0.4 else b if slip < 0.8 else int(a) + int(b) + 1} {unit}"


def best(lines: "list[tuple[frozenset[str], str]]", wanted: "frozenset[str]") -> "str | None":
    """The line that shares most words with what is wanted (at least two, where that many are wanted)."""
    fits = [(-len(words & wanted), len(words), line) for words, line in lines]
    fits.sort()
    return fits[0][2] if fits and -fits[0][0] >= max(1, min(2, len(wanted))) else None
