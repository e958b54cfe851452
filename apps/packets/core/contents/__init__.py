"""What stands on the pages of each packet, by reader. What a type has no field for cannot reach its reader."""

from apps.packets.core.contents.brief import Assessed, CandidateBrief, Sitting
from apps.packets.core.contents.debrief import (
    Cell,
    CompetencyEvidence,
    DebriefPacket,
    DecisionRecord,
    Dot,
    EvidenceLine,
    MatrixRow,
    Missing,
    OtherRow,
    PanelColumn,
    Tally,
    Used,
)
from apps.packets.core.contents.kit import InterviewerKit, KitQuestion, Scale, ScaleLevel, Step

Contents = InterviewerKit | CandidateBrief | DebriefPacket

__all__ = [
    "Assessed",
    "CandidateBrief",
    "Cell",
    "CompetencyEvidence",
    "Contents",
    "DebriefPacket",
    "DecisionRecord",
    "Dot",
    "EvidenceLine",
    "InterviewerKit",
    "KitQuestion",
    "MatrixRow",
    "Missing",
    "OtherRow",
    "PanelColumn",
    "Scale",
    "ScaleLevel",
    "Sitting",
    "Step",
    "Tally",
    "Used",
]
