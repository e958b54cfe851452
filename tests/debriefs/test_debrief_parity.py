"""What the debrief page says of how this candidate was treated, from rows."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.debriefs.queries import panels_of
from apps.debriefs.translate import Once, ParityPage, parity_page
from apps.interviews.actions import cancel_interview
from apps.interviews.models import Candidacy, Interview
from apps.panel.models import Training
from tests.bad_input.pages import words
from tests.factories import CandidacyFactory, CandidateFactory, UserFactory, seat

SignIn = Callable[[User], Client]


def another(loop: Any, place: int) -> Candidacy:
    """Somebody else in the same loop, both interviews with a time and a person each."""
    candidacy = CandidacyFactory(plan=loop.plan, candidate=CandidateFactory(name=f"Other {place}"))
    begin = timezone.now() - dt.timedelta(days=10 + place)
    for hour, interview in enumerate(candidacy.interviews.order_by("plan_station__position")):
        seat(interview, UserFactory(kinds=["interviewer"]), starts_at=begin + dt.timedelta(hours=hour))
    return candidacy


@pytest.fixture
def others(loop: Any) -> list[Candidacy]:
    return [another(loop, place) for place in range(3)]


def said(loop: Any, reader: User, sign_in: SignIn) -> str:
    page = words(sign_in(reader).get(reverse("debrief", args=[loop.candidacy.pk])))
    return page[page.index("Treated like the others?") :]


def compared(candidacy: Candidacy, user: User, once: Once | None = None) -> ParityPage:
    panel = panels_of([candidacy], user=user)[candidacy.pk]
    return parity_page(candidacy=candidacy, panel=panel, once=once)


def test_who_was_treated_as_planned_and_as_usual_shows_no_deviation(
    loop: Any, cleo: User, others: list[Candidacy], sign_in: SignIn
) -> None:
    text = said(loop, cleo, sign_in)
    assert "Compared with 3 others of this role and with the plan." in text
    assert "no deviation" in text


def test_deviations_are_named_with_how_many_others_had_the_same(
    loop: Any, ben: User, ada: User, cleo: User, others: list[Candidacy], sign_in: SignIn
) -> None:
    Training.objects.create(interviewer=cleo, station=loop.craft, stage="trained", since=timezone.localdate())
    cancel_interview(interview=loop.of_fay, by=ada)
    Interview.objects.filter(pk=loop.of_ben.pk).update(ends_at=loop.of_ben.starts_at + dt.timedelta(minutes=70))
    cancelled = others[0].interviews.get(plan_station=loop.of_fay.plan_station)
    cancel_interview(interview=cancelled, by=ada)
    text = said(loop, cleo, sign_in)
    assert "Name of talk was cancelled. 1 of 3 others likewise." in text
    assert "Name of craft : 70 minutes instead of 45. 0 of 3 others likewise." in text
    assert "Name of craft : Ben Interviewer was not recorded as trained for it by that day." in text


def test_longer_for_an_accommodation_is_named_apart(loop: Any, cleo: User, sign_in: SignIn) -> None:
    loop.candidacy.candidate.accommodation = "A third more time."
    loop.candidacy.candidate.save()
    Interview.objects.filter(pk=loop.of_ben.pk).update(ends_at=loop.of_ben.starts_at + dt.timedelta(minutes=60))
    text = said(loop, cleo, sign_in)
    assert "no deviation" in text
    assert "A third more time. Name of craft : 60 minutes instead of 45." in text
    assert "An accommodation is no deviation." in text


def test_an_arrangement_that_shows_in_no_length_asks_whether_it_was_given(
    loop: Any, cleo: User, others: list[Candidacy], sign_in: SignIn
) -> None:
    loop.candidacy.candidate.accommodation = "A third more time."
    loop.candidacy.candidate.save()
    text = said(loop, cleo, sign_in)
    assert "An arrangement is on record, but the lengths scheduled are as for the others." in text
    assert "was it given?" in text
    assert "no deviation" not in text


def test_a_bar_raised_for_this_candidate_only_is_named(
    loop: Any, cleo: User, others: list[Candidacy], sign_in: SignIn
) -> None:
    loop.candidacy.pinned_requirements.filter(competency=loop.first).update(bar=4)
    assert "Bar of LLM craft : 4; for most others it was 3. 0 of 3 others as here." in said(loop, cleo, sign_in)


def test_another_role_is_no_comparison(loop: Any, cleo: User, sign_in: SignIn) -> None:
    CandidacyFactory()
    assert "Nobody else of this role yet: compared with the plan only." in said(loop, cleo, sign_in)


def test_one_other_and_three_cost_the_same(loop: Any, cleo: User) -> None:
    def price() -> int:
        candidacy = Candidacy.objects.select_related("candidate", "plan").get(pk=loop.candidacy.pk)
        with CaptureQueriesContext(connection) as captured:
            compared(candidacy, cleo)
        return len(captured)

    assert cleo.is_leader, "asked once for each person, so before the counting"
    another(loop, 0)
    one = price()
    another(loop, 1)
    another(loop, 2)
    assert price() == one


def test_the_others_are_read_once_for_several_candidates_and_compare_as_ever(
    loop: Any, others: list[Candidacy], ada: User, cleo: User
) -> None:
    cancel_interview(interview=loop.of_fay, by=ada)
    everybody = Candidacy.objects.select_related("candidate", "plan").order_by("pk")
    once = Once()
    costs = []
    for candidacy in everybody:
        with CaptureQueriesContext(connection) as captured:
            found = compared(candidacy, cleo, once)
        costs.append(len(captured))
        assert found == compared(candidacy, cleo)
    assert len(set(costs[1:])) == 1
    assert costs[1] < costs[0]


def test_a_candidates_own_interviews_are_read_anew_each_time(
    loop: Any, others: list[Candidacy], ada: User, cleo: User
) -> None:
    candidacy = Candidacy.objects.select_related("candidate", "plan").get(pk=loop.candidacy.pk)
    once = Once()
    before = compared(candidacy, cleo, once).parity.stations
    cancel_interview(interview=loop.of_fay, by=ada)
    assert compared(candidacy, cleo, once).parity.stations == before - 1
