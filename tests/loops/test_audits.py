"""Audits by the doors people have: entering a loop, matching it, reading the report, drafting its repair, its PDF."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.common.models import AuditLine
from apps.library.models import RolePreset, Station, StationVersion
from apps.loops import actions
from apps.loops.core.existing import Source, parse
from apps.loops.models import LoopAudit, LoopPlan, Role
from apps.loops.translate import limits_of
from tests.factories import PlanFactory, RoleFactory

SignIn = Callable[[User], Client]
LOOPS = Path(__file__).parents[2] / "fixtures/demo/loops"
OF_2014 = [
    "first-call-screen", "trivia-screen", "algorithm-puzzle", "generic-system-design", "react-depth", "postgres-depth",
]  # fmt: skip


@pytest.fixture
def role(library: None, cleo: User) -> Role:
    """The AI product engineer, as a leader makes it."""
    preset = RolePreset.objects.get(slug="ai-product-engineer")
    return actions.create_role(title="AI product engineer", summary="", preset=preset, by=cleo)


@pytest.fixture
def old_plan(role: Role, cleo: User) -> LoopPlan:
    """The demo's loop of 2014, as a published plan."""
    preset = RolePreset.objects.get(slug="full-stack-engineer")
    old_role = actions.create_role(title="Full-stack engineer (loop of 2014)", summary="", preset=preset, by=cleo)
    stations = {station.slug: station for station in Station.objects.select_related("current")}
    plan: LoopPlan = PlanFactory(role=old_role, number=1, stations=[stations[slug] for slug in OF_2014])
    return plan


@pytest.fixture
def audit(role: Role, old_plan: LoopPlan, cleo: User) -> LoopAudit:
    return actions.start_audit_of_plan(role=role, plan=old_plan, most_changes=None, by=cleo, now=timezone.now())


@pytest.fixture
def small_role(loop: Any) -> Role:
    """A role with a library of two stations, for what needs no more."""
    role: Role = loop.role
    return role


def rows(*names: str, **values: str) -> dict[str, str]:
    """The page's table, filled in."""
    data = {"row-TOTAL_FORMS": "8", "row-INITIAL_FORMS": "0"}
    return data | {f"row-{number}-name": name for number, name in enumerate(names)} | values


def upload(name: str, content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, (LOOPS / name).read_bytes() if content is None else content)


# ------------------------------------------------------------------------------------------ the loop of 2014


def test_the_loop_of_2014_finds_no_ai_product_engineer_and_is_repaired(
    role: Role, old_plan: LoopPlan, cleo: User, sign_in: SignIn
) -> None:
    browser = sign_in(cleo)
    new = reverse("audit-new", args=[role.pk])
    assert str(old_plan) in browser.get(f"{new}?plan={old_plan.pk}").content.decode()
    answer = browser.post(new, {"of_plan": "yes", "plan-plan": old_plan.pk}, follow=True)
    audit = LoopAudit.objects.get()
    assert (audit.state, audit.source, audit.plan) == ("confirmed", "plan", old_plan)
    page = answer.context["page"]
    assert {line.slug: line.signals for line in page.missing} == {
        "llm-craft": 0, "production-ai-ops": 0, "ownership-judgement": 0
    }  # fmt: skip
    assert page.finds == "Full-stack engineer"
    text = " ".join(answer.content.decode().split())
    assert [line.slug for line in page.said_not_needed] == ["database-depth", "frontend-depth"]
    assert "of what the role “AI product engineer” needs" in text
    assert "2 signals on Front-end depth" in text
    assert "none on LLM craft, none on Production AI ops" in text
    assert "this loop finds the Full-stack engineer" in text
    assert page.status == "found"
    assert any(station.kind == "AI craft" for station in page.chosen.added)

    answer = browser.post(reverse("audit-draft", args=[audit.pk]), {"changes": page.chosen.changes}, follow=True)
    draft = LoopPlan.objects.get(role=role)
    slugs = list(draft.plan_stations.order_by("position").values_list("version__station__slug", flat=True))
    assert slugs == [station.slug for station in page.chosen.stations]
    assert answer.context["page"].violations == ()  # the independent checker, on the plan's own page
    line = AuditLine.objects.filter(verb="drafted repair of audit").get()
    assert line.after == {"plan": draft.pk, "changes": page.chosen.changes, "stations": slugs}


def test_a_file_is_matched_by_its_names_and_confirmed_by_a_person(role: Role, cleo: User, sign_in: SignIn) -> None:
    browser = sign_in(cleo)
    answer = browser.post(
        reverse("audit-new", args=[role.pk]), rows() | {"loop-file": upload("loop-of-2014.csv")}, follow=True
    )
    audit = LoopAudit.objects.get()
    assert (audit.name, audit.source, audit.state) == ("loop-of-2014", "csv", "matching")
    form = answer.context["form"]
    assert [form[f"station-{number}"].value() for number in range(6)] == OF_2014
    assert "Suggested: a name of this station" in answer.content.decode()
    assert "like “LeetCode”" not in answer.content.decode()
    assert browser.get(audit.get_absolute_url()).headers["Location"] == reverse("audit-match", args=[audit.pk])

    data = {f"station-{number}": slug for number, slug in enumerate(OF_2014)}
    data |= {"station-1": "", "minutes-2": "50", "interviewers-2": "2"}
    answer = browser.post(reverse("audit-match", args=[audit.pk]), data, follow=True)
    audit.refresh_from_db()
    assert (audit.state, audit.confirmed_at is not None) == ("confirmed", True)
    page = answer.context["page"]
    assert [line.slug for line in page.stations] == [OF_2014[0], "", *OF_2014[2:]]
    assert (page.stations[2].minutes, page.stations[2].interviewers) == (50, 2)
    assert "Not in the library" in answer.content.decode()
    again = browser.get(reverse("audit-match", args=[audit.pk])).context["form"]
    assert again["station-1"].value() == ""  # what a person decided is not suggested away


def test_greenhouse_stages_are_matched_and_what_was_left_out_is_said(role: Role, cleo: User, sign_in: SignIn) -> None:
    text = (LOOPS / "greenhouse-job-stages.json").read_text()
    answer = sign_in(cleo).post(
        reverse("audit-new", args=[role.pk]), rows() | {"loop-text": text, "loop-name": "On site"}, follow=True
    )
    audit = LoopAudit.objects.get()
    assert (audit.name, audit.source) == ("On site", "greenhouse")
    assert [station["name"] for station in audit.stations] == [
        "Recruiter Screen", "Whiteboard Coding", "System Design", "Cultural Fit Interview"
    ]  # fmt: skip
    page = " ".join(answer.content.decode().split())
    for said in (
        "Application Review: cannot be scheduled",
        "Take Home Test: the stage is inactive",
        "Offer: the stage",
    ):
        assert said in page


def test_the_example_under_the_paste_box_can_be_pasted(small_role: Role, cleo: User, sign_in: SignIn) -> None:
    browser, address = sign_in(cleo), reverse("audit-new", args=[small_role.pk])
    assert "<code>Recruiter call,30,1<br>LeetCode,60,2</code>" in browser.get(address).content.decode()
    browser.post(address, rows() | {"loop-text": "Recruiter call,30,1\r\nLeetCode,60,2"})
    audit = LoopAudit.objects.get()
    assert [(one["name"], one["minutes"], one["interviewers"]) for one in audit.stations] == [
        ("Recruiter call", 30, 1), ("LeetCode", 60, 2)
    ]  # fmt: skip
    answer = browser.post(address, rows() | {"loop-text": "Recruiter call"})
    assert "there is no list here" in answer.content.decode()


def test_typed_rows_make_a_loop(small_role: Role, cleo: User, sign_in: SignIn) -> None:
    data = rows("LeetCode", "", "Lunch with the team", **{"row-0-minutes": "45", "row-0-reviewed_on": "2020-01-01"})
    answer = sign_in(cleo).post(reverse("audit-new", args=[small_role.pk]), data, follow=True)
    audit = LoopAudit.objects.get()
    assert audit.source == "typed"
    assert [(one["name"], one["minutes"]) for one in audit.stations] == [
        ("LeetCode", 45), ("Lunch with the team", None)
    ]  # fmt: skip
    assert "Nothing in the library has a name like this" in answer.content.decode()


def test_a_second_station_with_the_same_match_counts_as_another_signal(role: Role, cleo: User) -> None:
    def with_designs(number: int) -> LoopAudit:
        names = ["System design"] * number
        loop, _ = parse("a.csv", ("name,station\n" + "".join(f"{n},generic-system-design\n" for n in names)).encode())
        audit = actions.start_audit(role=role, loop=loop, source=Source.CSV, most_changes=None, by=cleo)
        return actions.confirm_matches(audit=audit, stations=loop.stations, by=cleo, now=timezone.now())

    signals = []
    for number in (1, 2):
        report = actions.report_of(audit=with_designs(number), today=timezone.localdate())
        signals.append({line.slug: line.signals for line in report.competencies}["distributed-systems"])
    assert signals == [1, 2]


def test_the_file_may_say_itself_what_a_station_measures_and_when_it_was_reviewed(role: Role, cleo: User) -> None:
    loop, source = parse(
        "a.yaml",
        b"- {name: Prompt lab, kind: ai_craft, measures: {llm-craft: 0.4}}\n"
        b"- {name: Old call, station: first-call-screen, reviewed_on: 2014-01-01}\n",
    )
    audit = actions.start_audit(role=role, loop=loop, source=source, most_changes=None, by=cleo)
    actions.confirm_matches(audit=audit, stations=loop.stations, by=cleo, now=timezone.now())
    audit.refresh_from_db()
    report = actions.report_of(audit=audit, today=timezone.localdate())
    assert {line.slug: line.signals for line in report.competencies}["llm-craft"] == 1
    assert [line.name for line in report.stale] == ["Old call"]
    assert report.staleness_loss > 0
    assert "AI craft" not in {line.subject for line in report.violations if line.rule == "required_kind"}


def test_a_station_the_library_has_retired_stays_in_use_where_it_is(
    role: Role, audit: LoopAudit, cleo: User, sign_in: SignIn
) -> None:
    Station.objects.filter(slug="trivia-screen").update(state="retired", retired_reason="Trivia.")
    answer = sign_in(cleo).get(audit.get_absolute_url())
    line = next(line for line in answer.context["page"].stations if line.slug == "trivia-screen")
    assert (line.state, line.name in answer.content.decode()) == ("retired", True)
    assert "not_in_use" not in {line.rule for line in answer.context["page"].violations}


# ------------------------------------------------------------------------------------------ the report


def test_more_changes_than_the_smallest_are_shown_when_asked_for(audit: LoopAudit, cleo: User, sign_in: SignIn) -> None:
    browser = sign_in(cleo)
    page = browser.get(audit.get_absolute_url()).context["page"]
    assert page.repairs[0].changes == page.smallest == page.chosen.changes
    assert [line.explained for line in page.repairs] == sorted(line.explained for line in page.repairs)
    more = page.repairs[-1].changes
    assert browser.get(f"{audit.get_absolute_url()}?changes={more}").context["page"].chosen.changes == more
    none = browser.get(f"{audit.get_absolute_url()}?changes=0")
    assert none.context["page"].chosen is None
    assert "Show the smallest repair" in none.content.decode()
    for odd in ("x", "-1", "²", "9" * 50, ""):
        assert browser.get(audit.get_absolute_url(), {"changes": odd}).context["page"].chosen.changes == page.smallest


def test_a_repair_beyond_the_number_allowed_is_not_made(
    role: Role, old_plan: LoopPlan, cleo: User, sign_in: SignIn
) -> None:
    audit = actions.start_audit_of_plan(role=role, plan=old_plan, most_changes=1, by=cleo, now=timezone.now())
    answer = sign_in(cleo).get(audit.get_absolute_url())
    assert answer.context["page"].status == "beyond"
    assert "at most 1 were allowed" in " ".join(answer.content.decode().split())
    with pytest.raises(ValidationError, match="no repair with so few changes"):
        actions.draft_repair(audit=audit, changes=None, by=cleo, now=timezone.now())


def test_an_audit_of_a_plan_costs_and_measures_what_its_own_versions_do(loop: Any, cleo: User, sign_in: SignIn) -> None:
    """The library's stations say something else since: longer preparation, and talk measured nothing before."""
    loop.talk.current.measures.all().delete()
    for station in (loop.craft, loop.talk):
        newer = StationVersion.objects.get(pk=station.current.pk)
        newer.pk, newer.number, newer.preparation_minutes = None, 2, 60
        newer.save()
        newer.measures.create(competency=loop.second, reliability="0.40")
        Station.objects.filter(pk=station.pk).update(current=newer)
    plan = sign_in(cleo).get(loop.plan.get_absolute_url()).context["page"]
    audit = actions.start_audit_of_plan(role=loop.role, plan=loop.plan, most_changes=None, by=cleo, now=timezone.now())
    page = sign_in(cleo).get(audit.get_absolute_url()).context["page"]
    assert page.interviewer_minutes == plan.interviewer_minutes == 2 * (45 + 15)
    assert {line.slug: line.signals for line in page.competencies}[loop.second.slug] == 0


def test_a_clash_of_the_role_is_said(role: Role, audit: LoopAudit, cleo: User, sign_in: SignIn) -> None:
    Role.objects.filter(pk=role.pk).update(candidate_minutes=30)
    answer = sign_in(cleo).get(audit.get_absolute_url())
    assert answer.context["page"].status == "impossible"
    assert "the limit on candidate minutes" in answer.content.decode()


def test_a_loop_that_keeps_every_rule_needs_no_repair(role: Role, cleo: User, sign_in: SignIn) -> None:
    plan = actions.generate_plan(role=role, limits=limits_of(role), by=cleo, now=timezone.now())
    audit = actions.start_audit_of_plan(role=role, plan=plan, most_changes=None, by=cleo, now=timezone.now())
    answer = sign_in(cleo).get(audit.get_absolute_url())
    page = answer.context["page"]
    assert (page.status, page.smallest, page.violations) == ("not needed", 0, ())
    assert page.explained == pytest.approx(plan.objective)
    assert "It keeps every rule of this role as it is" in answer.content.decode()


def test_a_loop_for_the_role_itself_is_not_said_to_find_the_preset_it_was_made_from(
    role: Role, cleo: User, sign_in: SignIn
) -> None:
    plan = actions.generate_plan(role=role, limits=limits_of(role), by=cleo, now=timezone.now())
    audit = actions.start_audit_of_plan(role=role, plan=plan, most_changes=None, by=cleo, now=timezone.now())
    for preset in (role.preset, None):
        Role.objects.filter(pk=role.pk).update(preset=preset)
        answer = sign_in(cleo).get(audit.get_absolute_url())
        text = " ".join(answer.content.decode().split())
        assert answer.context["page"].finds == ""
        assert "this loop finds" not in text
        assert "measures nothing" not in text


def test_a_headline_says_at_most_three_things_the_missing_must_passes_first(
    role: Role, cleo: User, sign_in: SignIn
) -> None:
    loop, source = parse("", b"Lunch,30\nSports,60\n")
    audit = actions.start_audit(role=role, loop=loop, source=source, most_changes=None, by=cleo)
    actions.confirm_matches(audit=audit, stations=loop.stations, by=cleo, now=timezone.now())
    page = sign_in(cleo).get(audit.get_absolute_url())
    said = page.context["page"].said_missing
    assert (len(said), {line.must_pass for line in said}) == (3, {True})
    assert f"none on {said[2].name}: this loop measures nothing we know" in page.content.decode()


def test_a_target_missed_by_less_than_is_printed_is_not_called_broken(role: Role, cleo: User, sign_in: SignIn) -> None:
    def page(reliability: str) -> Any:
        text = f"- {{name: Ours, measures: {{product-engineering: {reliability}}}}}\n" * 2
        loop, source = parse("a.yaml", text.encode())
        audit = actions.start_audit(role=role, loop=loop, source=source, most_changes=None, by=cleo)
        actions.confirm_matches(audit=audit, stations=loop.stations, by=cleo, now=timezone.now())
        return sign_in(cleo).get(audit.get_absolute_url()).context["page"]

    for reliability, is_broken in [("0.2901", False), ("0.28", True)]:  # together .4497 and .4375
        found = page(reliability)
        line = next(line for line in found.competencies if line.slug == "product-engineering")
        broken = [one.subject for one in found.violations if one.rule == "target_reliability"]
        assert ((line.name in broken), (line.verdict == "thin")) == (is_broken, is_broken)


def test_unmatched_stations_cannot_be_drafted_and_that_is_said(role: Role, cleo: User, sign_in: SignIn) -> None:
    Role.objects.filter(pk=role.pk).update(candidate_minutes=600, interviewer_minutes=1500)
    loop, source = parse("a.csv", b"name,minutes\nMystery,30\n")
    audit = actions.start_audit(role=role, loop=loop, source=source, most_changes=None, by=cleo)
    browser = sign_in(cleo)
    with pytest.raises(ValidationError, match="Confirm what the stations are"):
        actions.draft_repair(audit=audit, changes=None, by=cleo, now=timezone.now())
    answer = browser.post(reverse("audit-match", args=[audit.pk]), {"station-0": ""}, follow=True)
    page = answer.context["page"]
    assert [station.name for station in page.chosen.cannot_be_planned] in ([], ["Mystery"])
    if page.chosen.cannot_be_planned:
        assert "“Mystery” cannot be in a plan: it is not in the library" in " ".join(answer.content.decode().split())
    browser.post(reverse("audit-draft", args=[audit.pk]), {"changes": page.chosen.changes})
    drafted = LoopPlan.objects.get(role=role).plan_stations.values_list("version__station__slug", flat=True)
    assert set(drafted) == {station.slug for station in page.chosen.stations if station.can_be_planned}


def test_the_report_is_a_tagged_pdf(audit: LoopAudit, ben: User, sign_in: SignIn) -> None:
    answer = sign_in(ben).get(reverse("audit-report", args=[audit.pk]))
    assert answer.headers["Content-Type"] == "application/pdf"
    assert 'filename="audit-full-stack-engineer-loop-of-2014-plan-1-ai-product-engineer.pdf"' in answer.headers[
        "Content-Disposition"
    ]  # fmt: skip
    with pikepdf.open(io.BytesIO(answer.content)) as pdf, pdf.open_metadata(set_pikepdf_as_editor=False) as metadata:
        assert metadata["pdfuaid:part"] == "1"
        assert 1 <= len(pdf.pages) <= 3
        assert str(pdf.docinfo["/Title"]).startswith("Audit: Full-stack engineer (loop of 2014), plan 1")


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "\u202eolleH", "ﷺ" * 60, "x" * 200])
def test_hostile_names_are_only_text(small_role: Role, cleo: User, sign_in: SignIn, name: str) -> None:
    browser = sign_in(cleo)
    data = rows(name, name) | {"loop-name": name}
    browser.post(reverse("audit-new", args=[small_role.pk]), data)
    audit = LoopAudit.objects.get()
    answer = browser.post(reverse("audit-match", args=[audit.pk]), {}, follow=True)
    assert "<script>alert" not in answer.content.decode()
    assert browser.get(reverse("audit-report", args=[audit.pk])).content.startswith(b"%PDF")


# ------------------------------------------------------------------------------------------ bad input


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "Choose a file, paste a loop, or type its stations."),
        ({"loop-text": "name,minutes\nTalk,soon\n"}, "Line 2: minutes must be a whole number, not “soon”."),
        ({"loop-text": "name,station\nTalk,no-such-one\n"}, "Station 1: “no-such-one” is not in the library."),
        ({"loop-text": "- {name: A, measures: {typing: 0.4}}"}, "Station 1: “typing” in measures is no competency"),
        ({"loop-text": "[" * 3000}, "too deep to be a loop."),
        ({"loop-text": "name\nTalk\n", "row-0-name": "Other"}, "Leave one of them out."),
        ({"row-0-minutes": "30"}, "This row has no name."),
        ({"row-0-name": "A", "row-0-minutes": "1"}, "Each is marked."),
        ({"row-0-name": "A", "loop-most_changes": "99"}, "less than or equal to 40"),
        ({"row-TOTAL_FORMS": "x"}, "ManagementForm"),
        ({"of_plan": "yes"}, "This field is required."),
        ({"of_plan": "yes", "plan-plan": "999999"}, "Select a valid choice."),
    ],
)
def test_what_cannot_be_read_is_said_and_what_was_typed_stays(
    small_role: Role, cleo: User, sign_in: SignIn, data: dict[str, str], said: str
) -> None:
    answer = sign_in(cleo).post(reverse("audit-new", args=[small_role.pk]), rows() | {"loop-name": "Ours"} | data)
    assert answer.status_code == 200
    text = " ".join(answer.content.decode().replace("&#x27;", "'").split())
    assert said in text
    assert LoopAudit.objects.count() == 0
    if "of_plan" not in data:
        assert answer.context["form"]["name"].value() == "Ours"
        for name, value in data.items():
            assert f'name="{name}"' not in text or value in answer.content.decode().replace("&#x27;", "'")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", b"\xff\xfe\x00", "this is not UTF-8"),
        ("a.xlsx", b"PK\x03\x04\0\0", "This is not text."),
        ("a.csv", b"", "There is nothing in it."),
        ("a.json", b"[" * 100_000, "too deep"),
        ("a.yaml", b"- " * 50_000, "too deep"),
        ("a.csv", b"x" * 300_000, "larger than 200 kB"),
    ],
)
def test_a_malformed_file_is_refused_in_words(
    small_role: Role, cleo: User, sign_in: SignIn, name: str, content: bytes, said: str
) -> None:
    answer = sign_in(cleo).post(
        reverse("audit-new", args=[small_role.pk]), rows() | {"loop-file": upload(name, content)}
    )
    assert answer.status_code == 200
    assert said in answer.content.decode()


def test_the_text_of_a_faulty_file_can_be_put_right_on_the_page(small_role: Role, cleo: User, sign_in: SignIn) -> None:
    data = rows() | {"loop-file": upload("a.csv", "name,minutes\nTälk,soon\n".encode())}
    answer = sign_in(cleo).post(reverse("audit-new", args=[small_role.pk]), data)
    assert "Tälk,soon" in answer.context["form"]["text"].value()


@pytest.mark.parametrize(
    "data",
    [{"station-0": "no-such-one"}, {"minutes-0": "x"}, {"interviewers-0": "99"}],
)
def test_a_match_that_cannot_be_is_refused_and_what_was_chosen_stays(
    small_role: Role, cleo: User, sign_in: SignIn, data: dict[str, str]
) -> None:
    loop, source = parse("a.csv", b"name\nTalk\nOther\n")
    audit = actions.start_audit(role=small_role, loop=loop, source=source, most_changes=None, by=cleo)
    answer = sign_in(cleo).post(reverse("audit-match", args=[audit.pk]), {"station-1": "talk"} | data)
    assert answer.status_code == 200
    assert "Each is marked." in answer.content.decode()
    assert answer.context["form"]["station-1"].value() == "talk"
    audit.refresh_from_db()
    assert audit.state == "matching"


def test_stations_of_another_loop_are_refused(small_role: Role, cleo: User) -> None:
    first, source = parse("a.csv", b"name\nTalk\n")
    other, _ = parse("a.csv", b"name\nTalk\nOther\n")
    audit = actions.start_audit(role=small_role, loop=first, source=source, most_changes=None, by=cleo)
    with pytest.raises(ValidationError, match="not the stations of this loop"):
        actions.confirm_matches(audit=audit, stations=other.stations, by=cleo, now=timezone.now())


def test_a_role_without_requirements_and_a_closed_one_take_no_audit(
    library: None, cleo: User, old_plan: LoopPlan
) -> None:
    loop, source = parse("a.csv", b"name\nTalk\n")
    with pytest.raises(ValidationError, match="requires nothing yet"):
        actions.start_audit(role=RoleFactory(), loop=loop, source=source, most_changes=None, by=cleo)
    with pytest.raises(ValidationError, match="This role is closed"):
        actions.start_audit_of_plan(
            role=RoleFactory(state="closed"), plan=old_plan, most_changes=None, by=cleo, now=timezone.now()
        )


def test_a_plan_without_stations_cannot_be_audited(small_role: Role, cleo: User) -> None:
    with pytest.raises(ValidationError, match="This plan has no station yet"):
        actions.start_audit_of_plan(role=small_role, plan=PlanFactory(), most_changes=None, by=cleo, now=timezone.now())


# ------------------------------------------------------------------------------------------ who, and how often


def test_others_read_what_a_leader_has_matched(small_role: Role, cleo: User, ben: User, sign_in: SignIn) -> None:
    loop, source = parse("a.csv", b"name\nLeetCode\n")
    audit = actions.start_audit(role=small_role, loop=loop, source=source, most_changes=None, by=cleo)
    browser = sign_in(ben)
    assert "Not matched yet." in browser.get(audit.get_absolute_url()).content.decode()
    assert browser.get(reverse("audit-report", args=[audit.pk])).status_code == 404
    actions.confirm_matches(audit=audit, stations=loop.stations, by=cleo, now=timezone.now())
    text = browser.get(audit.get_absolute_url()).content.decode()
    assert "Measured, and not needed here" in text
    assert "draft plan" not in text
    assert audit.name in browser.get(reverse("audits", args=[small_role.pk])).content.decode()


def test_a_list_of_audits_costs_the_same_for_one_and_for_three(
    role: Role, old_plan: LoopPlan, cleo: User, sign_in: SignIn
) -> None:
    browser, counts = sign_in(cleo), []
    browser.get(reverse("audits", args=[role.pk]))
    for number in (1, 2):
        for _ in range(number):
            actions.start_audit_of_plan(role=role, plan=old_plan, most_changes=None, by=cleo, now=timezone.now())
        with CaptureQueriesContext(
            connection,
        ) as captured:
            browser.get(reverse("audits", args=[role.pk]))
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_report_costs_the_same_for_two_stations_and_for_six(role: Role, cleo: User, sign_in: SignIn) -> None:
    browser, counts = sign_in(cleo), []
    for names in (OF_2014[:2], OF_2014):
        loop, source = parse("a.csv", ("name,station\n" + "".join(f"{n},{n}\n" for n in names)).encode())
        audit = actions.start_audit(role=role, loop=loop, source=source, most_changes=None, by=cleo)
        actions.confirm_matches(audit=audit, stations=loop.stations, by=cleo, now=timezone.now())
        browser.get(audit.get_absolute_url())
        with CaptureQueriesContext(connection) as captured:
            browser.get(audit.get_absolute_url())
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_what_is_stored_is_what_the_core_reads(audit: LoopAudit) -> None:
    assert json.dumps(audit.stations, allow_nan=False)
    assert {"name", "minutes", "station", "measures"} <= set(audit.stations[0])
