"""`manage.py audit_loop`: the report in the terminal and for other programs."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from apps.accounts.models import User
from apps.library.models import RolePreset, Station
from apps.loops import actions
from apps.loops.models import Role
from tests.factories import PlanFactory, RoleFactory

LOOPS = Path(__file__).parents[2] / "fixtures/demo/loops"
FILES = ["loop-of-2014.csv", "loop-of-2014.yaml", "greenhouse-job-stages.json"]


def run(file: object, role: str = "ai-product-engineer", **options: Any) -> str:
    out = io.StringIO()
    call_command("audit_loop", str(file), role=role, stdout=out, **options)
    return out.getvalue()


def data(file: object, role: str = "ai-product-engineer", **options: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(file, role, json=True, **options))
    return found


@pytest.fixture
def demo(library: None, cleo: User) -> None:
    """The demo's two roles with the plan of 2014."""
    for title, preset in [
        ("AI product engineer", "ai-product-engineer"),
        ("Full-stack engineer (loop of 2014)", "full-stack-engineer"),
    ]:
        actions.create_role(title=title, summary="", preset=RolePreset.objects.get(slug=preset), by=cleo)


def plan_of_2014() -> str:
    slugs = [
        "first-call-screen", "trivia-screen", "algorithm-puzzle", "generic-system-design", "react-depth",
        "postgres-depth",
    ]  # fmt: skip
    found = {station.slug: station for station in Station.objects.select_related("current")}
    role = Role.objects.get(slug="full-stack-engineer-loop-of-2014")
    return f"plan:{PlanFactory(role=role, number=1, stations=[found[slug] for slug in slugs]).pk}"


def test_the_audit_of_2014_reports_no_signal_and_proposes_an_ai_craft_station(demo: None) -> None:
    report = data(plan_of_2014())
    assert report["coverage"]["llm-craft"]["signals"] == 0
    assert report["coverage"]["production-ai-ops"]["signals"] == 0
    assert report["coverage"]["llm-craft"]["verdict"] == "missing"
    assert report["not_needed"]["frontend-depth"] == 2
    assert report["finds"]["preset"] == "full-stack-engineer"
    repair = report["repair"]
    assert (report["status"], repair["status"]) == ("found", "found")
    crafts = set(Station.objects.filter(kind="ai_craft", state="active").values_list("slug", flat=True))
    assert crafts & set(repair["added"])
    assert set(repair["stations"]) == set(repair["kept"]) | set(repair["added"])
    assert repair["candidate_minutes"] <= 330
    for line in repair["coverage"].values():
        assert line["signals"] >= line["min_signals"]
        assert line["target"] is None or line["reliability"] >= line["target"] - 1e-6
    assert repair["objective"] > report["explained"]


@pytest.mark.parametrize("file", FILES)
def test_each_format_gives_a_report_in_text_and_in_json(library: None, file: str) -> None:
    text, report = run(LOOPS / file), data(LOOPS / file)
    assert max(len(line) for line in text.splitlines()) <= 100
    assert "The smallest change that repairs it" in text
    assert "none on LLM craft" in " ".join(text.split())
    assert report["coverage"]["llm-craft"]["signals"] == 0
    assert set(report) >= {
        "loop", "role", "status", "matches", "coverage", "not_needed", "redundant", "stale", "violations", "repair",
        "staleness_loss", "explained", "finds",
    }  # fmt: skip


def test_matches_say_whether_a_person_confirmed_them(library: None) -> None:
    by_name, by_slug = data(LOOPS / "loop-of-2014.csv"), data(LOOPS / "loop-of-2014.yaml")
    assert [one["station"] for one in by_name["matches"]] == [one["station"] for one in by_slug["matches"]]
    assert {one["confirmed"] for one in by_name["matches"]} == {False}
    assert {one["confirmed"] for one in by_slug["matches"]} == {True}
    assert by_name["matches"][2]["because"] == ["LeetCode"]
    assert by_name["coverage"] == by_slug["coverage"]
    assert "nobody has confirmed it" in run(LOOPS / "loop-of-2014.csv")
    assert "nobody has confirmed it" not in run(LOOPS / "loop-of-2014.yaml")


def test_the_same_file_gives_the_same_report(library: None) -> None:
    assert run(LOOPS / FILES[0], json=True) == run(LOOPS / FILES[0], json=True)


def test_what_is_left_out_of_a_greenhouse_file_is_said(library: None) -> None:
    text = run(LOOPS / "greenhouse-job-stages.json")
    assert "left out: Application Review (cannot be scheduled)" in text
    assert "left out: Take Home Test (an inactive stage)" in text


def test_changes_are_limited_where_asked(library: None) -> None:
    smallest = data(LOOPS / FILES[0])["repair"]["smallest"]
    few = data(LOOPS / FILES[0], changes=smallest - 1)
    assert (few["status"], few["repair"]["changes"], few["repair"]["smallest"]) == ("beyond", None, smallest)
    assert f"It takes {smallest} changes" in run(LOOPS / FILES[0], changes=smallest - 1)
    more = data(LOOPS / FILES[0], changes=smallest + 1)["repair"]
    assert smallest <= more["changes"] <= smallest + 1
    assert more["objective"] >= data(LOOPS / FILES[0])["repair"]["objective"]


def test_a_loop_that_keeps_the_rules_and_a_role_that_cannot_be_kept_are_said(library: None, cleo: User) -> None:
    fine = data(LOOPS / FILES[0], "full-stack-engineer")
    assert fine["status"] == "found"
    preset = RolePreset.objects.get(slug="ai-product-engineer")
    role = actions.create_role(title="Quick", summary="", preset=preset, by=cleo)
    Role.objects.filter(pk=role.pk).update(candidate_minutes=20)
    assert "No loop keeps every rule of this role." in run(LOOPS / FILES[0], "quick")
    assert data(LOOPS / FILES[0], "quick")["repair"]["clash"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", b"name,minutes\nTalk,soon\n", "Line 2: minutes must be a whole number"),
        ("a.csv", b"\xff\xff", "not UTF-8"),
        ("a.csv", b"", "There is nothing in it."),
        ("a.json", b"{", "not JSON"),
        ("a.json", b"[" * 100_000, "not JSON|too deep"),
        ("a.yaml", b"a: &a [x]\nb: *a\n", "references"),
        ("a.bin", bytes(range(256)), "."),
        ("a.csv", b"x" * 300_000, "larger than 200 kB"),
        ("a.csv", b"name,station\nA,nowhere\n", "“nowhere” is not in the library"),
        ("a.csv", b"name,measures\nA,typing=0.4\n", "“typing” in measures is no competency"),
    ],
)
def test_a_malformed_file_is_refused_in_a_sentence(
    loop: Any, tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CommandError, match=said):
        run(tmp_path / name, loop.role.slug)


def test_what_is_not_there_is_refused_in_a_sentence(library: None, tmp_path: Path) -> None:
    RoleFactory(slug="empty")
    for file, role, options, said in [
        (tmp_path / "none.csv", "ml-engineer", {}, "cannot be read: No such file"),
        (tmp_path, "ml-engineer", {}, "cannot be read: Is a directory"),
        ("a\0b", "ml-engineer", {}, "cannot be read"),
        ("plan:999999", "ml-engineer", {}, "There is no plan “999999”"),
        ("plan:x", "ml-engineer", {}, "There is no plan “x”"),
        ("plan:" + "9" * 30, "ml-engineer", {}, "There is no plan"),
        (f"plan:{PlanFactory().pk}", "ml-engineer", {}, "This plan has no station yet"),
        (LOOPS / FILES[0], "astronaut", {}, "no role or preset “astronaut”. There are: .*ml-engineer"),
        (LOOPS / FILES[0], "empty", {}, "requires nothing yet"),
        (LOOPS / FILES[0], "ml-engineer", {"changes": -1}, "--changes is a number from 0 to 40"),
    ]:
        with pytest.raises(CommandError, match=said):
            run(file, role, **options)
