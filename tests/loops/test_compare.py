"""Two plans side by side: facts that mirror each other, and a page that says them in words."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from apps.accounts.models import User
from apps.library.models import Station, StationVersion
from apps.loops.core.compare import Measured, PlanFacts, StationUse, compare
from apps.loops.models import LoopPlan
from tests.bad_input.pages import words
from tests.factories import CompetencyFactory, PlanFactory, RoleFactory, StationFactory

SignIn = Callable[[User], Client]

names = st.sampled_from("abcdef")
facts = st.builds(
    PlanFacts,
    stations=st.lists(st.builds(StationUse, names, st.integers(1, 3)), unique_by=lambda use: use.id).map(tuple),
    candidate_minutes=st.integers(0, 500),
    interviewer_minutes=st.integers(0, 900),
    explained=st.floats(0, 1),
    measured=st.dictionaries(names, st.builds(Measured, st.floats(0, 1), st.integers(0, 5))),
)


@given(plan=facts)
def test_a_plan_compared_with_itself_differs_in_nothing(plan: PlanFacts) -> None:
    same = compare(plan, plan)
    assert same.is_empty
    assert same.differences == ()
    assert (same.only_this, same.only_other, same.other_versions) == ((), (), ())


@given(one=facts, two=facts)
def test_a_comparison_mirrors_the_one_the_other_way_round(one: PlanFacts, two: PlanFacts) -> None:
    there = compare(one, two)
    assert there == compare(two, one).mirrored
    assert there.mirrored.mirrored == there
    assert there.is_empty == compare(two, one).is_empty
    assert len(there.differences) == len(there.mirrored.differences)


@given(one=facts, two=facts)
def test_every_station_stands_in_exactly_one_place(one: PlanFacts, two: PlanFacts) -> None:
    found = compare(one, two)
    both = [station.id for station in found.both]
    assert sorted([*both, *found.only_this]) == sorted(use.id for use in one.stations)
    assert sorted([*both, *found.only_other]) == sorted(use.id for use in two.stations)
    assert {pair.competency for pair in found.competencies} == {*one.measured, *two.measured}


# ------------------------------------------------------------------------------------------ the page


@pytest.fixture
def short(loop: Any) -> LoopPlan:
    """A draft of the same role with the talk alone."""
    draft: LoopPlan = PlanFactory(role=loop.role, number=2, state="draft", stations=[loop.talk])
    return draft


def test_the_difference_is_said_in_words(short: LoopPlan, loop: Any, ben: User, sign_in: SignIn) -> None:
    page = sign_in(ben).get(f"/plans/{loop.plan.pk}/compare/?with={short.pk}")
    said = words(page)
    assert "Plan 1 explains" in said
    assert "points more, asks 45 min more of the candidate, asks 1 h more of the interviewers" in said
    assert "measures LLM craft twice instead of once, compared with Plan 2." in said
    back = words(sign_in(ben).get(f"/plans/{short.pk}/compare/?with={loop.plan.pk}"))
    assert "points less, asks 45 min less of the candidate" in back
    assert "measures LLM craft once instead of twice, compared with Plan 1." in back


def test_without_a_choice_a_plan_is_held_against_the_roles_published_one(
    short: LoopPlan, loop: Any, ben: User, sign_in: SignIn
) -> None:
    page = sign_in(ben).get(f"/plans/{short.pk}/compare/")
    assert page.context["other"] == loop.plan
    assert page.context["page"].only_other[0].name == "Name of craft"


def test_a_station_in_a_newer_version_is_marked(short: LoopPlan, loop: Any, ben: User, sign_in: SignIn) -> None:
    newer = StationVersion.objects.get(pk=loop.talk.current.pk)
    newer.pk, newer.number = None, 2
    newer.save()
    Station.objects.filter(pk=loop.talk.pk).update(current=newer)
    plan = PlanFactory(role=loop.role, number=3, state="draft")
    plan.plan_stations.create(version=newer, position=1)
    page = sign_in(ben).get(f"/plans/{plan.pk}/compare/?with={short.pk}")
    assert "version 2 instead of 1" in words(page)


def test_plans_of_two_roles_are_compared_by_both_roles_competencies(loop: Any, ben: User, sign_in: SignIn) -> None:
    third = CompetencyFactory(name="Third thing")
    other = PlanFactory(role=RoleFactory(title="Other role", requires=[third]), stations=[StationFactory()])
    said = words(sign_in(ben).get(f"/plans/{loop.plan.pk}/compare/?with={other.pk}"))
    assert "AI product engineer, plan 1" in said
    assert "Third thing" in said


def test_a_copy_is_the_same_and_a_lonely_plan_says_what_to_do(
    short: LoopPlan, loop: Any, cleo: User, sign_in: SignIn
) -> None:
    client = sign_in(cleo)
    client.post(f"/plans/{short.pk}/copy/")
    copy = LoopPlan.objects.get(number=3)
    assert "Plan 3 and Plan 2 are the same." in words(client.get(f"/plans/{copy.pk}/compare/?with={short.pk}"))


def test_the_only_plan_there_is_says_so(ben: User, sign_in: SignIn) -> None:
    plan = PlanFactory()
    assert "There is no other plan yet." in words(sign_in(ben).get(f"/plans/{plan.pk}/compare/"))


@pytest.mark.parametrize("typed", ["999999", "nonsense", ""])
def test_a_plan_that_is_not_there_is_refused_in_words(typed: str, short: LoopPlan, ben: User, sign_in: SignIn) -> None:
    page = sign_in(ben).get(f"/plans/{short.pk}/compare/?with={typed}")
    assert page.status_code == 200
    assert page.context["page"] is None
    assert "This plan is not there." in words(page) or "This field is required." in words(page)


def test_comparing_costs_the_same_for_one_station_and_for_three(loop: Any, ben: User, sign_in: SignIn) -> None:
    client = sign_in(ben)

    def price(number: int) -> int:
        stations = [StationFactory(measures={loop.first: "0.3"}) for _ in range(number)]
        plan = PlanFactory(role=loop.role, number=10 + number, state="draft", stations=stations)
        with CaptureQueriesContext(connection) as captured:
            client.get(f"/plans/{plan.pk}/compare/?with={loop.plan.pk}")
        return len(captured)

    price(1)
    assert price(2) == price(4)
