"""Styles that outlive their document change no byte of what is made with them."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from weasyprint import HTML

from apps.packets.core import choose
from apps.packets.render import layout, styles, to_html, to_pdf
from apps.packets.render.html import every_template, shared_part
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
        for page, plain in pages:
            assert lay_out(page, paper="a4")[0] == plain


def test_another_paper_and_other_totals_in_between_change_nothing(pages: list[tuple[str, bytes]]):
    for page, plain in pages:
        lay_out(page, paper="letter")
        lay_out(page, paper="a4", pages_in_all=77)
        assert lay_out(page, paper="a4")[0] == plain


CLASSES = sorted(set(re.findall(r"\.([a-z-]+)", layout.style_text())))
WORDS = st.sampled_from(["", "Bar", "2.00", "very likely meets the bar of 3", "AI engineer"])


@st.composite
def cells(draw: st.DrawFn) -> str:
    tag = draw(st.sampled_from(["td", "th"]))
    inside = draw(st.sampled_from(["{}", "<p>{}</p><p>x</p>", "<b>{}</b>", "<ul><li>{}</li></ul>"]))
    return f'<{tag} class="{draw(st.sampled_from(CLASSES))}">{inside.format(draw(WORDS))}</{tag}>'


@st.composite
def tables(draw: st.DrawFn) -> str:
    def row() -> str:
        held = "".join(draw(st.lists(cells(), min_size=1, max_size=4)))
        return f'<tr class="{draw(st.sampled_from(CLASSES))}">{held}</tr>'

    rows = "".join(row() for _ in range(draw(st.integers(1, 4))))
    head = f"<thead>{row()}</thead>" if draw(st.booleans()) else ""
    return f'<table class="{draw(st.sampled_from(CLASSES))}">{head}<tbody>{rows}</tbody></table>'


@st.composite
def blocks(draw: st.DrawFn) -> str:
    tag = draw(st.sampled_from(["p", "h2", "h3", "section", "div"]))
    name = draw(st.sampled_from(["p1", "p2"]))
    link = draw(st.sampled_from(["", f'<a href="#{name}">there</a>', f'<b id="{name}">here</b>']))
    return f'<{tag} class="{draw(st.sampled_from(CLASSES))}">{draw(WORDS)} {link}</{tag}>'


def both(parts: list[str]) -> tuple[bytes, bytes]:
    """As we make it, and as WeasyPrint alone does."""
    html = f"<html lang='en'><head><title>x</title></head><body><main>{''.join(parts)}</main></body></html>"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layout, "render", by_weasyprint)
        patch.setattr(layout, "_parsed", read_by_weasyprint)
        plain = lay_out(html, paper="a4")[0]
    return lay_out(html, paper="a4")[0], plain


@settings(max_examples=120, deadline=None)
@given(st.lists(st.one_of(tables(), blocks()), min_size=1, max_size=5))
def test_any_page_of_our_classes_comes_out_as_by_weasyprint(parts: list[str]) -> None:
    ours, plain = both(parts)
    assert ours == plain


@pytest.mark.parametrize("table", ["plan", "matrix", "votes", "sat"])
def test_columns_are_told_apart_from_the_left_and_from_the_right(table: str):
    """`.plan th:last-child` is the third of three cells, and not the third of four."""
    for count in (1, 2, 3, 4, 5, 6, 3):
        row = "".join(f'<th class="n">Column {number}</th>' for number in range(count))
        ours, plain = both([f'<table class="{table}"><thead><tr>{row}</tr></thead></table>'])
        assert ours == plain


def test_no_rule_asks_what_the_place_of_an_element_does_not_tell():
    """What is inside of it, what those after it are, its data, the size of the first document's page; nor is there an
    overflow, which WeasyPrint moves from a page's root to the page itself.
    """
    asks = r":(empty|has\(|contains|last-of-type|nth-last-of-type|only-of-type)|nth-last-child\([^)]*\bof\b|\[data-"
    assert not re.search(asks, layout.style_text())
    assert not re.search(r"\d(vw|vh|vmin|vmax|pvw|pvh)\b|overflow:", layout.style_text())


def test_no_template_has_styles_of_its_own():
    """They would not be read."""
    assert not [text for text in every_template() if re.search(r"<style|<link|\bstyle=", text)]


def test_second_packet_finds_the_styles_of_the_first():
    lay_out(to_html(MAKERS[2](samples.source())), paper="a4")
    before = len(styles._here.kept.styles)
    lay_out(to_html(MAKERS[2](samples.source(candidate="Somebody Else"))), paper="a4")
    assert 0 < len(styles._here.kept.styles) == before


def test_a_full_shelf_is_emptied_and_filled_again(pages: list[tuple[str, bytes]], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(styles, "MOST_STYLES", 300)
    for page, plain in pages:
        assert lay_out(page, paper="a4")[0] == plain
    lay_out("<html lang='en'><title>x</title><body/></html>", paper="a4")
    assert len(styles._here.kept.styles) < 300


def test_threads_share_nothing():
    contents = MAKERS[2](samples.source())
    alone = to_pdf(contents).data
    with ThreadPoolExecutor(3) as threads:
        assert set(threads.map(lambda _: to_pdf(contents).data, range(6))) == {alone}
