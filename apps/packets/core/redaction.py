"""Other people taken out of what was written about one candidate.

It finds names it is handed, e-mail addresses and telephone numbers, and nothing else: a person described without a name
stays, so somebody reads a copy before it is handed out. In doubt it takes out too much.
"""

import dataclasses
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from apps.packets.core.held import Someone, Written

ANOTHER = "[redacted: another person]"
ONE_OF_PANEL = "[redacted: one of the interviewers]"
SHORTEST_PART = 3  # letters a given or family name needs to be looked for by itself
LONGEST_PIECE = 4000  # characters; longer than this, a single text would be cut on paper
SPACELESS_FROM = "\u2e80"  # from here on scripts write no space between a name and what follows it

_EMAIL = r"[\w.+%'-]+@[\w-]+(?:\.[\w-]+)+"
_PHONE = r"(?<![\w.,-])(?:\+|\(?0|\(?[2-9]\d\d\)?[-. ]\d{3}[-. ]\d)[\d\s()./-]*\d(?!\w)"
_NO_PHONE = re.compile(
    r"\d{4}-\d\d-\d\d.*|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}.*|0*\.?\d+|\d+(?:\.\d+){3}(?:/\d+)?", re.DOTALL
)
_PHONE_DIGITS = range(7, 16)


class _Found(Enum):
    OWN = "own"
    STAFF = "staff"
    CANDIDATE = "candidate"


@dataclass(frozen=True)
class Cleaned:
    """Words after redaction, in pieces that fit on paper one by one; none where nothing was written."""

    pieces: tuple[str, ...]


@dataclass(frozen=True)
class Counts:
    """In how many places something was taken out."""

    staff: int = 0
    others: int = 0
    addresses: int = 0
    phones: int = 0

    @property
    def names_and_addresses(self) -> int:
        """Of people who are not staff."""
        return self.others + self.addresses


@dataclass(frozen=True)
class _Name:
    """A name to look for, and what stands there afterwards (None: it stays)."""

    words: str
    instead: str | None
    found: _Found


class Redactor:
    """For one copy. `counts` grows with what is cleaned.

    Names of `people` become what `person` calls them where `names_hidden`, else they stay. `other_staff` are taken out
    where `names_hidden`, `other_candidates` and strangers' addresses and numbers always.
    """

    def __init__(
        self,
        *,
        candidate: str,
        email: str,
        people: Sequence[Someone],
        other_candidates: Iterable[str],
        other_staff: Iterable[str],
        names_hidden: bool,
    ) -> None:
        self.counts = Counts()
        self._email = email.casefold()
        self._called = _numbered(people) if names_hidden else {person.key: person.name for person in people}
        own_words = {*_key(candidate).split(), _key(candidate)}
        names = [_Name(_key(candidate), None, _Found.OWN)]
        names += [_Name(_key(name), ANOTHER, _Found.CANDIDATE) for name in other_candidates]
        if names_hidden:
            names += [_Name(_key(person.name), self._called[person.key], _Found.STAFF) for person in people]
            names += [_Name(_key(name), ANOTHER, _Found.STAFF) for name in other_staff]
            names += _parts(people, self._called)
        names = [name for name in names if name.words and (name.found is _Found.OWN or name.words not in own_words)]
        unique: dict[str, _Name] = {}
        for name in names:  # whole names come before parts, and the more careful word before the other
            unique.setdefault(name.words, name)
        self._names = sorted(unique.values(), key=lambda name: (-len(name.words), name.words))

    def person(self, key: str) -> str:
        """What somebody is called in this copy; empty for nobody."""
        return self._called[key] if key else ""

    def clean(self, text: Written) -> Cleaned:
        whole = unicodedata.normalize("NFC", text).strip()
        folded = _folded(whole)
        haystack = _key(whole)
        present = {name.words: name for name in self._names if name.words in haystack}
        patterns = [f"(?P<email>{_EMAIL})", f"(?P<phone>{_PHONE})"]
        if present:
            patterns.append(f"(?P<name>{'|'.join(_pattern(words) for words in present)})")
        parts, at = [], 0
        for match in re.finditer("|".join(patterns), folded, re.IGNORECASE):
            instead = self._instead(match, present)
            if instead is not None:
                parts += [whole[at : match.start()], instead]
                at = match.end()
        return Cleaned(_pieces("".join([*parts, whole[at:]])))

    def _instead(self, match: "re.Match[str]", present: dict[str, _Name]) -> str | None:
        """What stands there afterwards; None where it stays."""
        found = match.group()
        if match.lastgroup == "email":
            if found.casefold() == self._email:
                return None
            self._count(addresses=1)
            return ANOTHER
        if match.lastgroup == "phone":
            if sum(map(str.isdigit, found)) not in _PHONE_DIGITS or _NO_PHONE.fullmatch(found):
                return None
            self._count(phones=1)
            return ANOTHER
        name = next(name for words, name in present.items() if re.fullmatch(_pattern(words), found, re.IGNORECASE))
        if name.instead is not None:
            self._count(**{"others" if name.found is _Found.CANDIDATE else "staff": 1})
        return name.instead

    def _count(self, **more: int) -> None:
        self.counts = dataclasses.replace(self.counts, **{k: getattr(self.counts, k) + n for k, n in more.items()})


def _numbered(people: Sequence[Someone]) -> dict[str, str]:
    """Interviewer 1, 2 and so on, and Colleague 1, 2 for the others, in the order they are given."""
    called, interviewers, colleagues = {}, 0, 0
    for person in people:
        if person.is_interviewer:
            interviewers += 1
            called[person.key] = f"Interviewer {interviewers}"
        else:
            colleagues += 1
            called[person.key] = f"Colleague {colleagues}"
    return called


def _parts(people: Sequence[Someone], called: dict[str, str]) -> list[_Name]:
    """Given and family names, their halves, family names of several words; one that two people share names neither."""
    owners: dict[str, set[str]] = {}
    for person in people:
        words = _key(person.name).split()
        if len(words) < 2:
            continue
        ends = (words[0], words[-1])
        for part in {*ends, " ".join(words[1:]), *(half for word in ends for half in word.split("-") if half)}:
            if sum(map(str.isalpha, part)) >= SHORTEST_PART or part[0] >= SPACELESS_FROM:
                owners.setdefault(part, set()).add(called[person.key])
    return [
        _Name(part, next(iter(names)) if len(names) == 1 else ONE_OF_PANEL, _Found.STAFF)
        for part, names in owners.items()
    ]


def _folded(text: str) -> str:
    """Without accents, character for character, so that a place in one is the same place in the other."""
    return "".join(_base(character) for character in text)


def _base(character: str) -> str:
    decomposed = unicodedata.normalize("NFD", character)
    return decomposed[0] if all(unicodedata.combining(mark) for mark in decomposed[1:]) else character


def _key(text: str) -> str:
    """How names are compared: no accents, small letters, single spaces."""
    return " ".join(_folded(unicodedata.normalize("NFC", text)).lower().split())


def _pattern(words: str) -> str:
    inside = r"\s+".join(re.escape(word) for word in words.split())
    before = r"(?<!\w)" if words[0] < SPACELESS_FROM else ""
    after = r"(?!\w)" if words[-1] < SPACELESS_FROM else ""
    return f"{before}{inside}{after}"


def _pieces(text: str) -> tuple[str, ...]:
    """Cut at the last line end or space that fits; together they are the whole text."""
    pieces = []
    while len(text) > LONGEST_PIECE:
        at = max(text.rfind("\n", 0, LONGEST_PIECE), text.rfind(" ", 0, LONGEST_PIECE)) + 1 or LONGEST_PIECE
        pieces.append(text[:at])
        text = text[at:]
    return (*pieces, text) if text else tuple(pieces)
