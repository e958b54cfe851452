"""Whoever may not read yet gets the same pages whatever others do: each setting, each kind of reader, each state."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.debriefs.actions import record_decision
from apps.interviews.models import Candidacy
from apps.interviews.models.candidacies import CandidacyQuerySet
from tests.blindness.panel import EVIDENCE, Panel, leaks
from tests.pages import Visitor

SignIn = Callable[[User], Client]

# The setting, and who reads: of the panel with their own scorecard in, or not of the panel at all.
WAITING = [
    ("after_all", "ben"), ("after_all", "leader"), ("after_all", "administrator"),
    ("leaders_too", "ben"), ("leaders_too", "recruiter"),
    ("leaders_too", "cleo"), ("leaders_too", "ada"), ("leaders_too", "eli"),
]  # fmt: skip


@pytest.mark.parametrize("name", ["ben", "leader", "recruiter", "administrator"])
def test_who_owes_sees_the_same_pages_whatever_the_others_do(name: str, panel: Panel, sign_in: SignIn) -> None:
    assert leaks(panel, name, sign_in) == []


@pytest.mark.parametrize(("blindness", "name"), WAITING)
def test_who_waits_sees_the_same_pages_whatever_the_others_do(
    blindness: str, name: str, panel: Panel, sign_in: SignIn
) -> None:
    assert leaks(panel, name, sign_in, blindness=blindness) == []


@pytest.mark.parametrize(("blindness", "name"), [*WAITING, ("after_own", "ben"), ("after_own", "cleo")])
def test_once_everybody_has_written_everything_is_there(
    blindness: str, name: str, panel: Panel, sign_in: SignIn
) -> None:
    reader = panel.people[name]
    client, debrief = sign_in(reader), reverse("debrief", args=[panel.loop.candidacy.pk])
    panel.begins(blindness=blindness, reader=reader)
    panel.fay_submits()
    panel.gils_card_is_entered()
    panel.everybody_else_submits()
    if panel.last != reader or name != "cleo":
        assert client.get(debrief).status_code == 403
        panel.submit(panel.loop.of_ben, panel.last)
    answer = client.get(debrief)
    assert answer.status_code == 200
    assert EVIDENCE in answer.content.decode()


@pytest.mark.parametrize("name", ["cleo", "ada", "eli"])
def test_where_only_the_panel_waits_who_runs_hiring_reads_on(name: str, panel: Panel, sign_in: SignIn) -> None:
    panel.begins(blindness="after_all", reader=panel.people[name])
    panel.fay_submits()
    page = sign_in(panel.people[name]).get(reverse("debrief", args=[panel.loop.candidacy.pk]))
    assert EVIDENCE in page.content.decode()


def test_a_candidacy_without_times_for_all_is_not_yet_complete(panel: Panel, sign_in: SignIn) -> None:
    """Somebody may still be seated there who has read nothing: the last scorecard so far is not the last."""
    panel.begins(blindness="leaders_too", reader=panel.people["cleo"])
    panel.fay_submits()
    panel.gils_card_is_entered()
    panel.everybody_else_submits()
    panel.submit(panel.loop.of_ben, panel.last)
    panel.loop.of_fay.refresh_from_db()
    panel.loop.of_fay.state, panel.loop.of_fay.starts_at, panel.loop.of_fay.ends_at = "to_schedule", None, None
    panel.loop.of_fay.save()
    assert not Candidacy.objects.open_to(panel.people["cleo"]).filter(pk=panel.loop.candidacy.pk).exists()


def attempts(panel: Panel) -> list[tuple[str, dict[str, Any]]]:
    """What somebody who runs hiring could send to learn from the answer."""
    loop = panel.loop
    at = {f"interview-{loop.of_fay.pk}-starts_at": "2026-12-01T10:00"}
    return [
        (reverse("seat-excuse", args=[loop.seat_of_fay.pk]), {"reason": "Ill."}),
        (reverse("seat-excuse", args=[loop.seat_of_fay.pk]), {}),
        (reverse("seat-remind", args=[loop.seat_of_fay.pk]), {}),
        (reverse("interview-cancel", args=[loop.of_fay.pk]), {}),
        (reverse("interview-cancel", args=[loop.of_ben.pk]), {}),
        (reverse("interview-schedule", args=[loop.of_fay.pk]), {}),
        (reverse("interview-schedule", args=[loop.of_fay.pk]), at),
        (reverse("interview-enter-for", args=[loop.of_fay.pk, loop.seat_of_fay.pk]), {"reason": "Dictated."}),
        (reverse("debrief", args=[loop.candidacy.pk]), {"outcome": "offer", "reasons": "Because."}),
        (reverse("debrief-open", args=[loop.candidacy.pk]), {}),
        (reverse("debrief-step", args=[loop.candidacy.pk]), {"to": "voting"}),
        (reverse("debrief-vote", args=[loop.candidacy.pk]), {"choice": "yes"}),
        (reverse("packet-request", args=[loop.candidacy.pk]), {"kinds": ["debrief"]}),
        (reverse("packets-bulk"), {"kinds": ["debrief"], "candidacies": [loop.candidacy.pk]}),
        (reverse("candidacy-move", args=[loop.candidacy.pk]), {"plan": panel.other_plan.pk, "seen": "0" * 64}),
    ]


@pytest.mark.parametrize(
    ("blindness", "name"),
    [
        ("after_own", "leader"), ("after_own", "recruiter"), ("after_own", "administrator"),
        ("after_all", "leader"), ("leaders_too", "recruiter"), ("leaders_too", "cleo"), ("leaders_too", "eli"),
    ],
)  # fmt: skip
def test_what_somebody_sends_who_may_not_read_is_answered_the_same_whatever_the_others_did(
    blindness: str, name: str, panel: Panel, sign_in: SignIn
) -> None:
    panel.begins(blindness=blindness, reader=panel.people[name])
    browser = Visitor(sign_in(panel.people[name]))
    before = {address + str(data): browser.ask("POST", address, data) for address, data in attempts(panel)}
    for happens in (Panel.fay_submits, Panel.fay_amends, Panel.gils_card_is_entered, Panel.everybody_else_submits):
        happens(panel)
        after = {address + str(data): browser.ask("POST", address, data) for address, data in attempts(panel)}
        assert [key for key in after if after[key] != before[key]] == [], happens.__name__


def test_a_decision_over_somebody_who_owes_is_refused(panel: Panel) -> None:
    panel.fay_submits()
    with pytest.raises(ValidationError, match="still owed"):
        record_decision(
            candidacy=panel.loop.candidacy, outcome="offer", reasons="Enough seen.", conditions="", dissent="",
            by=panel.people["cleo"], now=timezone.now(),
        )  # fmt: skip


def test_the_walk_notices_that_a_panel_does_not_wait_for_all(
    panel: Panel, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CandidacyQuerySet, "incomplete", lambda self: self.none())
    found = leaks(panel, "cleo", sign_in, blindness="leaders_too", states=Panel.STATES[1:2])
    assert f"fay_submits: {panel.loop.candidacy.get_absolute_url()} changed" in found
