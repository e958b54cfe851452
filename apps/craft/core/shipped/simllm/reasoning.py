"""Questions that need two facts of the context: both must be read, and added up.

A model that reads one fact well may still fail to put two together (Press et al. 2023, "Measuring and Narrowing the
Compositionality Gap in Language Models"). The small model does so far more often than the large one.
"""

import re
from functools import lru_cache

from . import reader
from .chance import draw
from .persona import Card
from .words import meaning, sentences

TOGETHER = re.compile(r"\b(?:together|in total|combined|altogether|added up)\b", re.IGNORECASE)
AMOUNT = re.compile(r"(\d+) (hours|days|minutes|weeks|euros)\b")
WORDS = frozenset(
    meaning("together in total combined altogether added up need needs time hours days minutes weeks euros")
)


def question_of(user: str) -> str:
    """The last question of a message, from the start of its line."""
    end = user.rfind("?")
    start = max(user.rfind("\n", 0, end), user.rfind("?", 0, end)) + 1
    return user[start : end + 1].strip() if end >= 0 else ""


def is_asked_to(user: str) -> bool:
    """Whether the question, the last one of the message, wants two amounts added up."""
    question = question_of(user)
    return " and " in question and bool(TOGETHER.search(question))


@lru_cache(maxsize=4_000)
def read(card: Card, model: str, system: str, user: str, *, seed: str) -> str:
    """What the model says to a question about one fact or two. Kept, since a kit of load asks the same many times."""
    if is_asked_to(user):
        return answer(card, model, user, seed=seed)
    return reader.answer(card, model, system, user, seed=seed)


def answer(card: Card, model: str, user: str, *, seed: str) -> str:
    """The sum; or, where the model does not put the two together, one of them or a near miss."""
    question = question_of(user)
    context = user[: user.rfind(question)]
    left, right = question.rsplit(" and ", 1)
    lines = amounts(context)
    first, second = best(lines, meaning(left) - WORDS), best(lines, meaning(right) - WORDS)
    if first is None or second is None or first == second:
        one = first or second
        return (
            " ".join(AMOUNT.findall(one)[-1]) if one else f"{int(2 + 60 * draw('guess', seed, model, question))} days"
        )
    (a, unit), (b, _) = AMOUNT.findall(first)[-1], AMOUNT.findall(second)[-1]
    chance = draw("both", seed, model, first, second, question)
    if chance < card.reasoning:
        return f"{int(a) + int(b)} {unit}"
    slip = draw("slip", seed, model, question)
    return f"{a if slip < 0.4 else b if slip < 0.8 else int(a) + int(b) + 1} {unit}"


@lru_cache(maxsize=500)
def amounts(context: str) -> "tuple[tuple[frozenset[str], str], ...]":
    """The lines with an amount, each with its meaning."""
    return tuple((meaning(line), line) for line in sentences(context) if AMOUNT.search(line))


def best(lines: "tuple[tuple[frozenset[str], str], ...]", wanted: "frozenset[str]") -> "str | None":
    """The line that shares most words with what is wanted (at least two, where that many are wanted)."""
    fits = [(-len(words & wanted), len(words), line) for words, line in lines]
    fits.sort()
    return fits[0][2] if fits and -fits[0][0] >= max(1, min(2, len(wanted))) else None
