"""Pages that were laid out once and stand in many packets; each worker keeps the latest of them.

A fragment is an open PDF whose structure has been made ready to be joined to another: every page's elements hang free,
and their identifiers cannot meet those of another fragment.
"""

import io
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pikepdf

MOST_BYTES = 48 * 1024 * 1024  # of laid-out pages kept by one worker; a station's guide takes about 60 kB


@dataclass(frozen=True)
class Heading:
    """One bookmark: on which page of its fragment (from 0), how deep, and how far up the page in points."""

    title: str
    page: int
    depth: int
    top: float


@dataclass(frozen=True)
class Fragment:
    """`elements` and `owners` hold, for each page, its structure elements and the owners of its marked content."""

    pdf: pikepdf.Pdf
    first: int
    elements: tuple[tuple[Any, ...], ...]
    owners: tuple[Any, ...]
    headings: tuple[Heading, ...]
    size: int

    @property
    def pages(self) -> int:
        return len(self.elements)


def open_fragment(data: bytes, *, first: int, prefix: str) -> Fragment:
    """The pages of a PDF from `first` (from 0) on; `prefix` makes the identifiers in it unique."""
    pdf = pikepdf.open(io.BytesIO(data))
    root = pdf.Root.StructTreeRoot
    owners_of = _owners(root)
    by_page: dict[Any, list[Any]] = {page.obj.objgen: [] for page in pdf.pages}
    for element in root.K[0].K:
        by_page[element.Pg.objgen].append(element)
    pages = list(pdf.pages)[first:]
    elements = tuple(tuple(by_page[page.obj.objgen]) for page in pages)
    for element in (one for found in elements for one in found):
        del element["/P"]
        for part in _walk(element):
            _rename(part, prefix)
    owners = tuple(pdf.make_indirect(owners_of[int(page.obj.StructParents)]) for page in pages)
    return Fragment(pdf, first, elements, owners, tuple(_headings(pdf, first)), len(data))


def _owners(root: Any) -> dict[int, Any]:
    nums = root.ParentTree.Nums
    return {int(nums[place]): nums[place + 1] for place in range(0, len(nums), 2)}


def _walk(element: Any) -> Iterator[Any]:
    waiting = [element]
    while waiting:
        one = waiting.pop()
        if isinstance(one, pikepdf.Dictionary):
            yield one
            waiting.extend(one.get("/K", []))


def _rename(element: Any, prefix: str) -> None:
    if "/ID" in element:
        element.ID = pikepdf.String(prefix + str(element.ID))
    if "/A" in element and "/Headers" in element.A:
        element.A.Headers = pikepdf.Array([pikepdf.String(prefix + str(header)) for header in element.A.Headers])


def _headings(pdf: pikepdf.Pdf, first: int) -> Iterator[Heading]:
    numbers = {page.obj.objgen: number for number, page in enumerate(pdf.pages)}

    def below(items: list[Any], depth: int) -> Iterator[Heading]:
        for item in items:
            target: Any = item.destination
            number = numbers[target[0].objgen] - first
            if number >= 0:
                yield Heading(str(item.title), number, depth, float(target[3]))
            yield from below(item.children, depth + 1)

    with pdf.open_outline() as outline:
        yield from below(outline.root, 0)


class Shelf:
    """The latest fragments, up to so many bytes of them."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._kept: OrderedDict[str, Fragment] = OrderedDict()
        self._size = 0

    def get(self, key: str, make: Callable[[], Fragment]) -> Fragment:
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        made = self._kept[key] = make()
        self._size += made.size
        while self._size > self._most and len(self._kept) > 1:
            _, oldest = self._kept.popitem(last=False)
            self._size -= oldest.size
            oldest.pdf.close()
        return made

    def clear(self) -> None:
        for fragment in self._kept.values():
            fragment.pdf.close()
        self._kept.clear()
        self._size = 0
