"""Contents to a PDF: a template, one style sheet, nothing fetched from anywhere.

Equal contents give equal bytes: no clock, no random identifier goes into the file.
"""

import hashlib
import logging
import os
import warnings
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from apps.packets.core.audit_sheet import AuditSheet
from apps.packets.core.contents import CandidateBrief, Contents, DebriefPacket, InterviewerKit
from apps.packets.core.words import breakable, in_every_text

with warnings.catch_warnings():
    # Where the system has no libharfbuzz-subset, WeasyPrint warns at import and uses fontTools: slower, as good.
    warnings.filterwarnings("ignore", "HarfBuzz-Subset", DeprecationWarning)
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

# fontTools stamps every font it cuts down with the time, unless this says which (reproducible-builds.org).
os.environ.setdefault("SOURCE_DATE_EPOCH", "0")

logger = logging.getLogger(__name__)

STYLE_SHEET = "packets/print.css"
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


class Closed(ValueError):
    """Something in a packet asked for an address."""


class ClosedFetcher(URLFetcher):
    """Refuses every address, `data:` included: the style sheet is handed over as text, pictures are inline SVG."""

    def fetch(self, url: str, headers: Any = None) -> Any:
        logger.warning("A packet asked for an address; it was refused.")
        raise Closed(url[:100])


@dataclass(frozen=True)
class Pdf:
    """A finished file."""

    data: bytes
    pages: int

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


@cache
def _style_sheet() -> str:
    path = finders.find(STYLE_SHEET)
    if not isinstance(path, str):
        raise FileNotFoundError(f"{STYLE_SHEET} is not among the static files.")
    return Path(path).read_text(encoding="utf-8")


def _printable(text: str) -> str:
    kept = text[:LONGEST_TEXT]
    cut = len(text) - len(kept)
    return breakable(f"{kept} [Cut here. The other {cut} characters are in hiringloop.]" if cut else kept)


def to_html(contents: Contents | AuditSheet) -> str:
    """The page as the PDF is made from it: every text is escaped, what cannot be printed is left out."""
    printable = in_every_text(contents, _printable)
    return render_to_string(TEMPLATES[type(contents)], {"packet": printable}).translate(_UNPRINTABLE)


def to_pdf(contents: Contents | AuditSheet) -> Pdf:
    """PDF/UA-1, A4."""
    fetcher = ClosedFetcher()
    fonts = FontConfiguration()
    style = CSS(string=_style_sheet(), font_config=fonts, url_fetcher=fetcher)
    document = HTML(string=to_html(contents), url_fetcher=fetcher).render(
        font_config=fonts, stylesheets=[style], pdf_variant="pdf/ua-1"
    )
    data = document.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=True)
    return Pdf(data=data, pages=len(document.pages))
