"""The main job from end to end, as its people do it: from a preset to a packet."""

import datetime as dt
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from apps.accounts.models import User
from apps.loops.models import Role
from tests.browser.conftest import OpenPage, Watch
from tests.factories import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_from_a_preset_to_a_packet(
    library: None, work_at_once: None, open_page: OpenPage, watch: Watch,
    ada: User, ben: User, fay: User, cleo: User,
) -> None:  # fmt: skip
    leader = open_page()
    sign_in(leader, cleo)
    design_loop(leader)

    recruiter = open_page(ada)
    start_candidacy(recruiter)
    assign(recruiter, {0: [ben, fay]})
    candidacy = recruiter.url

    first, second = open_page(ben), open_page(fay)
    rate_with_the_mouse(first)
    first.get_by_role("link", name="To the debrief").click()
    expect(first.get_by_role("heading", name="Debrief")).to_be_visible()
    expect(first.get_by_role("region", name="Ratings by competency and interviewer")).to_contain_text(ben.name)

    watch.expect_console(r"status of 403 \(Forbidden\) .*/debrief/")
    second.goto(f"{candidacy}debrief/")
    expect(second.get_by_role("heading", name="Your scorecard comes first")).to_be_visible()
    expect(second.locator("main")).not_to_contain_text("What Ben saw")
    second.get_by_role("link", name="Write it now").click()
    rate_with_the_keyboard(second)
    second.goto(f"{candidacy}debrief/")
    expect(second.get_by_role("region", name="Ratings by competency and interviewer")).to_contain_text(ben.name)

    Role.objects.update(quorum=2)  # the other stations of the loop are not held in this journey
    leader.goto(f"{candidacy}debrief/")
    decide(leader)

    recruiter.goto(candidacy)
    file = packet(recruiter, "Debrief")
    assert file.read_bytes().startswith(b"%PDF")


def sign_in(page: Page, user: User) -> None:
    page.goto("/")
    page.get_by_label("E-mail address").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="What needs you")).to_be_visible()


def stations(page: Page) -> list[str]:
    return page.locator("ol.steps > li > div > a > strong").all_inner_texts()


def names(page: Page) -> Locator:
    return page.locator("ol.steps > li > div > a > strong")


def design_loop(page: Page) -> None:
    """Role from a preset, loop, then every change a leader can make by hand, and published."""
    page.get_by_role("link", name="New role").click()
    page.get_by_label("Title").fill("Engineer for the assistant")
    page.get_by_label("AI product engineer", exact=True).check()
    page.get_by_role("button", name="Create role").click()
    page.get_by_role("button", name="Generate loop").click()
    expect(page.get_by_role("heading", name="Stations in order")).to_be_visible()
    expect(page.get_by_role("region", name="Coverage of competencies by stations")).to_be_visible()

    order = stations(page)
    page.get_by_role("button", name=f"Move {order[1]} earlier", exact=True).click()
    expect(names(page)).to_have_text([order[1], order[0], *order[2:]])

    page.get_by_role("button", name=f"Pin {order[0]}", exact=True).click()
    expect(page.get_by_role("button", name=f"Unpin {order[0]}", exact=True)).to_be_visible()

    page.get_by_role("button", name=f"Exclude {order[2]}", exact=True).click()
    expect(page.get_by_role("button", name=f"Allow {order[2]} again", exact=True)).to_be_visible()
    expect(names(page)).to_have_text([order[1], order[0], *order[3:]])

    row = page.locator("ol.steps > li").filter(has_text=order[-1])
    row.get_by_text("Swap", exact=True).first.click()
    option = row.get_by_role("option").filter(has_not_text="Choose a station").first
    chosen = (option.text_content() or "").rpartition(" (")[0]
    row.get_by_label("Station").select_option(value=option.get_attribute("value"))
    row.get_by_role("button", name="Swap").click()
    expect(names(page)).to_have_text([order[1], order[0], *order[3:-1], chosen])

    page.get_by_role("button", name="Generate again").click()
    expect(page.get_by_text("Generated again")).to_be_visible()
    assert order[0] in stations(page)
    assert order[2] not in stations(page)

    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("is published. New candidacies begin with it.")).to_be_visible()


def start_candidacy(page: Page) -> None:
    page.goto("/candidates/")
    page.get_by_role("link", name="Add candidate").click()
    page.get_by_label("Name").fill("Noor Haddad")
    page.get_by_label("E-mail address").fill("noor@mail.example")
    page.get_by_label("Time zone").select_option("Europe/Berlin")
    page.get_by_role("button", name="Add candidate").click()
    page.get_by_label("Role").select_option(label="Engineer for the assistant")
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_role("heading", name="Interviews")).to_be_visible()


def assign(page: Page, people: dict[int, list[User]]) -> None:
    """People into interviews by their place in the loop, each interview at an hour of its own."""
    begin = timezone.now().replace(hour=9, minute=0) + dt.timedelta(days=1)
    for place, users in people.items():
        row = page.locator("ol.steps > li").nth(place)
        row.get_by_text("Schedule", exact=True).click()
        row.get_by_label("Begins").fill(f"{begin + dt.timedelta(hours=2 * place):%Y-%m-%dT%H:%M}")
        row.get_by_label("Interviewers").select_option([str(user.pk) for user in users])
        row.get_by_role("button", name="Save").click()
        expect(page.get_by_text(": saved.")).to_be_visible()
        for user in users:
            expect(
                page.locator("ol.steps > li").nth(place).get_by_role("listitem").filter(has_text=user.name)
            ).to_be_visible()


def open_own_scorecard(page: Page) -> None:
    page.goto("/")
    page.locator("section").filter(has_text="Interviews ahead").get_by_role("link").click()
    expect(page.locator("form[data-scorecard]")).to_be_visible()


def rate_with_the_mouse(page: Page) -> None:
    open_own_scorecard(page)
    for row in page.locator("[data-rate]").all():
        row.locator(".choice").nth(2).click()
        row.locator("textarea").fill("What Ben saw: asked for the failing cases first.")
    page.get_by_label("Yes", exact=True).check()
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_text("Submitted. It is fixed now.")).to_be_visible()


def rate_with_the_keyboard(page: Page) -> None:
    """A number rates, Tab goes on to the evidence and to the next competency, Ctrl+Enter submits."""
    rows = page.locator("[data-rate]")
    for place in range(rows.count()):
        key, value = ("0", "none") if place else ("3", "3")
        page.keyboard.press(key)
        expect(rows.nth(place).locator(f"input[value='{value}']")).to_be_checked()
        page.keyboard.press("Tab")
        page.keyboard.type("What Fay heard: 3 causes, 1 fix.")
        expect(rows.nth(place).locator("textarea")).to_have_value("What Fay heard: 3 causes, 1 fix.")
        page.keyboard.press("Tab")  # where it was
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_label("No", exact=True)).to_be_checked()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Submitted. It is fixed now.")).to_be_visible()


def decide(page: Page) -> None:
    page.get_by_role("button", name="Open the debrief").click()
    page.get_by_role("button", name="Everybody has read").click()
    page.get_by_role("button", name="Close the vote without").click()
    page.get_by_label("Make an offer").check()
    page.get_by_label("Reasons").fill("Both saw the failing cases asked for first.")
    page.get_by_label("Dissent").fill("Fay would have waited.")
    page.get_by_role("button", name="Record the decision").click()
    expect(page.get_by_text("The decision is recorded.")).to_be_visible()
    expect(page.get_by_role("heading", name="Decision: Make an offer")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Both saw the failing cases asked for first.")


def packet(page: Page, kind: str) -> Path:
    packets = page.locator("section").filter(has=page.get_by_role("heading", name="Packets", exact=True))
    packets.get_by_label(kind).check()
    packets.get_by_role("button", name="Make packets").click()
    expect(page.get_by_text("Finished.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").first.click()
    assert download.value.suggested_filename.endswith(".pdf")
    return download.value.path()
