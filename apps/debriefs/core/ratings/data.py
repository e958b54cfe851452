"""Ratings as arrays: who rated whom on what, in an order that depends on nothing but the ratings themselves."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.intp]
Floats = NDArray[np.floating]

_ROUNDS = 3  # of refining the order: neighbours, their neighbours, and once more


@dataclass(frozen=True, slots=True)
class RatingRow:
    """One rating: `level` is a whole number, or None for "no evidence" (which says nothing and changes nothing)."""

    candidate: str
    interviewer: str
    competency: str
    level: int | None
    station: str | None = None


@dataclass(frozen=True)
class RatingData:
    """The ratings with a level, as index arrays of one length n. `level` counts from 0 to `categories` - 1.

    `pair` numbers the (candidate, interviewer) pairs: `pair_candidate` and `pair_interviewer` say who they are. The
    labels stand in an order made from the ratings alone, so that renaming people or shuffling rows changes no number.
    """

    candidates: tuple[str, ...]
    interviewers: tuple[str, ...]
    competencies: tuple[str, ...]
    stations: tuple[str, ...]
    lowest: int
    categories: int
    candidate: Ints
    interviewer: Ints
    competency: Ints
    station: Ints
    level: Ints
    pair: Ints
    pair_candidate: Ints
    pair_interviewer: Ints

    @property
    def size(self) -> int:
        return len(self.level)


def rating_data(rows: Iterable[RatingRow], *, lowest: int | None = None, highest: int | None = None) -> RatingData:
    """Index the rows. The scale is `lowest` to `highest`; by default 1 to 4, or wider where a level is outside of it.

    Rows without a level name people and competencies who then appear with no rating. Raises ValueError for a level
    outside the stated scale.
    """
    rows = list(rows)
    levels = [row.level for row in rows if row.level is not None]
    low = min([*levels, 1]) if lowest is None else lowest
    high = max([*levels, 4]) if highest is None else highest
    if levels and not (low <= min(levels) and max(levels) <= high):
        raise ValueError(f"a level is a whole number from {low} to {high}")
    order = _canonical(rows)
    given = [row for row in rows if row.level is not None]
    columns = [np.array([order[0][row.candidate] for row in given], np.intp)]
    columns.append(np.array([order[1][row.interviewer] for row in given], np.intp))
    columns.append(np.array([order[2][row.competency] for row in given], np.intp))
    columns.append(np.array([order[3][row.station or ""] for row in given], np.intp))
    columns.append(np.array([int(row.level or 0) - low for row in given], np.intp))
    return assemble(
        candidates=tuple(order[0]),
        interviewers=tuple(order[1]),
        competencies=tuple(order[2]),
        stations=tuple(order[3]),
        lowest=low,
        categories=high - low + 1,
        columns=columns,
    )


def assemble(
    *,
    candidates: Sequence[str],
    interviewers: Sequence[str],
    competencies: Sequence[str],
    stations: Sequence[str],
    lowest: int,
    categories: int,
    columns: Sequence[Ints],
) -> RatingData:
    """From index columns (candidate, interviewer, competency, station, level from 0), sorted here by candidate."""
    sort = np.lexsort(columns[::-1])
    candidate, interviewer, competency, station, level = (column[sort] for column in columns)
    width = max(len(interviewers), 1)
    pairs, pair = np.unique(candidate * width + interviewer, return_inverse=True)
    return RatingData(
        candidates=tuple(candidates),
        interviewers=tuple(interviewers),
        competencies=tuple(competencies),
        stations=tuple(stations),
        lowest=lowest,
        categories=categories,
        candidate=candidate,
        interviewer=interviewer,
        competency=competency,
        station=station,
        level=level,
        pair=pair.astype(np.intp),
        pair_candidate=(pairs // width).astype(np.intp),
        pair_interviewer=(pairs % width).astype(np.intp),
    )


def _canonical(rows: Sequence[RatingRow]) -> list[dict[str, int]]:
    """Label -> place for candidates, interviewers, competencies and stations, by colour refinement of the ratings.

    Who is told apart by no rating keeps the order of appearance: exchanging two such labels changes nothing anyway.
    """
    names: list[dict[str, int]] = [{}, {}, {}, {}]
    cells = []
    for row in rows:
        labels = (row.candidate, row.interviewer, row.competency, row.station or "")
        place = tuple(known.setdefault(label, len(known)) for known, label in zip(names, labels, strict=True))
        if row.level is not None:
            cells.append((place, row.level))
    colours = [[0] * len(known) for known in names]
    for _ in range(_ROUNDS):
        seen: list[list[list[tuple[int, ...]]]] = [[[] for _ in known] for known in names]
        for place, level in cells:
            around = tuple(colours[kind][at] for kind, at in enumerate(place))
            for kind, at in enumerate(place):
                seen[kind][at].append((level, *around))
        fresh = [[tuple(sorted(cell)) for cell in kind] for kind in seen]
        colours = [_ranks(kind) for kind in fresh]
    ordered = [sorted(range(len(known)), key=kind.__getitem__) for known, kind in zip(names, colours, strict=True)]
    labels_of = [list(known) for known in names]
    return [
        {labels[at]: place for place, at in enumerate(kind)} for labels, kind in zip(labels_of, ordered, strict=True)
    ]


def _ranks(signatures: Sequence[tuple[tuple[int, ...], ...]]) -> list[int]:
    rank = {signature: place for place, signature in enumerate(sorted(set(signatures)))}
    return [rank[signature] for signature in signatures]
