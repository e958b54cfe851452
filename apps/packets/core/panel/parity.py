"""How this candidate's interviews differed from the plan's and from other candidates'."""

from dataclasses import dataclass

from apps.debriefs.core.parity import Deviation
from apps.debriefs.core.parity import Parity as Compared


@dataclass(frozen=True)
class ParityLine:
    """One deviation with the names in it."""

    deviation: Deviation
    name: str
    names: tuple[str, ...]

    @property
    def kind(self) -> str:
        return self.deviation.kind.value


@dataclass(frozen=True)
class Parity:
    """`accommodation`: what was arranged for this candidate, which is no deviation."""

    compared: Compared
    lines: tuple[ParityLine, ...]
    accommodation: str

    @property
    def deviating(self) -> tuple[ParityLine, ...]:
        return tuple(line for line in self.lines if not line.deviation.arranged)

    @property
    def arranged(self) -> tuple[ParityLine, ...]:
        return tuple(line for line in self.lines if line.deviation.arranged)
