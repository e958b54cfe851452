"""What the mint stored comes out again elsewhere, to the digit: other Pythons stand in for other machines."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from apps.craft.core.kits import KITS
from tests.craft.minting import minted
from tests.craft.pythons import other_python

ROOT = Path(__file__).resolve().parents[3]
REPLAY = """
import json, sys
from apps.craft.core.grading import Case

record = json.load(open(sys.argv[1], encoding="utf-8"))
case = Case(record, {})
files = {"start": case.start_files(), "reference": case.reference_files()}
print(json.dumps({
    kind: {name: case.own(given, kind).metric for name, given in files.items()} for kind in record["scores"]
}))
"""


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
@pytest.mark.parametrize("kit", list(KITS))
def test_start_and_reference_reproduce_their_stored_scores(kit: str, version: str, tmp_path: Path) -> None:
    """Every world, hidden ones too, from the record alone, with another order of sets."""
    python = sys.executable if version == "3.11" and sys.version_info[:2] == (3, 11) else other_python(version)
    record = minted(kit).record
    stored = tmp_path / "record.json"
    stored.write_text(json.dumps(record), encoding="utf-8")
    done = subprocess.run(
        [python, "-I", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{REPLAY}", str(stored)],
        env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2_000:]
    assert json.loads(done.stdout) == record["scores"]
