"""What stands in a candidate brief."""

from dataclasses import dataclass

from apps.packets.core.times import Moment, Slot
from apps.packets.core.words import Blocks


@dataclass(frozen=True)
class Assessed:
    """A competency as the candidate may know it: no levels, no anchors, no weight, no bar."""

    name: str
    definition: Blocks


@dataclass(frozen=True)
class Sitting:
    """When one interview is held, and with whom."""

    station: str
    minutes: int
    slot: Slot | None
    interviewers: tuple[str, ...]


@dataclass(frozen=True)
class StationBrief:
    """One interview as the candidate may know it: no guide, no question, no flag."""

    station: str
    minutes: int
    format: Blocks
    brief: Blocks
    ai_policy: str
    ai_policy_reason: Blocks
    assessed: tuple[Assessed, ...]


@dataclass(frozen=True)
class LoopBrief:
    """What happens in each interview, in their order: the same facts for every candidate."""

    role: str
    stations: tuple[StationBrief, ...]

    @property
    def glossary(self) -> tuple[Assessed, ...]:
        """Every competency once, in the order of the interviews."""
        return tuple(dict.fromkeys(competency for station in self.stations for competency in station.assessed))


@dataclass(frozen=True)
class CandidateBrief:
    """For the candidate: their own appointments, then the same facts for every candidate of the plan."""

    candidate: str
    role: str
    minutes: int
    sittings: tuple[Sitting, ...]
    arrangement: Blocks
    loop: LoopBrief
    as_of: Moment
