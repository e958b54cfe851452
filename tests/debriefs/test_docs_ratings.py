"""docs/ratings.md prints numbers: they are what the code gives."""

import io
from pathlib import Path

import numpy as np
import pytest
from django.core.management import call_command
from scipy.special import ndtr

from apps.debriefs.core.ratings.calibration import before_any_rating
from apps.debriefs.core.ratings.reading import CompetencyReading, Reading
from apps.debriefs.core.ratings.settle import FurtherStation, what_would_settle

ROOT = Path(__file__).resolve().parents[2]
DOCS = (ROOT / "docs" / "ratings.md").read_text()


def test_the_printed_answer_is_the_commands() -> None:
    out = io.StringIO()
    call_command("fit_ratings", str(ROOT / "fixtures" / "demo" / "ratings.csv"), stdout=out)
    printed = DOCS.split("```text\n")[1].split("```")[0]
    assert out.getvalue().startswith(printed)


def test_the_worked_probability_is_right() -> None:
    assert "Phi(.62 / .71) = Phi(.87) = .81" in DOCS
    assert ndtr(0.62 / 0.71) == pytest.approx(0.81, abs=0.005)


def test_the_worked_station_is_right() -> None:
    assert "v' = 1 / (1/.64 + 1) = .39" in DOCS
    assert "falls from .50 to arccos(sqrt((.64 - .39) / .64)) / pi = .29" in DOCS
    row = CompetencyReading("llm", True, 3, 0.0, 0.0, 0.8, -1.3, 1.3, 0.5, 2)  # in the fields' order
    reading = Reading((row,), 0.5)
    found = what_would_settle(before_any_rating(), reading, [FurtherStation("lab", 60, {"llm": 0.5})])[0]
    assert found.sharpened[0].wrong_now == 0.5
    assert found.sharpened[0].wrong_then == pytest.approx(np.arccos(np.sqrt(0.25 / 0.64)) / np.pi, abs=0.002)
    assert found.sharpened[0].wrong_then == pytest.approx(0.29, abs=0.005)
