"""What the panel said before and after the silent reading, side by side. Nothing here decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

SCALE = ("strong_no", "no", "yes", "strong_yes")
FOR = frozenset({"yes", "strong_yes"})
AGAINST = frozenset({"no", "strong_no"})
# Which votes point the other way than an outcome. Another role is no offer for this one.
OTHERWISE = {"offer": AGAINST, "no_offer": FOR, "other_role": FOR}


class Way(Enum):
    """Where somebody's second vote went from their first."""

    UP = "up"
    DOWN = "down"
    STAYED = "stayed"
    NOT_CAST = "not_cast"


@dataclass(frozen=True)
class Voice:
    """One person's votes, each one of SCALE; the second is None until it is cast (or cannot be seen)."""

    person: int
    first: str
    second: str | None = None

    def __post_init__(self) -> None:
        for choice in (self.first, self.second):
            if choice is not None and choice not in SCALE:
                raise ValueError(f"a vote is one of {', '.join(SCALE)}, not {choice}")

    @property
    def says(self) -> str:
        """What stands: the second vote, or the first where there is no second."""
        return self.second or self.first

    @property
    def steps(self) -> int:
        """How many steps of the scale the second vote went up; below zero for down."""
        return 0 if self.second is None else SCALE.index(self.second) - SCALE.index(self.first)

    @property
    def size(self) -> int:
        """How many steps it moved, either way."""
        return abs(self.steps)

    @property
    def way(self) -> Way:
        if self.second is None:
            return Way.NOT_CAST
        return Way.UP if self.steps > 0 else Way.DOWN if self.steps < 0 else Way.STAYED

    @property
    def crossed(self) -> bool:
        """From a yes to a no, or the other way."""
        return self.second is not None and (self.first in FOR) != (self.second in FOR)


def tally(choices: Sequence[str]) -> dict[str, int]:
    """How many said what, in the order of the scale, every choice named."""
    return {choice: sum(one == choice for one in choices) for choice in SCALE}


def otherwise(voices: Sequence[Voice], outcome: str) -> list[int]:
    """Whose vote, as it stands, points the other way than this outcome. In the order given."""
    return [voice.person for voice in voices if voice.says in OTHERWISE.get(outcome, frozenset())]


def is_split(voices: Sequence[Voice]) -> bool:
    """Somebody for and somebody against, as the votes stand."""
    return len({voice.says in FOR for voice in voices}) > 1
