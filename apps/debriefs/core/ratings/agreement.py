"""How far the interviewers of a file agree, over all cells (a candidate on a competency) rated more than once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from apps.debriefs.core.agreement import Coefficient, Intraclass, icc, krippendorff_alpha, weighted_kappa
from apps.debriefs.core.ratings.data import RatingRow

LEAST_SHARED = 10
"""Cells two interviewers must share before a kappa of the two is given."""
MOST_PAIRS = 2000
_MOST_CELLS = 200_000  # beyond, ICC and pairs are left out: they take room for cells times interviewers


@dataclass(frozen=True)
class PairOfTwo:
    """The quadratic-weighted kappa of two interviewers over the cells both rated."""

    one: str
    other: str
    shared: int
    kappa: Coefficient


def agreement_of(rows: Sequence[RatingRow]) -> dict[str, Any]:
    """Plain data: Krippendorff's alpha (ordinal), ICC(1), ICC(2), ICC(k) with 95 % intervals, pairwise kappas.

    A value that is not defined is None; `reasons` says why (`agreement.Undefined`).
    """
    cells = _cells(rows)
    twice = [list(levels.values()) for levels in cells.values() if len(levels) > 1]
    width = max((len(levels) for levels in twice), default=0)
    # Alpha asks how often levels meet, not whose they are: so many columns as a cell has ratings are enough.
    alpha = krippendorff_alpha([[*levels, *[None] * (width - len(levels))] for levels in twice])
    report: dict[str, Any] = {"alpha_ordinal": alpha.value, "cells_rated_twice": len(twice)}
    reasons = {} if alpha.reason is None else {"alpha_ordinal": alpha.reason.value}
    raters = sorted({name for levels in cells.values() for name in levels})
    if len(cells) * max(len(raters), 1) > _MOST_CELLS * 50:
        return {**report, "icc1": None, "icc2": None, "icck": None, "pairs": [], "reasons": reasons}
    column = {name: place for place, name in enumerate(raters)}
    table: list[list[float | None]] = []
    for levels in cells.values():
        line: list[float | None] = [None] * len(raters)
        for name, level in levels.items():
            line[column[name]] = level
        table.append(line)
    found = icc(table)
    forms: dict[str, Intraclass] = {"icc1": found.icc1, "icc2": found.icc2, "icck": found.icck}
    for name, form in forms.items():
        report[name] = form.value
        report[f"{name}_interval"] = None if form.low is None else [form.low, form.high]
        if form.reason is not None:
            reasons[name] = form.reason.value
    report["k"] = found.k
    report["pairs"] = [
        {
            "interviewers": [pair.one, pair.other],
            "shared": pair.shared,
            "weighted_kappa": pair.kappa.value,
            "interval": None if pair.kappa.low is None else [pair.kappa.low, pair.kappa.high],
        }
        for pair in pairs_of(rows)
    ]
    return {**report, "reasons": reasons}


def pairs_of(rows: Sequence[RatingRow]) -> list[PairOfTwo]:
    """Every two interviewers with at least `LEAST_SHARED` cells in common; at most `MOST_PAIRS`, most shared first."""
    shared: dict[tuple[str, str], list[tuple[float, float]]] = {}
    given = [row.level for row in rows if row.level is not None]
    levels = [float(level) for level in range(min([*given, 1]), max([*given, 4]) + 1)]
    for cell in _cells(rows).values():
        names = sorted(cell)
        for at, one in enumerate(names):
            for other in names[at + 1 :]:
                shared.setdefault((one, other), []).append((cell[one], cell[other]))
    most = sorted((pair for pair in shared.items() if len(pair[1]) >= LEAST_SHARED), key=lambda p: (-len(p[1]), p[0]))
    return [
        PairOfTwo(
            one,
            other,
            len(both),
            weighted_kappa([a for a, _ in both], [b for _, b in both], weights="quadratic", levels=levels),
        )
        for (one, other), both in most[:MOST_PAIRS]
    ]


def _cells(rows: Sequence[RatingRow]) -> dict[tuple[str, str], dict[str, float]]:
    """(candidate, competency) -> interviewer -> level; who rated a cell in two stations counts with the mean."""
    lists: dict[tuple[str, str], dict[str, list[int]]] = {}
    for row in rows:
        if row.level is not None:
            cell = lists.setdefault((row.candidate, row.competency), {})
            cell.setdefault(row.interviewer, []).append(row.level)
    return {cell: {name: sum(levels) / len(levels) for name, levels in by.items()} for cell, by in lists.items()}
