"""The scorecard keeps what was typed, whatever happens to the page, the network or the sign-in."""

import json
import re
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Locator, Page, Route, expect

from apps.accounts.models import User
from apps.interviews.models import Scorecard
from tests.browser.chromium import PHONE
from tests.browser.conftest import OpenPage, Watch
from tests.factories import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SAVED = re.compile(r"^Saved \d")
TEXT = "Asked which eval cases fail before touching the prompt."


def evidence(page: Page) -> Locator:
    return page.locator("[data-rate] textarea").first


def save_state(page: Page) -> Locator:
    return page.locator("[data-save-state]")


@pytest.fixture
def scorecard(open_page: OpenPage, loop: Any, ben: User) -> Page:
    """Ben's scorecard, open and empty. He rates one competency."""
    page = open_page(ben)
    page.goto(loop.of_ben.get_absolute_url())
    return page


@pytest.fixture
def stored(loop: Any, ben: User) -> Any:
    """What the database holds of Ben's evidence."""

    def read() -> list[str]:
        cards = Scorecard.objects.filter(interview=loop.of_ben, interviewer=ben)
        return [rating.evidence for card in cards for rating in card.ratings.order_by("pk")]

    return read


def test_typing_saves_and_survives_a_reload(scorecard: Page, stored: Any) -> None:
    scorecard.locator(".choice").nth(2).click()
    evidence(scorecard).fill(TEXT)
    expect(save_state(scorecard)).to_have_text(SAVED)
    assert stored() == [TEXT]
    scorecard.reload()
    expect(evidence(scorecard)).to_have_value(TEXT)
    expect(scorecard.locator("[data-rate] input[value='3']")).to_be_checked()
    expect(save_state(scorecard)).to_have_text(SAVED)


def test_a_reload_before_the_save_brings_the_text_back(scorecard: Page, watch: Watch, stored: Any) -> None:
    watch.expect_console("ERR_FAILED")
    scorecard.route("**/*", lambda route: route.abort() if route.request.method == "POST" else route.fallback())
    evidence(scorecard).fill(TEXT)
    scorecard.reload()
    scorecard.unroute_all()
    expect(evidence(scorecard)).to_have_value(TEXT)
    expect(save_state(scorecard)).to_have_text(SAVED)
    assert stored() == [TEXT]


def test_two_tabs_show_both_versions_and_lose_nothing(scorecard: Page, watch: Watch, stored: Any) -> None:
    watch.expect_console(r"status of 409")
    other = scorecard.context.new_page()
    other.goto(scorecard.url)
    evidence(other).fill("From the other tab.")
    expect(save_state(other)).to_have_text(SAVED)

    evidence(scorecard).fill(TEXT)
    expect(save_state(scorecard)).to_contain_text("Saved in another tab meanwhile")
    evidence(scorecard).press_sequentially(" And reverted.")
    expect(save_state(scorecard)).to_contain_text("Saved in another tab meanwhile")
    assert stored() == ["From the other tab."]

    scorecard.get_by_role("button", name="Save draft").click()
    expect(scorecard.get_by_role("heading", name="Saved in another tab meanwhile")).to_be_visible()
    scorecard.get_by_text("Show the other version").click()
    expect(scorecard.get_by_text("From the other tab.")).to_be_visible()
    expect(evidence(scorecard)).to_have_value(f"{TEXT} And reverted.")
    assert stored() == ["From the other tab."]

    scorecard.get_by_role("button", name="Save draft").click()
    expect(scorecard.get_by_text("Draft saved.")).to_be_visible()
    assert stored() == [f"{TEXT} And reverted."]


def test_a_stale_tab_that_is_reloaded_still_shows_both(scorecard: Page, watch: Watch) -> None:
    watch.expect_console(r"status of 409")
    other = scorecard.context.new_page()
    other.goto(scorecard.url)
    evidence(other).fill("From the other tab.")
    expect(save_state(other)).to_have_text(SAVED)
    evidence(scorecard).fill(TEXT)
    expect(save_state(scorecard)).to_contain_text("Saved in another tab meanwhile")

    scorecard.reload()
    expect(evidence(scorecard)).to_have_value(TEXT)
    expect(save_state(scorecard)).to_contain_text("Saved in another tab meanwhile")
    scorecard.get_by_role("button", name="Save draft").click()
    scorecard.get_by_text("Show the other version").click()
    expect(scorecard.get_by_text("From the other tab.")).to_be_visible()
    expect(evidence(scorecard)).to_have_value(TEXT)


def test_offline_keeps_the_text_and_saves_when_back(scorecard: Page, watch: Watch, stored: Any) -> None:
    watch.expect_console("ERR_INTERNET_DISCONNECTED")
    scorecard.context.set_offline(True)
    evidence(scorecard).fill(TEXT)
    expect(save_state(scorecard)).to_contain_text("Offline. Kept in this browser")
    assert TEXT in json.dumps(scorecard.evaluate("({...localStorage})"))
    assert stored() == []
    scorecard.context.set_offline(False)
    expect(save_state(scorecard)).to_have_text(SAVED)
    assert stored() == [TEXT]
    assert scorecard.evaluate("localStorage.length") == 0


def test_ended_sign_in_keeps_the_text_and_goes_on_after_the_next(
    scorecard: Page, watch: Watch, stored: Any, ben: User
) -> None:
    scorecard.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    evidence(scorecard).fill(TEXT)
    expect(save_state(scorecard)).to_contain_text("Your sign-in has ended. Kept in this browser")
    assert stored() == []

    other = scorecard.context.new_page()
    other.goto("/")
    other.get_by_label("E-mail address").fill(ben.email)
    other.get_by_label("Password").fill(PASSWORD)
    other.get_by_role("button", name="Sign in").click()
    expect(other.get_by_role("heading", name="What needs you")).to_be_visible()

    scorecard.bring_to_front()
    evidence(scorecard).press_sequentially(" Later.")
    expect(save_state(scorecard)).to_have_text(SAVED)
    assert stored() == [f"{TEXT} Later."]


def test_ended_sign_in_brings_the_text_back_after_signing_in(scorecard: Page, stored: Any, ben: User) -> None:
    scorecard.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    evidence(scorecard).fill(TEXT)
    expect(save_state(scorecard)).to_contain_text("Your sign-in has ended")
    scorecard.get_by_role("button", name="Save draft").click()
    scorecard.get_by_label("E-mail address").fill(ben.email)
    scorecard.get_by_label("Password").fill(PASSWORD)
    scorecard.get_by_role("button", name="Sign in").click()
    expect(evidence(scorecard)).to_have_value(TEXT)
    expect(save_state(scorecard)).to_have_text(SAVED)
    assert stored() == [TEXT]


def test_submitting_while_a_save_is_under_way_is_no_conflict(scorecard: Page, loop: Any, ben: User) -> None:
    def submit_meanwhile(save: Route) -> None:
        assert save.request.headers["x-autosave"] == "1"
        scorecard.keyboard.press("Control+Enter")
        save.continue_()

    scorecard.route("**/interviews/*/", submit_meanwhile, times=1)
    scorecard.locator(".choice").nth(2).click()
    scorecard.get_by_label("Yes", exact=True).check()
    evidence(scorecard).fill(TEXT)
    expect(scorecard.get_by_text("Submitted. It is fixed now.")).to_be_visible()
    card = Scorecard.objects.get(interview=loop.of_ben, interviewer=ben)
    assert (card.state, card.revision) == (Scorecard.State.SUBMITTED, 2)


def test_a_submitted_scorecard_leaves_nothing_in_the_browser(scorecard: Page) -> None:
    scorecard.locator(".choice").nth(2).click()
    evidence(scorecard).fill(TEXT)
    scorecard.get_by_label("Yes", exact=True).check()
    scorecard.keyboard.press("Control+Enter")
    expect(scorecard.get_by_text("Submitted. It is fixed now.")).to_be_visible()
    scorecard.wait_for_load_state()
    assert scorecard.evaluate("localStorage.length") == 0


def test_the_scorecard_works_on_a_phone(open_page: OpenPage, loop: Any, ben: User) -> None:
    page = open_page(ben, viewport=PHONE, has_touch=True, is_mobile=True, device_scale_factor=2)
    page.goto(loop.of_ben.get_absolute_url())
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    choices = page.locator(".choice")
    assert choices.count() == 9
    for choice in choices.all():
        box = choice.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44, choice.inner_text()
    choices.nth(1).tap()
    evidence(page).fill(TEXT)
    page.locator(".choices-row .choice").nth(2).tap()
    page.get_by_role("button", name="Submit").tap()
    expect(page.get_by_text("Submitted. It is fixed now.")).to_be_visible()
    rating = Scorecard.objects.get(interview=loop.of_ben, interviewer=ben).ratings.get()
    assert (rating.level, rating.evidence) == (2, TEXT)
