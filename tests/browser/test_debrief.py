"""A debrief as its people sit in it: each in a browser of their own, and nobody reloads a page."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from apps.accounts.models import User
from apps.interviews.models import Scorecard
from tests.browser.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_panel_reads_votes_talks_and_a_leader_decides(
    loop: Any, ben: User, fay: User, cleo: User, submit: Callable[..., Scorecard], open_page: OpenPage
) -> None:
    submit(loop.of_ben, ben, level=4, evidence="Ben saw the failing cases asked for.", recommendation="yes")
    submit(loop.of_fay, fay, level=2, evidence="Fay heard no number.", recommendation="no")
    address = f"{loop.candidacy.get_absolute_url()}debrief/"
    leader, first, second = open_page(cleo), open_page(ben), open_page(fay)
    leader.goto(address)
    leader.get_by_role("button", name="Open the debrief").click()
    for page in (first, second):
        page.goto(address)
        expect(page.locator(".timer")).to_have_text(re.compile(r"until \d\d:\d\d UTC, \d:\d\d left"))

    first.locator(".opens-level").first.click()
    expect(first.get_by_text("Ben saw the failing cases asked for.").first).to_be_visible()
    first.keyboard.press("Escape")

    leader.get_by_role("button", name="Everybody has read").click()
    cast(first, "Yes")
    expect(second.locator("#debrief-agenda")).to_contain_text("1 of 2 have voted.")
    expect(second.locator("#debrief-votes")).to_contain_text("cast")
    cast(second, "Strong yes", "Ben's evidence.")
    expect(leader.locator("#debrief-agenda")).to_contain_text("2 of 2 have voted.")
    expect(leader.locator("#debrief-votes")).not_to_contain_text("Ben's evidence.")

    leader.get_by_role("button", name="begin the discussion").click()
    expect(leader.locator("#debrief-votes")).to_contain_text("up 2 steps")
    expect(first.locator("#debrief-votes")).to_contain_text("Ben's evidence.")

    leader.get_by_label("Make an offer").check()
    leader.get_by_label("Reasons").fill("Both would hire.")
    leader.get_by_role("button", name="Record the decision").click()
    expect(leader.get_by_role("heading", name="Decision: Make an offer")).to_be_visible()
    for page in (first, second):
        expect(page.get_by_role("heading", name="Decision: Make an offer")).to_be_visible()
        expect(page.locator("#debrief-live[hx-get]")).to_have_count(0)


def test_what_somebody_types_outlives_the_updates_around_it(
    loop: Any, ben: User, fay: User, cleo: User, submit: Callable[..., Scorecard], open_page: OpenPage
) -> None:
    for interview, user in [(loop.of_ben, ben), (loop.of_fay, fay)]:
        submit(interview, user)
    address = f"{loop.candidacy.get_absolute_url()}debrief/"
    leader, first = open_page(cleo), open_page(ben)
    leader.goto(address)
    leader.get_by_role("button", name="Open the debrief").click()
    first.goto(address)
    leader.get_by_role("button", name="Everybody has read").click()
    field = first.get_by_label("What changed your mind")
    field.fill("Half a sentence")
    leader.get_by_role("button", name="Close the vote without").click()
    expect(first.get_by_text("The second vote is closed.")).to_be_visible()
    expect(field).to_have_value("Half a sentence")


def cast(page: Page, choice: str, reason: str = "") -> None:
    """The form comes by itself when the vote opens."""
    form = page.locator("#debrief-own-vote")
    form.get_by_label(choice, exact=True).check()
    form.get_by_label("What changed your mind").fill(reason)
    form.get_by_role("button", name="Cast my second vote").click()
    expect(page.get_by_text("Your second vote is cast.")).to_be_visible()
