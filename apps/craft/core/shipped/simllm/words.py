"""How the model takes a text apart: tokens, sentences, and the words that carry meaning."""

import math
import re
from functools import lru_cache

WORD = re.compile(r"[^\W\d_][\w'-]+|\d[\d.,]*", re.UNICODE)
SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
EMPTY = frozenset(
    """a about according agreed all am an and any applies apply are as at be by can come comes confirm customer
    customers did do does for friend from get has have here how i if in is it its long many may me much must my of on
    or our please set say should so tell that the their there these they this to under we what when which who will
    with would you your""".split()  # noqa: SIM905
)


def count_tokens(text: str) -> int:
    """Tokens of a text: a quarter of its characters, rounded up; at least one."""
    return max(1, math.ceil(len(text) / 4))


def stem(word: str) -> str:
    return re.sub(r"(ies|ing|ed|es|s)$", "", word) if len(word) > 4 else word


@lru_cache(maxsize=50_000)
def meaning(text: str) -> "frozenset[str]":
    """The stems of the words that carry meaning."""
    words = (word.lower() for word in WORD.findall(text))
    return frozenset(stem(word) for word in words if word not in EMPTY)


@lru_cache(maxsize=5_000)
def sentences(text: str) -> "tuple[str, ...]":
    return tuple(part.strip() for part in SENTENCE.split(text) if part.strip())
