"""A database that is gone, or a fault of ours: the page says so and gives back what was typed."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.backends.utils import CursorWrapper
from django.test import Client

from apps.accounts.models import User
from tests.bad_input.pages import card, field, saved, words

SignIn = Callable[[User], Client]


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
