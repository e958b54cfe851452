"""A scorecard is never lost: not to a second tab, not to a missing level, not to a candidacy that ended."""

import html
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.interviews import actions
from apps.interviews.core.entries import RatingEntry
from apps.interviews.models import Candidacy, Interview, Rating, Scorecard
from tests.bad_input.pages import card, field, saved, words
from tests.factories import CompetencyFactory

SignIn = Callable[[User], Client]


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
    if left_out != "revision":
        assert saved(loop).private_notes == "Ask about the pager.", "it is kept as a draft"
        assert field(response, "revision") == "1"


@pytest.mark.parametrize("level", ["1", "4"])
def test_an_extreme_level_asks_for_what_was_seen(level: str, loop: Any, ben: User, sign_in: SignIn) -> None:
    client, address, name = sign_in(ben), loop.of_ben.get_absolute_url(), f"evidence-{loop.first.pk}"
    assert "needed for 1 and 4" in words(client.get(address)), "the page says so before"
    response = client.post(address, card(loop, level=level, do="submit", **{name: "  \n "}))
    assert "LLM craft: level 1 and 4 need what you saw or heard, in a sentence." in words(response)
    assert f'aria-describedby="id_{name}_error"' in response.content.decode(), "the fault stands at its field"
    assert not Scorecard.objects.submitted().exists()
    again = card(loop, level=level, revision=int(field(response, "revision")), do="submit", **{name: "Measured first."})
    assert client.post(address, again).status_code == 302


@pytest.mark.parametrize(("required", "level", "is_submitted"), [
    (False, "2", True), (False, "none", True), (True, "2", False), (True, "none", True),
])  # fmt: skip
def test_a_reason_is_asked_for_where_the_role_requires_it(
    required: bool, level: str, is_submitted: bool, loop: Any, ben: User, sign_in: SignIn
) -> None:
    Candidacy.objects.filter(pk=loop.candidacy.pk).update(reasons_required=required)
    client, address = sign_in(ben), loop.of_ben.get_absolute_url()
    assert ("needed with every level" in words(client.get(address))) is required
    response = client.post(address, card(loop, level=level, do="submit", **{f"evidence-{loop.first.pk}": ""}))
    assert Scorecard.objects.submitted().exists() is is_submitted
    assert is_submitted or "LLM craft: this role asks for a reason with every level." in words(response)


@pytest.mark.parametrize(
    ("entry", "reasons_required", "problem"),
    [
        (RatingEntry(level=None, no_evidence=False, evidence="Words."), False, "Rate every competency"),
        (RatingEntry(level=4, no_evidence=False, evidence=" "), False, "Level 1 and 4 need"),
        (RatingEntry(level=3, no_evidence=False, evidence=""), True, "asks for a reason"),
    ],
)
def test_no_door_submits_what_the_page_would_refuse(
    entry: RatingEntry, reasons_required: bool, problem: str, loop: Any, ben: User
) -> None:
    Candidacy.objects.filter(pk=loop.candidacy.pk).update(reasons_required=reasons_required)
    with pytest.raises(ValidationError, match=problem):
        actions.submit_scorecard(
            interview=loop.of_ben, entries={loop.first.pk: entry}, recommendation="yes", private_notes="", revision=0,
            by=ben, now=timezone.now(),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("moment", "is_link"),
    [
        ("https://git.example/commit/4f2?a=b&c=d", True), ("http://127.0.0.1/x", True), ("12:30", False),
        ("javascript:alert(1)", False), ("JaVaScRiPt:alert(1)", False), ("java\tscript:alert(1)", False),
        ("https://", False), ("http://[", False), ("data:text/html,<b>x</b>", False), ("https://a.example b", False),
        ('https://a.example/"onclick="x', True),
    ],
)  # fmt: skip
def test_a_moment_is_a_link_only_where_it_is_an_address_of_the_web(
    moment: str, is_link: bool, loop: Any, ben: User, sign_in: SignIn
) -> None:
    client, address = sign_in(ben), loop.of_ben.get_absolute_url()
    assert client.post(address, card(loop, do="submit", **{f"moment-{loop.first.pk}": moment})).status_code == 302
    page = client.get(address).content.decode()
    shown = html.escape(moment, quote=True)
    link = f'<a href="{shown}" rel="noopener noreferrer nofollow">{shown}</a>'
    assert saved(loop).ratings.get().moment == moment
    assert (link in page) is is_link
    assert f'<span class="where">{link if is_link else shown}</span>' in page


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("level", "5", "5 is not one of the available choices"),
        ("level", "nonsense", "nonsense is not one of the available choices"),
        ("evidence", "x" * 10001, "at most 10000 characters"),
        ("moment", "x" * 301, "at most 300 characters"),
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
        answer = json.loads(response.content)
        assert ("at" in answer) == (response.status_code == 200), "a draft that was kept says since when"
        answer.pop("at", None)
        return response.status_code, answer

    assert autosave(level="") == (200, {"state": "saved", "revision": 1})
    assert autosave(revision=1) == (200, {"state": "saved", "revision": 2})
    assert autosave(revision=1) == (200, {"state": "saved", "revision": 2}), "the very same again is no conflict"
    assert autosave(revision=1, private_notes="Other words.") == (409, {"state": "stale"})
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
