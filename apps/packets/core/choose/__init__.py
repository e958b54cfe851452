"""Who gets what: one pure function per reader. Nothing else decides what stands in a packet (ARCHITECTURE, rule 10)."""

from apps.packets.core.choose.brief import candidate_brief
from apps.packets.core.choose.debrief import debrief
from apps.packets.core.choose.decision import NotDecided, decision_record
from apps.packets.core.choose.held import subject_access_copy
from apps.packets.core.choose.kit import NotForThisReader, interviewer_kit

__all__ = [
    "NotDecided",
    "NotForThisReader",
    "candidate_brief",
    "debrief",
    "decision_record",
    "interviewer_kit",
    "subject_access_copy",
]
