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

    scorecard.get_by_role("button", name="See both").click()
    expect(scorecard.get_by_role("heading", name="Saved in another tab meanwhile")).to_be_visible()
    expect(scorecard.get_by_text("From the other tab.")).to_be_visible()
    expect(evidence(scorecard)).to_have_value(f"{TEXT} And reverted.")
    evidence(scorecard).press_sequentially(" ")  # typing on is no choice between the two
    expect(save_state(scorecard)).to_contain_text("Two versions: choose one.")
    assert stored() == ["From the other tab."]

    scorecard.get_by_role("button", name="Save draft").click()
    expect(scorecard.get_by_text("Draft saved.")).to_be_visible()
    assert stored() == [f"{TEXT} And reverted."]


@pytest.mark.parametrize("button", ["Use the kept one", "Delete the kept one"])
def test_two_versions_after_a_reload_are_offered_and_the_reader_chooses(
    button: str, scorecard: Page, watch: Watch, stored: Any
) -> None:
    watch.expect_console("ERR_FAILED")
    scorecard.route("**/*", lambda route: route.abort() if route.request.method == "POST" else route.fallback())
    evidence(scorecard).fill(TEXT)
    other = scorecard.context.new_page()
    other.goto(scorecard.url)
    other.get_by_role("button", name="Take it out again").click()
    evidence(other).fill("From the other tab.")
    expect(save_state(other)).to_have_text(SAVED)
    evidence(scorecard).press_sequentially("!")
    scorecard.reload()
    scorecard.unroute_all()
    offer = scorecard.locator("[data-offer]")
    expect(offer).to_contain_text("kept on this device")
    expect(offer).to_contain_text(f"{TEXT}!")
    expect(evidence(scorecard)).to_have_value("From the other tab.")
    assert stored() == ["From the other tab."]
    offer.get_by_role("button", name=button).click()
    chosen = f"{TEXT}!" if button == "Use the kept one" else "From the other tab."
    expect(evidence(scorecard)).to_have_value(chosen)
    expect(save_state(scorecard)).to_have_text(SAVED)
    assert stored() == [chosen]
    assert scorecard.evaluate("localStorage.length") == 0


def test_an_idle_tab_hears_of_a_newer_version_and_shows_it(scorecard: Page) -> None:
    other = scorecard.context.new_page()
    other.goto(scorecard.url)
    evidence(scorecard).fill(TEXT)
    expect(save_state(scorecard)).to_have_text(SAVED)
    expect(save_state(other)).to_contain_text("Another tab has a newer version.")
    other.get_by_role("button", name="Show it").click()
    expect(evidence(other)).to_have_value(TEXT)


def test_a_closed_tab_keeps_the_text(scorecard: Page, stored: Any) -> None:
    scorecard.locator(".choice").nth(1).click()
    evidence(scorecard).fill(TEXT)
    page = scorecard.context.new_page()
    scorecard.close(run_before_unload=True)
    page.goto(scorecard.url)
    expect(evidence(page)).to_have_value(TEXT)
    expect(page.locator("[data-rate] input[value='2']")).to_be_checked()
    expect(save_state(page)).to_have_text(SAVED)
    assert stored() == [TEXT]


def test_what_was_brought_back_can_be_taken_out_again(scorecard: Page, watch: Watch, stored: Any) -> None:
    watch.expect_console("ERR_FAILED")
    scorecard.route("**/*", lambda route: route.abort() if route.request.method == "POST" else route.fallback())
    evidence(scorecard).fill(TEXT)
    scorecard.reload()
    scorecard.unroute_all()
    expect(scorecard.get_by_role("heading", name="Brought back from")).to_be_visible()
    scorecard.get_by_role("button", name="Take it out again").click()
    expect(evidence(scorecard)).to_have_value("")
    expect(save_state(scorecard)).to_have_text(SAVED)
    assert stored() == [""]


def test_keyboard_alone_from_opening_to_submission(scorecard: Page, loop: Any, ben: User) -> None:
    keys = scorecard.keyboard
    keys.press("0")
    expect(scorecard.locator("[data-rate] input[value='none']")).to_be_checked()
    keys.press("4")
    expect(scorecard.locator("[data-rate] input[value='4']")).to_be_checked()
    keys.press("e")
    keys.type("They said 3 of 4 fail.")
    expect(evidence(scorecard)).to_have_value("They said 3 of 4 fail.")
    keys.press("Tab")
    keys.type("12:30")
    keys.press("Enter")  # on to the recommendation, not off to the server
    expect(scorecard.get_by_text("1 of 1 rated")).to_be_visible()
    keys.press("k")
    keys.press("Escape")
    keys.press("j")
    keys.press("3")
    expect(scorecard.get_by_label("Yes", exact=True)).to_be_checked()
    keys.press("Tab")
    keys.type("Mine.")
    keys.press("Control+Enter")
    expect(scorecard.get_by_text("Submitted. It is fixed now.")).to_be_visible()
    card = Scorecard.objects.get(interview=loop.of_ben, interviewer=ben)
    rating = card.ratings.get()
    assert (rating.level, rating.evidence, rating.moment) == (4, "They said 3 of 4 fail.", "12:30")
    assert (card.recommendation, card.private_notes) == ("yes", "Mine.")


def test_single_keys_can_be_switched_off(scorecard: Page) -> None:
    scorecard.get_by_role("button", name="Single keys are on").click()
    scorecard.reload()
    scorecard.keyboard.press("3")
    expect(scorecard.get_by_text("0 of 1 rated")).to_be_visible()
    scorecard.get_by_role("button", name="Single keys are off").click()
    scorecard.keyboard.press("3")
    expect(scorecard.get_by_text("1 of 1 rated")).to_be_visible()


def test_a_refused_submission_leads_to_the_field(scorecard: Page) -> None:
    scorecard.keyboard.press("1")
    scorecard.keyboard.press("Control+Enter")
    expect(scorecard.get_by_role("heading", name="Not submitted yet")).to_be_visible()
    scorecard.get_by_role("link", name="LLM craft: level 1 and 4 need what you saw").click()
    expect(evidence(scorecard)).to_be_focused()


def test_the_scorecard_works_without_scripts(open_page: OpenPage, loop: Any, ben: User) -> None:
    page = open_page(ben, java_script_enabled=False)
    page.goto(loop.of_ben.get_absolute_url())
    page.locator(".choice").nth(2).click()
    evidence(page).fill(TEXT)
    evidence(page).press("Tab")
    page.keyboard.press("Enter")  # a browser sends the form then: as a draft, never as a submission
    expect(page.get_by_text("Draft saved.")).to_be_visible()
    page.locator(".choices-row .choice").nth(2).click()
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_text("Submitted. It is fixed now.")).to_be_visible()


def test_offline_keeps_the_text_and_saves_when_back(scorecard: Page, watch: Watch, stored: Any) -> None:
    watch.expect_console("ERR_INTERNET_DISCONNECTED")
    scorecard.context.set_offline(True)
    evidence(scorecard).fill(TEXT)
    expect(save_state(scorecard)).to_have_text("Offline: kept on this device")
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
    expect(save_state(scorecard)).to_contain_text("Signed out: kept on this device")
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
    expect(save_state(scorecard)).to_contain_text("Signed out")
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
    assert evidence(page).bounding_box()["width"] > 300  # type: ignore[index]  # it has a box
    for choice in choices.all():
        box = choice.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44, choice.inner_text()
    for name in ("Save draft", "Submit"):  # the bar below is there before one scrolls
        button = page.get_by_role("button", name=name).bounding_box()
        assert button is not None
        assert button["height"] >= 44
        assert button["y"] + button["height"] <= PHONE["height"]
    page.get_by_role("link", name="Next: LLM craft").tap()
    choices.nth(1).tap()
    expect(page.get_by_text("1 of 1 rated")).to_be_visible()
    evidence(page).fill(TEXT)
    page.locator(".choices-row .choice").nth(2).tap()
    page.get_by_role("button", name="Submit").tap()
    expect(page.get_by_text("Submitted. It is fixed now.")).to_be_visible()
    rating = Scorecard.objects.get(interview=loop.of_ben, interviewer=ben).ratings.get()
    assert (rating.level, rating.evidence) == (2, TEXT)
