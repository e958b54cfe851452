"""Requirements and plans that cannot be are refused in words; what was typed stays."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.loops.models import LoopPlan
from tests.bad_input.pages import field, table, words
from tests.factories import CompetencyFactory, RoleFactory, StationFactory

SignIn = Callable[[User], Client]


@pytest.mark.parametrize(
    ("weights", "problem"),
    [
        ([0, 1], "A weight is 1 to 5. To leave a competency out, untick it."),
        ([6, 1], "Ensure this value is less than or equal to 5."),
        ([4, 1], "The weights differ: say why"),
    ],
)
def test_weights_that_cannot_be_are_refused_and_what_was_typed_stays(
    weights: list[int], problem: str, loop: Any, cleo: User, sign_in: SignIn
) -> None:
    response = sign_in(cleo).post(f"/roles/{loop.role.pk}/requirements/", table([loop.first, loop.second], weights))
    assert problem in words(response)
    assert [field(response, f"line-{place}-weight") for place in (0, 1)] == [str(weight) for weight in weights]
    assert field(response, "line-0-min_signals") == "2"
    assert (field(response, "candidate_minutes"), field(response, "interviewer_hours")) == ("321", "7.5")
    assert set(loop.role.requirements.values_list("weight", "bar")) == {(1, 3)}


@pytest.mark.parametrize("competency", ["9" * 20, "9" * 5000])
def test_a_competency_beyond_all_numbers_is_refused_and_what_was_typed_stays(
    competency: str, loop: Any, cleo: User, sign_in: SignIn
) -> None:
    data = table([loop.first, loop.second], [4, 1]) | {"line-0-competency": competency}
    response = sign_in(cleo).post(f"/roles/{loop.role.pk}/requirements/", data)
    assert response.status_code in (200, 422)
    assert field(response, "line-1-weight") == "1"
    assert field(response, "candidate_minutes") == "321"
    assert set(loop.role.requirements.values_list("weight", "bar")) == {(1, 3)}


def test_unequal_weights_with_a_reason_are_kept(loop: Any, cleo: User, sign_in: SignIn) -> None:
    data = table([loop.first, loop.second], [4, 1], weights_reason="The assistant is the product.")
    sign_in(cleo).post(f"/roles/{loop.role.pk}/requirements/", data)
    loop.role.refresh_from_db()
    assert loop.role.weights_reason == "The assistant is the product."
    assert list(loop.role.requirements.order_by("pk").values_list("weight", flat=True)) == [4, 1]


def test_a_role_that_needs_nothing_is_refused(loop: Any, cleo: User, sign_in: SignIn) -> None:
    response = sign_in(cleo).post(f"/roles/{loop.role.pk}/requirements/", table([], []))
    assert "A role needs at least one competency." in words(response)
    assert loop.role.requirements.count() == 2


def test_a_budget_nothing_fits_in_names_the_rules_and_keeps_what_was_typed(cleo: User, sign_in: SignIn) -> None:
    competency = CompetencyFactory(name="LLM craft")
    StationFactory(measures={competency: "0.50"})
    role = RoleFactory(requires={competency: {"must_pass": True}})
    typed = {"candidate_minutes": 15, "interviewer_hours": "0.5", "min_ai_craft": 0}
    response = sign_in(cleo).post(f"/roles/{role.pk}/generate/", typed)
    page = words(response)
    assert response.status_code == 422
    assert "No loop keeps every rule" in page
    assert "the limit of 15 candidate minutes" in page or "at most 0.5 interviewer hours" in page
    assert "LLM craft" in page
    assert [field(response, name) for name in typed] == [str(value) for value in typed.values()]
    assert not LoopPlan.objects.filter(role=role).exists()


def test_a_draft_that_cannot_be_generated_again_stays_as_it_was(loop: Any, cleo: User, sign_in: SignIn) -> None:
    client = sign_in(cleo)
    client.post(f"/plans/{loop.plan.pk}/copy/")
    draft = LoopPlan.objects.get(state="draft")
    stations = list(draft.plan_stations.values_list("pk", "version"))
    typed = {"candidate_minutes": 15, "interviewer_hours": "1", "min_ai_craft": 1}
    response = client.post(f"/plans/{draft.pk}/again/", typed)
    assert response.status_code == 422
    assert field(response, "candidate_minutes") == "15"
    assert list(draft.plan_stations.values_list("pk", "version")) == stations


def test_a_plan_without_stations_is_not_published(loop: Any, cleo: User, sign_in: SignIn) -> None:
    client = sign_in(cleo)
    client.post(f"/plans/{loop.plan.pk}/copy/")
    draft = LoopPlan.objects.get(state="draft")
    for station in draft.plan_stations.all():
        client.post(f"/plans/{draft.pk}/stations/{station.pk}/remove/")
    assert "A plan without stations cannot be published." in words(
        client.post(f"/plans/{draft.pk}/publish/", follow=True)
    )
