"""HTML to PDF by WeasyPrint: PDF/UA-1, closed to every address."""

import gc
import hashlib
import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from django.contrib.staticfiles import finders

with warnings.catch_warnings():
    # Where the system has no libharfbuzz-subset, WeasyPrint warns at import and uses fontTools: slower, as good.
    warnings.filterwarnings("ignore", "HarfBuzz-Subset", DeprecationWarning)
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

# fontTools stamps every font it cuts down with the time, unless this says which (reproducible-builds.org).
os.environ.setdefault("SOURCE_DATE_EPOCH", "0")

from apps.packets.render.styles import Element, render

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


class Filled(HTML):
    """A filled template that is well-formed XML, as nearly all of ours are. Raises ElementTree.ParseError for others.

    The standard library reads it in a tenth of the time that WeasyPrint's parser takes, which expects everything.
    """

    def __init__(self, html: str) -> None:
        self.base_url = None
        self.url_fetcher = ClosedFetcher()
        self.media_type = "print"
        root = ElementTree.fromstring(html)  # noqa: S314  # our own template, with every value in it escaped
        self.wrapper_element = Element.from_html_root(root, content_language=None)
        self.etree_element = self.wrapper_element.etree_element


def lay_out(html: str, *, paper: str, pages_in_all: int | None = None) -> tuple[bytes, int]:
    """The file and its number of pages. `pages_in_all`: what "of y" says where this is a part of something longer."""
    with _collected_afterwards():
        return _laid_out(html, paper=paper, pages_in_all=pages_in_all)


def _laid_out(html: str, *, paper: str, pages_in_all: int | None) -> tuple[bytes, int]:
    """A function of its own: nothing of the document lives any more when the collector looks."""
    fonts, style = _fonts(), _style(paper)
    sheets = [style] if pages_in_all is None else [style, _numbered(pages_in_all)]
    document = render(_parsed(html), sheets=sheets, fonts=fonts, variant=VARIANT)
    # Without an identifier, for which everything would be written twice: whoever saves the packet gives it one.
    data = document.write_pdf(pdf_variant=VARIANT, finisher=_for_readers_that_speak)
    return data, len(document.pages)


def _parsed(html: str) -> HTML:
    """What is included from another app's pages may be HTML and no XML."""
    try:
        return Filled(html)
    except ElementTree.ParseError:
        return HTML(string=html, url_fetcher=ClosedFetcher())


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
        _settle()
        gc.collect(1)


@cache
def _settle() -> None:
    """After the first layout of a process: what lives by then lives to its end, so the collector passes it over.

    Looking through all of Django's and WeasyPrint's objects takes a fifth of a second each time.
    """
    gc.collect()
    gc.freeze()


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


def _for_readers_that_speak(_document: Any, pdf: Any) -> None:
    """What WeasyPrint's structure lacks for PDF/UA-1, put in before the file is written."""
    objects = {one.reference: one for one in pdf.objects if one.number}
    root = objects[pdf.catalog["StructTreeRoot"]]
    _tidy(objects, root["K"][0])
    _running_lines_outside(objects, root, [objects[reference] for reference in pdf.page_references])


def _tidy(objects: dict[Any, Any], top: Any) -> None:
    """Head cells say of what they are the head (7.5): their column in a table's head, else their row. A span that is
    only drawn, such as a box to tick, says nothing and goes.
    """
    waiting = [(top, "/Row")]
    while waiting:
        reference, scope = waiting.pop()
        element = objects[reference]
        if element["S"] == "/THead":
            scope = "/Column"
        elif element["S"] == "/TH":
            element["A"]["Scope"] = scope
        elif element["S"] in ("/TBody", "/Table"):
            scope = "/Row"
        kids = element["K"]
        kids[:] = [kid for kid in kids if kid not in objects or not _is_empty_span(objects[kid])]
        waiting += [(kid, scope) for kid in kids if kid in objects and "S" in objects[kid]]


def _is_empty_span(element: Any) -> bool:
    return element.get("S") == "/Span" and not element["K"]


def _running_lines_outside(objects: dict[Any, Any], root: Any, pages: list[Any]) -> None:
    """Mark head and foot of each page as artifacts.

    WeasyPrint numbers them like content but hangs their elements nowhere: a reader would meet content without a place
    in the document. PDF/UA-1, 7.8: running heads and feet are artifacts.
    """
    placed = _placed(objects, root["K"][0])
    nums = objects[root["ParentTree"]]["Nums"]
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


@lru_cache(maxsize=100)
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
