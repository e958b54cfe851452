"""Problem files: what is read, what is refused and where, and that nothing else ever happens."""

import datetime as dt
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.loops.core.check import violations
from apps.loops.core.document import DocumentRefused, answer, read_problem, write_problem
from apps.loops.core.problem import Problem
from apps.loops.core.solve import GAP, solve

from .core_cases import limited_problems, worked_loop
from .test_core_solve import patient

TODAY = dt.date(2026, 11, 22)
SMALL: dict[str, Any] = {
    "competencies": [{"id": "x"}, {"id": "y", "min_signals": 1}],
    "stations": [
        {"id": "a", "minutes": 60, "measures": {"x": 0.4}},
        {"id": "b", "minutes": 45, "measures": {"y": 0.3}},
    ],
}


def read(document: object) -> Problem:
    return read_problem(json.dumps(document)).problem(TODAY)


def changed(path: str, value: object) -> dict[str, Any]:
    """SMALL with one field set, named as errors name it."""
    document: dict[str, Any] = json.loads(json.dumps(SMALL))
    place: Any = document
    *parents, last = re.findall(r"[^.\[\]]+", path)
    for part in parents:
        place = place[int(part)] if part.isdigit() else place.setdefault(part, {})
    place[int(last) if last.isdigit() else last] = value
    return document


def test_only_ids_minutes_and_measures_are_needed() -> None:
    problem = read(SMALL)

    assert [need.weight for need in problem.competencies] == [1, 1]
    assert [need.target for need in problem.competencies] == [None, None]
    assert problem.correlation == 0.3
    assert [option.interviewer_load for option in problem.stations] == [75, 60]
    assert {option.state for option in problem.stations} == {"active"}


def test_the_documented_example_is_answered() -> None:
    text = Path(django_settings.BASE_DIR, "docs", "planning.md").read_text(encoding="utf-8")
    [example] = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    problem = read_problem(example).problem(TODAY)
    found = answer(problem, solve(problem), why=True)

    assert found["status"] == "optimal"
    assert set(found["stations"]) == {"returns-desk", "drift-incident", "discovery"}
    assert found["coverage"]["llm-craft"]["signals"] == 2
    assert [one["reason"] for one in found["left_out"]] == ["measures_nothing"]
    described = set(re.findall(r"^\| `([a-z_]+)`", text, re.MULTILINE)) | set(re.findall(r", `([a-z_]+)` \|", text))
    assert set(found) - {"status"} <= described
    for field in re.findall(r"^\s*([a-z_]+): ", Path("apps/loops/core/document/question.py").read_text(), re.MULTILINE):
        if field in {"id", "weight", "reviewed_on", "kind_shares", "day_minutes", "days", "today", "correlation"}:
            assert f"`{field}`" in text or f".{field}`" in text


def test_the_worked_example_has_its_published_value() -> None:
    base = worked_loop()
    problem = replace(base, limits=replace(base.limits, candidate_minutes=165))
    found = answer(problem, solve(problem))

    assert set(found["stations"]) == {"s1", "s2", "s5"}
    assert found["objective"] == pytest.approx(0.644455, abs=5e-7)


def test_age_is_counted_from_the_review_to_today() -> None:
    document = changed("stations[0].reviewed_on", "2026-05-22")
    document["stations"][0]["half_life_months"] = 6
    assert read(document).stations[0].age_months == pytest.approx(6, abs=0.05)
    document["today"] = "2026-05-22"
    assert read(document).stations[0].age_months == 0


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("surprise", 1, "unknown field"),
        ("stations[0].colour", "red", "unknown field"),
        ("limits.most", 3, "unknown field"),
        ("stations[1].minutes", "sixty", "valid integer"),
        ("stations[1].minutes", 0, "greater than or equal to 1"),
        ("stations[1].minutes", 10**30, "less than or equal to"),
        ("stations[1].minutes", True, "valid integer"),
        ("stations[1].measures.x", 1, "less than 1"),
        ("stations[1].measures.x", -0.1, "greater than or equal to 0"),
        ("stations[1].measures", None, "dictionary"),
        ("stations[0].interviewers", 0, "greater than or equal to 1"),
        ("stations[0].state", "resting", "'active'"),
        ("stations[0].reviewed_on", "2026-13-01", "must be a day"),
        ("stations[0].reviewed_on", 20261122, "must be a day"),
        ("stations[0].reviewed_on", "2027-01-01", "is after today"),
        ("stations[0].half_life_months", 0, "greater than 0"),
        ("stations[0].qualified_interviewers", "ann", "got \"ann\""),
        ("stations[0].qualified_interviewers", ["ann", "ann"], "twice"),
        ("stations[1].id", "a", "already"),
        ("competencies[1].id", "x", "already"),
        ("competencies", [], "at least 1"),
        ("competencies[0].weight", 0, "greater than 0"),
        ("competencies[0].weight", 1e300, "less than or equal"),
        ("competencies[0].target_reliability", 1, "less than or equal to 0.99"),
        ("competencies[0].min_signals", 1.5, "valid integer"),
        ("limits.pinned", ["ghost"], "not among the stations"),
        ("limits.excluded", ["a", "a"], "twice"),
        ("limits.days", 3, "less than or equal to 2"),
        ("limits.candidate_minutes", -1, "greater than or equal to 0"),
        ("limits.required_kinds", {"talk": -1}, "greater than or equal to 0"),
        ("limits.kind_shares", {"talk": 1.2}, "less than or equal to 1"),
        ("correlation", 1, "less than or equal to 0.99"),
        ("today", "yesterday", "must be a day"),
    ],
)  # fmt: skip
def test_what_is_impossible_is_refused_with_its_path(path: str, value: object, message: str) -> None:
    with pytest.raises(DocumentRefused) as refused:
        read(changed(path, value))

    assert any(problem.startswith(path) and message in problem for problem in refused.value.problems)


@pytest.mark.parametrize(
    "missing", ["competencies", "stations", "stations[0].id", "stations[0].minutes", "stations[0].measures"]
)
def test_what_is_missing_is_named(missing: str) -> None:
    document: Any = json.loads(json.dumps(SMALL))
    place, _, last = missing.rpartition(".")
    del (document["stations"][0] if place else document)[last]

    with pytest.raises(DocumentRefused, match=re.escape(missing) + ": is missing"):
        read(document)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1"),
        ("{", "line 1"),
        ("[]", "must be an object"),
        ('{"competencies": NaN}', "NaN"),
        ('{"stations": [], "stations": []}', "twice"),
        ("[" * 100_000, "deeply"),
        ('{"today": ' + "9" * 5000 + "}", "the document"),
    ],
)
def test_a_text_that_is_no_document_is_refused(text: str, message: str) -> None:
    with pytest.raises(DocumentRefused, match=message):
        read_problem(text)


def test_pinned_and_excluded_at_once_is_a_clash_and_not_an_error() -> None:
    problem = read({**SMALL, "limits": {"pinned": ["a"], "excluded": ["a"]}})
    assert {rule["rule"] for rule in answer(problem, solve(problem))["clash"]} == {"pinned", "excluded"}


@patient
@given(limited_problems(most_stations=5))
def test_a_problem_written_down_reads_back_to_the_same_plan(problem: Problem) -> None:
    problem = replace(problem, limits=replace(problem.limits, overlaps=()))
    again = read(write_problem(problem, TODAY))
    one, other = solve(problem, explain=False), solve(again, explain=False)

    assert one.status == other.status
    if one.objective is not None:
        assert other.objective == pytest.approx(one.objective, abs=0.02)  # ages are written to the day
        assert {rule.name for rule in again_broken(again, other.stations)} == set()


def again_broken(problem: Problem, stations: tuple[str, ...]) -> list[Any]:
    return [found for found in violations(problem, stations) if found.rule != "competencies_per_station"]


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["a", "x", "2026-11-22"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FIELDS = st.sampled_from(
    [
        "today", "competencies", "stations", "limits", "correlation", "competencies[0]", "stations[0]", "stations[1]",
        *(f"competencies[0].{name}" for name in ("id", "weight", "must_pass", "target_reliability", "min_signals")),
        *(f"stations[0].{name}" for name in (
            "id", "kind", "minutes", "interviewers", "interviewer_minutes", "measures", "measures.x", "reviewed_on",
            "half_life_months", "state", "qualified_interviewers", "nonsense",
        )),
        *(f"limits.{name}" for name in (
            "candidate_minutes", "interviewer_minutes", "max_stations", "required_kinds", "max_per_kind", "pinned",
            "max_competencies_per_station", "excluded", "kind_shares", "day_minutes", "days",
        )),
    ]
)  # fmt: skip
LIKELY = st.one_of(
    st.sampled_from([0, 1, 2, 30, 60, 1e-9, 0.5, 0.999999, 1e308, -1, 10**18, True, None]),
    st.sampled_from(["a", "x", "pilot", "retired"]),
    st.lists(st.sampled_from(["a", "b"]), max_size=3),
    st.dictionaries(
        st.sampled_from(["x", "y", "other", "ai_craft"]), st.sampled_from([0, 1, 2, 0.3, 0.999999]), max_size=2
    ),
)  # fmt: skip


@settings(patient, max_examples=300)
@given(st.dictionaries(FIELDS, LIKELY | VALUES, min_size=1, max_size=4))
def test_a_damaged_document_is_refused_in_words_or_answered(damage: dict[str, Any]) -> None:
    document: Any = SMALL
    for path, value in sorted(damage.items(), reverse=True):  # the deeper first
        try:
            place = json.loads(json.dumps(document))
            spot: Any = place
            *parents, last = re.findall(r"[^.\[\]]+", path)
            for part in parents:
                spot = spot[int(part)] if part.isdigit() else spot.setdefault(part, {})
            spot[int(last) if last.isdigit() else last] = value
            document = place
        except (TypeError, AttributeError, KeyError, IndexError):
            continue
    problem, said = _read_or_said(json.dumps(document))
    assert all(": " in sentence and len(sentence) < 2000 for sentence in said)
    if problem is None:
        assert said
        return
    result = solve(problem, time_limit_seconds=2)
    json.dumps(answer(problem, result, why=True), allow_nan=False)
    if result.status == "optimal":
        assert not violations(problem, result.stations, result.assessed)
        assert result.bound - result.objective <= 2 * GAP  # type: ignore[operator]  # an optimum has both


def _read_or_said(text: str) -> tuple[Problem | None, tuple[str, ...]]:
    try:
        return read_problem(text).problem(TODAY), ()
    except DocumentRefused as refused:
        return None, refused.problems


@settings(patient, max_examples=200)
@given(st.text(max_size=60) | VALUES.map(json.dumps) | st.text(alphabet='{}[]":,0123456789.eE-ntrufals ', max_size=80))
def test_any_text_is_refused_in_words(text: str) -> None:
    with pytest.raises(DocumentRefused):
        read_problem(text)
