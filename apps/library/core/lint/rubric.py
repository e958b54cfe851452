"""A whole rubric: are all levels there, and do they differ in kind?"""

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from apps.library.core.lint.facts import Code, LintWarning, Place
from apps.library.core.lint.wording import lint_line, words_of

LEVELS = (1, 2, 3, 4)
FEWEST_ANCHORS = 2
ALIKE = 0.85  # of the words of two lines in the same order; no two shipped anchors reach .35
DEGREE = words_of(
    """
    never rarely seldom sometimes occasionally often frequently usually mostly generally always constantly consistently
    regularly little some somewhat much many most all very fairly quite rather partly partially fully completely
    entirely thoroughly largely slightly highly extremely hardly barely basic good strong excellent poor weak adequate
    limited deep solid well better best clearly adequately poorly exceptionally more less few several every any a an the
    no not does do minimal moderate significant considerable substantial great outstanding
    """
)
_NEGATION = frozenset({"no", "not", "never", "cannot", "without", "nor", "none"})
_WORD = re.compile(r"[\w'’%-]+")


@dataclass(frozen=True)
class LevelText:
    """One level as written: possibly with nothing in it, for drafts are looked at too."""

    label: str
    anchors: Sequence[str]


def similarity(one: str, other: str) -> float:
    """The share (0 to 1) of words that two lines have in common in the same order; symmetric."""
    first, second = sorted([_words(one), _words(other)])
    if not first and not second:
        return 1.0
    return SequenceMatcher(None, first, second, autojunk=False).ratio()


def differ_in_degree_only(one: str, other: str) -> bool:
    """Whether two different lines are the same once words of degree and frequency are taken out.

    A line and its negation ("Asks ...", "Does not ask ...") differ in kind: one can see which of the two happened.
    """
    first, second = _words(one), _words(other)
    if first == second or bool(_NEGATION & set(first) - {"never"}) != bool(_NEGATION & set(second) - {"never"}):
        return False
    bare = [[word for word in words if word not in DEGREE] for words in (first, second)]
    return bool(bare[0]) and bare[0] == bare[1]


def lint_rubric(levels: Mapping[int, LevelText], no_evidence_when: str) -> tuple[LintWarning, ...]:
    """What may be wrong with a rubric: first the whole, then what is alike, then line by line."""
    found = [LintWarning(Code.MISSING_LEVEL, Place("level", number)) for number in LEVELS if number not in levels]
    for number, level in sorted(levels.items()):
        if len(level.anchors) < FEWEST_ANCHORS:
            place = Place("level", number)
            found.append(LintWarning(Code.FEW_ANCHORS, place, number=len(level.anchors), limit=FEWEST_ANCHORS))
    for (one, first), (other, second) in itertools.combinations(sorted(levels.items()), 2):
        if _words(first.label) == _words(second.label):
            places = Place("level", one), Place("level", other)
            found.append(LintWarning(Code.SAME_LABEL, *places, quote=first.label))
    if not no_evidence_when.strip():
        found.append(LintWarning(Code.NO_EVIDENCE_UNSAID))
    found += _alike(levels)
    for number, level in sorted(levels.items()):
        for line, anchor in enumerate(level.anchors, start=1):
            found += lint_line(anchor, Place("level", number, line))
    return tuple(found)


def _alike(levels: Mapping[int, LevelText]) -> list[LintWarning]:
    """Two levels of which each anchor has its twin are said once; otherwise each pair of anchors."""
    found = []
    lines = [
        (Place("level", number, line), anchor)
        for number, level in sorted(levels.items())
        for line, anchor in enumerate(level.anchors, start=1)
    ]
    pairs: dict[tuple[Place, Place], tuple[Code, str]] = {}
    for (place, anchor), (other, text) in itertools.combinations(lines, 2):
        if place.number != other.number and differ_in_degree_only(anchor, text):
            pairs[place, other] = Code.ONLY_DEGREE, anchor
        elif similarity(anchor, text) >= ALIKE and not _contradict(anchor, text):
            pairs[place, other] = Code.SAME_LINES, anchor
    twins = {
        (one, other)
        for one, other in itertools.combinations(sorted(levels), 2)
        if levels[one].anchors and levels[other].anchors and _all_twins(pairs, levels, one, other)
    }
    found += [LintWarning(Code.SAME_LEVELS, Place("level", one), Place("level", other)) for one, other in sorted(twins)]
    found += [
        LintWarning(code, place, other, quote=quote)
        for (place, other), (code, quote) in pairs.items()
        if code == Code.ONLY_DEGREE or (place.number, other.number) not in twins
    ]
    return found


def _all_twins(
    pairs: Mapping[tuple[Place, Place], tuple[Code, str]], levels: Mapping[int, LevelText], one: int, other: int
) -> bool:
    same = [pair for pair, (code, _) in pairs.items() if code == Code.SAME_LINES]
    here = {first.line for first, second in same if (first.number, second.number) == (one, other)}
    there = {second.line for first, second in same if (first.number, second.number) == (one, other)}
    return len(here) == len(levels[one].anchors) and len(there) == len(levels[other].anchors)


def _contradict(one: str, other: str) -> bool:
    return bool(_NEGATION & set(_words(one))) != bool(_NEGATION & set(_words(other)))


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
