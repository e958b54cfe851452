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

from apps.packets.core.audit_sheet import AuditSheet
from apps.packets.core.contents import Contents
from apps.packets.render.html import to_html

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
