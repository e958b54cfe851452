"""Every figure of a plan's page opens into its formula, and the terms shown make the figure."""

import math
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from apps.accounts.models import User
from apps.loops.core import information as info
from apps.loops.core.check import objective
from apps.loops.core.days import lay_out
from apps.loops.core.problem import Problem
from apps.loops.models import LoopPlan
from apps.loops.templatetags.loops_tags import clock, figure, hours_exact, points, signed, span, times
from apps.loops.translate.formulas import explained_sum, station_term
from tests.bad_input.pages import words
from tests.factories import PlanFactory, StationFactory
from tests.loops.core_cases import small_problems, station, worked_loop

SignIn = Callable[[User], Client]
ROUNDING = 0.0005


def formula(page: Any, name: str) -> str:
    """What opens under a figure, as somebody reads it."""
    text = page.content.decode()
    found = re.search(rf'<div popover id="{name}".*?popovertargetaction="hide"', text, re.DOTALL)
    assert found, name
    assert f'popovertarget="{name}"' in text.replace(found[0], ""), f"nothing opens {name}"
    plain = re.sub(r"<sup>(.*?)</sup>", r"^(\1)", found[0])
    return " ".join(re.sub(r"<[^>]+>", " ", plain).replace("−", "-").split())


def product(text: str) -> float:
    """What ".818 · 1.302 · 2 ^(-3.4/6)" comes to."""
    *factors, power = text.split("·")
    months, half_life = re.findall(r"[\d.]+", power)[1:]
    return math.prod(float(factor) for factor in factors) * 2 ** (-float(months) / float(half_life))


# ------------------------------------------------------------------------------------------ terms


@given(problem=small_problems())
def test_the_terms_of_r2_make_the_value_the_checker_finds(problem: Problem) -> None:
    names = [option.id for option in problem.stations]
    amounts = [
        sum(info.station_information(option, need.id) for option in problem.stations) for need in problem.competencies
    ]
    found = explained_sum(
        problem.competencies, [need.id for need in problem.competencies], amounts, problem.correlation
    )
    assert found.explained == pytest.approx(objective(problem, names), abs=1e-9)
    assert found.explained == pytest.approx(1 - sum(t.left for t in found.terms) / sum(t.before for t in found.terms))


def test_the_terms_of_the_worked_loop_make_its_published_number() -> None:
    problem = worked_loop()
    amounts = [
        sum(info.station_information(option, need.id) for option in problem.stations[:3])
        for need in problem.competencies
    ]
    found = explained_sum(problem.competencies, "abcd", amounts, problem.correlation)
    assert found.explained == pytest.approx(0.641932, abs=5e-7)


@given(
    rho=st.floats(0.05, 0.9),
    raters=st.integers(1, 4),
    age=st.floats(0, 60),
    half_life=st.sampled_from([None, 6.0, 48.0]),
)
def test_a_stations_factors_make_its_information(rho: float, raters: int, age: float, half_life: float | None) -> None:
    option = station("s", interviewers=raters, measures={"x": rho}, age_months=age, half_life_months=half_life)
    term = station_term(1, "S", option, "x")
    assert term is not None
    assert term.single * term.panel * term.freshness == pytest.approx(info.station_information(option, "x"))
    assert term.single == pytest.approx(rho / (1 - rho))
    assert term.panel == pytest.approx(0.56 / (0.30 + 0.26 / raters))
    assert station_term(1, "S", option, "y") is None


# ------------------------------------------------------------------------------------------ the page


@pytest.fixture
def panel(loop: Any) -> LoopPlan:
    """Two interviewers in the room, 60 minutes, beside the loop's two stations."""
    pair = StationFactory(slug="pair", measures={loop.second: "0.40"}, measures__minutes=60, measures__interviewers=2)
    draft: LoopPlan = PlanFactory(
        role=loop.role, number=2, state="draft", stations=[loop.craft, loop.talk, pair], min_ai_craft=1
    )
    return draft


def test_each_competencys_shown_terms_add_up_to_its_shown_information(
    panel: LoopPlan, loop: Any, ben: User, sign_in: SignIn
) -> None:
    loop.craft.reviewed_on = timezone.localdate().replace(year=timezone.localdate().year - 1, day=1)
    loop.craft.save()
    page = sign_in(ben).get(panel.get_absolute_url())
    for row in page.context["page"].rows:
        text = formula(page, f"f-{row.requirement.competency.slug}")
        parts = text.split("R = D / (1 + D)")[0].split(" = ")
        terms, total = [float(term) for term in parts[-2].split("+")], float(parts[-1].split()[0])
        assert len(terms) == len(row.terms)
        assert total == pytest.approx(sum(terms), abs=ROUNDING * (len(terms) + 1))
        factors = [product(factor) for factor in parts[-3].split(" + ")]
        assert sum(factors) == pytest.approx(total, abs=0.02)
        reliability = float(re.findall(r"\) = (\.\d\d)\b", text)[0])
        assert reliability == pytest.approx(total / (1 + total), abs=0.006)
        assert figure(row.reliability) == f"{reliability:.2f}"[1:]


def test_minutes_and_hours_are_written_as_the_sums_they_are(panel: LoopPlan, ben: User, sign_in: SignIn) -> None:
    page = sign_in(ben).get(panel.get_absolute_url())
    assert "45 + 45 + 60 = 150 min" in formula(page, "f-minutes")
    hours = formula(page, "f-hours")
    assert "2 × (60 + 15)" in hours
    assert "= 270 min = 270 / 60 = 4.5 h" in hours
    assert page.context["page"].interviewer_minutes == 60 + 60 + 150


def test_r2_validity_and_staleness_are_written_with_the_plans_numbers(
    panel: LoopPlan, loop: Any, ben: User, sign_in: SignIn
) -> None:
    loop.craft.reviewed_on = timezone.localdate().replace(year=timezone.localdate().year - 1, day=1)
    loop.craft.save()
    answer = sign_in(ben).get(panel.get_absolute_url())
    page = answer.context["page"]
    left, before, explained = re.search(  # type: ignore[union-attr]  # the page has it
        r"= 1 - ([\d.]+) / ([\d.]+) = (\.\d+)", formula(answer, "f-explained")
    ).groups()
    assert 1 - float(left) / float(before) == pytest.approx(float(explained), abs=0.002)
    assert float(explained) == pytest.approx(page.explained, abs=ROUNDING)
    assert sum(term.left for term in page.today.terms) == pytest.approx(float(left), abs=ROUNDING)
    validity = formula(answer, "f-validity")
    assert ".42 / √ .44" in validity or ".42 / √.44" in validity
    assert f"≈ {figure(page.expected_validity)}" in validity
    fresh, today, loss = re.search(  # type: ignore[union-attr]  # the page has it
        r"= (\.\d+) - (\.\d+) = (\.\d+)", formula(answer, "f-staleness")
    ).groups()
    assert float(fresh) - float(today) == pytest.approx(float(loss), abs=2 * ROUNDING)
    assert float(loss) > 0.05


def test_each_station_says_what_is_lost_without_it_and_what_would_break(
    panel: LoopPlan, loop: Any, ben: User, sign_in: SignIn
) -> None:
    page = sign_in(ben).get(panel.get_absolute_url())
    craft = panel.plan_stations.get(version__station=loop.craft)
    text = formula(page, f"adds-{craft.pk}")
    one, two, loss = re.search(r"= (\.\d+) - (\.\d+) = ([\d.]+) points", text).groups()  # type: ignore[union-attr]
    assert 100 * (float(one) - float(two)) == pytest.approx(float(loss), abs=0.06)
    assert "the least number of AI craft stations" in text
    assert "No rule depends on it" in formula(page, f"adds-{panel.plan_stations.get(position=3).pk}")
    assert "= 1.00" in formula(page, f"fresh-{craft.pk}")


def test_a_plan_without_stations_or_requirements_still_opens(loop: Any, ben: User, sign_in: SignIn) -> None:
    empty = PlanFactory(role=loop.role, number=7, state="draft")
    assert "0 = 0 min" in formula(sign_in(ben).get(empty.get_absolute_url()), "f-minutes")
    loop.role.requirements.all().delete()
    page = sign_in(ben).get(loop.plan.get_absolute_url())
    assert "the role requires no competency" in formula(page, "f-explained")


def test_the_proof_opens_into_the_bound(panel: LoopPlan, ben: User, sign_in: SignIn) -> None:
    LoopPlan.objects.filter(pk=panel.pk).update(proof="feasible", objective=0.58, bound=0.615)
    page = sign_in(ben).get(panel.get_absolute_url())
    assert ".6150 - .5800 = 3.50 points" in formula(page, "f-proof")


# ------------------------------------------------------------------------------------------ the day


def test_the_page_draws_the_day_with_its_breaks(panel: LoopPlan, ben: User, sign_in: SignIn) -> None:
    page = sign_in(ben).get(panel.get_absolute_url())
    assert "2 h 30 min in stations, 3 h with breaks" in words(page)
    assert "0:00 to 0:45 Name of craft; 1:00 to 1:45 Name of talk; 2:00 to 3:00 Name of pair" in words(page)
    LoopPlan.objects.filter(pk=panel.pk).update(day_minutes=100)
    page = sign_in(ben).get(panel.get_absolute_url())
    assert "Day 1: 1 h 30 min in stations, 1 h 45 min with breaks" in words(page)
    assert "Day 2: 1 h in stations" in words(page)
    assert "day 2, 0:00–1:00" in words(page)


@given(minutes=st.lists(st.integers(10, 120), max_size=8), limit=st.none() | st.integers(10, 400))
def test_days_keep_the_order_and_the_limit_where_any_cut_does(minutes: list[int], limit: int | None) -> None:
    options = [station(f"s{n}", number) for n, number in enumerate(minutes)]
    days = lay_out(options, day_minutes=limit)
    assert [slot.station_id for day in days for slot in day.slots] == [option.id for option in options]
    assert sum(day.minutes for day in days) == sum(minutes)
    assert len(days) <= 2
    for day in days:
        assert all(end - start in (15, 45) for start, end in day.breaks)
        assert sum(end - start == 45 for start, end in day.breaks) == (day.minutes > 180 and len(day.slots) > 1)
    cuts = [max(sum(minutes[:cut]), sum(minutes[cut:])) for cut in range(len(minutes) + 1)]
    if limit is not None and min(cuts) <= limit:
        assert all(day.minutes <= limit for day in days)


# ------------------------------------------------------------------------------------------ how numbers are written


def test_numbers_are_written_as_people_write_them() -> None:
    assert [figure(0.818, 3), figure(1.07), figure(-0.05), figure(0.0), figure(-0.001)] == [
        ".818", "1.07", "−.05", ".00", ".00",
    ]  # fmt: skip
    assert [points(0.042), points(0.0004), points(-0.00001), points(-0.01)] == ["4.2", "0.0", "0.0", "−1.0"]
    assert [signed(4.0), signed(-0.051, 2), signed(0.0004, 2)] == ["+4", "−.05", "0"]
    assert [times(0), times(1), times(2), times(9)] == ["not at all", "once", "twice", "9 times"]
    assert [clock(45), clock(185), span(195), span(120), span(0)] == ["0:45", "3:05", "3 h 15 min", "2 h", "0 min"]
    assert [hours_exact(240), hours_exact(255), hours_exact(250)] == ["4", "4.25", "4.17"]
