"""What a submission is worth: run in the room, scored outside of it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.craft.core.grading import BEST, CAPPED, WORST, Case, answers_in, at_top, gained, intervals
from apps.craft.core.kits import KITS
from apps.craft.core.mint import archive
from apps.craft.core.shipped.harness import ledger
from apps.craft.sandbox import Level, available
from apps.craft.sandbox import grading as room
from tests.craft.minting import minted, solved, texts, zipped

EVERY = pytest.mark.parametrize("kit", list(KITS))
needs_room = pytest.mark.skipif(available()[0] is Level.NONE, reason=f"no safe room here: {available()[1]}")


@needs_room
@EVERY
def test_the_reference_reaches_its_stored_score_to_the_digit(kit: str) -> None:
    made = minted(kit)
    report = room.grade(made.record, zipped(solved(made)))
    assert report["verdict"] == "graded", report["errors"]
    assert report["stored_scores_reproduced"]
    assert report["metric"]["hidden"] == made.record["measured"]["hidden_reference"]
    assert report["gain"]["value"] == 1.0
    assert report["shifted"]["value"] == made.record["scores"]["shifted"]["reference"]
    assert all(guard["held"] for guard in report["guards"])
    assert report["repeated"]["same"]
    assert report["overfit"]["dev"] == pytest.approx(
        made.record["scores"]["dev"]["reference"] - made.record["scores"]["dev"]["start"]
    )
    assert json.loads(json.dumps(report)) == report


@needs_room
@EVERY
def test_the_folder_as_handed_out_gains_nothing(kit: str) -> None:
    made = minted(kit)
    report = room.grade(made.record, archive(made.files))
    assert (report["verdict"], report["gain"]["value"]) == ("graded", 0.0)
    assert report["metric"]["hidden"] == made.record["measured"]["hidden_start"]
    assert report["editable"] == report["frozen"] == []
    assert report["canary"]["found"] == [made.record["canary"]]


@needs_room
def test_frozen_files_are_listed_and_not_used() -> None:
    made = minted()
    files = texts(made)
    files["harness/metrics.py"] = "def metric(rows):\n    return 1.0\n"
    files["harness/client.py"] = "raise RuntimeError\n"
    report = room.grade(made.record, zipped(files))
    assert (report["verdict"], report["gain"]["value"]) == ("graded", 0.0)
    assert {part["path"] for part in report["frozen"]} == {"harness/metrics.py", "harness/client.py"}
    assert "return 1.0" in report["frozen"][1]["diff"]


@needs_room
def test_a_broken_guard_caps_the_gain() -> None:
    made = minted()
    files = solved(made)
    files["config.ini"] = files["config.ini"].replace("sim-small", "sim-large")
    report = room.grade(made.record, zipped(files))
    broken = {guard["name"]: guard["held"] for guard in report["guards"]}
    assert broken["usd_per_1k"] is False
    assert report["gain"]["value"] == CAPPED
    assert report["gain"]["capped"]


@needs_room
def test_answers_that_did_not_come_through_the_model_are_seen() -> None:
    made = minted()
    files = texts(made)
    files["app/main.py"] += (
        "\n\ndef run(tasks):\n    for task in tasks:\n        yield {'id': task['id'], 'answer': '9 days'}\n"
    )
    files["app/main.py"] = files["app/main.py"].replace("if __name__", "if False and __name__")
    files["app/main.py"] += "\n\nif __name__ == '__main__':\n    loop.main(run)\n"
    report = room.grade(made.record, zipped(files))
    assert report["usage"]["calls"] == 0
    assert report["gain"]["value"] < 0


@needs_room
@pytest.mark.parametrize(
    ("main", "verdict"),
    [
        ("import time\nwhile True:\n    time.sleep(1)\n", "too_slow"),
        ("raise SystemExit(3)\n", "crashed"),
        ("import sys\nwhile True:\n    sys.stdout.write('x' * 100000)\n", "too_much_output"),
        ("x = bytearray(4 << 30)\n", "too_much_memory"),
    ],
)
def test_whatever_a_submission_does_the_next_is_graded(
    main: str, verdict: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "LIMITS", room.Limits(seconds=4, cpu_seconds=4))
    made = minted()
    report = room.grade(made.record, zipped({**texts(made), "app/main.py": main}))
    assert report["verdict"] == verdict
    assert report["metric"]["hidden"] <= 0.05
    assert report["reason"]
    assert room.grade(made.record, archive(made.files))["verdict"] == "graded"


@pytest.mark.parametrize("content", [b"", b"not a zip", zipped({"../evil": "x"}), zipped({"/etc/evil": "x"})])
def test_what_is_no_honest_zip_is_told_so(content: bytes) -> None:
    report = room.grade(minted().record, content, level=Level.BUBBLEWRAP)
    assert report["verdict"] == "unreadable"
    assert report["reason"].endswith(".")


def test_without_a_safe_room_nothing_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "available", lambda: (Level.NONE, "This system has no namespaces."))
    with pytest.raises(room.NoSafeRoom, match="no namespaces"):
        room.grade(minted().record, archive(minted().files))


def test_the_ledger_of_a_submission_is_read_with_care() -> None:
    made = minted()
    lines: list[str] = []
    for entry in (
        {"n": 1, "full": True, "why": "start", "expected": None, "before": None, "after": 0.4, "usd": 0.01},
        {"n": 2, "full": True, "why": "order", "expected": 0.2, "before": 0.4, "after": 0.5, "usd": 0.01},
        {"n": "x" * 9_000, "full": "yes", "why": ["a"], "expected": "much", "after": 1e300, "usd": None},
    ):
        lines.append(ledger.line(lines, entry))
    told = Case(made.record, {**texts(made), ".craft/ledger.jsonl": "\n".join(lines)})._ledger()
    assert told["intact"]
    assert told["called_shots"] == {"n": 1, "mean_error": pytest.approx(0.1)}
    assert (told["runs"][2]["n"], told["runs"][2]["after"], told["runs"][2]["full"]) == (None, None, False)
    forged = Case(made.record, {**texts(made), ".craft/ledger.jsonl": "\n".join(lines[1:])})._ledger()
    assert not forged["intact"]


def test_a_file_from_another_variant_shows_by_its_canary() -> None:
    made, other = minted(), minted(seed="other")
    case = Case(made.record, {**texts(made), "app/borrowed.md": other.files["README.md"].decode()})
    assert case.files["app/borrowed.md"]
    from apps.craft.core.grading import CANARY

    found = {canary for text in case.submitted.values() for canary in CANARY.findall(text)}
    assert found == {made.record["canary"], other.record["canary"]}


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_a_gain_is_within_its_bounds_and_one_at_the_reference(value: float, start: float, reference: float) -> None:
    assert WORST <= gained(value, start, reference) <= BEST
    assert gained(value, start, reference, capped=True) <= CAPPED
    if reference != start:
        assert gained(reference, start, reference) == 1.0
        assert gained(start, start, reference) == 0.0


@given(st.lists(st.booleans(), min_size=5, max_size=40))
def test_an_interval_of_the_gain_is_no_wider_than_its_bounds_and_repeatable(right: list[bool]) -> None:
    def metric(rows: list[bool]) -> float:
        return sum(rows) / len(rows)

    start, reference = [False] * len(right), [True] * len(right)
    found = intervals(right, start, reference, metric, capped=False)
    assert found == intervals(right, start, reference, metric, capped=False)
    assert found[0] <= found[1]
    assert found[0] == pytest.approx(found[2])  # start 0 and reference 1: the gain is the metric


@given(st.binary(max_size=200))
def test_no_output_breaks_the_reading_of_answers(output: bytes) -> None:
    assert answers_in(output, {"a"}).keys() <= {"a"}


def test_the_first_answer_to_an_item_counts_and_strangers_do_not() -> None:
    output = b'{"id": "a", "answer": 1}\n{"id": "a", "answer": 2}\nnoise\n{"id": "z"}\n["a"]\n{"id": ["a"]}\n'
    assert answers_in(output, {"a", "b"}) == {"a": {"id": "a", "answer": 1}}


def test_a_zipped_folder_is_as_good_as_its_files() -> None:
    assert at_top({"kit/craft.py": "", "kit/app/main.py": "x"}) == {"craft.py": "", "app/main.py": "x"}
    assert at_top({"craft.py": "", "app/main.py": "x"}) == {"craft.py": "", "app/main.py": "x"}
