"""The files themselves: accessible, repeatable, and deaf to what a text says."""

import dataclasses
import io
import logging
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from apps.packets.core import choose
from apps.packets.core.contents import Contents
from apps.packets.core.limits import TooMuch, check_size
from apps.packets.render import LONGEST_TEXT, Pdf, forget_shared_parts, merge, to_html, to_pdf
from apps.packets.render.html import shared_part
from apps.packets.render.layout import Filled, lay_out
from tests.packets import samples
from tests.packets.reading import found_by_another_checker, is_clean, pages_of
from tests.packets.structure import structure_faults

HOSTILE = {
    "tags": (
        "<script>alert(1)</script><img src=file:///etc/passwd><link rel=attachment href=file:///etc/passwd>"
        "</title><style>@import url(http://example.com/x.css); *{background:url(http://example.com/x)}</style>"
        "\"' onload=x url(file:///etc/passwd) {{ packet }} {% include 'x' %}"
    ),
    "characters": (
        "null \x00 bell \x07 escape \x1b tab \x0b \ufffe\uffff \U0001f600\U0001f468\u200d\U0001f469\u200d\U0001f467 "
        "\u202eright to left override \u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627"
    ),
    "long word": "Donaudampfschifffahrtsgesellschaft" * 8,
    "lines": "\n\n- \n* x\n",
    "nothing": "",
}


MAKERS = (
    lambda source: choose.interviewer_kit(source, interview="10", interviewer="1"),
    choose.candidate_brief,
    lambda source: choose.debrief(source, reader="Ada Lindqvist", time_zone="Europe/Berlin"),
    lambda source: choose.decision_record(source, reader="Ada Lindqvist", time_zone="Europe/Berlin"),
)


def all_kinds(source: Any) -> list[Contents]:
    return [make(source) for make in MAKERS]


@pytest.mark.parametrize("index", [0, 1, 2, 3], ids=["kit", "brief", "debrief", "record"])
def test_pdf_is_tagged_titled_and_in_a_language(index: int):
    contents = MAKERS[index](samples.source())
    made = to_pdf(contents)
    with pikepdf.open(io.BytesIO(made.data)) as pdf:
        assert len(pdf.pages) == made.pages >= 1
        assert str(pdf.Root.Lang) == "en"
        assert bool(pdf.Root.MarkInfo.Marked)
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        assert "Noor van Dijk" in str(pdf.docinfo.Title)
        assert pdf.Root.StructTreeRoot.K[0].S == "/Document"
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert "Noor van Dijk" in metadata["dc:title"]
        assert "/CreationDate" not in pdf.docinfo
        assert [float(side) for side in pdf.pages[0].mediabox] == pytest.approx([0, 0, 595.28, 841.89], abs=0.5)
        fonts = [font for page in pdf.pages for font in page.resources.get("/Font", {}).values()]
        assert fonts
        assert all("/DescendantFonts" in font for font in fonts)


def test_debrief_picture_has_a_text_alternative():
    data = to_pdf(MAKERS[2](samples.source())).data
    with pikepdf.open(io.BytesIO(data)) as pdf:
        alternatives = [
            str(item.Alt) for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and "/Alt" in item
        ]
    assert any(text.startswith("OPEN craft. A 2, B 3, C 2; bar 3.") for text in alternatives)


def test_debrief_with_many_interviewers_is_laid_out_wide():
    cards = tuple(samples.scorecard("10", str(index), {"craft": index % 4 + 1}) for index in range(14))
    made = to_pdf(choose.debrief(samples.source(scorecards=cards), reader="Ada", time_zone="UTC"))
    with pikepdf.open(io.BytesIO(made.data)) as pdf:
        width, height = (float(side) for side in pdf.pages[0].mediabox[2:])
    assert width > height


@pytest.mark.parametrize("index", [0, 1, 2, 3], ids=["kit", "brief", "debrief", "record"])
def test_same_contents_give_the_same_bytes(index: int):
    first, second = (to_pdf(MAKERS[index](samples.source())) for _ in range(2))
    assert first.sha256 == second.sha256


@pytest.mark.parametrize("text", HOSTILE.values(), ids=list(HOSTILE))
def test_filled_templates_are_well_formed_so_the_quick_parser_reads_them(text: str):
    for contents in all_kinds(samples.with_texts(samples.source(), lambda before: text + before)):
        for part in (contents, shared_part(contents)):
            if part is not None:
                Filled(to_html(part))


def test_a_template_that_is_html_and_no_xml_is_laid_out_all_the_same():
    _, pages = lay_out("<!doctype html><html lang=en><title>t</title><p>One<br>two&nbsp;three", paper="a4")
    assert pages == 1


def test_every_text_is_escaped():
    source = samples.with_texts(samples.source(), lambda text: f"{text}<script>alert('x')</script>")
    for contents in all_kinds(source):
        assert "<script" not in to_html(contents)


def refuses_nothing_and_fetches_nothing(text: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.clear()
    source = samples.with_texts(samples.source(), lambda before: f"{text}{before[:4]}{text}" if text else "")
    with caplog.at_level(logging.INFO, logger="apps.packets.render"):
        for contents in all_kinds(source):
            made = to_pdf(contents)
            with pikepdf.open(io.BytesIO(made.data)) as pdf:
                assert len(pdf.pages) >= 1
                assert not pdf.attachments
                with pdf.open_metadata(set_pikepdf_as_editor=False) as metadata:
                    assert metadata["pdfuaid:part"] == "1"
    assert [entry for entry in caplog.records if entry.name.startswith("apps.packets.render")] == []


def test_an_address_in_the_html_would_be_noticed(caplog: pytest.LogCaptureFixture):
    """What the test above relies on: an asked-for address leaves a line, and nothing is fetched."""
    with caplog.at_level(logging.INFO, logger="apps.packets.render"):
        lay_out("<!doctype html><html lang=en><title>x</title><img alt=x src=file:///etc/passwd>", paper="a4")
    assert [entry for entry in caplog.records if entry.name.startswith("apps.packets.render")]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_gives_a_pdf_and_no_fetch(text: str, caplog: pytest.LogCaptureFixture):
    refuses_nothing_and_fetches_nothing(text, caplog)


def test_a_text_without_end_is_cut_and_says_so():
    card = samples.scorecard("10", "1", {"craft": 3})
    endless = dataclasses.replace(card.ratings[0], evidence="x" * 50_000)
    source = samples.source(scorecards=(dataclasses.replace(card, ratings=(endless,)),))
    contents = choose.debrief(source, reader="Ada", time_zone="UTC")
    assert "[Cut here. The other 44000 characters are in hiringloop.]" in to_html(contents)
    assert to_pdf(contents).pages < 8


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example("<svg><image href='file:///etc/passwd'/></svg>")
@given(st.text(max_size=60))
def test_any_text_gives_a_pdf_and_no_fetch(caplog: pytest.LogCaptureFixture, text: str):
    refuses_nothing_and_fetches_nothing(text, caplog)


def kit_with(source: Any) -> Pdf:
    return to_pdf(choose.interviewer_kit(source, interview="10", interviewer="1"))


def test_pages_that_are_shared_carry_this_readers_lines_and_numbers():
    for candidate in ("Noor van Dijk", "Zoë Ångström"):
        made = kit_with(samples.source(candidate=candidate))
        texts = pages_of(made.data)
        assert len(texts) == made.pages >= 3
        for number, text in enumerate(texts, start=1):
            assert candidate in text
            assert "For Ben Okafor only." in text
            assert f"Page {number} of {made.pages}" in text


def test_first_part_of_two_pages_moves_the_numbers_of_the_shared_ones():
    made = kit_with(samples.source(arrangement="\n\n".join(f"Paragraph {index}." for index in range(90))))
    texts = pages_of(made.data)
    assert "Minute by minute" not in texts[1]
    assert [f"Page {number} of {made.pages}" in text for number, text in enumerate(texts, start=1)] == [
        True
    ] * made.pages


def test_a_joined_packet_is_the_same_from_a_cold_and_from_a_warm_shelf():
    forget_shared_parts()
    cold = kit_with(samples.source())
    assert kit_with(samples.source()).data == cold.data
    forget_shared_parts()
    assert kit_with(samples.source()).data == cold.data


@pytest.mark.parametrize("index", [0, 1, 2, 3], ids=["kit", "brief", "debrief", "record"])
def test_structure_owns_every_marked_content_once_and_headers_exist(index: int, tmp_path: Path):
    """What a screen reader walks: from each page's content to its element, up to the document and down again."""
    (tmp_path / "packet.pdf").write_bytes(to_pdf(MAKERS[index](samples.source())).data)
    assert is_clean(tmp_path / "packet.pdf")
    assert found_by_another_checker(tmp_path / "packet.pdf") == []
    with pikepdf.open(tmp_path / "packet.pdf") as pdf:
        assert structure_faults(pdf) == []


def scopes(element: Any, *, in_a_head: bool) -> Iterator[tuple[bool, str]]:
    """Of each head cell below an element: whether it stands in its table's head, and what it says it is the head of."""
    for kid in element.get("/K", []):
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            if str(kid.S) == "/TH":
                yield in_a_head, str(kid.A.Scope)
            yield from scopes(kid, in_a_head=str(kid.S) == "/THead" or (in_a_head and str(kid.S) != "/Table"))


@pytest.mark.parametrize("index", [0, 1, 2, 3], ids=["kit", "brief", "debrief", "record"])
def test_head_cells_say_whether_they_are_of_a_column_or_of_a_row(index: int):
    with pikepdf.open(io.BytesIO(to_pdf(MAKERS[index](samples.source())).data)) as pdf:
        found = set(scopes(pdf.Root.StructTreeRoot, in_a_head=False))
    assert found == {(True, "/Column"), (False, "/Row")}


def test_letter_is_letter():
    for contents in all_kinds(samples.source()):
        with pikepdf.open(io.BytesIO(to_pdf(contents, paper="letter").data)) as pdf:
            assert {tuple(round(float(side)) for side in page.mediabox) for page in pdf.pages} == {(0, 0, 612, 792)}


def test_bookmarks_lead_through_both_parts():
    contents = MAKERS[0](samples.source())
    with pikepdf.open(io.BytesIO(to_pdf(contents).data)) as pdf, pdf.open_outline() as outline:
        (station,) = outline.root
        titles = [str(item.title) for item in station.children]
    assert titles[:3] == ["Your clock", "What this station is for", "Minute by minute"]


def test_packets_merge_into_one_tagged_file_with_an_outline(tmp_path: Path):
    items = []
    for number, contents in enumerate(all_kinds(samples.source()) * 2):
        path = tmp_path / f"{number}.pdf"
        path.write_bytes(to_pdf(contents).data)
        items.append((f"Packet {number} <&>", path))
    pages = merge(items, title="All of them <&>", target=tmp_path / "all.pdf")
    merge(items, title="All of them <&>", target=tmp_path / "again.pdf")
    assert (tmp_path / "again.pdf").read_bytes() == (tmp_path / "all.pdf").read_bytes()
    assert (tmp_path / "all.pdf").stat().st_size < sum(path.stat().st_size for _, path in items)
    with pikepdf.open(tmp_path / "all.pdf") as pdf:
        assert structure_faults(pdf) == []
        assert len(pdf.pages) == pages
        with pdf.open_outline() as outline:
            assert [str(item.title) for item in outline.root] == [name for name, _ in items]
        with pdf.open_metadata(set_pikepdf_as_editor=False) as metadata:
            assert (metadata["pdfuaid:part"], metadata["dc:title"]) == ("1", "All of them <&>")


SCRIPTS = {
    "latin": "Żółć Ångström Nguyễn",
    "cyrillic": "Ирина Ковальчук",
    "greek": "Ελένη Παπαδοπούλου",
    "chinese": "王小明",
    "japanese": "山田さくら カナ",
    "korean": "김민준",
    "arabic": "محمد العربي",
    "hebrew": "שרה לוי",
}


@pytest.mark.parametrize("name", SCRIPTS.values(), ids=SCRIPTS)
def test_names_in_every_script_have_their_letters(name: str):
    """Glyph 0 of any font is the box that says "no such letter here"."""
    made = kit_with(samples.source(candidate=name))
    with pikepdf.open(io.BytesIO(made.data)) as pdf:
        shown = b"".join(
            bytes(text)
            for instruction in pikepdf.parse_content_stream(pdf.pages[0])
            if str(instruction.operator) == "TJ"
            for text in instruction.operands[0]
            if isinstance(text, pikepdf.String)
        )
    glyphs = [shown[at : at + 2] for at in range(0, len(shown), 2)]
    assert b"\0\0" not in glyphs
    letters = set(unicodedata.normalize("NFKC", pages_of(made.data, as_laid_out=False)[0]))
    assert set(unicodedata.normalize("NFKC", name)) - letters == set()


def test_words_come_out_in_reading_order():
    """As somebody reads the page: the findings, then the matrix row by row, then the evidence."""
    text = " ".join(" ".join(pages_of(to_pdf(MAKERS[2](samples.source())).data, as_laid_out=False)).split())
    order = [
        "Debrief packet",
        "Noor van Dijk",
        "Recommendations",
        "Competency by interviewer",
        "What the ratings add up to",
        "How to read this",
    ]
    assert [text.index(words) for words in order] == sorted(text.index(words) for words in order)


def test_ten_thousand_rows_are_refused_naming_the_field():
    rows = tuple(samples.scorecard("10", str(number), {"craft": 3}) for number in range(10_000))
    contents = choose.debrief(samples.source(scorecards=rows), reader="Ada", time_zone="UTC")
    with pytest.raises(TooMuch, match="panel: 10000 entries, at most 2000"):
        check_size(contents, longest_text=LONGEST_TEXT)


def test_two_megabytes_of_a_comment_are_cut_and_two_hundred_are_refused():
    def with_evidence(count: int) -> Any:
        cards = []
        for number in range(count):
            card = samples.scorecard("10", str(number), {"craft": 3})
            cards.append(
                dataclasses.replace(card, ratings=(dataclasses.replace(card.ratings[0], evidence="word " * 400_000),))
            )
        return choose.debrief(samples.source(scorecards=tuple(cards)), reader="Ada", time_zone="UTC")

    one = with_evidence(1)
    check_size(one, longest_text=LONGEST_TEXT)
    assert to_pdf(one).pages < 8
    with pytest.raises(TooMuch, match=r"evidence, lines, words: .* characters in all, at most 1000000"):
        check_size(with_evidence(200), longest_text=LONGEST_TEXT)
