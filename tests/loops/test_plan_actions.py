"""What verbs do to a plan's proof, to what its stations assess, and whether they ask before harm is done."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.loops import actions
from apps.loops.core.inputs import PlanLimits
from apps.loops.models import LoopPlan
from tests.factories import CompetencyFactory, PlanFactory, RoleFactory, StationFactory

SignIn = Callable[[User], Client]
LIMITS = PlanLimits(candidate_minutes=45, interviewer_minutes=600, min_ai_craft=0)

pytestmark = pytest.mark.django_db


@pytest.fixture
def needs() -> Any:
    return CompetencyFactory(slug="x"), CompetencyFactory(slug="y"), CompetencyFactory(slug="z")


def slugs(plan: LoopPlan) -> list[str]:
    return list(plan.plan_stations.order_by("position").values_list("version__station__slug", flat=True))


def assessed(plan: LoopPlan) -> dict[str, set[str]]:
    return {
        ps.version.station.slug: {competency.slug for competency in ps.assessed.order_by("pk")}
        for ps in plan.plan_stations.select_related("version__station").order_by("position")
    }


def test_a_draft_of_the_best_stations_keeps_the_proof_and_of_others_has_none(needs: Any, cleo: User) -> None:
    x, *_ = needs
    StationFactory(slug="weak", measures={x: "0.20"})
    StationFactory(slug="strong", measures={x: "0.50"})
    role = RoleFactory(requires=[x])

    def draft(slug: str) -> LoopPlan:
        plan = actions.draft_from_stations(role=role, limits=LIMITS, station_slugs=[slug], by=cleo, now=timezone.now())
        plan.refresh_from_db()
        return plan

    assert (draft("strong").proof, slugs(draft("strong"))) == ("optimal", ["strong"])
    assert (draft("weak").proof, draft("weak").bound) == ("", None)


def test_a_draft_of_stations_assesses_what_keeps_its_own_rules(needs: Any, cleo: User) -> None:
    x, y, _ = needs
    StationFactory(slug="a", measures={x: "0.46", y: "0.45"})
    StationFactory(slug="b", measures={x: "0.60"})  # with it in the plan, `a` had better assess y
    role = RoleFactory(requires={x: {"must_pass": True}, y: {"min_signals": 0}})
    limits = replace(LIMITS, candidate_minutes=90, max_competencies=1)

    plan = actions.draft_from_stations(role=role, limits=limits, station_slugs=["a"], by=cleo, now=timezone.now())
    assert assessed(plan) == {"a": {"x"}}


def test_a_draft_that_breaks_its_rules_keeps_the_cap_all_the_same(needs: Any, cleo: User) -> None:
    x, y, z = needs
    StationFactory(slug="a", measures={x: "0.20", y: "0.45"})
    role = RoleFactory(requires={x: {}, y: {}, z: {"must_pass": True}})
    limits = replace(LIMITS, max_competencies=1)

    plan = actions.draft_from_stations(role=role, limits=limits, station_slugs=["a"], by=cleo, now=timezone.now())
    assert assessed(plan) == {"a": {"y"}}


def test_a_swapped_station_assesses_all_it_measures(needs: Any, cleo: User) -> None:
    x, y, z = needs
    first = StationFactory(slug="first", measures={x: "0.45", y: "0.20"})
    other = StationFactory(slug="other", measures={x: "0.15", z: "0.45"})
    plan = PlanFactory(role=RoleFactory(requires=[x, y, z]), stations=[first], state=LoopPlan.State.DRAFT)
    place = plan.plan_stations.get()
    place.assessed.set([x])

    actions.swap_station(plan=plan, plan_station=place, station=other, by=cleo)
    assert assessed(plan) == {"other": set()}


def test_the_proof_goes_when_a_pin_or_an_exclusion_goes(needs: Any, cleo: User) -> None:
    x, *_ = needs
    weak = StationFactory(slug="weak", measures={x: "0.20"})
    StationFactory(slug="strong", measures={x: "0.50"})
    role = RoleFactory(requires=[x])
    now = timezone.now()

    plan = PlanFactory(role=role, stations=[weak], state=LoopPlan.State.DRAFT, number=1)
    actions.pin_station(plan=plan, plan_station=plan.plan_stations.get(), pinned=True, by=cleo)
    plan = actions.regenerate_plan(plan=plan, limits=LIMITS, by=cleo, now=now)
    assert (slugs(plan), plan.proof) == (["weak"], "optimal")
    actions.pin_station(plan=plan, plan_station=plan.plan_stations.get(), pinned=False, by=cleo)
    plan.refresh_from_db()
    assert plan.proof == ""

    plan = actions.generate_plan(role=role, limits=LIMITS, by=cleo, now=now)
    strong = plan.plan_stations.get()
    actions.remove_station(plan=plan, plan_station=strong, exclude=True, by=cleo)
    plan = actions.regenerate_plan(plan=plan, limits=LIMITS, by=cleo, now=now)
    assert (slugs(plan), plan.proof) == (["weak"], "optimal")
    actions.allow_station(plan=plan, station=strong.version.station, by=cleo)
    plan.refresh_from_db()
    assert plan.proof == ""


def test_publishing_a_plan_that_misses_its_aims_asks_first(needs: Any, cleo: User, sign_in: SignIn) -> None:
    x, y, _ = needs
    role = RoleFactory(requires={x: {}, y: {"must_pass": True}})
    station = StationFactory(measures={x: "0.45"})
    PlanFactory(role=role, stations=[station], state=LoopPlan.State.PUBLISHED, number=1)
    plan = PlanFactory(role=role, stations=[station], state=LoopPlan.State.DRAFT, number=2)
    client = sign_in(cleo)

    asked = client.post(reverse("plan-publish", args=[plan.pk]))
    plan.refresh_from_db()
    assert plan.state == LoopPlan.State.DRAFT
    assert "plan 1 is archived" in asked.content.decode()
    client.post(reverse("plan-publish", args=[plan.pk]), {"knowing": "yes"})
    plan.refresh_from_db()
    assert plan.state == LoopPlan.State.PUBLISHED


def test_a_change_leads_back_to_where_it_was_made(needs: Any, cleo: User, sign_in: SignIn) -> None:
    x, *_ = needs
    stations = [StationFactory(measures={x: "0.45"}), StationFactory(measures={x: "0.30"})]
    plan = PlanFactory(role=RoleFactory(requires=[x]), stations=stations, state=LoopPlan.State.DRAFT)
    last = plan.plan_stations.order_by("position").last()
    assert last is not None
    answer = sign_in(cleo).post(reverse("station-move", args=[plan.pk, last.pk]), {"direction": "earlier"})

    assert answer.headers["Location"].endswith(f"#station-{last.pk}")
