"""The loop designer in a real browser: a plan by keyboard alone, and from a picture to a draft."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from apps.accounts.models import User
from tests.browser.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def tab_to(page: Page, text: str, *, most: int = 60) -> int:
    """Presses Tab until what has the focus is named so, and can be seen to have it. Returns the number of presses."""
    for pressed in range(1, most + 1):
        page.keyboard.press("Tab")
        found: dict[str, Any] = page.evaluate(
            """() => {
              const one = document.activeElement;
              const said = one.type === "submit" ? one.value : null;
              const label = one.labels?.[0]?.textContent ?? one.getAttribute("aria-label") ?? (said || one.textContent);
              const style = getComputedStyle(one);
              const seen = style.outlineStyle !== "none" || style.boxShadow !== "none";
              return {name: (label ?? "").trim(), seen};
            }"""
        )
        if found["name"].startswith(text):
            assert found["seen"], f"{text} does not show that it has the focus"
            return pressed
    raise AssertionError(f"{text} was not reached with {most} presses of Tab")


def go(page: Page) -> None:
    """Presses Enter on a link or button and waits for where it leads."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_from_a_role_to_a_published_plan_by_keyboard_alone(library: None, open_page: OpenPage, cleo: User) -> None:
    page = open_page(cleo)
    page.goto("/roles/")
    presses = tab_to(page, "New role")
    go(page)
    presses += tab_to(page, "Title")
    page.keyboard.type("Engineer for the assistant")
    presses += tab_to(page, "AI product engineer")
    presses += tab_to(page, "Create role")
    go(page)
    presses += tab_to(page, "Generate loop")
    go(page)
    expect(page.get_by_role("heading", name="Stations in order")).to_be_visible()
    presses += tab_to(page, "Publish")
    go(page)

    expect(page.get_by_text("is published. New candidacies begin with it.")).to_be_visible()
    print(f"{presses} presses of Tab")
    assert presses <= 100  # half a second each leaves a minute for reading


def test_a_figure_opens_into_its_formula_by_keyboard(library: None, open_page: OpenPage, cleo: User) -> None:
    page = open_page(cleo)
    publish_a_plan(page)
    tab_to(page, "330 of 330 min")
    page.keyboard.press("Enter")
    formula = page.locator("[popover]:popover-open")
    expect(formula).to_contain_text("= 330")
    page.keyboard.press("Escape")
    expect(formula).to_have_count(0)


def test_a_point_of_the_frontier_becomes_a_draft(library: None, open_page: OpenPage, cleo: User) -> None:
    page = open_page(cleo)
    publish_a_plan(page)
    page.get_by_role("link", name="Alternatives").click()
    page.locator("svg a").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="The best loop within")).to_be_visible()
    page.get_by_role("button", name="Make a draft of it").first.click()

    expect(page.get_by_text("is a draft with these stations")).to_be_visible()
    expect(page.get_by_role("button", name="Publish")).to_be_visible()


def test_what_if_answers_while_the_slider_moves(library: None, open_page: OpenPage, cleo: User) -> None:
    page = open_page(cleo)
    publish_a_plan(page)
    page.get_by_role("link", name="What if").click()
    expect(page.get_by_text("are the same")).to_be_visible()
    page.get_by_label("Candidate minutes").last.fill("240")

    expect(page.get_by_text("are the same")).to_have_count(0)
    page.get_by_label("Candidate minutes").last.fill("30")
    expect(page.get_by_text("No loop keeps every rule")).to_be_visible()


def publish_a_plan(page: Page) -> None:
    page.goto("/roles/new/")
    page.get_by_label("Title").fill("Engineer for the assistant")
    page.get_by_role("button", name="Create role").click()
    page.get_by_role("button", name="Generate loop").click()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("is published")).to_be_visible()
