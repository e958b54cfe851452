"""Every page for every kind of reader: no axe violation, nothing wider than a phone, in light and dark."""

from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from playwright.sync_api import Page

from tests.browser import pages
from tests.browser.chromium import PHONE, WIDE
from tests.browser.conftest import OpenPage, Watch
from tests.snapshot import once_a_run

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NO_PAGE = {
    "healthz", "readyz", "logout",
    "candidacy-start", "candidacy-withdraw", "interview-schedule", "interview-cancel", "interview-sheet-file",
    "seat-excuse", "seat-remind", "calibration-item-state",
    "debrief-open", "debrief-step", "debrief-vote", "debrief-live",
    "plan-again", "plan-add", "plan-order", "plan-allow", "plan-publish", "plan-archive", "plan-copy", "plan-draft",
    "station-move", "station-pin", "station-remove", "station-state", "station-swap", "packet-own-kit",
    "audit-draft", "audit-report", "plan-sheet", "calibrate", "sending-revoke",
    "export-again", "export-cancel", "export-resume", "export-download",
    "kit-run", "kit-review", "kit-retire", "kit-restore", "craft-link", "craft-mail", "craft-close-links",
    "craft-extend", "craft-withdraw", "craft-prepare", "craft-grade", "craft-submission",
}  # fmt: skip
COLOUR_RULES = ["color-contrast", "link-in-text-block"]
AXE_EVERYTHING = {"rules": {"target-size": {"enabled": True}}}
AXE_COLOURS = {"runOnly": {"type": "rule", "values": COLOUR_RULES}}
# Everything once in each width, then the colours again in the other scheme. In this order every step changes one thing.
APPEARANCES = [
    (WIDE, "light", AXE_EVERYTHING),
    (WIDE, "dark", AXE_COLOURS),
    (PHONE, "dark", AXE_EVERYTHING),
    (PHONE, "light", AXE_COLOURS),
]
RUN_AXE = """
async ([scheme, options]) => {
  while (document.documentElement.dataset.bsTheme !== scheme) await new Promise(requestAnimationFrame);
  const found = await axe.run(document, {...options, resultTypes: ["violations"], preload: false});
  const violations = found.violations.map((one) => {
    const where = one.nodes.slice(0, 4).map((node) => node.target.join(" ")).join("; ");
    const first = one.nodes[0];
    const why = [...first.any, ...first.all, ...first.none].map((check) => check.message).join(" ");
    return `${one.id} at ${where}. ${why}`;
  });
  const wide = document.documentElement.scrollWidth;
  if (wide > innerWidth) violations.push(`${wide} pixels wide in a window of ${innerWidth}`);
  return violations;
}
"""


def faults_of(page: Page, name: str) -> list[str]:
    """What axe and the width say of a page that is open, in four appearances."""
    faults = []
    page.evaluate(AXE_SCRIPT)
    for size, scheme, options in APPEARANCES:
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found = page.evaluate(RUN_AXE, [scheme, options])
        faults += [f"{name} {size['width']} {scheme}: {fault}" for fault in found]
    page.set_viewport_size(WIDE)
    page.emulate_media(color_scheme="light")
    return faults


# Many tests, for the tests of a run are shared out among processes: the leader's pages in three parts.
PARTS = [("leader", part, 3) for part in range(3)] + [(who, 0, 1) for who in pages.READERS if who != "leader"]


@pytest.fixture
def organisation(demo: Any, tmp_path_factory: pytest.TempPathFactory) -> pages.Demo:
    return once_a_run(tmp_path_factory, "pages", pages.Demo)


def test_every_address_has_a_page_that_is_looked_at(organisation: pages.Demo) -> None:
    assert every_address_of(organisation) == set(_names(get_resolver().url_patterns)) - NO_PAGE, "Add it to pages.py."


@pytest.mark.parametrize(("who", "part", "parts"), PARTS)
def test_every_page_is_accessible_and_fits(
    who: str, part: int, parts: int, organisation: pages.Demo, open_page: OpenPage, live_server: Any, watch: Watch
) -> None:
    watch.expect_console(r"status of (403|404|409|410|422)")
    faults: list[str] = []
    person, visits = pages.of_person(organisation, who)
    page = open_page(person)
    for visit in visits[len(visits) * part // parts : len(visits) * (part + 1) // parts]:
        visit.open(page, live_server.url)
        faults += faults_of(page, f"{who} {visit.name}")
    page.close()
    assert not faults, "\n".join(faults)


def every_address_of(demo: pages.Demo) -> set[str]:
    visits = [visit for who in pages.READERS for visit in pages.of_person(demo, who)[1]]
    return {resolve(visit.address.partition("?")[0]).url_name or "" for visit in visits}


def _names(patterns: list[URLPattern | URLResolver]) -> list[str]:
    names: list[str] = []
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            names.append(pattern.name or "")
        elif pattern.app_name != "admin":
            names += _names(pattern.url_patterns)
    return names


def test_a_broken_page_shows_what_was_sent_in_both_schemes(
    open_page: OpenPage, watch: Watch, ada: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from apps.interviews import actions

    def broken(**values: Any) -> None:
        raise RuntimeError("Broken for this test.")

    monkeypatch.setattr(actions, "add_candidate", broken)
    watch.expect_console("status of 500", "Broken for this test")
    page = open_page(ada)
    page.goto("/candidates/new/")
    page.get_by_label("Name").fill("Noor Haddad")
    page.get_by_label("E-mail address").fill("noor@mail.example")
    page.get_by_role("button", name="Add candidate").click()
    page.get_by_role("heading", name="Something broke on our side").wait_for()
    assert page.get_by_label("name", exact=True).input_value() == "Noor Haddad"
    assert not faults_of(page, "500")
