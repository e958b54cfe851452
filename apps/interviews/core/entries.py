"""What an interviewer enters for one competency, as a value; and what a card still lacks to be submitted."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

LEVELS = (1, 2, 3, 4)
EXTREMES = (LEVELS[0], LEVELS[-1])
MAX_EVIDENCE = 10_000
MAX_MOMENT = 300
MAX_NOTES = 20_000


@dataclass(frozen=True)
class RatingEntry:
    """A level 1 to 4, or no evidence, or neither yet; the evidence in words, and where it is to be found."""

    level: int | None
    no_evidence: bool
    evidence: str
    moment: str = ""

    def __post_init__(self) -> None:
        if self.level is not None and self.level not in LEVELS:
            raise ValueError(f"a level is a number from 1 to 4, not {self.level}")
        if self.no_evidence and self.level is not None:
            raise ValueError("a rating is a level or no evidence, not both")

    @property
    def is_rated(self) -> bool:
        return self.no_evidence or self.level is not None


class Lack(Enum):
    """Why a rating cannot be submitted as it is."""

    LEVEL = "level"  # neither a level nor "no evidence"
    EXTREME = "extreme"  # the lowest or the highest level, and not a word of what was seen
    REASON = "reason"  # this role asks for a reason with every level


def lacking(entries: Mapping[int, RatingEntry], *, reasons_required: bool) -> dict[int, Lack]:
    """What each competency lacks to be submitted; empty when nothing does.

    "No evidence" needs no words. The lowest and the highest level always do: they move a decision most and are
    questioned first. Every other level does where the candidacy's role asks for reasons.
    """
    found = {key: _lack(entry, reasons_required=reasons_required) for key, entry in entries.items()}
    return {key: lack for key, lack in found.items() if lack is not None}


def _lack(entry: RatingEntry, *, reasons_required: bool) -> Lack | None:
    if not entry.is_rated:
        return Lack.LEVEL
    if entry.no_evidence or entry.evidence.strip():
        return None
    if entry.level in EXTREMES:
        return Lack.EXTREME
    return Lack.REASON if reasons_required else None
