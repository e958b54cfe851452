"""Names of files, as people read them and every file system takes them."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from apps.packets.models import Export, Packet

# Windows keeps these for devices, with any ending and in any case.
_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in range(1, 10))})
_LONGEST = 80  # bytes of a word in UTF-8: three words, a number and an ending stay under the 255 of a file system


def safe_word(text: str) -> str:
    """Letters with their marks, digits and underscores of any script; the rest becomes dashes. Maybe empty."""
    kept = (char if unicodedata.category(char)[0] in "LMN" or char == "_" else "-" for char in _composed(text))
    word = re.sub(r"-+", "-", "".join(kept)).strip("-_")
    while len(word.encode()) > _LONGEST:
        word = word[:-1]
    return word.rstrip("-_")


def _composed(text: str) -> str:
    """One way of writing each letter; what has no look of its own (joiners, direction marks) is left out."""
    return "".join(
        char for char in unicodedata.normalize("NFC", text) if unicodedata.category(char) not in ("Cf", "Cs")
    )


@dataclass(frozen=True)
class Filed:
    """What one file's place is made from. The keys part what is called the same and is not the same."""

    role_key: int
    role: str
    candidate_key: int
    candidate: str
    words: Sequence[str]


class _Names:
    """Names that nobody has taken, numbered where somebody has: whatever the case, as half of all file systems ask."""

    def __init__(self) -> None:
        self.taken: set[str] = set()
        self.of_key: dict[object, str] = {}

    def take(self, name: str, ending: str = "") -> str:
        stem = f"{name or 'unnamed'}{'_' if name.casefold() in _DEVICES else ''}"
        free, number = f"{stem}{ending}", 1
        while (folded := unicodedata.normalize("NFC", free.casefold())) in self.taken:
            number += 1
            free = f"{stem}-{number}{ending}"
        self.taken.add(folded)
        return free

    def of(self, key: object, name: str) -> str:
        if key not in self.of_key:
            self.of_key[key] = self.take(name)
        return self.of_key[key]


def file_paths(files: Iterable[Filed]) -> list[str]:
    """`Role/Candidate/Kind_Station_Reader.pdf` for each, in their order; the same list gives the same names."""
    roles = _Names()
    candidates: dict[int, _Names] = {}
    inside: dict[tuple[int, int], _Names] = {}
    paths = []
    for file in files:
        role = roles.of(file.role_key, safe_word(file.role))
        people = candidates.setdefault(file.role_key, _Names())
        candidate = people.of(file.candidate_key, safe_word(file.candidate))
        names = inside.setdefault((file.role_key, file.candidate_key), _Names())
        name = names.take("_".join(word for word in map(safe_word, file.words) if word), ".pdf")
        paths.append(f"{role}/{candidate}/{name}")
    return paths


def words_of(packet: Packet) -> list[str]:
    """What tells this packet from the others of its candidacy."""
    words = [packet.get_kind_display()]
    if packet.interview is not None:
        words.append(packet.interview.plan_station.version.name)
    if packet.reader is not None:
        words.append(packet.reader.name)
    return words


def paths_of(packets: Iterable[Packet]) -> list[str]:
    return file_paths(
        Filed(
            role_key=packet.candidacy.role_id,
            role=packet.candidacy.role.title,
            candidate_key=packet.candidacy_id,
            candidate=packet.candidacy.candidate.name,
            words=words_of(packet),
        )
        for packet in packets
    )


def readable_file_name(packet: Packet) -> str:
    """The name a browser saves a packet's file under."""
    kind, *about = words_of(packet)
    words = [kind, packet.candidacy.candidate.name, *about[:1]]
    return "_".join(word for word in map(safe_word, words) if word) + ".pdf"


def export_file_name(export: Export) -> str:
    """The name a browser saves an export's file under, with the day it was packed."""
    day = f"_{export.packed_at:%Y-%m-%d}" if export.packed_at else ""
    return f"{safe_word(export.title) or 'packets'}{day}.{'zip' if export.form == Export.Form.ZIP else 'pdf'}"
