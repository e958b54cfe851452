"""Every kit runs under Inspect AI, with the same metric to the digit; our run files use its names."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from apps.craft.core.kits import KITS
from tests.craft.engine.test_folder import craft
from tests.craft.minting import minted, written

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("kit", list(KITS))
def test_inspect_gives_the_same_metric_to_the_digit(kit: str, tmp_path: Path) -> None:
    folder = written(minted(kit), tmp_path / "kit")
    # A process of its own: Inspect brings a loop of its own, and leaves streams open at its end.
    inspected = subprocess.run(
        [sys.executable, "-m", "tests.craft.engine.inspect_task", str(folder), str(tmp_path / "logs")],
        cwd=ROOT,
        env={**os.environ, "XDG_DATA_HOME": str(tmp_path), "INSPECT_DISPLAY": "none"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert inspected.returncode == 0, inspected.stderr[-3_000:]
    theirs = json.loads(inspected.stdout.splitlines()[-1])
    assert craft(folder, "eval", "--why", "x").returncode == 0
    run = json.loads((folder / ".craft/runs/001.json").read_text())
    assert (theirs["metric"], theirs["samples"]) == (run["results"]["metric"], len(run["samples"]))
    ours = run["samples"][0]
    shared = {"id", "input", "target", "output", "scores", "model_usage", "metadata", "events"}
    assert shared <= ours.keys() & theirs["first"].keys()
    [their_score] = theirs["first"]["scores"].values()
    assert {"value", "answer", "explanation"} <= ours["scores"]["metric"].keys() & their_score.keys()
