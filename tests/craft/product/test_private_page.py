"""What a candidate does with their link, without an account."""

import datetime as dt
import hashlib
import logging
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.common.models import AuditLine
from apps.craft import actions, queries
from apps.craft.models import Assignment, CandidateLink, Submission
from apps.interviews.models import Candidacy, Candidate, Interview
from apps.library.models import Station
from tests.bad_input.pages import words
from tests.craft.product.house import FOLDER, RECORD, REPORT, graded, handed_in, link_to, ready, upload, zipped

pytestmark = pytest.mark.django_db


def state_of(page: Any) -> str:
    found = re.search(r'data-state="(\w+)"', page.content.decode())
    assert found
    return found[1]


def test_the_page_says_what_it_is_without_signing_in(assignment: Assignment, ada: User) -> None:
    page = Client().get(link_to(assignment, ada))
    assert page.status_code == 200
    assert state_of(page) == "ready"
    for said in ("AI product engineer", "Noor Haddad", "Python 3.10 or later", "Allowed, as on the job.", ada.name):
        assert said in words(page)
    Station.objects.filter(slug="craft").update(kit=assignment.kit)
    assert "Allowed and discussed. As on the job." in words(Client().get(link_to(assignment, ada)))


def test_the_folder_is_downloaded_by_a_button_and_counted(assignment: Assignment, ada: User) -> None:
    link = link_to(assignment, ada)
    answers = [Client().post(link, {"do": "download"}) for _ in range(2)]
    assert [answer.content for answer in answers] == [FOLDER, FOLDER]
    assert "retrieval-qa.zip" in answers[0]["Content-Disposition"]
    assignment.refresh_from_db()
    assert assignment.downloads == 2
    assert assignment.first_downloaded_at is not None
    assert assignment.first_downloaded_at < timezone.now()
    assert AuditLine.objects.filter(verb="downloaded kit", by=None).count() == 2


def test_an_upload_is_kept_with_a_receipt(assignment: Assignment, ada: User) -> None:
    link, data = link_to(assignment, ada), zipped()
    answer = upload(link, data)
    assert (answer.status_code, answer["Location"]) == (303, link)
    page = Client().get(link)
    assert state_of(page) == "received"
    assert hashlib.sha256(data).hexdigest() in words(page)
    submission = Submission.objects.get()
    assert queries.latest_submission(assignment) == submission
    assert AuditLine.objects.filter(verb="handed in", by=None).count() == 1


def test_the_last_upload_counts_and_the_same_file_twice_is_one(assignment: Assignment, ada: User) -> None:
    link = link_to(assignment, ada)
    first = handed_in(assignment, ada, data=zipped(NOTES="first"))
    Submission.objects.update(uploaded_at=timezone.now() - dt.timedelta(minutes=5))
    assert upload(link, zipped(NOTES="first")).status_code == 303
    assert Submission.objects.count() == 1
    assert upload(link, zipped(NOTES="second")).status_code == 303
    last = queries.latest_submission(assignment)
    assert last is not None
    assert last != first
    page = Client().get(link)
    assert "upload 2" in words(page)
    assert last.sha256 in words(page)


@pytest.mark.parametrize(
    ("data", "said", "status"),
    [
        (b"", "The file is empty.", 422),
        (b"<html>not a zip</html>", "This is no zip file.", 422),
        (b"PK\x03\x04" + b"x" * (5 * 1024 * 1024), "the most is 5 MB", 413),
    ],
)
def test_what_cannot_be_taken_gets_a_sentence_and_loses_nothing(
    data: bytes, said: str, status: int, assignment: Assignment, ada: User
) -> None:
    before = handed_in(assignment, ada)
    Submission.objects.update(uploaded_at=timezone.now() - dt.timedelta(minutes=5))
    answer = upload(link_to(assignment, ada), data)
    assert answer.status_code == status
    assert said in words(answer)
    assert before.sha256 in words(answer)
    assert Submission.objects.count() == 1


def test_an_upload_without_a_file_is_asked_for_one(assignment: Assignment, ada: User) -> None:
    answer = Client().post(link_to(assignment, ada), {"do": "upload"})
    assert answer.status_code == 422
    assert "Choose the zip file first." in words(answer)


def test_an_upload_far_too_large_is_refused_before_it_is_read(assignment: Assignment, ada: User) -> None:
    answer = Client().post(link_to(assignment, ada), headers={"Content-Length": str(10**10)})
    assert answer.status_code == 413
    assert "the most is 5 MB" in words(answer)


def test_uploads_in_a_rush_and_without_end_are_stopped(
    assignment: Assignment, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = link_to(assignment, ada)
    handed_in(assignment, ada)
    rushed = upload(link, zipped(NOTES="other"))
    assert "Wait some seconds" in words(rushed)
    Submission.objects.update(uploaded_at=timezone.now() - dt.timedelta(minutes=5))
    monkeypatch.setattr(actions.private, "MOST_SUBMISSIONS", 1)
    assert "1 uploads are the most" in words(upload(link, zipped(NOTES="other")))
    assert Submission.objects.count() == 1


def withdrawn(assignment: Assignment, ada: User) -> None:
    actions.withdraw_assignment(assignment=assignment, reason="Sent by mistake.", by=ada, now=timezone.now())


STATES = {
    "not_ready": lambda a, by: Assignment.objects.filter(pk=a.pk).update(
        state="minting", record=None, minted_at=None, size=None, sha256=""
    ),
    "expired": lambda a, by: Assignment.objects.filter(pk=a.pk).update(expires_at=timezone.now()),
    "withdrawn": withdrawn,
    "withdrawn with the candidacy": lambda a, by: Candidacy.objects.update(state="withdrawn", ended_at=timezone.now()),
    "withdrawn with the interview": lambda a, by: Interview.objects.filter(pk=a.interview_id).update(state="cancelled"),
}


@pytest.mark.parametrize("name", STATES)
def test_each_state_is_said_and_gives_nothing_out(name: str, assignment: Assignment, ada: User) -> None:
    link = link_to(assignment, ada)
    STATES[name](assignment, ada)
    page = Client().get(link)
    assert page.status_code == 200
    assert state_of(page) == name.partition(" ")[0]
    assert "Sent by mistake." not in words(page)
    for answer in (Client().post(link, {"do": "download"}), upload(link, zipped())):
        assert answer.status_code == 409
        assert state_of(answer) == name.partition(" ")[0]
    assert Submission.objects.count() == 0


def test_after_the_end_the_receipt_still_stands(assignment: Assignment, ada: User) -> None:
    link = link_to(assignment, ada)
    submission = handed_in(assignment, ada)
    Assignment.objects.update(expires_at=timezone.now())
    page = Client().get(link)
    assert state_of(page) == "expired"
    assert submission.sha256 in words(page)


def test_a_file_that_is_gone_is_said_and_nothing_breaks(assignment: Assignment, ada: User, settings: Any) -> None:
    link = link_to(assignment, ada)
    (settings.CRAFT_DIR / assignment.file_name).unlink()
    assert Client().post(link, {"do": "download"}).status_code == 409


def test_to_look_writes_nothing_until_a_browser_says_so(assignment: Assignment, ada: User) -> None:
    link = link_to(assignment, ada)
    lines = AuditLine.objects.count()
    Client().get(link)
    assert Client().head(link).status_code == 405
    assignment.refresh_from_db()
    assert (assignment.first_opened_at, AuditLine.objects.count()) == (None, lines)
    for _ in range(2):
        assert Client().post(link, {"do": "look"}).status_code == 204
    assignment.refresh_from_db()
    assert assignment.first_opened_at is not None
    assert AuditLine.objects.count() == lines + 1


def test_nothing_of_answers_scores_and_others_stands_there(
    assignment: Assignment, ada: User, cleo: User, loop: Any
) -> None:
    Candidate.objects.create(name="Somebody Else", email="else@mail.example")
    graded(handed_in(assignment, ada), cleo)
    link = link_to(assignment, ada)
    for client in (Client(), Client()):
        page = client.get(link).content.decode()
        for secret in (
            RECORD["answer"], RECORD["canary"], "GUIDE-SECRET", "0.71", "QUESTION-SECRET", "Somebody Else", "Ben",
            assignment.seed,
        ):  # fmt: skip
            assert secret not in page
        assert set(re.findall(r'<a href="([^"]*)"', page)) <= {""}
        places = re.findall(r'(?:href|src|action)="([^"]*)"', page)
        assert all(place.startswith("/static/") or place == "" for place in places)
    assert REPORT["verdict"] not in words(Client().get(link))


def test_the_page_is_kept_in_no_cache_and_sets_no_cookie(assignment: Assignment, ada: User) -> None:
    link = link_to(assignment, ada)
    answers = [
        Client().get(link), Client().post(link, {"do": "download"}), upload(link, zipped()),
        Client().get("/p/craft/nothing/"),
    ]  # fmt: skip
    for answer in answers:
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer["X-Robots-Tag"]
        assert answer.cookies == {}


def test_every_link_that_opens_nothing_gets_the_same_answer(assignment: Assignment, ada: User, loop: Any) -> None:
    link = link_to(assignment, ada)
    token = link.rstrip("/").rpartition("/")[2]
    never, _ = actions.links.new_token()
    answers = {}

    def look(name: str, address: str) -> None:
        answers[name] = [
            (answer.status_code, answer.content, {k: v for k, v in answer.headers.items() if k != "X-Request-ID"})
            for answer in (Client().get(address), Client().post(address, {"do": "download"}), upload(address, b"x"))
        ]

    look("never made", f"/p/craft/{never}/")
    look("not signed", f"/p/craft/{token.partition('.')[0]}/")
    look("of another kind", f"/p/craft/{token[:-2]}{'AA' if token[-2:] != 'AA' else 'BB'}/")
    look("nonsense", "/p/craft/%00é/")
    actions.close_links(assignment=assignment, by=ada, now=timezone.now())
    look("closed", link)
    assert {status for answer in answers.values() for status, _, _ in answer} == {404}
    assert all(
        [one[0] for one in answer] == [404] * 3 and answer == answers["never made"] for answer in answers.values()
    )


def test_a_link_opens_its_own_assignment_only(assignment: Assignment, ada: User, loop: Any) -> None:
    again = actions.assign_kit(
        interview=loop.of_ben, kit="retrieval-qa", expires_at=timezone.now() + dt.timedelta(days=1), by=ada,
        now=timezone.now(),
    )  # fmt: skip
    assert again.attempt != assignment.attempt
    first = ready(loop.of_fay, ada)
    assert state_of(Client().get(link_to(first, ada))) == "ready"


def test_the_secret_is_kept_nowhere(assignment: Assignment, ada: User, caplog: pytest.LogCaptureFixture) -> None:
    link = link_to(assignment, ada)
    secret = link.rstrip("/").rpartition("/")[2].partition(".")[0]
    held = [*CandidateLink.objects.values(), *AuditLine.objects.values(), *Assignment.objects.values()]
    assert secret not in str(held)
    with caplog.at_level(logging.DEBUG):
        Client().get(link)
        Client().post(link, {"do": "download"})
        refused = [upload(link, b"no zip"), Client().head(link), Client().patch(link), Client().post(link[:-1] + "x/")]
        actions.withdraw_assignment(assignment=assignment, reason="r", by=ada, now=timezone.now())
        refused.append(Client().post(link, {"do": "download"}))
    assert [answer.status_code for answer in refused] == [422, 405, 405, 404, 409]
    said = [str({k: v for k, v in vars(one).items() if k != "request"}) for one in caplog.records]
    assert any("/p/…/" in line for line in said)
    assert secret not in "".join(said)
