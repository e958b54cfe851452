"""The offline sheet through its doors: download, fill in, upload, look, submit."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.interviews.models import Scorecard
from tests.bad_input.pages import card, field, saved, words

SignIn = Callable[[User], Client]
KINDS = ["csv", "yaml"]


def download(client: Client, loop: Any, kind: str) -> bytes:
    response = client.get(reverse("interview-sheet-file", args=[loop.of_ben.pk, kind]))
    assert response["Content-Disposition"] == f'attachment; filename="scorecard-{loop.of_ben.pk}.{kind}"'
    return bytes(response.content)


def upload(client: Client, loop: Any, name: str, content: bytes, **data: Any) -> Any:
    return client.post(
        reverse("interview-sheet", args=[loop.of_ben.pk]), {"file": SimpleUploadedFile(name, content), **data}
    )


def filled_in(sheet: bytes, kind: str, level: str = "3") -> bytes:
    """As somebody would: a level, what they saw, where, and a recommendation."""
    text = sheet.decode()
    if kind == "csv":
        text = text.replace("llm-craft,LLM craft,,,", f'llm-craft,LLM craft,{level},"Measured, then wrote.",12:30')
        return text.replace("(recommendation),Overall recommendation,", "(recommendation),,yes").encode()
    text = text.replace("level:\n", f"level: {level}\n").replace("evidence:\n", "evidence: Measured, then wrote.\n")
    return text.replace("moment:\n", "moment: 12:30\n").replace("recommendation:\n", "recommendation: yes\n").encode()


@pytest.mark.parametrize("kind", KINDS)
def test_a_sheet_filled_in_fills_the_draft_and_submits_nothing(
    kind: str, loop: Any, ben: User, sign_in: SignIn
) -> None:
    client = sign_in(ben)
    response = upload(client, loop, f"mine.{kind}", filled_in(download(client, loop, kind), kind))
    assert response["Location"] == loop.of_ben.get_absolute_url()
    rating = saved(loop).ratings.get()
    assert (rating.level, rating.evidence, rating.moment) == (3, "Measured, then wrote.", "12:30")
    assert (saved(loop).recommendation, saved(loop).state) == ("yes", Scorecard.State.DRAFT)
    page = client.get(response["Location"])
    assert "1 of 1 rated" in words(page)
    assert "then submit" in words(page)
    assert field(page, f"evidence-{loop.first.pk}") == "Measured, then wrote."


@pytest.mark.parametrize("kind", KINDS)
def test_a_sheet_carries_the_draft_and_the_anchors(kind: str, loop: Any, ben: User, sign_in: SignIn) -> None:
    client = sign_in(ben)
    client.post(loop.of_ben.get_absolute_url(), card(loop))
    sheet = download(client, loop, kind).decode()
    for text in (
        "They measured first.",
        "Ask about the pager.",
        "4 Well above the bar: Anchor 4 of LLM craft",
        "It did not come up.",
    ):
        assert text in sheet
    assert upload(client, loop, f"mine.{kind}", sheet.encode()).status_code == 302
    assert saved(loop).ratings.get().evidence == "They measured first."


@pytest.mark.parametrize("kind", KINDS)
def test_a_faulty_sheet_is_shown_with_its_lines_to_be_put_right(
    kind: str, loop: Any, ben: User, sign_in: SignIn
) -> None:
    client = sign_in(ben)
    sheet = filled_in(download(client, loop, kind), kind, level="5")
    refused = upload(client, loop, f"mine.{kind}", sheet)
    assert refused.status_code == 422
    lines = enumerate(sheet.decode().splitlines(), start=1)
    line = next(number for number, text in lines if "craft,5" in text or "level: 5" in text)
    assert f"Line {line}: level must be 1, 2, 3, 4 or none, not 5." in words(refused)
    assert not Scorecard.objects.exists()
    text = field(refused, "text")
    assert "Measured, then wrote." in text, "the file's text is on the page"
    put_right = text.replace("LLM craft,5", "LLM craft,4").replace("level: 5", "level: 4")
    address = reverse("interview-sheet", args=[loop.of_ben.pk])
    again = client.post(address, {"text": put_right.replace("\n", "\r\n")})
    assert again.status_code == 302
    assert saved(loop).ratings.get().level == 4


def test_a_sheet_of_another_interview_is_refused(loop: Any, ben: User, fay: User, sign_in: SignIn) -> None:
    other = sign_in(fay).get(reverse("interview-sheet-file", args=[loop.of_fay.pk, "csv"])).content
    refused = upload(sign_in(ben), loop, "mine.csv", other)
    assert f"this sheet is of another interview ({loop.of_fay.pk})." in words(refused)


def test_a_draft_that_changed_since_is_shown_beside_the_sheet(loop: Any, ben: User, sign_in: SignIn) -> None:
    client = sign_in(ben)
    sheet = filled_in(download(client, loop, "csv"), "csv")
    client.post(loop.of_ben.get_absolute_url(), card(loop))
    both = upload(client, loop, "mine.csv", sheet)
    assert both.status_code == 409
    assert "They measured first." in words(both)
    assert field(both, f"evidence-{loop.first.pk}") == "Measured, then wrote."
    assert saved(loop).ratings.get().evidence == "They measured first."


def test_a_sheet_for_a_submitted_scorecard_changes_nothing_and_is_given_back(
    loop: Any, ben: User, sign_in: SignIn
) -> None:
    client = sign_in(ben)
    sheet = filled_in(download(client, loop, "yaml"), "yaml")
    client.post(loop.of_ben.get_absolute_url(), card(loop, do="submit"))
    late = upload(client, loop, "mine.yaml", sheet)
    assert late.status_code == 409
    assert "Measured, then wrote." in words(late)
    assert saved(loop).ratings.get().evidence == "They measured first."
    assert client.get(reverse("interview-sheet", args=[loop.of_ben.pk]))["Location"] == loop.of_ben.get_absolute_url()


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("mine.csv", b"", "Choose the file, or paste its text."),
        ("mine.csv", b"x" * 1_000_001, "a sheet has at most 1 MB."),
        ("mine.csv", "key\nZoë".encode("cp1252"), "Line 2: this is not UTF-8."),
        ("mine.xlsx", b"PK\x03\x04\0", "This is not a text file."),
    ],
)
def test_what_is_no_sheet_is_refused_in_words(
    name: str, content: bytes, problem: str, loop: Any, ben: User, sign_in: SignIn
) -> None:
    refused = upload(sign_in(ben), loop, name, content, text="Pasted before.")
    assert refused.status_code == 422
    if content:
        assert problem in words(refused)
    assert field(refused, "text") == "Pasted before."


def test_a_sheet_for_an_ended_candidacy_is_refused_and_kept_on_the_page(
    loop: Any, ada: User, ben: User, sign_in: SignIn
) -> None:
    client = sign_in(ben)
    sheet = filled_in(download(client, loop, "yaml"), "yaml").decode()
    sign_in(ada).post(f"/candidacies/{loop.candidacy.pk}/withdraw/")
    refused = client.post(reverse("interview-sheet", args=[loop.of_ben.pk]), {"text": sheet})
    assert "This candidacy has ended" in words(refused)
    assert "Measured, then wrote." in field(refused, "text")
