"""Numbers other people published, from other people's programs: ours must give the same.

Small tables are retyped from the papers. Larger sets come with packages under the GPL and stay outside this
repository: those tests read them from the folder `shared/data` beside the project, and are skipped without it.
"""

import csv
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

DATA = Path(__file__).resolve().parents[3].parent / "shared" / "data"


def shared_rows(name: str) -> list[dict[str, str]]:
    """The rows of a data file beside the project, or skip the test."""
    path = DATA / name
    if not path.exists():
        pytest.skip(f"{name} is not beside the project: the data belong to a package under the GPL")
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def place(values: list[str], order: list[str] | None = None) -> np.ndarray:
    """The index of each value in `order`, by default the sorted distinct values."""
    at = {value: index for index, value in enumerate(order or sorted(set(values)))}
    return np.array([at[value] for value in values], dtype=np.intp)


def numbers(rows: list[dict[str, str]], column: str) -> np.ndarray:
    return np.array([float(row[column]) for row in rows])


def largest_gap(ours: Iterable[float | None], theirs: Iterable[float]) -> float:
    """The largest absolute difference; a number missing on our side is infinitely far away."""
    a = np.array([np.inf if one is None else one for one in ours], dtype=float)
    return float(np.abs(a - np.array(list(theirs), dtype=float)).max())
