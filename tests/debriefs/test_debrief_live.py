"""The page while the panel sits together: it asks often, cheaply, and replaces nothing somebody is typing in."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.debriefs.actions import move_on, record_decision
from apps.debriefs.queries import live_mark
from apps.interviews.models import Scorecard
from tests.debriefs.meeting import discussing, opened, vote, voting
from tests.pages import comparable

SignIn = Callable[[User], Client]
Submit = Callable[..., Scorecard]


@pytest.fixture
def complete(loop: Any, ben: User, fay: User, submit: Submit) -> Any:
    submit(loop.of_ben, ben)
    submit(loop.of_fay, fay)
    return loop


def mark(loop: Any, user: User) -> str:
    found = live_mark(pk=loop.candidacy.pk, user=user, now=timezone.now())
    assert found is not None
    return found.text


def ask(loop: Any, client: Client, **query: str) -> tuple[int, str]:
    response = client.get(reverse("debrief-live", args=[loop.candidacy.pk]), query)
    return response.status_code, response.content.decode()


def test_the_page_asks_with_what_it_has_seen(complete: Any, cleo: User, sign_in: SignIn) -> None:
    client = sign_in(cleo)
    page = client.get(reverse("debrief", args=[complete.candidacy.pk])).content.decode()
    assert f"?seen={mark(complete, cleo)}&amp;vote=0&amp;decision=0" in page
    assert 'hx-trigger="every 15s"' in page
    opened(complete.candidacy, cleo)
    assert 'hx-trigger="every 3s"' in ask(complete, client)[1]


def test_where_nothing_changed_the_answer_is_empty_and_costs_two_queries_of_ours(
    complete: Any, ben: User, cleo: User, sign_in: SignIn
) -> None:
    """Besides them: the session, and who that is. The same for a panel that has voted."""
    debrief, client = voting(complete.candidacy, cleo), sign_in(cleo)
    for _ in range(2):
        seen = mark(complete, cleo)
        with CaptureQueriesContext(connection) as captured:
            assert ask(complete, client, seen=seen) == (204, "")
        assert len(captured) == 4
        if not debrief.votes.filter(round="second").exists():
            vote(debrief, ben)


def test_a_vote_updates_the_agenda_and_the_votes_and_not_the_matrix(
    complete: Any, ben: User, cleo: User, sign_in: SignIn
) -> None:
    debrief, client = voting(complete.candidacy, cleo), sign_in(cleo)
    seen = mark(complete, cleo)
    vote(debrief, ben)
    status, parts = ask(complete, client, seen=seen)
    assert status == 200
    assert "1 of 2 have voted" in parts
    assert 'id="debrief-votes" hx-swap-oob="true"' in parts
    assert 'id="debrief-ratings"' not in parts
    assert ask(complete, client, seen=mark(complete, cleo))[0] == 204


def test_a_scorecard_that_comes_in_updates_gaps_and_matrix(
    loop: Any, ben: User, fay: User, cleo: User, sign_in: SignIn, submit: Submit
) -> None:
    submit(loop.of_ben, ben)
    seen = mark(loop, cleo)
    submit(loop.of_fay, fay)
    parts = ask(loop, sign_in(cleo), seen=seen)[1]
    assert 'id="debrief-ratings" hx-swap-oob="true"' in parts
    assert "Ready to meet" in parts


def test_a_form_comes_when_it_is_due_and_is_never_replaced(
    complete: Any, ben: User, cleo: User, sign_in: SignIn
) -> None:
    debrief, client = opened(complete.candidacy, cleo), sign_in(ben)
    seen = mark(complete, ben)
    move_on(debrief=debrief, to="voting", by=cleo, now=timezone.now())
    assert "<textarea" in ask(complete, client, seen=seen, vote="0")[1]
    seen = mark(complete, ben)
    move_on(debrief=debrief, to="discussion", by=cleo, now=timezone.now())
    parts = ask(complete, client, seen=seen, vote="1")[1]
    assert "<textarea" not in parts
    assert "The second vote is closed." in parts
    assert "vote=1" in parts
    assert "Record the decision" in ask(complete, sign_in(cleo), seen="", decision="0")[1]
    assert "Record the decision" not in ask(complete, sign_in(cleo), seen="", decision="1")[1]


def test_a_decision_shows_to_all_and_ends_the_asking(complete: Any, ben: User, cleo: User, sign_in: SignIn) -> None:
    discussing(complete.candidacy, cleo)
    seen = mark(complete, ben)
    record_decision(
        candidacy=complete.candidacy, outcome="offer", reasons="SAID-WHY", conditions="", dissent="", by=cleo,
        now=timezone.now(),
    )  # fmt: skip
    parts = ask(complete, sign_in(ben), seen=seen)[1]
    assert "SAID-WHY" in parts
    assert "hx-get" not in parts
    assert "hx-get" not in sign_in(ben).get(reverse("debrief", args=[complete.candidacy.pk])).content.decode()


def test_a_mark_nobody_wrote_gives_everything(complete: Any, cleo: User, sign_in: SignIn) -> None:
    for seen in ("", "nonsense", "a.b.c.d", "%00", "'"):
        status, parts = ask(complete, sign_in(cleo), seen=seen)
        assert status == 200
        assert 'id="debrief-ratings"' in parts


def test_who_owes_gets_the_closed_page_whatever_the_others_do(
    loop: Any, ben: User, fay: User, sign_in: SignIn, submit: Submit
) -> None:
    before = ask(loop, sign_in(ben))
    submit(loop.of_fay, fay)
    assert comparable(ask(loop, sign_in(ben))[1]) == comparable(before[1])
    assert before[0] == 403
