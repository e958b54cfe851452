"""One packet: what is its own, laid out anew, and what it shares with others, taken from the shelf."""

import dataclasses
import hashlib
from dataclasses import dataclass
from functools import cache
from typing import Any

from apps.packets.render import html
from apps.packets.render.fragments import Fragment, Shelf, open_fragment
from apps.packets.render.joining import alone, join
from apps.packets.render.layout import digest_of, lay_out, style_text

OWN_PAGES = 1  # what the first part of nearly every packet takes; others are laid out once more

_shelf = Shelf()


@dataclass(frozen=True)
class Pdf:
    """A finished file."""

    data: bytes
    pages: int

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def to_pdf(contents: Any, *, paper: str = "a4") -> Pdf:
    """PDF/UA-1 on `paper` ("a4" or "letter")."""
    part = html.shared_part(contents)
    if part is None:
        data, pages = lay_out(html.to_html(contents), paper=paper)
        return Pdf(data=alone(data), pages=pages)
    shared = _shared(part, paper=paper, own_pages=OWN_PAGES)
    own, pages = _own(contents, paper=paper, shared=shared, own_pages=OWN_PAGES)
    if pages != OWN_PAGES:
        shared = _shared(part, paper=paper, own_pages=pages)
        own, pages = _own(contents, paper=paper, shared=shared, own_pages=pages)
    return Pdf(data=join(own, shared), pages=pages + shared.pages)


def forget_shared_parts() -> None:
    """Give back what the shelf holds; the next packet begins cold."""
    _shelf.clear()


def fingerprint(contents: Any, *, paper: str) -> str:
    """The same for contents that say the same, at whatever moment they were read, and look the same on paper."""
    undated = dataclasses.replace(contents, as_of=None)
    return digest_of(_style_digest(), paper, type(contents).__name__, repr(undated))


@cache
def _style_digest() -> str:
    """Changes with everything but the contents that decides how a packet looks."""
    return digest_of(style_text(), *html.every_template())


def _own(contents: Any, *, paper: str, shared: Fragment, own_pages: int) -> tuple[bytes, int]:
    """The file with the page of running lines at its end, and how many pages stand before that."""
    data, pages = lay_out(html.to_html(contents), paper=paper, pages_in_all=own_pages + shared.pages)
    return data, pages - 1


def _shared(part: Any, *, paper: str, own_pages: int) -> Fragment:
    """Laid out behind as many empty pages as the own part takes, so that its page numbers are right."""
    key = digest_of(type(part).__name__, repr(part), paper, str(own_pages))

    def make() -> Fragment:
        data, _ = lay_out(html.to_html(part, empty_pages=own_pages), paper=paper)
        return open_fragment(data, first=own_pages, prefix=f"{key[:12]}-")

    return _shelf.get(key, make)
