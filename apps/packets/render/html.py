"""Contents to a page as the PDF is made from it: every text escaped, what cannot be printed left out."""

from typing import Any

from django.template.loader import render_to_string

from apps.packets.core.audit_sheet import AuditSheet
from apps.packets.core.contents import CandidateBrief, DebriefPacket, InterviewerKit
from apps.packets.core.words import breakable, in_every_text

TEMPLATES: dict[type, str] = {
    InterviewerKit: "packets/pdf/interviewer_kit.html",
    CandidateBrief: "packets/pdf/candidate_brief.html",
    DebriefPacket: "packets/pdf/debrief.html",
    AuditSheet: "packets/pdf/audit_report.html",
}
LONGEST_TEXT = 6000  # characters of one text: about a page and a half; nobody's evidence may hold up a whole job
# Control characters and lone surrogates have no place in XML metadata, overriding direction marks none in a record.
_UNPRINTABLE = dict.fromkeys(
    [code for code in range(0x20) if chr(code) not in "\t\n\r"]
    + list(range(0x7F, 0xA0))
    + list(range(0xD800, 0xE000))
    + [0x202D, 0x202E, 0xFFFE, 0xFFFF]
)


def to_html(contents: Any) -> str:
    """The template of this type of contents, filled. Raises KeyError for a type that has none."""
    printable = in_every_text(contents, _printable)
    return render_to_string(TEMPLATES[type(contents)], {"packet": printable}).translate(_UNPRINTABLE)


def _printable(text: str) -> str:
    kept = text[:LONGEST_TEXT]
    cut = len(text) - len(kept)
    return breakable(f"{kept} [Cut here. The other {cut} characters are in hiringloop.]" if cut else kept)
