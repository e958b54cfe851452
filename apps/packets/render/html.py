"""Contents to a page as the PDF is made from it: every text escaped, what cannot be printed left out."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from apps.packets.core.audit_sheet import AuditSheet
from apps.packets.core.contents import (
    CandidateBrief,
    DebriefPacket,
    DecisionRecord,
    InterviewerKit,
    LoopBrief,
    StationGuide,
    SubjectAccessCopy,
)
from apps.packets.core.loop_sheet import LoopSheet
from apps.packets.core.words import breakable, in_every_text

TEMPLATES: dict[type, str] = {
    InterviewerKit: "packets/pdf/interviewer_kit.html",
    StationGuide: "packets/pdf/station_guide.html",
    CandidateBrief: "packets/pdf/candidate_brief.html",
    LoopBrief: "packets/pdf/loop_brief.html",
    DebriefPacket: "packets/pdf/debrief.html",
    DecisionRecord: "packets/pdf/decision_record.html",
    SubjectAccessCopy: "packets/pdf/subject_access.html",
    AuditSheet: "packets/pdf/audit_report.html",
    LoopSheet: "packets/pdf/loop_plan.html",
}
LONGEST_TEXT = 6000  # characters of one text: about a page and a half; nobody's evidence may hold up a whole job
# Control characters and lone surrogates have no place in XML metadata, overriding direction marks none in a record.
_UNPRINTABLE = dict.fromkeys(
    [code for code in range(0x20) if chr(code) not in "\t\n\r"]
    + list(range(0x7F, 0xA0))
    + list(range(0xD800, 0xE000))
    + [0x202D, 0x202E, 0xFFFE, 0xFFFF]
)


def to_html(contents: Any, *, empty_pages: int = 0) -> str:
    """The template of this type of contents, filled; `empty_pages` stand before it.

    Raises KeyError for a type that has no template.
    """
    printable = in_every_text(contents, _printable)
    context = {"packet": printable, "empty_pages": range(empty_pages)}
    return render_to_string(TEMPLATES[type(contents)], context).translate(_UNPRINTABLE)


def shared_part(contents: Any) -> StationGuide | LoopBrief | None:
    """What of these contents stands in other packets too, word for word; None where nothing does."""
    if isinstance(contents, InterviewerKit):
        return contents.guide
    if isinstance(contents, CandidateBrief):
        return contents.loop
    return None


def every_template() -> list[str]:
    """The words of all templates a packet is made from, those they include too."""
    folder = Path(settings.BASE_DIR) / "templates" / "packets" / "pdf"
    return [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.html"))]


def _printable(text: str) -> str:
    kept = text[:LONGEST_TEXT]
    cut = len(text) - len(kept)
    return breakable(f"{kept} [Cut here. The other {cut} characters are in hiringloop.]" if cut else kept)
