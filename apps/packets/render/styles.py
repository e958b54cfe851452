"""Computed styles that outlive their document.

WeasyPrint works out what applies to an element anew in every document. Our packets are made of a dozen templates and
one style sheet, so nearly every element of the next packet has met its like before: in the same place of the page, or
with the same declarations below the same parents. Here those styles are kept, which saves a third of a debrief's layout
and nearly half of a brief's. The files come out the same to the byte (`tests/packets/test_styles.py`), which is what a
new version of WeasyPrint has to show too, for this leans on its insides.
"""

import copy
import threading
from collections.abc import Iterator
from functools import cache, cached_property, partial
from types import SimpleNamespace
from typing import Any

from cssselect2 import ElementWrapper  # type: ignore[import-untyped]  # it says nothing of its types
from weasyprint import CSS, DEFAULT_OPTIONS
from weasyprint.css import StyleFor
from weasyprint.css.targets import TargetCollector
from weasyprint.document import Document
from weasyprint.html import UA_STYLESHEET
from weasyprint.images import get_image_from_uri
from weasyprint.layout import LayoutContext
from weasyprint.text.fonts import FontConfiguration

MOST_STYLES = 8_000  # kept by one thread; all packets together have some 3,000
# A browser's own style sheet gives every element these, and no packet has a footnote.
_OF_FOOTNOTES = {"footnote-call", "footnote-marker", "note-call", "note-marker", "note-callback"}

_AT_ELEMENTS = {"lang", "width", "height"}
PICTURE = "{http://www.w3.org/2000/svg}svg"
_NO_BOX = {"display": ("none",)}  # for what was passed over: the inside of a picture


def render(html: Any, *, sheets: list[CSS], fonts: FontConfiguration, variant: str) -> Document:
    """As `html.render(font_config=fonts, stylesheets=sheets, pdf_variant=variant)`, for a page without a style sheet of
    its own. Styles are found again where the very same `sheets` are handed over.
    """
    options = DEFAULT_OPTIONS | {"stylesheets": sheets, "pdf_variant": variant}
    return _Document._render(html, fonts, None, None, options)


class _Kept:
    """What one thread has worked out so far.

    `styles` by what was declared below which parent; `identities` of each of them, by which its children name it.
    `places`: a number for each place an element was met in. `met`: for these sheets, in each place, the styles of the
    element and its pseudo-elements.
    """

    def __init__(self) -> None:
        self.styles: dict[tuple[Any, ...], Any] = {}
        self.identities: set[int] = set()
        self.places: dict[tuple[Any, ...], int] = {}
        self.met: dict[tuple[CSS, ...], dict[int, dict[str | None, Any]]] = {}

    def add(self, key: tuple[Any, ...], style: Any) -> None:
        self.styles[key] = style
        self.identities.add(id(style))

    def empty_when_full(self) -> None:
        if max(len(self.styles), len(self.places), sum(map(len, self.met.values()))) > MOST_STYLES:
            for found in (self.styles, self.identities, self.places, self.met):
                found.clear()


class _OfThread(threading.local):
    """A style is worked out little by little: no two threads may do that at the same time."""

    def __init__(self) -> None:
        self.kept = _Kept()


_here = _OfThread()


class Element(ElementWrapper):
    """An element of a page that has no style for the inside of a picture: that draws itself by its own attributes."""

    def iter_children(self) -> Iterator[Any]:
        return iter(()) if self.etree_element.tag == PICTURE else super().iter_children()

    @cached_property
    def place(self) -> int:
        """The same for elements about which a selector has the same to say, unless it asks what is inside of them, or
        of what type those after them are (print.css has none of these).
        """
        said = tuple(pair for pair in self.etree_element.items() if not pair[0].startswith("data-"))
        before = (self.parent and self.parent.place, self.previous and self.previous.place)
        after = len(self.etree_siblings) - self.index
        places = _here.kept.places
        return places.setdefault((before, after, self.etree_element.tag, said), len(places))


class _KeptStyles(StyleFor):
    """Finds an element's styles where its like was met before, or among those kept, or works them out."""

    def __init__(self, html: Any, sheets: Any, fonts: FontConfiguration, targets: TargetCollector) -> None:
        self._kept = _here.kept
        self._kept.empty_when_full()
        self._met = self._kept.met.setdefault(tuple(sheet for sheet, *_ in sheets), {})
        self._new: dict[Any, int] = {}
        unmet = SimpleNamespace(iter_subtree=partial(self._unmet, html.wrapper_element))
        page = SimpleNamespace(etree_element=html.etree_element, base_url=html.base_url, wrapper_element=unmet)
        super().__init__(page, sheets, False, fonts, targets)
        self._remember()

    def _remember(self) -> None:
        found: dict[int, dict[str | None, Any]] = {}
        for (element, pseudo_type), style in self._computed_styles.items():
            if element in self._new:
                found.setdefault(self._new[element], {})[pseudo_type] = style
        self._met.update({place: styles for place, styles in found.items() if not styles[None]["anchor"]})

    def _unmet(self, root: ElementWrapper) -> Iterator[ElementWrapper]:
        """The elements that are to be looked at, in the order of the tree; the others have their styles by then."""
        for element in root.iter_subtree():
            place = getattr(element, "place", None)
            found = None if place is None else self._met.get(place)
            if found is None:
                yield element
                if place is not None:
                    self._new[element.etree_element] = place
            else:
                for pseudo_type, style in found.items():
                    self._computed_styles[element.etree_element, pseudo_type] = style

    def __call__(self, element: Any, pseudo_type: str | None = None) -> Any:
        found = super().__call__(element, pseudo_type)
        return _NO_BOX if found is None and pseudo_type is None else found

    def set_computed_styles(
        self,
        element: Any,
        parent: Any,
        root: Any = None,
        pseudo_type: str | None = None,
        base_url: str | None = None,
        target_collector: TargetCollector | None = None,
    ) -> None:
        above = None if parent is None else id(self._computed_styles[parent, None])
        cascaded = self._cascaded_styles.get((element, pseudo_type), {})
        key = (above, pseudo_type, _says(cascaded))
        if (found := self._kept.styles.get(key)) is not None:
            self._computed_styles[element, pseudo_type] = found
            return
        super().set_computed_styles(
            element,
            parent,
            root=root,
            pseudo_type=pseudo_type,
            base_url=base_url,
            target_collector=target_collector,
        )
        made = self._computed_styles[element, pseudo_type]
        if (above is None or above in self._kept.identities) and not made["anchor"]:
            self._kept.add(key, made)


def _says(cascaded: dict[str, Any]) -> tuple[Any, ...]:
    """The same for the same declarations of the same sheets.

    A sheet's values live as long as the styles that are kept hold them, so their identity is theirs alone. What is
    written at an element is read anew in every document.
    """
    return tuple(
        (name, value if name in _AT_ELEMENTS else id(value), precedence, layer, tuple(specificity))
        for name, (value, (precedence, layer, specificity)) in cascaded.items()
    )


class _Document(Document):
    @classmethod
    def _build_layout_context(
        cls, html: Any, font_config: FontConfiguration, counter_style: Any, color_profiles: Any, options: dict[str, Any]
    ) -> LayoutContext:
        targets = TargetCollector()
        for style in html._ua_counter_style():
            counter_style.update(style)
        sheets = [(_without_footnotes(), "user agent", None)]
        sheets += [(sheet, "user", None) for sheet in options["stylesheets"]]
        styles = _KeptStyles(html, sheets, font_config, targets)
        images = partial(get_image_from_uri, cache={}, url_fetcher=html.url_fetcher, options=options)
        return LayoutContext(styles, images, font_config, counter_style, targets)


@cache
def _without_footnotes() -> CSS:
    sheet = copy.copy(UA_STYLESHEET)
    sheet.matcher = copy.copy(UA_STYLESHEET.matcher)
    sheet.matcher.other_selectors = [
        entry for entry in UA_STYLESHEET.matcher.other_selectors if entry[3] not in _OF_FOOTNOTES
    ]
    return sheet
