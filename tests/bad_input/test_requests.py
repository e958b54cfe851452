"""Requests no form of ours sends are answered in words, and change nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.interviews.models import Candidate, Scorecard
from tests.bad_input.pages import card, words

SignIn = Callable[[User], Client]


def test_a_huge_form_is_refused_in_words(loop: Any, ben: User, sign_in: SignIn) -> None:
    typed = card(loop, private_notes="x" * (6 * 1024 * 1024))
    response = sign_in(ben).post(loop.of_ben.get_absolute_url(), "&".join(f"{k}={v}" for k, v in typed.items()),
                                 content_type="application/x-www-form-urlencoded")  # fmt: skip
    assert response.status_code == 400
    assert "nothing was changed" in words(response)
    assert not Scorecard.objects.exists()


def test_a_form_of_too_many_fields_is_refused_in_words(ada: User, sign_in: SignIn) -> None:
    body = "&".join(f"x{number}=1" for number in range(4001))
    response = sign_in(ada).post("/candidates/new/", body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 400
    assert "nothing was changed" in words(response)


@pytest.mark.parametrize("address", [
    "/search/?q=%00", "/search/?q=a%00b", "/candidates/?q=%00", "/stations/?kind=%00", "/candidacies/?state=%00",
    "/packets/?kind=%00&page=nonsense", "/packets/?page=99999999999999999999", "/packets/bulk/?candidacies=%00x",
    "/search/?q=%ff%fe", "/candidates/?q=%25_%5c",
])  # fmt: skip
def test_odd_query_strings_are_answered(address: str, ada: User, sign_in: SignIn) -> None:
    assert sign_in(ada).get(address).status_code == 200


@pytest.mark.parametrize("address", [
    "/candidates/99999999999999999999/", "/candidacies/99999999999999999999/", "/interviews/99999999999999999999/",
    "/plans/99999999999999999999/", "/roles/99999999999999999999/", "/jobs/99999999999999999999/",
    "/packets/99999999999999999999/download/", "/stations/no-such/", "/competencies/no-such/", "/no-such-page/",
])  # fmt: skip
def test_what_is_not_there_is_a_page_of_ours(address: str, cleo: User, sign_in: SignIn) -> None:
    response = sign_in(cleo).get(address)
    assert response.status_code == 404
    assert "There is nothing here that you can see." in words(response)


@pytest.mark.parametrize("number", ["99999999999999999999", "-1", "nonsense", "\0"])
def test_odd_numbers_in_a_form_are_refused(number: str, loop: Any, cleo: User, sign_in: SignIn) -> None:
    client, prefix = sign_in(cleo), f"interview-{loop.of_fay.pk}"
    for address, data in [
        (f"/candidates/{loop.candidacy.candidate_id}/start/", {"role": number}),
        (reverse("interview-schedule", args=[loop.of_fay.pk]), {f"{prefix}-interviewers": [number]}),
        ("/candidates/import/", {"text": "name,email\nA,a@mail.example", "role": number}),
        ("/roles/new/", {"title": "T", "preset": number}),
        ("/packets/bulk/", {"candidacies": [number], "kinds": ["debrief"]}),
    ]:
        assert client.post(address, data).status_code in (200, 302, 422), address
    assert Candidate.objects.count() == 1


def test_a_revision_beyond_all_numbers_is_a_stale_one(loop: Any, ben: User, sign_in: SignIn) -> None:
    assert sign_in(ben).post(loop.of_ben.get_absolute_url(), card(loop, revision=10**30)).status_code == 409
