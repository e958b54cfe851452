"""What stands in an interviewer kit."""

import datetime as dt
from dataclasses import dataclass

from apps.packets.core.times import Moment, Slot
from apps.packets.core.words import Blocks


@dataclass(frozen=True)
class Step:
    """One line of the guide: minutes `at` to `until` after the beginning."""

    at: int
    until: int
    do: Blocks


@dataclass(frozen=True)
class ClockLine:
    """When one line of the guide begins and ends on the reader's own clock."""

    at: int
    until: int
    begins: dt.datetime
    ends: dt.datetime


@dataclass(frozen=True)
class KitQuestion:
    ask: str
    probes: tuple[str, ...]
    weak: str
    sound: str
    exceptional: str


@dataclass(frozen=True)
class ScaleLevel:
    number: int
    label: str
    anchors: tuple[str, ...]


@dataclass(frozen=True)
class Scale:
    """The rating scale of one measured competency, in the version this candidacy is pinned to."""

    competency: str
    definition: Blocks
    rubric: int
    no_evidence_when: str
    levels: tuple[ScaleLevel, ...]


@dataclass(frozen=True)
class StationGuide:
    """How this version of a station is run and rated, with a blank scorecard: the same for everybody who runs it.

    It names no person and no time, so it is laid out once for all of them.
    """

    station: str
    version: int
    minutes: int
    purpose: Blocks
    format: Blocks
    ai_policy: str
    ai_policy_reason: Blocks
    steps: tuple[Step, ...]
    questions: tuple[KitQuestion, ...]
    weak: tuple[str, ...]
    strong: tuple[str, ...]
    red_flags: tuple[str, ...]
    green_flags: tuple[str, ...]
    could_mislead: Blocks
    scales: tuple[Scale, ...]


@dataclass(frozen=True)
class InterviewerKit:
    """For one interviewer of one interview. It has no field for a rating, a recommendation or a decision."""

    reader: str
    others: tuple[str, ...]
    candidate: str
    arrangement: Blocks
    role: str
    slot: Slot | None
    clock: tuple[ClockLine, ...]
    preparation_minutes: int
    guide: StationGuide
    as_of: Moment
