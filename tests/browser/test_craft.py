"""The candidate's page in a real browser: with its script, and without."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from apps.accounts.models import User
from apps.craft.models import Submission
from tests.browser.conftest import OpenPage
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
