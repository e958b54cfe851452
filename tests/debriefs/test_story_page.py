"""The story at the top of the debrief: the panel in one to three sentences, before any number of the model."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.debriefs.actions import move_on, record_decision
from apps.debriefs.models import Decision
from tests.bad_input.pages import words
from tests.debriefs.meeting import vote, voting
from tests.debriefs.test_reading_page import House, card

SignIn = Callable[[User], Client]


@pytest.fixture
def house(ben: User, fay: User) -> House:
    return House(ben, fay)


def story_of(house: House, client: Client) -> str:
    page = words(client.get(house.address()))
    return page[page.index("In short") : page.index("by no model")]


def test_everybody_recommends_and_a_must_pass_is_below(house: House, cleo: User, sign_in: SignIn) -> None:
    house.all_rate((2, 4, 4), (2, 4, 4), (None, 4, 4))
    story = story_of(house, sign_in(cleo))
    assert "All 3 recommend yes, but both who rated LLM craft gave 2 (bar 3)." in story
    assert "Recommendations Strong yes 0 · Yes 3 · No 0 · Strong no 0" in story


def test_bars_missed_only_because_of_one_person_name_them(house: House, cleo: User, sign_in: SignIn) -> None:
    house.all_rate((3, 3, 3), (3, 3, 3), (2, 2, 3))
    story = story_of(house, sign_in(cleo))
    assert "LLM craft and Product sense are below the bar only because of Gus Interviewer" in story
    assert "without their ratings every must-pass mean is at or above its bar." in story


def test_an_outlier_that_changes_nothing_says_what_decides(house: House, cleo: User, sign_in: SignIn) -> None:
    house.all_rate((2, 2, 3), (2, 2, 3), (4, 2, 3))
    story = story_of(house, sign_in(cleo))
    assert "Whether or not the 4 by Gus Interviewer on LLM craft stands, Product sense decides." in story
    assert "but all three who rated Product sense gave 2 (bar 3); the mean of LLM craft is 2.7 (bar 3)." in story


def test_a_must_pass_nobody_rated_is_told_with_the_others_and_why(house: House, cleo: User, sign_in: SignIn) -> None:
    house.all_rate((None, 3, 3), (None, 3, 3), (None, 3, 3))
    client = sign_in(cleo)
    story = story_of(house, client)
    assert "Nobody has evidence on LLM craft ; the other must-pass competency has a mean at or above its bar." in story
    page = words(client.get(house.address()))
    gaps = page[page.index("Gaps") : page.index("What the ratings add up to")]
    assert gaps.count("“Seen.”") == 3, "the reasons of those who saw nothing"


def test_all_clear_is_told(house: House, cleo: User, sign_in: SignIn) -> None:
    house.all_rate((3, 3, 3), (4, 4, 4), (3, 3, 3))
    story = story_of(house, sign_in(cleo))
    assert "Both must-pass competencies have means at or above their bars, and all 3 recommend yes." in story


def test_without_a_scorecard_there_is_no_story(house: House, cleo: User, sign_in: SignIn) -> None:
    assert "In short" not in words(sign_in(cleo).get(house.address()))


def test_whoever_owes_a_scorecard_reads_no_story(house: House, ben: User, fay: User, sign_in: SignIn) -> None:
    house.rates(0, {house.craft: 2})
    response = sign_in(fay).get(house.address())
    assert response.status_code == 403
    assert "In short" not in words(response)


def test_second_votes_are_in_the_story_only_for_those_who_may_see_them(
    house: House, ben: User, fay: User, cleo: User, sign_in: SignIn
) -> None:
    house.all_rate((3, 3, 3), (3, 3, 3), (3, 3, 3))
    debrief = voting(house.candidacy, cleo)
    vote(debrief, ben, "strong_no", reason="Not after all.")
    assert "Strong no 1" not in story_of(house, sign_in(fay))
    assert "Second votes Strong yes 0 · Yes 0 · No 0 · Strong no 1" in story_of(house, sign_in(ben))


def test_the_story_follows_a_new_scorecard_without_a_reload(house: House, cleo: User, sign_in: SignIn) -> None:
    client, live = sign_in(cleo), reverse("debrief-live", args=[house.candidacy.pk])
    house.rates(0, {house.craft: 3, house.product: 3})
    html = client.get(live, {"seen": ""}).content.decode()
    assert 'id="debrief-story" hx-swap-oob="true"' in html
    card(house.interviews[1], house.people[1], {house.craft: 2, house.product: 3, house.ops: None})
    assert "only because of" in client.get(live, {"seen": ""}).content.decode()


def test_a_decided_debrief_says_whose_dissent_it_is_and_that_the_figures_are_of_today(
    house: House, ben: User, cleo: User, sign_in: SignIn
) -> None:
    house.all_rate((3, 3, 3), (3, 3, 3), (3, 3, 3))
    debrief = voting(house.candidacy, cleo)
    vote(debrief, ben, "no", reason="Not after all.")
    move_on(debrief=debrief, to="discussion", by=cleo, now=timezone.now())
    record_decision(
        candidacy=house.candidacy, outcome=Decision.Outcome.OFFER, reasons="Seen.", conditions="",
        dissent="Ben Interviewer saw no pull request of theirs.", by=cleo, now=timezone.now(),
    )  # fmt: skip
    page = words(sign_in(cleo).get(house.address()))
    assert "Dissent of Ben Interviewer Ben Interviewer saw no pull request of theirs." in page
    assert "computed with today’s calibration, not with the one of the day the decision was made" in page
