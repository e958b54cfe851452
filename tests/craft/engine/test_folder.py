"""The candidate's folder works as it lies, with nothing but Python: each command, good input and bad."""

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from apps.craft.core.kits import KITS
from apps.craft.core.shipped.harness import ledger
from tests.craft.minting import minted, written
from tests.craft.pythons import other_python


def craft(
    folder: Path, *given: str, python: str = sys.executable, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [python, "craft.py", *given],
        cwd=folder,
        env={"PATH": os.environ["PATH"], **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return written(minted(), tmp_path / "kit")


@pytest.mark.parametrize("kit", list(KITS))
def test_the_first_metric_is_the_one_the_mint_measured(kit: str, tmp_path: Path) -> None:
    made = minted(kit)
    folder = written(made, tmp_path / kit)
    done = craft(folder, "eval", "--why", "the start", "--expect", "0")
    assert done.returncode == 0, done.stderr
    entry = json.loads((folder / ".craft/ledger.jsonl").read_text())
    run = json.loads((folder / ".craft/runs/001.json").read_text())
    assert entry["after"] == run["results"]["metric"]
    assert f"{entry['after']:.3f}" in done.stdout
    yardstick = made.record["sites"][made.record["yardstick"]]
    if yardstick["file"].startswith("data/"):  # else the candidate's own yardstick measures something else
        assert entry["after"] == made.record["scores"]["dev"]["start"]
    wrong = next(sample["id"] for sample in run["samples"] if sample["scores"]["metric"]["value"] in (0, 0.0, False))
    traced = craft(folder, "trace", wrong)
    assert traced.returncode == 0, traced.stderr
    assert "expected:" in traced.stdout
    assert craft(folder, "doctor").returncode == 0


@pytest.mark.parametrize("kit", list(KITS))
def test_the_oldest_python_that_is_promised_gives_the_same_metric(kit: str, tmp_path: Path) -> None:
    folder = written(minted(kit), tmp_path / "kit")
    done = craft(folder, "eval", "--why", "x", python=other_python("3.10"))
    assert done.returncode == 0, done.stderr
    ours = craft(folder, "eval", "--why", "x")
    assert [line for line in done.stdout.splitlines() if "interval" in line] == [
        line for line in ours.stdout.splitlines() if "interval" in line
    ]


def test_a_trace_shows_a_conversation_once(tmp_path: Path) -> None:
    folder = written(minted("refund-agent"), tmp_path / "kit")
    craft(folder, "eval", "--limit", "1", "--why", "x")
    [sample] = json.loads((folder / ".craft/runs/001.json").read_text())["samples"]
    told = craft(folder, "trace", sample["id"], "--width", "100000").stdout
    system = sample["events"][0]["input"]["messages"][0]["content"]
    assert len(sample["events"]) > 3
    assert told.count(system) == 1
    assert "as in the call before)" in told


def test_a_probe_is_cheap_and_not_a_full_run(folder: Path) -> None:
    assert "probe 1: 5 items" in craft(folder, "eval", "--limit", "5").stdout
    assert "probe 2: 2 items" in craft(folder, "eval", "--only", "d003,d001").stdout
    assert "probe 3" in craft(folder, "eval", "--slice", "no answer").stdout
    assert "0 of 40 full runs" in craft(folder, "eval", "--whatif", "window=0.5").stdout


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["eval", "--only", "d003,nothing"], "There is no item nothing"),
        (["eval", "--slice", "blue"], "There is no slice 'blue'. There are: amount"),
        (["eval", "--whatif", "windows=2"], "A model's card has no 'windows'. It has: window"),
        (["eval", "--whatif", "window"], "FIELD=FACTOR"),
        (["trace", "d001"], "Run `python craft.py eval` first"),
        (["dance"], "invalid choice"),
    ],
)
def test_bad_input_is_told_what_to_do(folder: Path, given: list[str], told: str) -> None:
    done = craft(folder, *given)
    assert done.returncode != 0
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_the_budget_ends_the_runs_and_not_the_probes_before_it(folder: Path) -> None:
    about = json.loads((folder / ".craft/kit.json").read_text())
    about["budget"]["runs"] = 1
    (folder / ".craft/kit.json").write_text(json.dumps(about))
    assert craft(folder, "eval", "--why", "first").returncode == 0
    refused = craft(folder, "eval", "--why", "second")
    assert "The budget is spent: 1 of 1 full runs" in refused.stderr
    assert craft(folder, "eval", "--limit", "3").returncode == 0


def test_the_ledger_keeps_what_was_expected_and_shows_when_it_was_changed(folder: Path) -> None:
    craft(folder, "eval", "--why", "as it is", "--expect", "0")
    craft(folder, "eval", "--why", "nothing changed", "--expect", "0.25")
    text = (folder / ".craft/ledger.jsonl").read_text()
    entries, whole = ledger.read(text)
    assert whole
    assert [(entry["why"], entry["expected"]) for entry in entries] == [("as it is", 0.0), ("nothing changed", 0.25)]
    assert entries[1]["before"] == entries[0]["after"]
    assert ledger.read(text.replace("0.25", "0.05"))[1] is False
    assert ledger.read("\n".join(text.splitlines()[1:]))[1] is False


def test_an_app_that_breaks_is_told_apart_from_one_that_is_wrong(folder: Path) -> None:
    (folder / "app/tidy.py").write_text("def value(said):\n    raise RuntimeError('too tidy')\n")
    assert craft(folder, "eval", "--why", "x").returncode == 0
    assert "RuntimeError: too tidy" in craft(folder, "trace", "d000").stdout
    (folder / "app/main.py").write_text("this is no Python\n")
    done = craft(folder, "eval", "--why", "x")
    assert done.returncode == 0
    assert "SyntaxError" in done.stdout
    doctor = craft(folder, "doctor")
    assert doctor.returncode == 1
    assert "The app did not answer one item" in doctor.stdout


def test_what_the_app_prints_does_not_break_its_answers(folder: Path) -> None:
    before = craft(folder, "eval", "--why", "x").stdout
    path = folder / "app/main.py"
    path.write_text(path.read_text().replace("def answer(task):", "def answer(task):\n    print('{', task)"))
    after = craft(folder, "eval", "--why", "x").stdout
    metric = [line for line in before.splitlines() if "interval" in line]
    assert metric == [line for line in after.splitlines() if "interval" in line]


def test_the_submission_holds_the_work_and_says_what_does_not_count(folder: Path) -> None:
    craft(folder, "eval", "--limit", "3", "--why", "x")
    (folder / "config.ini").write_text((folder / "config.ini").read_text().replace("passages = 12", "passages = 6"))
    (folder / "harness/metrics.py").write_text("# nothing\n")
    (folder / "app/extra.py").write_text("X = 1\n")
    diff = craft(folder, "diff").stdout
    assert "+passages = 6" in diff
    assert "harness/metrics.py is frozen" in diff
    done = craft(folder, "submit")
    assert "Changed: app/extra.py, config.ini." in done.stdout
    assert "frozen (the check uses its own copy): harness/metrics.py" in done.stdout
    assert "NOTES.md is as it was given" in done.stdout
    names = set(zipfile.ZipFile(folder / "submission.zip").namelist())
    assert {"app/extra.py", "config.ini", "NOTES.md", ".craft/ledger.jsonl"} <= names
    assert not any("runs/" in name or name == "submission.zip" for name in names)


def test_another_endpoint_takes_the_place_of_the_simulated_one(folder: Path, served: str) -> None:
    done = craft(
        folder, "eval", "--limit", "5", "--why", "x", CRAFT_BASE_URL=served, CRAFT_API_KEY="key", CRAFT_MODEL="any"
    )
    assert "on a real endpoint" in done.stdout
    samples = json.loads((folder / ".craft/runs/001.json").read_text())["samples"]
    assert {sample["output"] for sample in samples} == {"seven"}


@pytest.fixture
def served() -> Iterator[str]:
    """An endpoint of somebody else's, which knows one answer and wants a key and its own model's name."""
    import threading
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            fine = self.headers["Authorization"] == "Bearer key" and body["model"] == "any"
            content = {"choices": [{"message": {"content": "seven"}}], "usage": {}} if fine else {"error": "no"}
            self.send_response(200 if fine else 401)
            self.end_headers()
            self.wfile.write(json.dumps(content).encode())

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()
