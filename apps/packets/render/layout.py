"""HTML to PDF by WeasyPrint: PDF/UA-1, closed to every address."""

import gc
import hashlib
import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders

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
PAPERS = {
    "a4": "",
    "letter": "@page { size: letter } @page wide { size: letter landscape }",
}
VARIANT = "pdf/ua-1"


class Closed(ValueError):
    """Something in a packet asked for an address."""


class ClosedFetcher(URLFetcher):
    """Refuses every address, `data:` included: the style sheet is handed over as text, pictures are inline SVG."""

    def fetch(self, url: str, headers: Any = None) -> Any:
        logger.warning("A packet asked for an address; it was refused.")
        raise Closed(url[:100])


def lay_out(html: str, *, paper: str, pages_in_all: int | None = None) -> tuple[bytes, int]:
    """The file and its number of pages. `pages_in_all`: what "of y" says where this is a part of something longer."""
    fonts, style = _fonts(), _style(paper)
    styles = [style] if pages_in_all is None else [style, _numbered(pages_in_all)]
    with _collected_afterwards():
        page = HTML(string=html, url_fetcher=ClosedFetcher())
        document = page.render(font_config=fonts, stylesheets=styles, pdf_variant=VARIANT)
        data = document.write_pdf(pdf_variant=VARIANT, pdf_identifier=True, finisher=_running_lines_outside)
        return data, len(document.pages)


@contextmanager
def _collected_afterwards() -> Iterator[None]:
    """A layout makes a hundred thousand objects that all live to its end: looking for garbage among them again and
    again takes a quarter of its time. Where it is over, they go at once.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.collect(1)


@cache
def style_text() -> str:
    path = finders.find(STYLE_SHEET)
    if not isinstance(path, str):
        raise FileNotFoundError(f"{STYLE_SHEET} is not among the static files.")
    return Path(path).read_text(encoding="utf-8")


@cache
def _fonts() -> FontConfiguration:
    return FontConfiguration()


@cache
def _style(paper: str) -> CSS:
    return CSS(string=style_text() + PAPERS[paper], font_config=_fonts(), url_fetcher=ClosedFetcher())


def _running_lines_outside(_document: Any, pdf: Any) -> None:
    """Mark head and foot of each page as artifacts.

    WeasyPrint numbers them like content but hangs their elements nowhere: a reader would meet content without a place
    in the document. PDF/UA-1, 7.8: running heads and feet are artifacts.
    """
    objects = {one.reference: one for one in pdf.objects if one.number}
    root = objects[pdf.catalog["StructTreeRoot"]]
    placed = _placed(objects, root["K"][0])
    nums = objects[root["ParentTree"]]["Nums"]
    pages = [objects[reference] for reference in pdf.page_references]
    for page in pages:
        owners = nums[2 * page["StructParents"] + 1]
        outside = {mark for mark, owner in enumerate(owners) if owner not in placed}
        for mark in outside:
            owners[mark] = b"null"
        parts = objects[page["Contents"]].stream
        for place, part in enumerate(parts):
            if isinstance(part, dict) and part.get("MCID") in outside:
                parts[place - 1], parts[place] = "/Artifact", type(part)({"Type": "/Pagination"})


def _placed(objects: dict[Any, Any], top: Any) -> set[Any]:
    """The references of all elements that can be reached from the top of the structure."""
    found, waiting = set(), [top]
    while waiting:
        one = waiting.pop()
        if one not in objects or one in found:
            continue  # a mark's number, or met before
        found.add(one)
        waiting.extend(objects[one].get("K", []))
    return found


def _numbered(pages: int) -> CSS:
    text = f'@page {{ @bottom-right {{ content: "Page " counter(page) " of {pages:d}" }} }}'
    return CSS(string=text, font_config=_fonts(), url_fetcher=ClosedFetcher())


def digest_of(*texts: str) -> str:
    """One checksum of several texts, in order."""
    found = hashlib.sha256()
    for text in texts:
        found.update(text.encode("utf-8", "surrogatepass"))
        found.update(b"\0")
    return found.hexdigest()
