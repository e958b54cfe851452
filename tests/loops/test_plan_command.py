"""`manage.py plan_loop`, as people and programs call it."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from apps.loops.core.document import read_problem

QUESTION: dict[str, Any] = {
    "today": "2026-11-22",
    "competencies": [{"id": "x & y", "min_signals": 2}],
    "stations": [{"id": f"s{n}", "minutes": 60, "measures": {"x & y": 0.44}} for n in range(3)],
    "limits": {"candidate_minutes": 130},
}


def run(*arguments: str, **options: Any) -> str:
    out = io.StringIO()
    call_command("plan_loop", *arguments, stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def question(tmp_path: Path) -> Path:
    file = tmp_path / "question.json"
    file.write_text(json.dumps(QUESTION))
    return file


def test_a_problem_file_is_answered_without_a_database(question: Path) -> None:
    environment = {**os.environ, "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "VAR_DIR": str(question.parent)}
    done = subprocess.run(
        [sys.executable, "manage.py", "plan_loop", "--problem", str(question), "--json", "--why"],
        cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    found = json.loads(done.stdout)

    assert done.returncode == 0
    assert found["status"] == "optimal"
    assert len(found["stations"]) == 2
    assert found["coverage"]["x & y"] == {"reliability": pytest.approx(0.611111, abs=1e-6), "signals": 2}
    assert found["left_out"][0]["breaks"][0]["text"] == "the limit on candidate minutes"


def test_the_impossible_is_said_in_words(question: Path) -> None:
    question.write_text(json.dumps({**QUESTION, "limits": {"candidate_minutes": 100}}))
    found = json.loads(run("--problem", str(question), "--json"))
    said = run("--problem", str(question))

    assert found["status"] == "infeasible"
    assert {rule["text"]: rule["limit"] for rule in found["clash"]} == {
        "the limit of 100 candidate minutes": 100,
        "at least 2 independent signals on x & y": 2,
    }
    assert [way["text"] for way in found["relaxations"]] == [
        "120 candidate minutes instead of 100",
        "1 signal on x & y instead of 2",
    ]
    assert all(part["text"] in said for part in found["clash"] + found["relaxations"])


@pytest.mark.parametrize(
    ("limits", "need", "said"),
    [
        ({"interviewer_minutes": 75}, {"min_signals": 2}, "at most 1.25 interviewer hours"),
        ({"day_minutes": 70, "days": 1}, {"min_signals": 2}, "at most 70 candidate minutes a day"),
        ({"max_stations": 1}, {"min_signals": 2}, "at most 1 station"),
        ({"max_stations": 0}, {"min_signals": 1}, "at least 1 independent signal on x & y"),
        ({"max_per_kind": {"coding": 1}}, {"min_signals": 2}, "at most 1 coding station"),
        ({"required_kinds": {"puzzle": 2}}, {}, "at least 2 puzzle stations"),
        ({"kind_shares": {"puzzle": 0.3}}, {"min_signals": 1}, "at least 30% of the minutes in puzzle stations"),
        ({"max_stations": 1}, {"must_pass": True}, "x & y measured with a reliability of .45 or more"),
        ({}, {"target_reliability": 0.9}, "x & y measured with a reliability of .90 or more"),
    ],
)
def test_a_clash_names_the_number_of_each_rule(
    limits: dict[str, Any], need: dict[str, Any], said: str, question: Path
) -> None:
    stations = [{"id": f"s{n}", "kind": "coding", "minutes": 60, "measures": {"x & y": 0.44}} for n in range(3)]
    asked = {"competencies": [{"id": "x & y", **need}], "stations": stations, "limits": limits}
    question.write_text(json.dumps({**QUESTION, **asked}))
    assert said in [rule["text"] for rule in json.loads(run("--problem", str(question), "--json"))["clash"]]


@pytest.mark.parametrize(
    ("contents", "message"),
    [
        (b"{", "line 1"),
        (b"\xff\xfe", "UTF-8"),
        (b'{"competencies": [{"id": 3}], "stations": []}', r"competencies\[0\].id"),
    ],
)
def test_a_file_that_is_no_question_is_refused_in_words(tmp_path: Path, contents: bytes, message: str) -> None:
    file = tmp_path / "question.json"
    file.write_bytes(contents)
    with pytest.raises(CommandError, match=message):
        run("--problem", str(file))


def test_what_cannot_be_asked_is_refused(question: Path, tmp_path: Path) -> None:
    for arguments in (["--problem", str(tmp_path / "none.json")], ["--problem", str(tmp_path)], ["--problem", "a\0b"]):
        with pytest.raises(CommandError, match="cannot be read"):
            run(*arguments)
    for option in (["--time-limit", "0"], ["--time-limit", "nan"], ["--seed", "-1"]):
        with pytest.raises(CommandError):
            run("--problem", str(question), *option)
    with pytest.raises(CommandError, match="required"):
        run()


@pytest.mark.django_db
def test_a_role_is_answered_by_its_slug(library: None) -> None:
    said = run("--role", "ai-product-engineer", "--why")
    found = json.loads(run("--role", "ai-product-engineer", "--json"))

    assert found["status"] == "optimal"
    assert "no other choice does better" in said
    assert "Left out:" in said
    assert max(map(len, said.splitlines())) <= 240
    with pytest.raises(CommandError, match=r"no role or preset “nobody”. There are: .*ai-product-engineer"):
        run("--role", "nobody")


@pytest.mark.django_db
def test_a_role_written_as_a_question_has_the_same_answer(library: None, tmp_path: Path) -> None:
    file = tmp_path / "role.json"
    file.write_text(run("--role", "ml-engineer", "--write-problem"))
    read_problem(file.read_text())

    asked, written = (
        json.loads(run(*source, "--json")) for source in (["--role", "ml-engineer"], ["--problem", str(file)])
    )
    assert written["stations"] == asked["stations"]
    assert written["objective"] == pytest.approx(asked["objective"], abs=1e-3)


COMMANDS = [["plan_loop"], ["audit_loop", "fixtures/demo/loops/loop-of-2014.csv"]]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_database_out_of_reach_is_said_in_words(command: list[str]) -> None:
    environment = {**os.environ, "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}
    done = subprocess.run(
        [sys.executable, "manage.py", *command, "--role", "ai-product-engineer"],
        cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "cannot be reached" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.django_db
@pytest.mark.parametrize("command", COMMANDS)
def test_a_database_without_tables_is_said_in_words(command: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE loops_role RENAME TO not_there_yet")
    with pytest.raises(CommandError, match=r"manage\.py migrate"):
        call_command(*command, "--role", "ai-product-engineer")
