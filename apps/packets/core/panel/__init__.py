"""What the debrief's page knows of a panel, as values: the reading of its ratings, its meeting, and the parity.

It holds what one reader may see and nothing else: second votes and severities hidden from them are not in it.
"""

from dataclasses import dataclass

from apps.packets.core.panel.meeting import AgendaStep, CardVote, MeetingSource, TallySource, VoiceSource
from apps.packets.core.panel.parity import Parity, ParityLine
from apps.packets.core.panel.reading import (
    Band,
    Changed,
    Interval,
    LineSource,
    MarkSource,
    Person,
    ReadingSource,
    Said,
    Settling,
    Sharpened,
    Stability,
    StationToHold,
    Surprise,
    Together,
)

__all__ = [
    "AgendaStep",
    "Band",
    "CardVote",
    "Changed",
    "Interval",
    "LineSource",
    "MarkSource",
    "MeetingSource",
    "PanelSource",
    "Parity",
    "ParityLine",
    "Person",
    "ReadingSource",
    "Said",
    "Settling",
    "Sharpened",
    "Stability",
    "StationToHold",
    "Surprise",
    "TallySource",
    "Together",
    "VoiceSource",
]


@dataclass(frozen=True)
class PanelSource:
    """`reading` is None where there is nothing to read, and for a decision record, which reads nothing anew."""

    meeting: MeetingSource
    parity: Parity
    reading: ReadingSource | None = None
