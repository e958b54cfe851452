"""What stands in an interviewer kit."""

import datetime as dt
from dataclasses import dataclass

from apps.packets.core.times import Moment, Slot
from apps.packets.core.words import Blocks


@dataclass(frozen=True)
class Step:
    """One line of the guide: minutes `at` to `until` after the beginning; `clock` is the time of day, if known."""

    at: int
    until: int
    clock: dt.datetime | None
    do: Blocks


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
class InterviewerKit:
    """For one interviewer of one interview. It has no field for a rating, a recommendation or a decision."""

    reader: str
    others: tuple[str, ...]
    candidate: str
    arrangement: Blocks
    role: str
    slot: Slot | None
    station: str
    version: int
    minutes: int
    preparation_minutes: int
    format: Blocks
    purpose: Blocks
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
    as_of: Moment
