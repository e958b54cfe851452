"""`manage.py fit_ratings`: a CSV in, severities and positions out, without a database."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.debriefs.core.ratings.csv_file import RatingsRefused, read_ratings
from apps.debriefs.core.ratings.report import fit_report
from tests.debriefs.simulated import simulated

HEAD = "candidate,interviewer,competency,level\n"


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def write(text: str | bytes) -> str:
        path = tmp_path / "ratings.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)

    return write


def fit(path: str, *options: str) -> dict[str, Any]:
    out = io.StringIO()
    call_command("fit_ratings", path, "--json", *options, stdout=out)
    return json.loads(out.getvalue())


def a_panel(**more: Any) -> str:
    rows = simulated("C", 2, candidates=14, interviewers=5, each=3, **more).rows
    return HEAD + "".join(f"{r.candidate},{r.interviewer},{r.competency},{r.level}\n" for r in rows)


def test_the_answer_has_the_documented_shape(write: Any) -> None:
    report = fit(write(a_panel() + "c0,i0,k0,\n"))
    assert set(report["interviewers"][0]) >= {"id", "severity", "se", "n", "infit", "outfit", "withheld"}
    assert set(report["competencies"][0]) == {"id", "difficulty", "se"}
    assert len(report["thresholds"]) == 3
    assert sum(report["thresholds"]) == pytest.approx(0, abs=1e-9)
    assert sum(one["severity"] for one in report["interviewers"]) == pytest.approx(0, abs=1e-9)
    competencies = {one["id"] for one in report["competencies"]}
    of_first = [one for one in report["candidates"] if one["id"] == "c0"]
    assert {one["competency"] for one in of_first} == {None, *competencies}
    assert all(one["low"] < one["position"] < one["high"] for one in report["candidates"])
    assert -1 <= report["agreement"]["alpha_ordinal"] <= 1
    assert 0 < report["reliability"] < 1
    assert (report["no_evidence"], report["method"]) == (1, "literature")
    assert "Published variances are used" in report["notes"][0]


def test_a_harsher_interviewer_has_the_higher_severity_and_everything_is_finite(write: Any) -> None:
    text = HEAD + "".join(f"c{n},soft,k,{3 + n % 2}\nc{n},harsh,k,{2 + n % 2}\n" for n in range(8))
    severity = {one["id"]: one["severity"] for one in fit(write(text))["interviewers"]}
    assert severity["harsh"] > 0 > severity["soft"]


@pytest.mark.parametrize("model", ["marginal", "joint"])
def test_what_peers_do_can_be_asked_for_and_agrees_on_who_is_harsher(write: Any, model: str) -> None:
    path = write(a_panel(severity_sd=1.0))
    ours = {one["id"]: one["severity"] for one in fit(path)["interviewers"]}
    theirs = {one["id"]: one["severity"] for one in fit(path, "--model", model)["interviewers"]}
    order = sorted(ours, key=lambda name: ours[name])
    assert theirs[order[0]] < theirs[order[-1]]


def test_the_text_names_everybody(write: Any) -> None:
    out = io.StringIO()
    call_command("fit_ratings", write(a_panel()), stdout=out)
    text = out.getvalue()
    assert all(f"  i{number} " in text for number in range(5))
    assert "alpha" in text


def test_another_scale_than_ours_is_taken_as_it_is(write: Any) -> None:
    text = HEAD + "".join(f"c{n},i{m},k,{(n + m) % 3}\n" for n in range(9) for m in range(3))
    report = fit(write(text))
    assert report["scale"] == [0, 2]
    assert len(report["thresholds"]) == 2


@pytest.mark.parametrize("level", ["1", "0", "4"])
def test_one_rating_gives_an_answer(write: Any, level: str) -> None:
    report = fit(write(f"{HEAD}a,b,c,{level}\n"))
    assert report["interviewers"][0]["withheld"] == "not_connected"
    assert report["reliability"] is None
    assert report["agreement"]["alpha_ordinal"] is None
    assert report["agreement"]["reasons"]["alpha_ordinal"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Line 1 lacks candidate, interviewer, competency, level"),
        (b"candidate,interviewer,level\na,b,3\n", "Line 1 lacks competency"),
        (b"candidate,interviewer,competency,level,level\na,b,c,3,3\n", "Line 1 names level twice"),
        (HEAD.encode(), "no rating below the heading"),
        (HEAD.encode() + b"a,b,c,three\n", "Line 2: level is “three”"),
        (HEAD.encode() + b"a,b,c,3\n\na,,c,3\n", "Line 4: interviewer is empty"),
        (HEAD.encode() + b"a,b,c,2.5\n", "Line 2: level is"),
        (HEAD.encode() + b"a,b,c,1e999\n", "Line 2: level is"),
        (HEAD.encode() + b"a,b,c,nan\n", "Line 2: level is"),
        (HEAD.encode() + b"a,b,c,1\na,b,d,99\n", "at most 20 levels"),
        (HEAD.encode() + b"a,b,c,3\n\xff\n", "Line 3 is not UTF-8"),
        (HEAD.encode() + b"a,b\0,c,3\n", "null bytes"),
        (HEAD.encode() + b'a,"b,c,3\n', "Line"),
    ],
)
def test_a_faulty_file_is_refused_with_its_line(write: Any, content: bytes, said: str) -> None:
    with pytest.raises(CommandError) as refused:
        fit(write(content))
    assert said in str(refused.value)


def test_a_missing_file_is_said_to_be_missing() -> None:
    with pytest.raises(CommandError, match=r"nowhere\.csv cannot be read"):
        fit("nowhere.csv")


def test_all_faults_are_named_up_to_twenty() -> None:
    with pytest.raises(RatingsRefused) as refused:
        read_ratings((HEAD + "a,b,c,x\n" * 50).encode())
    assert len(refused.value.problems) == 21


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_spreadsheets_separators_and_marks_are_read(delimiter: str) -> None:
    text = "\ufeffCandidate,Interviewer,Competency,Level,Station\r\nÉva,b,c,3,s\r\nÉva,b,d,NA,\r\n"
    rows = read_ratings(text.replace(",", delimiter).encode())
    assert [(row.candidate, row.level, row.station) for row in rows] == [("Éva", 3, "s"), ("Éva", None, None)]


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda text: (HEAD + text).encode()))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        assert read_ratings(content)
    except RatingsRefused as error:
        problems = error.problems
        assert problems  # either outcome is right


def test_an_unknown_model_is_refused() -> None:
    with pytest.raises(ValueError, match="hierarchical, marginal, joint"):
        fit_report([], model="other")
