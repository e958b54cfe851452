"""What goes wrong is said in words, changes nothing by half, and never loses what somebody typed."""

import datetime as dt
import html
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured, PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.db.backends.utils import CursorWrapper
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Kind, User
from apps.interviews import actions
from apps.interviews.core.entries import RatingEntry
from apps.interviews.models import Candidacy, Candidate, Interview, Rating, Scorecard, Seat
from apps.library.models import Competency
from apps.loops.models import LoopPlan
from hiringloop import env
from tests.factories import PASSWORD, CandidateFactory, CompetencyFactory, RoleFactory, StationFactory, UserFactory

SignIn = Callable[[User], Client]


def words(response: Any) -> str:
    """The page as somebody reads it, without tags."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def field(response: Any, name: str) -> str:
    """What stands in a text field or a text area of the page."""
    page = response.content.decode()
    area = re.search(rf'<textarea[^>]*name="{name}"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL)
    if area:
        return html.unescape(area[1])
    tag = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
    assert tag, f"no field {name}"
    value = re.search(r'value="([^"]*)"', tag[0])
    return html.unescape(value[1]) if value else ""


# ------------------------------------------------------------------------------------------ candidates from CSV

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


# ------------------------------------------------------------------------------------------ requirements and plans


def table(competencies: list[Competency], weights: list[int], **more: Any) -> dict[str, Any]:
    data: dict[str, Any] = {
        "line-TOTAL_FORMS": len(competencies), "line-INITIAL_FORMS": len(competencies), "weights_reason": "",
        "candidate_minutes": 321, "interviewer_hours": "7.5", "min_ai_craft": 0, **more,
    }  # fmt: skip
    for place, (competency, weight) in enumerate(zip(competencies, weights, strict=True)):
        data |= {
            f"line-{place}-competency": competency.pk, f"line-{place}-needed": "on", f"line-{place}-weight": weight,
            f"line-{place}-bar": 4, f"line-{place}-min_signals": 2,
        }  # fmt: skip
    return data


@pytest.mark.parametrize(
    ("weights", "problem"),
    [
        ([0, 1], "A weight is 1 to 5. To leave a competency out, untick it."),
        ([6, 1], "Ensure this value is less than or equal to 5."),
        ([4, 1], "The weights differ: say why"),
    ],
)
def test_weights_that_cannot_be_are_refused_and_what_was_typed_stays(
    weights: list[int], problem: str, loop: Any, cleo: User, sign_in: SignIn
) -> None:
    response = sign_in(cleo).post(f"/roles/{loop.role.pk}/requirements/", table([loop.first, loop.second], weights))
    assert problem in words(response)
    assert [field(response, f"line-{place}-weight") for place in (0, 1)] == [str(weight) for weight in weights]
    assert field(response, "line-0-min_signals") == "2"
    assert (field(response, "candidate_minutes"), field(response, "interviewer_hours")) == ("321", "7.5")
    assert set(loop.role.requirements.values_list("weight", "bar")) == {(1, 3)}


def test_unequal_weights_with_a_reason_are_kept(loop: Any, cleo: User, sign_in: SignIn) -> None:
    data = table([loop.first, loop.second], [4, 1], weights_reason="The assistant is the product.")
    sign_in(cleo).post(f"/roles/{loop.role.pk}/requirements/", data)
    loop.role.refresh_from_db()
    assert loop.role.weights_reason == "The assistant is the product."
    assert list(loop.role.requirements.order_by("pk").values_list("weight", flat=True)) == [4, 1]


def test_a_role_that_needs_nothing_is_refused(loop: Any, cleo: User, sign_in: SignIn) -> None:
    response = sign_in(cleo).post(f"/roles/{loop.role.pk}/requirements/", table([], []))
    assert "A role needs at least one competency." in words(response)
    assert loop.role.requirements.count() == 2


def test_a_budget_nothing_fits_in_names_the_rules_and_keeps_what_was_typed(cleo: User, sign_in: SignIn) -> None:
    competency = CompetencyFactory(name="LLM craft")
    StationFactory(measures={competency: "0.50"})
    role = RoleFactory(requires={competency: {"must_pass": True}})
    typed = {"candidate_minutes": 15, "interviewer_hours": "0.5", "min_ai_craft": 0}
    response = sign_in(cleo).post(f"/roles/{role.pk}/generate/", typed)
    page = words(response)
    assert response.status_code == 422
    assert "No loop keeps every rule" in page
    assert "limit on candidate minutes" in page or "limit on interviewer hours" in page
    assert "LLM craft" in page
    assert [field(response, name) for name in typed] == [str(value) for value in typed.values()]
    assert not LoopPlan.objects.filter(role=role).exists()


def test_a_draft_that_cannot_be_generated_again_stays_as_it_was(loop: Any, cleo: User, sign_in: SignIn) -> None:
    client = sign_in(cleo)
    client.post(f"/plans/{loop.plan.pk}/copy/")
    draft = LoopPlan.objects.get(state="draft")
    stations = list(draft.plan_stations.values_list("pk", "version"))
    typed = {"candidate_minutes": 15, "interviewer_hours": "1", "min_ai_craft": 1}
    response = client.post(f"/plans/{draft.pk}/again/", typed)
    assert response.status_code == 422
    assert field(response, "candidate_minutes") == "15"
    assert list(draft.plan_stations.values_list("pk", "version")) == stations


def test_a_plan_without_stations_is_not_published(loop: Any, cleo: User, sign_in: SignIn) -> None:
    client = sign_in(cleo)
    client.post(f"/plans/{loop.plan.pk}/copy/")
    draft = LoopPlan.objects.get(state="draft")
    for station in draft.plan_stations.all():
        client.post(f"/plans/{draft.pk}/stations/{station.pk}/remove/")
    assert "A plan without stations cannot be published." in words(
        client.post(f"/plans/{draft.pk}/publish/", follow=True)
    )


# ------------------------------------------------------------------------------------------ scorecards


def card(loop: Any, *, revision: int = 0, level: str = "3", do: str = "save", **more: str) -> dict[str, str]:
    return {
        "revision": str(revision), f"level-{loop.first.pk}": level, f"evidence-{loop.first.pk}": "They measured first.",
        "recommendation": "yes", "private_notes": "Ask about the pager.", "do": do, **more,
    }  # fmt: skip


def saved(loop: Any) -> Scorecard:
    return Scorecard.objects.get(interview=loop.of_ben)


def test_a_second_tab_is_told_shown_both_and_replaces_knowingly(loop: Any, ben: User, sign_in: SignIn) -> None:
    client, address = sign_in(ben), loop.of_ben.get_absolute_url()
    client.post(address, card(loop, **{f"evidence-{loop.first.pk}": "From the first tab."}))
    stale = client.post(address, card(loop, level="2", **{f"evidence-{loop.first.pk}": "From the second tab."}))
    assert stale.status_code == 409
    assert "Saved in another tab meanwhile" in words(stale)
    assert "From the first tab." in words(stale)
    assert field(stale, f"evidence-{loop.first.pk}") == "From the second tab."
    assert saved(loop).ratings.get().evidence == "From the first tab."
    again = card(loop, revision=int(field(stale, "revision")), level="2")
    again[f"evidence-{loop.first.pk}"] = "From the second tab."
    assert client.post(address, again).status_code == 302
    assert (saved(loop).ratings.get().evidence, saved(loop).ratings.get().level) == ("From the second tab.", 2)


def test_submitting_twice_changes_nothing_and_gives_back_what_was_typed(loop: Any, ben: User, sign_in: SignIn) -> None:
    client, address = sign_in(ben), loop.of_ben.get_absolute_url()
    assert client.post(address, card(loop, do="submit")).status_code == 302
    second = client.post(
        address, card(loop, level="1", do="submit", **{f"evidence-{loop.first.pk}": "Second thoughts."})
    )
    assert second.status_code == 409
    assert "was submitted already" in words(second)
    assert "Second thoughts." in words(second)
    assert saved(loop).ratings.get().level == 3
    assert Scorecard.objects.filter(interview=loop.of_ben).count() == 1


@pytest.mark.parametrize(
    ("left_out", "problem"),
    [
        ("level", "LLM craft: choose a level, or “no evidence”."),
        ("recommendation", "Choose a recommendation."),
        ("revision", "This field is required."),
    ],
)
def test_an_incomplete_scorecard_is_not_submitted_and_not_lost(
    left_out: str, problem: str, loop: Any, ben: User, sign_in: SignIn
) -> None:
    typed = {name: value for name, value in card(loop, do="submit").items() if not name.startswith(left_out)}
    response = sign_in(ben).post(loop.of_ben.get_absolute_url(), typed)
    assert problem in words(response)
    assert field(response, f"evidence-{loop.first.pk}") == "They measured first."
    assert field(response, "private_notes") == "Ask about the pager."
    assert not Scorecard.objects.submitted().exists()


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("level", "5", "5 is not one of the available choices"),
        ("level", "nonsense", "nonsense is not one of the available choices"),
        ("evidence", "x" * 10001, "at most 10000 characters"),
        ("evidence", "a\0b", "Null characters are not allowed."),
    ],
)
def test_a_value_that_cannot_be_is_refused_in_words(
    name: str, value: str, problem: str, loop: Any, ben: User, sign_in: SignIn
) -> None:
    response = sign_in(ben).post(loop.of_ben.get_absolute_url(), card(loop, **{f"{name}-{loop.first.pk}": value}))
    assert problem in words(response)
    assert field(response, "private_notes") == "Ask about the pager."
    assert not Scorecard.objects.exists()


def test_autosave_answers_in_json(loop: Any, ben: User, sign_in: SignIn) -> None:
    client, address = sign_in(ben), loop.of_ben.get_absolute_url()

    def autosave(**changes: Any) -> tuple[int, dict[str, Any]]:
        response = client.post(address, card(loop, **changes), headers={"X-Autosave": "1"})
        return response.status_code, json.loads(response.content)

    assert autosave(level="") == (200, {"state": "saved", "revision": 1})
    assert autosave(revision=1) == (200, {"state": "saved", "revision": 2})
    assert autosave(revision=1) == (409, {"state": "stale"})
    status, answer = autosave(level="7", revision=2)
    assert (status, answer["state"], list(answer["problems"])) == (400, "invalid", [f"level-{loop.first.pk}"])
    client.post(address, card(loop, revision=2, do="submit"))
    assert autosave(revision=3) == (409, {"state": "submitted"})


def test_a_candidacy_that_ended_meanwhile_takes_no_scorecard_and_loses_nothing(
    loop: Any, ada: User, ben: User, sign_in: SignIn
) -> None:
    client = sign_in(ben)
    assert client.get(loop.of_ben.get_absolute_url()).status_code == 200
    sign_in(ada).post(f"/candidacies/{loop.candidacy.pk}/withdraw/")
    response = client.post(loop.of_ben.get_absolute_url(), card(loop, do="submit"))
    assert "This candidacy has ended; its interviews and scorecards stay as they are." in words(response)
    assert field(response, f"evidence-{loop.first.pk}") == "They measured first."
    assert not Scorecard.objects.submitted().exists()


def test_a_scorecard_is_submitted_against_the_candidacy_as_it_is_now(loop: Any, ada: User, ben: User) -> None:
    """The request may have read the candidacy a moment before somebody else ended it."""
    interview = Interview.objects.select_related("candidacy").get(pk=loop.of_ben.pk)
    actions.withdraw_candidacy(candidacy=loop.candidacy, by=ada, now=timezone.now())
    entries = {loop.first.pk: RatingEntry(level=3, no_evidence=False, evidence="")}
    with pytest.raises(ValidationError, match="has ended"):
        actions.submit_scorecard(
            interview=interview, entries=entries, recommendation="yes", private_notes="", revision=0, by=ben,
            now=timezone.now(),
        )  # fmt: skip


def test_somebody_taken_off_meanwhile_saves_nothing(loop: Any, ben: User, fay: User) -> None:
    entries = {loop.first.pk: RatingEntry(level=3, no_evidence=False, evidence="")}
    with pytest.raises(PermissionDenied):
        actions.save_scorecard(
            interview=loop.of_ben, entries=entries, recommendation="", private_notes="", revision=0, by=fay,
            now=timezone.now(),
        )  # fmt: skip


def test_a_competency_the_station_does_not_measure_is_refused(loop: Any, ben: User) -> None:
    entries = {CompetencyFactory().pk: RatingEntry(level=3, no_evidence=False, evidence="")}
    with pytest.raises(ValidationError, match="does not measure"):
        actions.save_scorecard(
            interview=loop.of_ben, entries=entries, recommendation="", private_notes="", revision=0, by=ben,
            now=timezone.now(),
        )  # fmt: skip
    assert not Rating.objects.exists()


# ------------------------------------------------------------------------------------------ a database that is gone


class DeadDatabase:
    """From the first statement that matches, every statement fails as with a server that went away."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch

    def dies_at(self, beginning: str) -> None:
        true_execute, gone = CursorWrapper.execute, []

        def execute(cursor: Any, statement: Any, params: Any = None) -> Any:
            if gone or str(statement).startswith(beginning):
                gone.append(True)
                raise OperationalError("server closed the connection unexpectedly")
            return true_execute(cursor, statement, params)

        self.monkeypatch.setattr(CursorWrapper, "execute", execute)

    def comes_back(self) -> None:
        self.monkeypatch.undo()
        if connection.in_atomic_block:
            connection.set_rollback(False)  # nothing failed in truth: the test's own transaction goes on


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Iterator[DeadDatabase]:
    dead = DeadDatabase(monkeypatch)
    yield dead
    dead.comes_back()


@pytest.mark.parametrize("statement", ['SELECT "django_session"', 'INSERT INTO "interviews_scorecard"'])
def test_a_database_that_dies_at_submit_gives_everything_back(
    statement: str, loop: Any, ben: User, sign_in: SignIn, database: DeadDatabase
) -> None:
    client = sign_in(ben)
    client.raise_request_exception = False
    database.dies_at(statement)
    typed = card(loop, do="submit", **{f"evidence-{loop.first.pk}": "Long <words> & “quotes” that took ten minutes."})
    response = client.post(loop.of_ben.get_absolute_url(), {**typed, "csrfmiddlewaretoken": "t" * 64})
    assert response.status_code == 503
    assert "The database cannot be reached" in words(response)
    for name, value in typed.items():
        assert field(response, name) == value
    assert f'action="{loop.of_ben.get_absolute_url()}"' in response.content.decode()
    for trace in ("Traceback", "OperationalError", "closed the connection"):
        assert trace not in response.content.decode()


def test_what_came_back_can_be_sent_again(loop: Any, ben: User, sign_in: SignIn, database: DeadDatabase) -> None:
    client = sign_in(ben)
    client.raise_request_exception = False
    database.dies_at('INSERT INTO "interviews_scorecard"')
    typed = card(loop, do="submit")
    page = client.post(loop.of_ben.get_absolute_url(), typed)
    database.comes_back()
    client.post(loop.of_ben.get_absolute_url(), {name: field(page, name) for name in typed})
    assert saved(loop).state == "submitted"


def test_a_fault_of_ours_shows_what_was_typed_and_no_traceback(
    loop: Any, ben: User, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in(ben)
    client.raise_request_exception = False

    def execute(cursor: Any, statement: Any, params: Any = None) -> Any:
        raise ZeroDivisionError("a private detail")

    monkeypatch.setattr(CursorWrapper, "execute", execute)
    response = client.post(loop.of_ben.get_absolute_url(), card(loop))
    monkeypatch.undo()
    assert response.status_code == 500
    assert "Something broke on our side" in words(response)
    assert field(response, "private_notes") == "Ask about the pager."
    assert "a private detail" not in response.content.decode()


def test_the_page_of_a_dead_database_never_repeats_a_password(
    eli: User, sign_in: SignIn, client: Client, database: DeadDatabase
) -> None:
    admin = sign_in(eli)
    admin.raise_request_exception = client.raise_request_exception = False
    database.dies_at("SELECT")
    typed = {"username": "ben@test.example", "password": "hunter2-hunter2", "csrfmiddlewaretoken": "TOKEN"}
    page = client.post("/sign-in/", typed).content.decode()
    assert "ben@test.example" in page
    more = {"email": "new@test.example", "password1": "hunter2-hunter2", "password2": "hunter2-hunter2"}
    more_page = admin.post("/admin/accounts/user/add/", {**more, "old_password": "hunter2-hunter2"}).content.decode()
    assert "new@test.example" in more_page
    assert "hunter2" not in page + more_page
    assert "TOKEN" not in page


def test_readiness_says_what_is_missing(client: Client, db: None, database: DeadDatabase) -> None:
    assert client.get("/readyz").json() == {"status": "ok", "database": "ok", "broker": "ok"}
    database.dies_at("SELECT")
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {"status": "not ready", "database": "cannot be reached", "broker": "ok"}
    assert client.get("/healthz").json() == {"status": "ok"}


# ------------------------------------------------------------------------------------------ schedules


def test_an_interviewer_is_not_booked_twice_at_a_time(loop: Any, ada: User, ben: User, sign_in: SignIn) -> None:
    at = timezone.localtime(loop.of_ben.starts_at) + dt.timedelta(minutes=10)
    prefix = f"interview-{loop.of_fay.pk}"
    typed = {f"{prefix}-starts_at": at.strftime("%Y-%m-%dT%H:%M"), f"{prefix}-interviewers": [ben.pk]}
    response = sign_in(ada).post(reverse("interview-schedule", args=[loop.of_fay.pk]), typed)
    assert "Ben Interviewer has another interview at that time." in words(response)
    assert field(response, f"{prefix}-starts_at").startswith(at.strftime("%Y-%m-%dT%H:%M"))
    assert [seat.interviewer.name for seat in loop.of_fay.seats.all()] == ["Fay Interviewer"]


@pytest.mark.parametrize(
    ("value", "problem"),
    [("yesterday", "Enter a valid date/time."), ("0001-01-01T00:00", "That year cannot be right."),
     ("9999-12-31T23:59", "That year cannot be right.")],
)  # fmt: skip
def test_a_time_that_cannot_be_is_refused(value: str, problem: str, loop: Any, ada: User, sign_in: SignIn) -> None:
    prefix = f"interview-{loop.of_fay.pk}"
    before = Interview.objects.values().get(pk=loop.of_fay.pk)
    response = sign_in(ada).post(reverse("interview-schedule", args=[loop.of_fay.pk]), {f"{prefix}-starts_at": value})
    assert problem in words(response)
    assert Interview.objects.values().get(pk=loop.of_fay.pk) == before


def test_who_is_no_interviewer_is_not_seated(loop: Any, ada: User, dana: User, sign_in: SignIn) -> None:
    prefix = f"interview-{loop.of_fay.pk}"
    response = sign_in(ada).post(
        reverse("interview-schedule", args=[loop.of_fay.pk]), {f"{prefix}-interviewers": [dana.pk]}
    )
    assert "is not one of the available choices" in words(response)
    with pytest.raises(ValidationError, match="Dana Outsider is not an interviewer"):
        actions.schedule_interview(interview=loop.of_fay, starts_at=None, interviewers=[dana], by=ada)
    assert not Seat.objects.filter(interviewer=dana).exists()


def test_an_excuse_stays_on_record_when_the_interview_is_moved(loop: Any, ada: User, ben: User, fay: User) -> None:
    actions.excuse_interviewer(seat=loop.seat_of_ben, reason="Ill.", by=ada)
    actions.schedule_interview(interview=loop.of_ben, starts_at=None, interviewers=[fay], by=ada)
    loop.seat_of_ben.refresh_from_db()
    assert (loop.seat_of_ben.state, loop.seat_of_ben.excused_reason) == ("excused", "Ill.")


def test_what_was_submitted_keeps_its_interview(
    loop: Any, ada: User, ben: User, sign_in: SignIn, submit: Callable[..., Scorecard]
) -> None:
    submit(loop.of_ben, ben)
    client = sign_in(ada)
    for address, problem in [
        (reverse("interview-cancel", args=[loop.of_ben.pk]), "it cannot be cancelled any more"),
        (reverse("seat-excuse", args=[loop.seat_of_ben.pk]), "This person has submitted already."),
    ]:
        assert problem in words(client.post(address, {"reason": "x"}, follow=True))
    with pytest.raises(ValidationError, match="cannot be taken off it"):
        actions.schedule_interview(interview=loop.of_ben, starts_at=None, interviewers=[], by=ada)
    assert loop.of_ben.seats.get().state == "assigned"


# ------------------------------------------------------------------------------------------ requests of odd shape


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


# ------------------------------------------------------------------------------------------ settings

SECRET = "hunter2/hunter2"
READERS: dict[str, tuple[Callable[[str], Any], list[str]]] = {
    "DEBUG": (lambda name: env.flag(name, default=False), ["perhaps", "2"]),
    "HTTPS_ONLY": (lambda name: env.flag(name, default=False), ["perhaps"]),
    "BEHIND_PROXY": (lambda name: env.flag(name, default=False), ["maybe"]),
    "SECRET_KEY": (lambda name: env.secret_key(name, fallback=None), [SECRET, "x" * 80]),
    "ALLOWED_HOSTS": (lambda name: env.host_list(name, []), ["https://a.example", "a.example,,b", "a b"]),
    "CSRF_TRUSTED_ORIGINS": (env.origin_list, ["a.example", "https://", "http://[a", "ftp://a"]),
    "TIME_ZONE": (lambda name: env.time_zone(name, "UTC"), ["Mars/Olympus", "../etc/passwd"]),
    "DATABASE_URL": (
        env.database,
        [
            f"mysql://u:{SECRET}@h/d", f"postgresql://u:{SECRET}@h/d", f"postgresql://u:{SECRET}@h:port/d",
            f"postgresql://u:{SECRET}@h", f"{SECRET}", "postgresql://u:hunter2@[h/d", f"sqlite:///{SECRET}",
        ],
    ),
    "EMAIL_URL": (
        lambda name: env.email(name, "console://"),
        [f"pigeon://u:{SECRET}@h", f"smtp://u:{SECRET}@h:port", SECRET, "smtp://u:hunter2@[h"],
    ),
    "CELERY_BROKER_URL": (
        lambda name: env.broker(name, "filesystem://"),
        [f"sqs://u:{SECRET}@h", SECRET, "redis://u:hunter2@[h"],
    ),
    "JOB_STALE_SECONDS": (lambda name: env.whole_number(name, 20, least=1, most=3600), ["0", "3601", "1e3", "soon"]),
    "JOB_SWEEP_SECONDS": (lambda name: env.whole_number(name, 5, least=1, most=3600), ["-1", "5.5"]),
    "LOG_FORMAT": (lambda name: env.choice(name, "json", among=("json", "text")), ["xml"]),
    "LOG_LEVEL": (lambda name: env.choice(name, "INFO", among=("DEBUG", "INFO")), ["LOUD", "info"]),
}  # fmt: skip
ANY_TEXT_WILL_DO = {"EMAIL_FROM"}
TRIED_BY_STARTING = {"VAR_DIR"}


def test_every_variable_the_settings_read_is_tried() -> None:
    text = Path(django_settings.BASE_DIR, "hiringloop", "settings.py").read_text(encoding="utf-8")
    names = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', text))
    assert names == set(READERS) | ANY_TEXT_WILL_DO | TRIED_BY_STARTING


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, (_, values) in READERS.items() for value in values]
)
def test_a_wrong_setting_is_named_and_its_secret_is_not(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured) as caught:
        READERS[name][0](name)
    assert str(caught.value).startswith(name)
    assert "hunter2" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("value", ["", "  "])
def test_an_empty_setting_counts_as_unset(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    if name == "SECRET_KEY":
        assert env.secret_key(name, fallback=lambda: "of this machine") == "of this machine"
    else:
        READERS[name][0](name)


def test_without_https_a_key_is_made_and_with_it_one_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY is missing: with HTTPS_ONLY on"):
        env.secret_key("SECRET_KEY", fallback=None)


@pytest.mark.parametrize(
    ("name", "value"),
    [("VAR_DIR", "/dev/null/inside"), ("DATABASE_URL", f"postgresql://u:{SECRET}@h:port/d")],
)
def test_a_start_with_a_wrong_setting_ends_with_one_sentence_about_it(name: str, value: str, tmp_path: Path) -> None:
    environment = {**os.environ, "VAR_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "hiringloop.settings", name: value}
    code = "import django; django.setup()"
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=django_settings.BASE_DIR, env=environment, capture_output=True, check=False
    )
    said = ended.stderr.decode()
    assert ended.returncode != 0
    assert f"ImproperlyConfigured: {name}" in said
    assert "hunter2" not in said


# ------------------------------------------------------------------------------------------ signing in


def test_a_wrong_password_says_so_and_keeps_the_address(client: Client, ben: User) -> None:
    response = client.post("/sign-in/", {"username": "ben@test.example", "password": "wrong"})
    assert "do not belong together" in words(response)
    assert field(response, "username") == "ben@test.example"
    assert "wrong" not in response.content.decode()


def test_somebody_switched_off_does_not_get_in(client: Client, db: None) -> None:
    UserFactory(email="gone@test.example", is_active=False, kinds=[Kind.LEADER])
    client.post("/sign-in/", {"username": "gone@test.example", "password": PASSWORD})
    assert client.get("/roles/").status_code == 302
