"""Roles and loop plans: what their pages say, and what a second click does."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import User
from apps.common.models import AuditLine
from apps.library.models import Station, StationVersion
from apps.loops import actions
from apps.loops.core.inputs import PlanLimits
from apps.loops.forms import LimitsForm
from apps.loops.models import LoopPlan, Role
from tests.bad_input.pages import table, words
from tests.factories import CompetencyFactory, PlanFactory, RoleFactory, StationFactory

SignIn = Callable[[User], Client]
LIMITS = PlanLimits(candidate_minutes=300, interviewer_minutes=600, min_ai_craft=1)


@pytest.fixture
def draft(loop: Any) -> LoopPlan:
    draft: LoopPlan = PlanFactory(
        role=loop.role, number=2, state=LoopPlan.State.DRAFT, stations=[loop.craft, loop.talk], min_ai_craft=1
    )
    return draft


# ------------------------------------------------------------------------------------------ second clicks


def test_every_change_of_what_is_no_longer_a_draft_is_refused_in_words(draft: LoopPlan, loop: Any, cleo: User) -> None:
    """As after the wait for the lock: the view saw a draft, the action finds it published."""
    first, now = draft.plan_stations.get(position=1), timezone.now()
    actions.publish_plan(plan=draft, by=cleo, now=now)
    lines = AuditLine.objects.count()
    for verb, values in [
        (actions.publish_plan, {"now": now}),
        (actions.regenerate_plan, {"now": now, "limits": LIMITS}),
        (actions.suggest_order, {"now": now}),
        (actions.add_station, {"station": loop.craft}),
        (actions.allow_station, {"station": loop.craft}),
        (actions.swap_station, {"station": loop.craft, "plan_station": first}),
        (actions.move_station, {"plan_station": first, "steps": 1}),
        (actions.pin_station, {"plan_station": first, "pinned": True}),
        (actions.remove_station, {"plan_station": first, "exclude": False}),
    ]:
        with pytest.raises(ValidationError, match="no longer a draft"):
            verb(plan=draft, by=cleo, **values)
    assert AuditLine.objects.count() == lines


def test_a_station_removed_meanwhile_is_said_to_be_gone(draft: LoopPlan, loop: Any, cleo: User) -> None:
    first = draft.plan_stations.get(position=1)
    actions.remove_station(plan=draft, plan_station=first, exclude=False, by=cleo)
    for verb, values in [
        (actions.move_station, {"steps": 1}),
        (actions.pin_station, {"pinned": True}),
        (actions.remove_station, {"exclude": True}),
        (actions.swap_station, {"station": loop.craft}),
    ]:
        with pytest.raises(ValidationError, match="no longer in the plan"):
            verb(plan=draft, plan_station=first, by=cleo, **values)


def test_archiving_twice_is_refused_in_words(draft: LoopPlan, cleo: User) -> None:
    actions.archive_plan(plan=draft, by=cleo, now=timezone.now())
    with pytest.raises(ValidationError, match="archived already"):
        actions.archive_plan(plan=draft, by=cleo, now=timezone.now())


def test_a_plan_of_a_closed_role_is_not_published_and_the_page_says_why(
    draft: LoopPlan, cleo: User, sign_in: SignIn
) -> None:
    Role.objects.filter(pk=draft.role_id).update(state=Role.State.CLOSED)
    assert "This role is closed." in words(sign_in(cleo).post(f"/plans/{draft.pk}/publish/", follow=True))
    draft.refresh_from_db()
    assert draft.state == LoopPlan.State.DRAFT
    with pytest.raises(ValidationError, match="This role is closed"):
        actions.copy_plan(plan=draft, by=cleo)


def test_what_an_action_refuses_leads_back_to_the_plan(draft: LoopPlan, cleo: User, sign_in: SignIn) -> None:
    draft.role.requirements.all().delete()
    typed = {"candidate_minutes": 300, "interviewer_hours": "10", "min_ai_craft": 0}
    page = sign_in(cleo).post(f"/plans/{draft.pk}/again/", typed, follow=True)
    assert page.redirect_chain == [(draft.get_absolute_url(), 302)]
    assert "This role requires nothing yet." in words(page)
    assert draft.plan_stations.count() == 2


# ------------------------------------------------------------------------------------------ rules


def test_a_role_that_requires_llm_craft_gets_no_loop_without_an_ai_craft_station(
    draft: LoopPlan, loop: Any, cleo: User
) -> None:
    none = PlanLimits(candidate_minutes=300, interviewer_minutes=600, min_ai_craft=0)
    with pytest.raises(ValidationError, match="at least one AI craft station"):
        actions.generate_plan(role=loop.role, limits=none, by=cleo, now=timezone.now())
    with pytest.raises(ValidationError, match="at least one AI craft station"):
        actions.regenerate_plan(plan=draft, limits=none, by=cleo, now=timezone.now())
    assert draft.plan_stations.count() == 2


def test_a_copy_keeps_the_proof_unless_a_station_says_something_else(draft: LoopPlan, loop: Any, cleo: User) -> None:
    LoopPlan.objects.filter(pk=draft.pk).update(proof="feasible", objective=0.5, bound=0.6)
    draft.refresh_from_db()
    same = actions.copy_plan(plan=draft, by=cleo)
    assert (same.proof, same.objective, same.bound) == ("feasible", 0.5, 0.6)
    newer = StationVersion.objects.get(pk=loop.talk.current.pk)
    newer.pk, newer.number = None, 2
    newer.save()
    Station.objects.filter(pk=loop.talk.pk).update(current=newer)
    other = actions.copy_plan(plan=draft, by=cleo)
    assert (other.proof, other.objective, other.bound) == ("", None, None)


# ------------------------------------------------------------------------------------------ limits


def test_every_minute_of_interviewers_is_offered_as_hours_the_form_takes_back() -> None:
    hours = LimitsForm().fields["interviewer_hours"]
    for minutes in range(30, 6001):
        offered = LimitsForm.initial_of(Role(interviewer_minutes=minutes))["interviewer_hours"]
        assert round(hours.clean(offered) * 60) == minutes


def test_a_way_out_the_form_would_refuse_has_no_button(cleo: User, sign_in: SignIn) -> None:
    """All six stations of 220 minutes are needed: more minutes than the form takes."""
    competency = CompetencyFactory()
    for number in range(6):
        StationFactory(slug=f"long-{number}", measures={competency: "0.30"}, measures__minutes=220)
    role = RoleFactory(requires={competency: {"min_signals": 6}})
    typed = {"candidate_minutes": "1200", "interviewer_hours": "100", "min_ai_craft": "0"}
    page = sign_in(cleo).post(f"/roles/{role.pk}/generate/", typed)
    assert "1320 candidate minutes instead of 1200" in words(page)
    assert 'name="apply"' not in page.content.decode()


def test_a_loop_without_the_ai_craft_the_role_requires_is_no_way_out(loop: Any, cleo: User, sign_in: SignIn) -> None:
    Station.objects.filter(pk=loop.craft.pk).update(kind=Station.Kind.CODING)
    typed = {"candidate_minutes": "300", "interviewer_hours": "10", "min_ai_craft": "1"}
    page = sign_in(cleo).post(f"/roles/{loop.role.pk}/generate/", typed)
    assert page.status_code == 422
    assert "at least 1 AI craft station" in words(page)
    assert "at least 0" not in words(page)


# ------------------------------------------------------------------------------------------ the page of a plan


def aims_missed(response: Any) -> list[str]:
    """The lines of the box, [] where there is none."""
    page = response.content.decode()
    if "misses some of its aims" not in page:
        return []
    box = page.split("misses some of its aims")[1].split("</ul>")[0]
    return [" ".join(re.sub(r"<[^>]+>", " ", line).split()) for line in box.split("<li>")[1:]] or ["EMPTY BOX"]


def test_a_plan_that_keeps_its_rules_shows_no_box_not_even_with_a_pinned_pilot(
    draft: LoopPlan, cleo: User, sign_in: SignIn
) -> None:
    competency = draft.role.requirements.get(competency__slug="product-engineering").competency
    pilot = StationFactory(slug="pilot", state=Station.State.PILOT, measures={competency: "0.45"})
    added = actions.add_station(plan=draft, station=pilot, by=cleo)
    client = sign_in(cleo)
    assert "“Name of pilot” is a pilot station and not pinned" in aims_missed(client.get(draft.get_absolute_url()))
    actions.pin_station(plan=draft, plan_station=added, pinned=True, by=cleo)
    assert aims_missed(client.get(draft.get_absolute_url())) == []


def test_every_broken_rule_is_said_in_words(cleo: User, sign_in: SignIn) -> None:
    measured, missing = CompetencyFactory(name="Measured"), CompetencyFactory(name="Missing")
    craft = StationFactory(
        kind=Station.Kind.AI_CRAFT, state=Station.State.PILOT, slug="craft", measures={measured: "0.50"}
    )
    role = RoleFactory(requires={measured: {"must_pass": True}, missing: {"min_signals": 2}})
    plan = PlanFactory(
        role=role, stations=[craft], state=LoopPlan.State.DRAFT, candidate_minutes=40, interviewer_minutes=30,
        min_ai_craft=1,
    )  # fmt: skip
    page = sign_in(cleo).get(plan.get_absolute_url())
    assert page.context["page"].ai_craft_count == 0
    assert page.context["page"].rows[0].is_short
    assert aims_missed(page) == [
        "5 candidate minutes over the limit",
        "0.5 interviewer hours over the limit",
        "0 active AI craft stations of at least 1",
        "Measured: reliability .00 without pilots, for a target of .45",
        "Measured: 0 of 1 independent signals",
        "Missing: 0 of 2 independent signals",
        "“Name of craft” is a pilot station and not pinned",
    ]


def test_an_empty_draft_says_what_it_misses(loop: Any, cleo: User, sign_in: SignIn) -> None:
    plan = PlanFactory(role=loop.role, number=3, state=LoopPlan.State.DRAFT)
    assert len(aims_missed(sign_in(cleo).get(plan.get_absolute_url()))) == 2


def test_the_proof_names_the_gap_and_a_cell_the_reliability_today(
    draft: LoopPlan, loop: Any, cleo: User, sign_in: SignIn
) -> None:
    LoopPlan.objects.filter(pk=draft.pk).update(proof="feasible", objective=0.58, bound=0.615)
    long_ago = timezone.localdate().replace(year=timezone.localdate().year - 1, day=1)
    Station.objects.filter(pk=loop.craft.pk).update(reviewed_on=long_ago, half_life_months=6)
    page = sign_in(cleo).get(draft.get_absolute_url())
    assert "within 3.5 points of the best" in words(page)
    cell = page.context["page"].rows[0].cells[0]
    assert cell.reliability == 0.45
    assert 0.10 < cell.reliability_today < 0.20
    assert f">{cell.reliability_today:.2f}<".replace("0.", ".") in page.content.decode()
    assert "reliability of one rating .45" in page.content.decode()


# ------------------------------------------------------------------------------------------ requirements


def test_saving_requirements_costs_the_same_for_two_lines_and_for_ten(cleo: User, sign_in: SignIn) -> None:
    client = sign_in(cleo)

    def price(number: int) -> int:
        competencies = CompetencyFactory.create_batch(number)
        role = RoleFactory(requires=competencies[:1])
        with CaptureQueriesContext(connection) as captured:
            client.post(f"/roles/{role.pk}/requirements/", table(competencies, [1] * number))
        assert role.requirements.count() == number
        assert set(role.requirements.values_list("bar", "min_signals")) == {(4, 2)}
        client.get(role.get_absolute_url())  # shows the message, so that no later page has to
        return len(captured)

    price(1)
    assert price(2) == price(10)


@pytest.mark.parametrize("initial", [0, 1, 50])
def test_a_management_form_somebody_changed_loses_no_line(initial: int, loop: Any, cleo: User, sign_in: SignIn) -> None:
    data = table([loop.first, loop.second], [1, 1], **{"line-INITIAL_FORMS": initial})
    for place in (0, 1):  # as the page was: nothing changed
        data |= {f"line-{place}-bar": 3, f"line-{place}-min_signals": 1}
    assert sign_in(cleo).post(f"/roles/{loop.role.pk}/requirements/", data).status_code == 302
    assert loop.role.requirements.count() == 2


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"line-0-competency": 999_999}, "This competency is not in the library."),
        ({"line-0-competency": "²"}, "Enter a whole number."),
        ({"line-TOTAL_FORMS": 4}, "This field is required."),
        ({"line-TOTAL_FORMS": ""}, "ManagementForm data is missing"),
        ({"line-1-competency": None}, "A competency stands in the table twice."),
    ],
)
def test_a_table_somebody_changed_is_refused_in_words(
    changes: dict[str, Any], problem: str, loop: Any, cleo: User, sign_in: SignIn
) -> None:
    data = table([loop.first, loop.second], [1, 1])
    data |= {name: loop.first.pk if value is None else value for name, value in changes.items()}
    response = sign_in(cleo).post(f"/roles/{loop.role.pk}/requirements/", data)
    assert problem in words(response)
    assert set(loop.role.requirements.values_list("bar", flat=True)) == {3}
