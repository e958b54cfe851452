"""The walk is only worth what it notices: planted one at a time, each leak is caught by what gives it away."""

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.shortcuts import render
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.craft.models.assignments import AssignmentQuerySet
from apps.interviews import queries
from apps.interviews.models import Candidacy, Scorecard, Seat, SeatQuerySet
from apps.interviews.models.scorecards import ScorecardQuerySet
from apps.interviews.views import candidacies as views
from tests.blindness.panel import AMENDED, EVIDENCE, FILE, GRADED, OF_BEN, REASONS, Panel, leaks

SignIn = Callable[[User], Client]
GRADES = [(Panel.the_kit_is_graded, True)]
SUBMITS, ENDS = [Panel.STATES[1]], [Panel.STATES[1], (Panel.a_debrief_packet_is_made, False), Panel.STATES[-1]]
LINES, PAGE = queries.candidacy_lines, queries.candidacy_page


def written(candidacy: Candidacy) -> int:
    return Scorecard.objects.submitted().filter(interview__candidacy=candidacy).count()


def test_the_panel_is_the_one_the_walk_thinks_of(panel: Panel) -> None:
    owing = Seat.objects.owing().filter(interview=panel.loop.of_ben)
    assert set(owing.values_list("interviewer__name", flat=True)) == {panel.people[name].name for name in OF_BEN}
    assert panel.loop.candidacy.interviews.count() == 2


def test_the_walk_reads_mails_that_come(panel: Panel) -> None:
    assert panel.mails_of(panel.people["ben"]) != []


def test_a_debt_that_is_forgotten_is_noticed_everywhere(
    panel: Panel, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SeatQuerySet, "owing", lambda self: self.none())
    found = "\n".join(leaks(panel, "administrator", sign_in, states=ENDS))
    for trace in [
        "fay_submits: / changed", "fay_submits: /candidacies/ changed", f"debrief/ says {EVIDENCE}",
        f"fay_submits: {panel.loop.candidacy.get_absolute_url()} changed", "/admin/interviews/scorecard/ changed",
        "/admin/interviews/rating/ changed", "/admin/common/auditline/ changed", "/admin/packets/packet/ changed",
        "/packets/ changed", f"/download/ says {FILE}", f"says {REASONS}", "/admin/debriefs/decision/ changed",
    ]:  # fmt: skip
        assert trace in found


def test_scorecards_that_everybody_may_see_are_noticed(
    panel: Panel, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ScorecardQuerySet, "visible_to", lambda self, user: self)
    found = leaks(panel, "administrator", sign_in, states=SUBMITS)
    assert "fay_submits: /admin/interviews/scorecard/ changed" in found


def test_a_result_of_a_kit_that_everybody_may_read_is_noticed(
    panel: Panel, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AssignmentQuerySet, "result_open_to", lambda self, user: self.visible_to(user))
    found = leaks(panel, "administrator", sign_in, states=GRADES)
    address = reverse("craft-interview", args=[panel.loop.of_fay.pk])
    for trace in (f"{address} changed", f"/craft/assignments/{panel.kit.pk}/ says {GRADED}", "/admin/craft/grading/"):
        assert trace in "\n".join(found)


def test_a_count_is_noticed(panel: Panel, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    def counted(**values: Any) -> list[Any]:
        lines = LINES(**values)
        return [
            dataclasses.replace(line, is_open=True, submitted=written(line.candidacy), expected=9) for line in lines
        ]

    monkeypatch.setattr(queries, "candidacy_lines", counted)
    assert "fay_submits: /candidacies/ changed" in leaks(panel, "recruiter", sign_in, states=SUBMITS)


def test_an_order_is_noticed(panel: Panel, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    def ordered(**values: Any) -> list[Any]:
        return sorted(LINES(**values), key=lambda line: -written(line.candidacy))

    monkeypatch.setattr(queries, "candidacy_lines", ordered)
    assert "fay_submits: /candidacies/ changed" in leaks(panel, "recruiter", sign_in, states=SUBMITS)


def test_a_page_that_takes_longer_is_noticed(panel: Panel, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    def slower(*, candidacy: Candidacy, user: Any) -> Any:
        for card in Scorecard.objects.submitted().filter(interview__candidacy=candidacy).order_by("pk"):
            card.ratings.count()
        return PAGE(candidacy=candidacy, user=user)

    monkeypatch.setattr(queries, "candidacy_page", slower)
    (said,) = leaks(panel, "ben", sign_in, states=SUBMITS)
    assert said.startswith(f"fay_submits: {panel.loop.candidacy.get_absolute_url()} asks the database otherwise")


def test_a_header_is_noticed(panel: Panel, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    def dated(request: Any, template: str, context: dict[str, Any]) -> HttpResponse:
        answer = render(request, template, context)
        answer["ETag"] = f'"{Scorecard.objects.submitted().count()}"'
        return answer

    monkeypatch.setattr(views, "render", dated)
    found = leaks(panel, "ben", sign_in, states=SUBMITS)
    assert "fay_submits: /candidacies/ has other headers" in found


def test_a_trail_of_others_amendments_is_noticed(
    panel: Panel, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told(**values: Any) -> list[Any]:
        lines = LINES(**values)
        for line in lines:
            line.candidacy.candidate.name += " ".join(
                Scorecard.objects.filter(interview__candidacy=line.candidacy).values_list("amendment_reason", flat=True)
            )
        return lines

    monkeypatch.setattr(queries, "candidacy_lines", told)
    found = leaks(panel, "ben", sign_in, states=Panel.STATES[1:3])
    assert f"fay_amends: /candidacies/ says {AMENDED}" in found
