"""A kit from the loop to the scorecard in a real browser, and the candidate's page with its script and without."""

import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from apps.accounts.models import User
from apps.craft.core.record import unpacked
from apps.craft.models import Assignment, Grading, Submission
from apps.interviews.models import Scorecard
from apps.library.models import Station
from tests.browser.conftest import OpenPage
from tests.browser.test_journey import assign, rate_with_the_mouse, sign_in, start_candidacy, stations
from tests.craft.product.house import link_to, ready, zipped

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_candidate_downloads_and_hands_in_and_gets_a_receipt(
    loop: Any, ada: User, open_page: OpenPage, live_server: Any, tmp_path: Path
) -> None:
    assignment = ready(loop.of_ben, ada)
    page = open_page(None)
    page.goto(live_server.url + link_to(assignment, ada))
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename == "retrieval-qa.zip"
    work, large = tmp_path / "submission.zip", tmp_path / "large.zip"
    work.write_bytes(zipped())
    large.write_bytes(b"PK\x03\x04" + bytes(6_000_000))
    page.get_by_label("The zip file").set_input_files(large)
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("the most is 5.0 MB")).to_be_visible()
    assert Submission.objects.count() == 0
    page.get_by_label("The zip file").set_input_files(work)
    page.get_by_role("button", name="Hand in").click()
    receipt = page.locator(".receipt")
    expect(receipt).to_be_focused()
    expect(receipt).to_contain_text(Submission.objects.get().sha256)
    assignment.refresh_from_db()
    assert assignment.first_opened_at is not None
    assert assignment.first_opened_at <= timezone.now()
    expect(page).to_have_url(re.compile("/p/craft/"))


def test_a_generated_loop_has_a_kit_that_is_assigned_solved_graded_and_rated(
    library: None, work_at_once: None, open_page: OpenPage, tmp_path: Path, ada: User, ben: User, cleo: User,
) -> None:  # fmt: skip
    """The real mint, the candidate's own commands, and the real sandbox."""
    leader = open_page()
    sign_in(leader, cleo)
    order = publish_a_loop(leader)
    with_kit = set(Station.objects.exclude(kit="").values_list("current__name", flat=True))
    station = next(name for name in order if name in with_kit)

    recruiter = open_page(ada)
    start_candidacy(recruiter)
    assign(recruiter, {order.index(station): [ben]})
    recruiter.get_by_role("link", name=f"Kit of {station}").click()
    recruiter.get_by_role("button", name="Assign the kit").click()
    expect(recruiter.get_by_text("Opens until", exact=True)).to_be_visible(timeout=120_000)
    recruiter.get_by_role("button", name="Show a link once").click()
    link = recruiter.get_by_label("The private link").input_value()

    candidate = open_page(None)
    candidate.goto(urlsplit(link).path)
    with candidate.expect_download() as download:
        candidate.get_by_role("button", name="Download").click()
    submission = solve(download.value.path(), tmp_path)
    candidate.get_by_label("The zip file").set_input_files(submission)
    candidate.get_by_role("button", name="Hand in").click()
    expect(candidate.locator(".receipt")).to_be_focused()
    expect(candidate.locator(".receipt")).to_contain_text(Submission.objects.get().sha256)

    interviewer = open_page(ben)
    interviewer.goto("/")
    interviewer.locator("section").filter(has_text="Interviews ahead").get_by_role("link").click()
    interviewer.get_by_role("link", name="Guide of this variant").click()
    for site in Assignment.objects.get().record["sites"].values():
        expect(interviewer.locator("main")).to_contain_text(site["title"])
    interviewer.go_back()
    interviewer.get_by_role("link", name="Result").click()
    interviewer.get_by_role("button", name="Grade now").click()
    expect(interviewer.get_by_role("heading", name="Gain", exact=True)).to_be_visible(timeout=120_000)
    report = Grading.objects.get().report
    assert (report["verdict"], report["level"]) == ("graded", "bubblewrap")
    assert report["gain"]["value"] == pytest.approx(1, abs=1e-9)
    expect(interviewer.locator("main")).to_contain_text("1.00")
    assert not Scorecard.objects.exists(), "a metric is no rating"
    rate_with_the_mouse(interviewer)
    assert Scorecard.objects.get().interviewer == ben


def publish_a_loop(page: Page) -> list[str]:
    page.get_by_role("link", name="New role").click()
    page.get_by_label("Title").fill("Engineer for the assistant")
    page.get_by_label("AI product engineer", exact=True).check()
    page.get_by_role("button", name="Create role").click()
    page.get_by_role("button", name="Generate loop").click()
    expect(page.get_by_role("heading", name="Stations in order")).to_be_visible()
    order = stations(page)
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("is published. New candidacies begin with it.")).to_be_visible()
    return order


def solve(downloaded: Path, folder: Path) -> Path:
    """As a candidate who finds everything: unpack, measure, repair, measure, submit, by the commands of the README."""
    with zipfile.ZipFile(downloaded) as archive:
        archive.extractall(folder)
    [top] = [path for path in folder.iterdir() if (path / "craft.py").exists()]

    def craft(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "craft.py", *arguments], cwd=top, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    assert "full run 1" in craft("eval", "--why", "as it came", "--expect", "0")
    for name, text in unpacked(Assignment.objects.get().record["vault"])["reference"].items():
        (top / name).write_text(text, encoding="utf-8")
    assert "full run 2" in craft("eval", "--why", "every planted site repaired", "--expect", "0.5")
    craft("submit")
    return top / "submission.zip"
