"""Styles that outlive their document change no byte of what is made with them."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from weasyprint import HTML

from apps.packets.core import choose
from apps.packets.render import layout, styles, to_html, to_pdf
from apps.packets.render.html import shared_part
from apps.packets.render.layout import lay_out
from tests.packets import samples
from tests.packets.test_render import MAKERS, all_kinds


def by_weasyprint(html: Any, *, sheets: Any, fonts: Any, variant: str) -> Any:
    return html.render(font_config=fonts, stylesheets=sheets, pdf_variant=variant)


def read_by_weasyprint(html: str) -> Any:
    return HTML(string=html, url_fetcher=layout.ClosedFetcher())


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bytes]]:
    """Every kind of packet and every shared part, and the file that WeasyPrint alone makes of it."""
    source = samples.source()
    contents = [part for one in all_kinds(source) for part in (one, shared_part(one)) if part is not None]
    contents.append(choose.debrief(samples.source(candidate="Ada"), reader="Bo", time_zone="Europe/Berlin"))
    filled = [to_html(one) for one in contents]
    filled.append(filled[0].replace('<html lang="en">', '<html lang="tr">').replace("OPEN", "ißii"))
    monkeypatch.setattr(layout, "render", by_weasyprint)
    monkeypatch.setattr(layout, "_parsed", read_by_weasyprint)
    found = [(html, lay_out(html, paper="a4")[0]) for html in filled]
    monkeypatch.undo()
    return found


def test_files_are_the_same_to_the_byte_at_first_and_later(pages: list[tuple[str, bytes]]):
    for _ in range(2):
        for html, plain in pages:
            assert lay_out(html, paper="a4")[0] == plain


def test_another_paper_and_other_totals_in_between_change_nothing(pages: list[tuple[str, bytes]]):
    for html, plain in pages:
        lay_out(html, paper="letter")
        lay_out(html, paper="a4", pages_in_all=77)
        assert lay_out(html, paper="a4")[0] == plain


def test_second_packet_finds_the_styles_of_the_first():
    lay_out(to_html(MAKERS[2](samples.source())), paper="a4")
    before = len(styles._here.kept.styles)
    lay_out(to_html(MAKERS[2](samples.source(candidate="Somebody Else"))), paper="a4")
    assert 0 < len(styles._here.kept.styles) == before


def test_a_full_shelf_is_emptied_and_filled_again(pages: list[tuple[str, bytes]], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(styles, "MOST_STYLES", 300)
    for html, plain in pages:
        assert lay_out(html, paper="a4")[0] == plain
    lay_out("<html lang='en'><title>x</title><body/></html>", paper="a4")
    assert len(styles._here.kept.styles) < 300


def test_threads_share_nothing():
    contents = MAKERS[2](samples.source())
    alone = to_pdf(contents).data
    with ThreadPoolExecutor(3) as threads:
        assert set(threads.map(lambda _: to_pdf(contents).data, range(6))) == {alone}
