"""Computed styles that outlive their document.

WeasyPrint works out what applies to an element once for all equal elements of one document. Our packets are made of a
dozen templates and one style sheet, so nearly every element of the next packet has met its like before: in the same
place below the same parents, with the same declarations. Here those styles are kept, which saves a quarter of a
debrief's layout and nearly half of a brief's. The files come out the same to the byte
(`tests/packets/test_styles.py`), which is what a new version of WeasyPrint has to show, for this leans on its insides.
"""

import copy
import threading
from functools import cache, partial
from typing import Any

from weasyprint import CSS, DEFAULT_OPTIONS
from weasyprint.css import StyleFor
from weasyprint.css.targets import TargetCollector
from weasyprint.document import Document
from weasyprint.html import UA_STYLESHEET
from weasyprint.images import get_image_from_uri
from weasyprint.layout import LayoutContext
from weasyprint.text.fonts import FontConfiguration

MOST_STYLES = 20_000  # kept by one thread; all packets together have some 3,000
# A browser's own style sheet gives every element these, and no packet has a footnote.
_OF_FOOTNOTES = {"footnote-call", "footnote-marker", "note-call", "note-marker", "note-callback"}

_AT_ELEMENTS = {"lang", "width", "height"}
_NO_BOX = {"display": ("none",)}  # for what was passed over: the inside of a picture


def render(html: Any, *, sheets: list[CSS], fonts: FontConfiguration, variant: str) -> Document:
    """As `html.render(font_config=fonts, stylesheets=sheets, pdf_variant=variant)`, for a page without a style sheet of
    its own. Styles are found again where the very same `sheets` are handed over.
    """
    options = DEFAULT_OPTIONS | {"stylesheets": sheets, "pdf_variant": variant}
    return _Document._render(html, fonts, None, None, options)


class _Kept:
    """The styles, and of each its identity, by which its children name it."""

    def __init__(self) -> None:
        self.styles: dict[tuple[Any, ...], Any] = {}
        self.identities: set[int] = set()

    def add(self, key: tuple[Any, ...], style: Any) -> None:
        self.styles[key] = style
        self.identities.add(id(style))

    def empty_when_full(self) -> None:
        if len(self.styles) > MOST_STYLES:
            self.styles.clear()
            self.identities.clear()


class _OfThread(threading.local):
    """A style is worked out little by little: no two threads may do that at the same time."""

    def __init__(self) -> None:
        self.kept = _Kept()


_here = _OfThread()


class _KeptStyles(StyleFor):
    """Finds an element's style among those kept, or works it out and keeps it."""

    def __init__(self, html: Any, sheets: Any, fonts: FontConfiguration, targets: TargetCollector) -> None:
        self._kept = _here.kept
        self._kept.empty_when_full()
        super().__init__(html, sheets, False, fonts, targets)

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
