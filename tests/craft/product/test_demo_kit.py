"""The demo's kit is one that today's engine made, and the whole way from assigning to rating goes through the pages."""

import datetime as dt
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.craft import actions, translate
from apps.craft.core.kits import KITS
from apps.craft.models import Assignment, Grading
from apps.craft.sandbox.examine import available
from apps.craft.sandbox.values import Level
from tests.bad_input.pages import words
from tests.craft.product.house import kit_page, upload

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


@pytest.fixture
def prepared() -> Any:
    return json.loads((settings.FIXTURES_DIR / "demo" / "kit.json").read_text(encoding="utf-8"))


def test_the_demos_kit_is_of_a_version_that_ships(prepared: Any) -> None:
    record = prepared["record"]
    assert KITS[record["kit"]].version == record["version"], "run: python manage.py make_demo_kit"
    guide = translate.to_guide(record)
    assert guide.sites
    assert translate.to_report(prepared["report"]).is_graded


def test_a_guide_that_cannot_be_made_any_more_says_so(
    assignment: Assignment, ada: User, sign_in: SignIn, prepared: Any
) -> None:
    address = reverse("craft-guide", args=[assignment.pk])
    assert "cannot be made any more" in words(sign_in(ada).get(address))
    Assignment.objects.update(record=prepared["record"])
    page = words(sign_in(ada).get(address))
    assert "Read this in five minutes" in page
    for site in prepared["record"]["sites"].values():
        assert site["title"] in page


def test_a_candidate_gets_a_kit_hands_it_in_and_is_rated(loop: Any, ada: User, ben: User, sign_in: SignIn) -> None:
    """Minted and graded for good, by the engine and in the sandbox: the slow way, once."""
    at = timezone.localtime(timezone.now() + dt.timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    recruiter, interviewer, candidate = sign_in(ada), sign_in(ben), Client()
    recruiter.post(kit_page(loop.of_ben), {"kit": "retrieval-qa", "expires_at": at})
    made = Assignment.objects.get()
    ended = actions.run_mint_job(job_id=made.job_id, clock=timezone.now)
    assert ended is not None
    assert (ended.state, ended.message) == ("done", "")
    shown = recruiter.post(reverse("craft-link", args=[made.pk])).content.decode()
    (link,) = re.findall(r'value="http://[^/]+(/p/craft/[^"]+/)"', shown)
    folder = candidate.post(link, {"do": "download"}).content
    made.refresh_from_db()
    assert made.canary.startswith("craft-canary-")
    assert upload(link, folder).status_code == 303
    interviewer.post(reverse("craft-grade", args=[made.pk]))
    grading = Grading.objects.get()
    actions.run_grading_job(job_id=grading.job_id, clock=timezone.now)
    grading.refresh_from_db()
    page = words(interviewer.get(made.get_absolute_url()))
    if available()[0] is Level.NONE:
        assert grading.state == "no_room"
        assert "cannot be graded on this machine" in page
    else:
        assert grading.state == "graded"
        assert "0.00 (0.00 to 0.00, 90 %)" in page
        assert "every file they may edit is as it was handed out" in page
    guide = words(interviewer.get(reverse("craft-guide", args=[made.pk])))
    assert "Read this in five minutes" in guide
    assert "To your scorecard" in page or "cannot be graded" in page
