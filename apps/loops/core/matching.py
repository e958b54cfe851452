"""Which station of the library another company's name for an interview most likely means.

A suggestion, never a decision: a person confirms or changes it. Names are compared as bags of words, each word the
heavier the fewer stations use it (inverse document frequency, Spärck Jones 1972), words with small slips of the pen
count as equal, and the letters of the whole names are compared besides. Deterministic, standard library only.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import cached_property, lru_cache

#: Below this score nothing is suggested: an unmatched station costs minutes and measures nothing we know.
THRESHOLD = 0.45
#: Weight of the words against the letters of two names, and what words of a kind or competency alone can reach.
WORDS_SHARE, LOOSE_SHARE = 0.8, 0.6
#: Two words this alike are one word with a slip of the pen; short ones must be equal.
SAME_WORD, LEAST_LETTERS = 0.84, 5
#: Words that stand in any name of an interview and tell none from another.
COMMON = frozenset(
    {
        *("a", "an", "and", "as", "at", "by", "for", "in", "of", "on", "or", "our", "the", "to", "with"),
        *("final", "first", "second", "third", "onsite", "remote", "video", "virtual", "zoom"),
        *("chat", "day", "interview", "interviews", "loop", "panel", "part", "round", "session", "slot", "stage"),
        *("step", "team", "assessment", "check", "exercise", "question", "questions", "task", "test"),
    }
)
_WORD = re.compile(r"[^\W\d_]+[+#]*")


@dataclass(frozen=True)
class Entry:
    """One station of the library.

    also_called: names companies give such an interview. words: names of its kind and of what it measures.
    """

    station_id: str
    name: str
    also_called: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Suggestion:
    """A station that may be meant, with a score from 0 to 1. `because`: the name of ours it resembles most, or else
    the words it shares with the station's kind and competencies."""

    station_id: str
    score: float
    because: tuple[str, ...]


@dataclass(frozen=True)
class Matcher:
    """The library made ready to be compared with many names."""

    entries: tuple[Entry, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "entries", tuple(self.entries))

    def suggest(self, name: str, most: int = 3) -> tuple[Suggestion, ...]:
        """At most `most` stations this name may mean, the likeliest first; none below the threshold."""
        words = words_of(name)
        if not words:
            return ()
        scored = (self._score(words, entry) for entry in self.entries)
        good = sorted((one for one in scored if one.score >= THRESHOLD), key=lambda one: (-one.score, one.station_id))
        spelled = {stem: word for word in _WORD.findall(_plain(name)) for stem in words_of(word)}
        return tuple(replace(one, because=tuple(spelled.get(it, it) for it in one.because)) for one in good[:most])

    @cached_property
    def _phrases(self) -> Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]:
        """Per station its own names (each as written and as words)."""
        return {
            entry.station_id: tuple((phrase, words_of(phrase)) for phrase in (entry.name, *entry.also_called))
            for entry in self.entries
        }

    @cached_property
    def _loose(self) -> Mapping[str, frozenset[str]]:
        return {
            entry.station_id: frozenset(word for text in entry.words for word in words_of(text))
            for entry in self.entries
        }

    @cached_property
    def _weights(self) -> Mapping[str, float]:
        used: Counter[str] = Counter()
        for entry in self.entries:
            used.update(
                {word for _, words in self._phrases[entry.station_id] for word in words} | self._loose[entry.station_id]
            )
        return {word: math.log(1 + len(self.entries) / number) for word, number in used.items()}

    def _weight(self, words: Iterable[str]) -> float:
        """A word the library does not know says little: it may be the company's own."""
        unknown = 0.5 * math.log(1 + len(self.entries))
        return sum(self._weights.get(word, unknown) for word in words)

    def _score(self, words: tuple[str, ...], entry: Entry) -> Suggestion:
        best, because = 0.0, tuple[str, ...]()
        for phrase, theirs in self._phrases[entry.station_id]:
            score = self._alike(words, theirs)
            if score > best:
                best, because = score, (phrase,)
        shared = [word for word in words if _partner(word, tuple(sorted(self._loose[entry.station_id])))]
        loose = LOOSE_SHARE * self._weight(shared) / self._weight(words)
        if loose > best:
            best, because = loose, tuple(shared)  # stems: the caller spells them as they were written
        return Suggestion(entry.station_id, round(min(best, 1.0), 4), because)

    def _alike(self, ours: tuple[str, ...], theirs: tuple[str, ...]) -> float:
        """1 for the same words in any order; else weighted overlap (Dice) of words with that of letters."""
        if not theirs:
            return 0.0
        if "".join(ours) == "".join(theirs) or set(ours) == set(theirs):
            return 1.0
        shared = [word for word in ours if _partner(word, theirs)]
        back = [word for word in theirs if _partner(word, ours)]
        overlap = (self._weight(shared) + self._weight(back)) / (self._weight(ours) + self._weight(theirs))
        if not overlap and not _may_be_alike("".join(ours), "".join(theirs)):
            return 0.0
        letters = SequenceMatcher(None, " ".join(sorted(ours)), " ".join(sorted(theirs)), autojunk=False).ratio()
        return WORDS_SHARE * overlap + (1 - WORDS_SHARE) * letters


def suggest(name: str, entries: Sequence[Entry], most: int = 3) -> tuple[Suggestion, ...]:
    """One name against a library; for many names make one Matcher."""
    return Matcher(tuple(entries)).suggest(name, most)


@lru_cache(maxsize=4096)
def words_of(text: str) -> tuple[str, ...]:
    """The words that matter, each once: without accents, case, numbers, plural endings and words any interview has."""
    found = _WORD.findall(_plain(text))
    return tuple(dict.fromkeys(_stem(word) for word in found if word not in COMMON))


def _plain(text: str) -> str:
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text[:400])
    plain = unicodedata.normalize("NFKD", parted).encode("ascii", "ignore").decode()
    return (plain if _WORD.search(plain) else parted).casefold()


def _stem(word: str) -> str:
    """`puzzles` and `puzzle`, `debugging` and `debug` are one word."""
    if len(word) > 5 and word.endswith("ing"):
        root = word[:-3]
        return root[:-1] if len(root) > 2 and root[-1] == root[-2] and root[-1] not in "ls" else root
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word


@lru_cache(maxsize=65536)
def _partner(word: str, others: tuple[str, ...]) -> str:
    """The equal word among `others`, or the one that differs by a slip of the pen; "" if there is none."""
    if word in others:
        return word
    return next((other for other in others if _may_be_alike(word, other)), "")


def _may_be_alike(one: str, other: str) -> bool:
    if min(len(one), len(other)) < LEAST_LETTERS or abs(len(one) - len(other)) > 2 or one[0] != other[0]:
        return False
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= SAME_WORD
