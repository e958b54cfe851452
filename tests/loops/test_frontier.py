"""What else there is beside a plan: the frontier, other loops, stations left out, and limits that can be loosened."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.library.models import Station
from apps.loops.forms import LimitsForm
from apps.loops.models import LoopPlan
from tests.bad_input.pages import words
from tests.factories import PlanFactory, StationFactory

SignIn = Callable[[User], Client]


@pytest.fixture
def library_of_six(loop: Any) -> None:
    """Enough stations for loops that differ in two."""
    for number, (one, two) in enumerate([("0.42", "0.20"), ("0.20", "0.42"), ("0.38", "0.30"), ("0.30", "0.38")]):
        StationFactory(
            slug=f"more-{number}", measures={loop.first: one, loop.second: two}, measures__minutes=30 + 15 * number
        )
    StationFactory(slug="second-craft", kind=Station.Kind.AI_CRAFT, measures={loop.first: "0.40"})
    loop.plan.candidate_minutes, loop.plan.min_ai_craft = 150, 1
    loop.plan.save()


# ------------------------------------------------------------------------------------------ alternatives


@pytest.mark.usefixtures("library_of_six")
def test_the_frontier_is_drawn_with_a_link_for_each_loop_and_a_table(loop: Any, ben: User, sign_in: SignIn) -> None:
    page = sign_in(ben).get(f"/plans/{loop.plan.pk}/alternatives/")
    dots = page.context["picture"].dots
    assert len(dots) > 2
    explained = [dot.explained for dot in dots]
    assert explained == sorted(explained)
    assert all(0 <= dot.x <= 100 and 0 <= dot.y <= page.context["picture"].height for dot in dots)
    text = page.content.decode()
    for dot in dots:
        assert dot.minutes <= dot.limit
        assert len(re.findall(rf'href="\?minutes={dot.limit}#loop"', text)) == 2, (
            "once in the picture, once in the table"
        )
    assert "This plan: 90 minutes" in text


@pytest.mark.usefixtures("library_of_six")
def test_a_chosen_point_shows_its_loop_and_becomes_a_draft(loop: Any, cleo: User, sign_in: SignIn) -> None:
    client = sign_in(cleo)
    address = f"/plans/{loop.plan.pk}/alternatives/"
    dot = client.get(address).context["picture"].dots[0]
    page = client.get(f"{address}?minutes={dot.limit}")
    assert f"The best loop within {dot.limit} minutes" in words(page)
    assert len(page.context["shown_stations"]) == dot.stations
    data: dict[str, list[Any]] = {}
    for name, value in page.context["shown_draft"]:
        data.setdefault(name, []).append(value)
    client.post(f"/plans/{loop.plan.pk}/draft/", data)
    draft = LoopPlan.objects.get(number=2)
    assert (draft.state, draft.candidate_minutes) == (LoopPlan.State.DRAFT, dot.limit)
    assert draft.plan_stations.count() == dot.stations


@pytest.mark.usefixtures("library_of_six")
@pytest.mark.parametrize("typed", ["7", "soon", "", "-1"])
def test_a_point_that_is_not_there_shows_none(typed: str, loop: Any, ben: User, sign_in: SignIn) -> None:
    page = sign_in(ben).get(f"/plans/{loop.plan.pk}/alternatives/?minutes={typed}")
    assert page.context["shown"] is None
    assert "Choose a point" in words(page)


@pytest.mark.usefixtures("library_of_six")
def test_alternatives_differ_in_two_stations_and_only_leaders_may_draft_them(
    loop: Any, ben: User, cleo: User, sign_in: SignIn
) -> None:
    page = sign_in(ben).get(f"/plans/{loop.plan.pk}/alternatives/")
    assert page.context["others"]
    for other in page.context["others"]:
        assert len(other["page"].only_other) >= 2
    assert "Make a draft" not in words(page)
    assert "Make a draft of it" in words(sign_in(cleo).get(f"/plans/{loop.plan.pk}/alternatives/"))


def test_a_draft_of_stations_that_are_gone_is_refused_in_words(loop: Any, cleo: User, sign_in: SignIn) -> None:
    data = {**LimitsForm.initial_of(loop.plan), "min_ai_craft": 1, "station": ["craft", "no-such-station"]}
    data = {name: value for name, value in data.items() if value is not None}
    page = sign_in(cleo).post(f"/plans/{loop.plan.pk}/draft/", data, follow=True)
    assert "No draft was made." in words(page)
    assert LoopPlan.objects.filter(role=loop.role).count() == 1


# ------------------------------------------------------------------------------------------ left out


@pytest.mark.usefixtures("library_of_six")
def test_every_usable_station_outside_the_plan_says_why(loop: Any, ben: User, sign_in: SignIn) -> None:
    StationFactory(slug="beside-the-point")
    StationFactory(slug="trial", state=Station.State.PILOT, measures={loop.first: "0.40"})
    StationFactory(slug="gone", state=Station.State.RETIRED, retired_reason="Old.", measures={loop.first: "0.40"})
    page = sign_in(ben).get(f"/plans/{loop.plan.pk}/left-out/")
    lines = {line.station.slug: line for line in page.context["lines"]}
    usable = set(Station.objects.usable().values_list("slug", flat=True))
    assert set(lines) == usable - {"craft", "talk"}
    assert lines["beside-the-point"].reason == "measures_nothing"
    assert lines["trial"].reason == "pilot"
    assert lines["more-3"].reason == "no_room"
    assert [broken.over for broken in lines["more-3"].breaks] == [90 + 75 - 150]
    said = words(page)
    assert "A pilot: it is chosen only if pinned." in said
    assert "Measures nothing this role needs." in said
    assert "15 candidate minutes over the limit" in said
    assert "reviewed" in said
    assert "100% fresh" in said


@pytest.mark.usefixtures("library_of_six")
def test_why_not_shows_the_best_loop_with_the_station(loop: Any, ben: User, sign_in: SignIn) -> None:
    page = sign_in(ben).get(f"/plans/{loop.plan.pk}/why-not/more-2/")
    assert "more-2" in [one.station.slug for one in page.context["page"].only_this]
    assert "Proved: no loop with this station explains more." in words(page)


def test_why_not_says_what_clashes_where_no_loop_has_the_station(loop: Any, ben: User, sign_in: SignIn) -> None:
    StationFactory(slug="endless", measures={loop.first: "0.40"}, measures__minutes=240)
    loop.plan.candidate_minutes = 200
    loop.plan.save()
    page = sign_in(ben).get(f"/plans/{loop.plan.pk}/why-not/endless/")
    assert "No loop keeps every rule" in words(page)
    assert "the limit of 200 candidate minutes" in words(page)
    assert "“Name of endless” is pinned" in words(page)


def test_why_not_of_a_station_in_the_plan_leads_to_the_plan(loop: Any, ben: User, sign_in: SignIn) -> None:
    client = sign_in(ben)
    assert client.get(f"/plans/{loop.plan.pk}/why-not/talk/").headers["Location"] == loop.plan.get_absolute_url()
    assert client.get(f"/plans/{loop.plan.pk}/why-not/nothing/").status_code == 404


# ------------------------------------------------------------------------------------------ limits


TYPED = {"candidate_minutes": "300", "interviewer_hours": "10", "min_ai_craft": "1"}


def test_further_limits_are_read_kept_and_shown_again(loop: Any, cleo: User, sign_in: SignIn) -> None:
    more = {
        "ai_craft_share": "30", "day_minutes": "200", "max_stations": "4", "max_competencies": "2",
        "kind_puzzle_most": "0", "kind_coding_least": "1", "kind_ai_craft_most": "2",
    }  # fmt: skip
    client = sign_in(cleo)
    client.post(f"/roles/{loop.role.pk}/generate/", TYPED | more)
    plan = LoopPlan.objects.get(number=2)
    assert (plan.ai_craft_share, plan.day_minutes, plan.max_stations, plan.max_competencies) == (30, 200, 4, 2)
    assert plan.kinds == {"puzzle": {"most": 0}, "coding": {"least": 1}, "ai_craft": {"most": 2}}
    initial = LimitsForm.initial_of(plan)
    assert {name: str(initial[name]) for name in more} == more
    assert '<details class="more" open>' in client.get(plan.get_absolute_url()).content.decode()


def test_limits_left_empty_are_none() -> None:
    form = LimitsForm(TYPED)
    assert form.is_valid()
    limits = form.limits()
    assert (limits.day_minutes, limits.max_stations, limits.max_competencies) == (None, None, None)
    assert (limits.ai_craft_share, limits.kinds) == (0, {})


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({"kind_coding_least": "3", "kind_coding_most": "2"}, "At least 3 and at most 2 Coding stations."),
        ({"kind_ai_craft_most": "0"}, "More than the 0 AI craft stations allowed below."),
        ({"ai_craft_share": "101"}, "less than or equal to 100"),
        ({"max_stations": "some"}, "Enter a whole number."),
    ],
)
def test_limits_that_cannot_hold_are_refused_in_words_and_kept(
    typed: dict[str, str], problem: str, loop: Any, cleo: User, sign_in: SignIn
) -> None:
    page = sign_in(cleo).post(f"/roles/{loop.role.pk}/generate/", TYPED | typed)
    assert page.status_code == 200
    assert problem in words(page)
    assert '<details class="more" open>' in page.content.decode() or "ai_craft_most" in str(typed)
    for name, value in typed.items():
        assert re.search(rf'name="{name}" value="{value}"', page.content.decode())


def test_a_way_out_is_one_button_away_and_nothing_typed_is_lost(loop: Any, cleo: User, sign_in: SignIn) -> None:
    client = sign_in(cleo)
    address = f"/roles/{loop.role.pk}/generate/"
    typed = TYPED | {"candidate_minutes": "45", "max_stations": "3"}
    page = client.post(address, typed)
    assert page.status_code == 422
    assert "makes it possible" in words(page)
    assert "90 candidate minutes instead of 45" in words(page)
    offered = re.findall(r'form="limits" name="apply" value="([^"]+)"', page.content.decode())
    assert "candidate_minutes=90" in offered
    client.post(address, typed | {"apply": "candidate_minutes=90"})
    plan = LoopPlan.objects.get(number=2)
    assert (plan.candidate_minutes, plan.max_stations) == (90, 3)


def test_a_draft_is_generated_again_with_a_way_out(loop: Any, cleo: User, sign_in: SignIn) -> None:
    draft = PlanFactory(role=loop.role, number=2, state="draft", stations=[loop.craft, loop.talk], min_ai_craft=1)
    client = sign_in(cleo)
    address = f"/plans/{draft.pk}/again/"
    page = client.post(address, TYPED | {"candidate_minutes": "45"})
    assert page.status_code == 422
    assert "90 candidate minutes instead of 45" in words(page)
    assert client.post(address, TYPED | {"candidate_minutes": "45", "apply": "candidate_minutes=90"}).status_code == 302
    draft.refresh_from_db()
    assert draft.candidate_minutes == 90


def test_stations_to_choose_say_how_fresh_they_are(loop: Any, cleo: User, sign_in: SignIn) -> None:
    spare = StationFactory(slug="spare", measures={loop.first: "0.40"})
    draft = PlanFactory(role=loop.role, number=2, state="draft", stations=[loop.craft])
    said = words(sign_in(cleo).get(draft.get_absolute_url()))
    assert f"Name of spare (Coding, 45 min; reviewed {spare.reviewed_on:%Y-%m-%d}, 100% fresh)" in said
