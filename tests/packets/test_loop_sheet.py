"""A loop plan on one page."""

import dataclasses
import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.accounts.models import User
from apps.loops.actions import sheet_of
from apps.loops.models import LoopPlan
from apps.loops.translate.words import ViolationLine
from apps.packets.core.loop_sheet import LoopSheet, SheetCompetency, SheetStation
from apps.packets.render import to_pdf
from apps.packets.render.html import to_html
from apps.packets.translate import to_loop_sheet
from tests.factories import CompetencyFactory, PlanFactory, RoleFactory, StationFactory
from tests.packets.structure import structure_faults

SignIn = Callable[[User], Client]
TODAY = dt.date(2026, 11, 23)


def sheet(stations: int, competencies: int, *, name: str = "A station with a name", **changes: Any) -> LoopSheet:
    made = LoopSheet(
        role=f"Role {name}",
        number=3,
        state="published",
        made_on=TODAY,
        stations=tuple(
            SheetStation(
                place=place, name=f"{name} {place}", kind="AI craft", is_ai_craft=place == 1, is_pilot=place == 2,
                day=1 + place % 2, begins=45 * place, ends=45 * place + 45, minutes=45, interviewers=2,
                interviewer_minutes=120, adds=0.04, freshness=0.4, reviewed_on=TODAY, is_stale=True,
            )
            for place in range(1, stations + 1)
        ),
        competencies=tuple(
            SheetCompetency(
                name=f"Competency {name} {number}", weight=2, bar=3, must_pass=True, reliability=0.5, target=0.6,
                cells=tuple(None if number == 0 else 0.31 for _ in range(stations)), signals=1, min_signals=2,
                is_short=True,
            )
            for number in range(competencies)
        ),
        days=2,
        candidate_minutes=45 * stations,
        candidate_limit=330,
        interviewer_minutes=120 * stations,
        interviewer_limit=600,
        explained=0.7,
        expected_validity=0.5,
        staleness_loss=0.02,
        proof="feasible",
        gap_points=1.2,
        violations=(),
    )  # fmt: skip
    return dataclasses.replace(made, **changes)


@pytest.mark.parametrize("paper", ["a4", "letter"])
@pytest.mark.parametrize("stations", [1, 6, 9])
def test_a_plan_fits_on_one_page(stations: int, paper: str) -> None:
    name = "Review of a pull request that a coding assistant wrote for a payment service"
    violation = ViolationLine(rule="candidate_minutes", subject="", actual=405, limit=330)
    assert to_pdf(sheet(stations, 10, name=name, violations=(violation,) * 4), paper=paper).pages == 1


def test_what_is_not_covered_comes_first() -> None:
    page = to_html(sheet(4, 3))
    assert page.index("Not covered") < page.index("Stations in order")
    assert "Competency A station with a name 0</b> (must-pass)" in page
    assert "(1 of 2 signals, reliability .50 of .60)" in page


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=80))
def test_any_name_is_only_text(name: str) -> None:
    page = to_html(sheet(2, 2, name=f"<script>{name}"))
    assert "<script" not in page


@pytest.fixture
def plan(db: None) -> LoopPlan:
    craft, talk, left = (CompetencyFactory(name=name) for name in ("LLM craft", "Words", "Nobody measures this"))
    stations = [
        StationFactory(slug="agent", kind="ai_craft", half_life_months=6, measures={craft: "0.45"}),
        StationFactory(slug="talk", measures={talk: "0.30", craft: "0.20"}),
    ]
    role = RoleFactory(title="AI product engineer", slug="ai-engineer", requires=[craft, talk, left])
    return PlanFactory(role=role, number=2, stations=stations)


def test_the_numbers_are_the_pages_own(plan: LoopPlan, cleo: User) -> None:
    page = sheet_of(plan=plan, user=cleo, today=TODAY)
    made = to_loop_sheet(page, made_on=TODAY)
    assert [station.name for station in made.stations] == ["Name of agent", "Name of talk"]
    assert [line.name for line in made.not_measured] == ["Nobody measures this"]
    assert [line.reliability for line in made.competencies] == [row.reliability for row in page.rows]
    assert (made.candidate_minutes, made.interviewer_minutes) == (90, 120)
    assert (made.explained, made.ai_craft_minutes) == (page.explained, 45)


def test_the_plans_page_links_to_its_sheet(plan: LoopPlan, ben: User, sign_in: SignIn) -> None:
    browser = sign_in(ben)
    address = reverse("plan-sheet", args=[plan.pk])
    assert address in browser.get(plan.get_absolute_url()).content.decode()
    answer = browser.get(address, {"paper": "letter"})
    assert answer.headers["Content-Type"] == "application/pdf"
    assert 'filename="plan-2-ai-engineer.pdf"' in answer.headers["Content-Disposition"]
    with pikepdf.open(io.BytesIO(answer.content)) as pdf, pdf.open_metadata(set_pikepdf_as_editor=False) as metadata:
        assert len(pdf.pages) == 1
        assert float(pdf.pages[0].mediabox[2]) == pytest.approx(612, abs=0.5)
        assert metadata["pdfuaid:part"] == "1"
        assert str(pdf.docinfo["/Title"]) == "Loop plan 2: AI product engineer"


def test_an_unknown_paper_is_a4(plan: LoopPlan, ben: User, sign_in: SignIn) -> None:
    answer = sign_in(ben).get(reverse("plan-sheet", args=[plan.pk]), {"paper": "papyrus"})
    with pikepdf.open(io.BytesIO(answer.content)) as pdf:
        assert float(pdf.pages[0].mediabox[2]) == pytest.approx(595.28, abs=0.5)


def test_an_empty_plan_is_a_page_too(cleo: User, sign_in: SignIn) -> None:
    empty = PlanFactory(role=RoleFactory(), state="draft")
    assert sign_in(cleo).get(reverse("plan-sheet", args=[empty.pk])).content.startswith(b"%PDF")


def test_sheet_holds_together_for_a_screen_reader() -> None:
    with pikepdf.open(io.BytesIO(to_pdf(sheet(6, 6)).data)) as pdf:
        assert structure_faults(pdf) == []
