"""What if the numbers were others: answered at once, never stored."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.common.models import AuditLine
from apps.library.models import Station
from apps.loops.models import LoopPlan, Requirement
from tests.bad_input.pages import field, words
from tests.factories import StationFactory

SignIn = Callable[[User], Client]


@pytest.fixture
def address(loop: Any) -> str:
    """A library with two more stations, so that there is something to choose."""
    StationFactory(slug="long", measures={loop.second: "0.60"}, measures__minutes=90)
    StationFactory(slug="spare", measures={loop.first: "0.20", loop.second: "0.20"}, measures__minutes=30)
    loop.plan.min_ai_craft = 1
    loop.plan.save()
    return f"/plans/{loop.plan.pk}/what-if/"


def test_the_plans_own_numbers_are_where_one_begins(address: str, ben: User, sign_in: SignIn) -> None:
    page = sign_in(ben).get(address)
    assert field(page, "candidate_minutes") == "300"
    assert field(page, "weight_llm-craft") == "1"
    assert "Only in The best loop" in words(page)
    assert "Proved: no other choice" in words(page)
    assert "Make a draft" not in words(page)


def test_fewer_minutes_give_another_loop_held_against_the_plan(address: str, ben: User, sign_in: SignIn) -> None:
    page = sign_in(ben).get(address, {"candidate_minutes": "90"})
    numbers = page.context["page"].numbers
    assert numbers.candidate_minutes.this <= 90
    assert page.context["page"].other == "Plan 1"


def test_a_heavier_weight_changes_what_both_loops_are_worth(address: str, ben: User, sign_in: SignIn) -> None:
    client = sign_in(ben)
    equal = client.get(address).context["page"].numbers.explained
    heavy = client.get(address, {"weight_llm-craft": "5"}).context["page"].numbers.explained
    assert heavy.this != pytest.approx(equal.this, abs=1e-4)
    assert heavy.other != pytest.approx(equal.other, abs=1e-4)


def test_looking_stores_nothing(address: str, cleo: User, sign_in: SignIn) -> None:
    before = AuditLine.objects.count(), LoopPlan.objects.count(), list(Requirement.objects.order_by("pk").values())
    sign_in(cleo).get(address, {"candidate_minutes": "90", "weight_llm-craft": "5"})
    after = AuditLine.objects.count(), LoopPlan.objects.count(), list(Requirement.objects.order_by("pk").values())
    assert after == before


def test_htmx_gets_the_answer_alone(address: str, ben: User, sign_in: SignIn) -> None:
    page = sign_in(ben).get(address, headers={"hx-request": "true"})
    assert "<html" not in page.content.decode()
    assert "The best loop with these numbers" in words(page)
    assert "HX-Request" in page.headers["Vary"]


def test_the_impossible_names_the_clash_and_a_way_out_that_works(address: str, ben: User, sign_in: SignIn) -> None:
    client = sign_in(ben)
    page = client.get(address, {"candidate_minutes": "15"})
    assert "No loop keeps every rule" in words(page)
    assert "the limit of 15 candidate minutes" in words(page)
    ways = [query for _, query in page.context["ways"] if query]
    assert ways
    for query in ways:
        assert client.get(f"{address}?{query}").context["page"] is not None


def test_a_must_pass_target_is_a_number_one_may_move(address: str, loop: Any, ben: User, sign_in: SignIn) -> None:
    loop.role.requirements.filter(competency=loop.first).update(must_pass=True)
    client = sign_in(ben)
    assert field(client.get(address), "target_llm-craft") == "0.45"
    assert client.get(address, {"target_llm-craft": "0.95"}).context["page"] is None
    assert client.get(address, {"target_llm-craft": "0"}).context["page"] is not None


@pytest.mark.parametrize(
    "typed",
    [{"candidate_minutes": "soon"}, {"weight_llm-craft": "9"}, {"interviewer_hours": ""}, {"min_ai_craft": "-1"}],
)
def test_a_number_that_cannot_be_used_is_said_and_kept(
    typed: dict[str, str], address: str, ben: User, sign_in: SignIn
) -> None:
    page = sign_in(ben).get(address, typed)
    assert page.status_code == 200
    assert "A number cannot be used" in words(page)
    for name, value in typed.items():
        assert field(page, name) == value


def test_a_leader_makes_a_draft_of_other_limits_but_not_of_other_weights(
    address: str, loop: Any, cleo: User, ben: User, sign_in: SignIn
) -> None:
    client = sign_in(cleo)
    page = client.get(address, {"candidate_minutes": "90"})
    assert "Make a draft with these limits" in words(page)
    data: dict[str, list[Any]] = {}
    for name, value in page.context["draft"]:
        data.setdefault(name, []).append(value)
    done = client.post(f"/plans/{loop.plan.pk}/draft/", data, follow=True)
    draft = LoopPlan.objects.get(number=2)
    assert done.redirect_chain == [(draft.get_absolute_url(), 302)]
    assert draft.candidate_minutes == 90
    stations = list(draft.plan_stations.order_by("position").values_list("version__station__slug", flat=True))
    assert stations == data["station"]
    weighed = words(client.get(address, {"candidate_minutes": "90", "weight_llm-craft": "5"}))
    assert "Make a draft" not in weighed
    assert "belong to the role" in weighed
    assert "Make a draft" not in words(sign_in(ben).get(address, {"candidate_minutes": "90"}))


def test_the_plans_hours_are_accepted_as_offered_and_drafted_to_the_same_minute(
    address: str, loop: Any, cleo: User, sign_in: SignIn
) -> None:
    LoopPlan.objects.filter(pk=loop.plan.pk).update(interviewer_minutes=500)
    client = sign_in(cleo)
    page = client.get(address, {"candidate_minutes": "90"})
    assert field(page, "interviewer_hours") == "8.33"
    draft = dict(page.context["draft"]) | {"station": page.context["result"].stations}
    client.post(f"/plans/{loop.plan.pk}/draft/", draft)
    assert LoopPlan.objects.get(number=2).interviewer_minutes == 500


def test_a_way_out_this_page_has_no_field_for_is_said_without_a_link(
    address: str, loop: Any, ben: User, sign_in: SignIn
) -> None:
    LoopPlan.objects.filter(pk=loop.plan.pk).update(max_stations=1)
    loop.role.requirements.update(min_signals=2)
    page = sign_in(ben).get(address)
    ways = {tuple(way.numbers): query for way, query in page.context["ways"]}
    assert any("max_stations" in names for names in ways)
    assert not any(query for names, query in ways.items() if "max_stations" in names)


def test_no_way_out_gives_up_the_ai_craft_the_role_requires(
    address: str, loop: Any, ben: User, sign_in: SignIn
) -> None:
    Station.objects.filter(pk=loop.craft.pk).update(kind=Station.Kind.CODING)
    page = sign_in(ben).get(address)
    assert "No loop keeps every rule" in words(page)
    assert "at least 0" not in words(page)


def test_a_role_that_requires_nothing_says_so(loop: Any, ben: User, sign_in: SignIn) -> None:
    loop.role.requirements.all().delete()
    assert "requires nothing yet" in words(sign_in(ben).get(f"/plans/{loop.plan.pk}/what-if/"))
