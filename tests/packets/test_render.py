"""The files themselves: accessible, repeatable, and deaf to what a text says."""

import dataclasses
import io
import logging
from typing import Any

import pikepdf
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from apps.packets.core import choose
from apps.packets.core.contents import Contents
from apps.packets.render import to_html, to_pdf
from tests.packets import samples

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


def all_kinds(source: Any) -> list[Contents]:
    return [
        choose.interviewer_kit(source, interview="10", interviewer="1"),
        choose.candidate_brief(source),
        choose.debrief(source, reader="Ada Lindqvist", time_zone="Europe/Berlin"),
    ]


@pytest.mark.parametrize("index", [0, 1, 2], ids=["kit", "brief", "debrief"])
def test_pdf_is_tagged_titled_and_in_a_language(index: int):
    contents = all_kinds(samples.source())[index]
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
    data = to_pdf(all_kinds(samples.source())[2]).data
    with pikepdf.open(io.BytesIO(data)) as pdf:
        alternatives = [
            str(item.Alt) for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and "/Alt" in item
        ]
    assert "Levels 2, 2, 3; bar 3; mean 2.33." in alternatives


def test_debrief_with_many_interviewers_is_laid_out_wide():
    cards = tuple(samples.scorecard("10", str(index), {"craft": index % 4 + 1}) for index in range(14))
    made = to_pdf(choose.debrief(samples.source(scorecards=cards), reader="Ada", time_zone="UTC"))
    with pikepdf.open(io.BytesIO(made.data)) as pdf:
        width, height = (float(side) for side in pdf.pages[0].mediabox[2:])
    assert width > height


@pytest.mark.parametrize("index", [0, 1, 2], ids=["kit", "brief", "debrief"])
def test_same_contents_give_the_same_bytes(index: int):
    first, second = (to_pdf(all_kinds(samples.source())[index]) for _ in range(2))
    assert first.sha256 == second.sha256


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
    assert [entry for entry in caplog.records if entry.name == "apps.packets.render"] == []


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
