"""Candidates, by hand and from CSV: a fault is named, adds nobody, and keeps what was typed."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.accounts.models import User
from apps.interviews.models import Candidacy, Candidate
from tests.bad_input.pages import field, words
from tests.factories import CandidateFactory

SignIn = Callable[[User], Client]


BAD_CSV = {
    "wrong columns": ("who,email\nA,a@mail.example\n", "Line 1: the column “name” is missing."),
    "open quote": ('name,email\nA,a@mail.example\n"B,b@mail.example\n', "Line 3: not CSV"),
    "twice in the file": (
        "name,email\nA,a@mail.example\nB,A@mail.example\n",
        "Line 3: a@mail.example stands on line 2",
    ),
    "there already": (
        "name,email\nA,a@mail.example\nN,noor@mail.example\n",
        "Line 3: a candidate with noor@mail.example",
    ),
    "no address": ("name,email\nA,a@mail.example\nB,nowhere\n", "Line 3: “nowhere” is not an e-mail address."),
    "no zone": ("name,email,time_zone\nA,a@mail.example,Atlantis\n", "Line 2: “Atlantis” is not a time zone"),
}


@pytest.mark.parametrize("case", BAD_CSV)
def test_pasted_rows_with_a_fault_import_nothing_and_stay_in_the_form(case: str, ada: User, sign_in: SignIn) -> None:
    CandidateFactory(name="Noor", email="Noor@mail.example")  # as an import of long ago may have left it
    text, problem = BAD_CSV[case]
    response = sign_in(ada).post("/candidates/import/", {"text": text})
    assert problem in words(response)
    assert field(response, "text").replace("\r\n", "\n") == text
    assert Candidate.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("name,email\nÁ,a@mail.example\n".encode("latin-1"), "Line 2: the file is not UTF-8."),
        ("name,email\nA,a@mail.example\n".encode("utf-16"), "Line 1: the file is not UTF-8."),
        (b"x" * (10 * 1024 * 1024), "The file has 10 MB; the most is 2 MB."),
        (b"name,email\nA\0,a@mail.example\n", "This is not a text file."),
        (b"PK\x03\x04\x14\x00\x00", "This is not a text file."),
        (b'name,email\n"A,a@mail.example\n', "Line 2: not CSV"),
        (b"", "The submitted file is empty."),
    ],
)
def test_a_file_that_cannot_be_read_imports_nothing(content: bytes, problem: str, ada: User, sign_in: SignIn) -> None:
    response = sign_in(ada).post("/candidates/import/", {"file": SimpleUploadedFile("people.csv", content)})
    assert response.status_code == 200
    assert problem in words(response)
    assert not Candidate.objects.exists()


def test_a_pasted_zero_byte_is_refused_in_words(ada: User, sign_in: SignIn) -> None:
    response = sign_in(ada).post("/candidates/import/", {"text": "name,email\nA\0,a@mail.example"})
    assert "Null characters are not allowed." in words(response)
    assert "a@mail.example" in field(response, "text")


def test_an_import_for_a_role_starts_all_candidacies_or_none(loop: Any, ada: User, sign_in: SignIn) -> None:
    client, before = sign_in(ada), Candidacy.objects.count()
    good = "name,email\nA,a@mail.example\nB,b@mail.example\n"
    client.post("/candidates/import/", {"text": good + "C,noor@mail.example\n", "role": loop.role.pk})
    assert Candidacy.objects.count() == before
    client.post("/candidates/import/", {"text": good, "role": loop.role.pk})
    assert Candidacy.objects.count() == before + 2


def test_nothing_chosen_to_import_is_said(ada: User, sign_in: SignIn) -> None:
    assert "Choose a file or paste rows." in words(sign_in(ada).post("/candidates/import/", {"text": " \n"}))


@pytest.mark.parametrize(
    ("email", "problem"),
    [
        ("nowhere", "Enter a valid email address."),
        ("NOOR@mail.example", "A candidate with this e-mail address exists already."),
        ("", "This field is required."),
    ],
)
def test_a_bad_address_adds_nobody_and_keeps_what_was_typed(
    email: str, problem: str, ada: User, sign_in: SignIn
) -> None:
    CandidateFactory(email="noor@mail.example")
    typed = {
        "name": "Tomás Silva",
        "email": email,
        "time_zone": "UTC",
        "source": "referral",
        "accommodation": "Breaks.",
    }
    response = sign_in(ada).post("/candidates/new/", typed)
    assert problem in words(response)
    assert (field(response, "name"), field(response, "accommodation")) == ("Tomás Silva", "Breaks.")
    assert Candidate.objects.count() == 1
