"""Use of the scale, agreement, halo and evidence, all against colleagues' ratings of the same candidates."""

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from apps.debriefs.core.habits.measured import Measured, jackknifed, share
from apps.debriefs.core.ratings.data import Floats


@dataclass(frozen=True, slots=True)
class Given:
    """One rating: a whole level, or None for "no evidence", and whether it has words."""

    candidate: str
    interviewer: str
    competency: str
    level: int | None
    has_words: bool


@dataclass(frozen=True)
class Agreement:
    """With colleagues on the same competency of the same candidate, over all such pairs of levels.

    `exact`, `within_one`: shares of the pairs. `kappa`: Cohen's, quadratically weighted. `higher`: mean of own level
    less the colleague's.
    """

    pairs: int
    colleagues: int
    exact: Measured | None
    within_one: Measured | None
    kappa: Measured | None
    higher: Measured | None


@dataclass(frozen=True)
class Compared:
    """A standard deviation, in levels, beside that of colleagues; `apart` is the difference (own less theirs)."""

    own: float
    others: float
    apart: Measured


@dataclass(frozen=True)
class Habits:
    """`levels`: how often each level was given, by level. `none`: how often "no evidence" was.

    `extremes`: share of the outermost levels. `spread`: over all candidates and competencies that colleagues rated
    too. `within`: over the competencies of one candidate; less than colleagues' is a halo. `words`: share of levels
    with their evidence in words.
    """

    candidates: int
    ratings: int
    levels: Mapping[int, int]
    none: int
    extremes: Measured | None
    words: Measured | None
    agreement: Agreement
    spread: Compared | None
    within: Compared | None


def habits(rows: Sequence[Given], *, interviewer: str, lowest: int, highest: int) -> Habits:
    """Of one interviewer, from all ratings of the candidates they rated.

    Raises ValueError for a level off the scale.
    """
    if any(row.level is not None and not lowest <= row.level <= highest for row in rows):
        raise ValueError(f"a level is a whole number from {lowest} to {highest}")
    by_candidate: dict[str, list[Given]] = {}
    for row in rows:
        by_candidate.setdefault(row.candidate, []).append(row)
    panels = [
        _Panel.of(panel, interviewer)
        for panel in by_candidate.values()
        if any(row.interviewer == interviewer for row in panel)
    ]
    own = [row for panel in panels for row in panel.own]
    given = [row.level for row in own if row.level is not None]
    return Habits(
        candidates=len(panels),
        ratings=len(own),
        levels={level: given.count(level) for level in range(lowest, highest + 1)},
        none=len(own) - len(given),
        extremes=_share(panels, lambda row: row.level in (lowest, highest)),
        words=_share(panels, lambda row: row.has_words),
        agreement=_agreement(panels),
        spread=_compared(panels, _total),
        within=_compared(panels, _within),
    )


@dataclass(frozen=True)
class _Panel:
    """One candidate: this interviewer's ratings, and the others' that have a level."""

    own: tuple[Given, ...]
    others: tuple[Given, ...]
    pairs: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, rows: Sequence[Given], interviewer: str) -> "_Panel":
        own = tuple(row for row in rows if row.interviewer == interviewer)
        others = tuple(row for row in rows if row.interviewer != interviewer and row.level is not None)
        pairs = tuple(
            (mine.level, theirs.level)
            for mine, theirs in itertools.product(own, others)
            if mine.competency == theirs.competency and mine.level is not None and theirs.level is not None
        )
        return cls(own, others, pairs)

    @property
    def rated(self) -> set[str]:
        """Competencies on which this interviewer gave a level."""
        return {row.competency for row in self.own if row.level is not None}


def _share(panels: Sequence[_Panel], counts: Callable[[Given], bool]) -> Measured | None:
    """Of own ratings with a level those that count."""
    levels = [[row for row in panel.own if row.level is not None] for panel in panels]
    return share(_table([[sum(counts(row) for row in rows), len(rows)] for rows in levels], 2))


def _agreement(panels: Sequence[_Panel]) -> Agreement:
    shared = [panel for panel in panels if panel.pairs]
    moments = _table([_pair_moments(panel.pairs) for panel in shared], 9)
    return Agreement(
        pairs=sum(len(panel.pairs) for panel in shared),
        colleagues=len({row.interviewer for panel in shared for row in panel.others if row.competency in panel.rated}),
        exact=share(moments[:, [6, 0]]),
        within_one=share(moments[:, [7, 0]]),
        kappa=jackknifed(moments, quadratic_kappa, low=-1.0, high=1.0),
        higher=jackknifed(moments, lambda sums: sums[..., 8] / sums[..., 0]),
    )


def _pair_moments(pairs: Sequence[tuple[int, int]]) -> list[float]:
    """(n, sum x, sum x^2, sum y, sum y^2, sum (x - y)^2, equal, at most one apart, sum (x - y))."""
    return [
        len(pairs),
        sum(x for x, _ in pairs),
        sum(x * x for x, _ in pairs),
        sum(y for _, y in pairs),
        sum(y * y for _, y in pairs),
        sum((x - y) ** 2 for x, y in pairs),
        sum(x == y for x, y in pairs),
        sum(abs(x - y) <= 1 for x, y in pairs),
        sum(x - y for x, y in pairs),
    ]


def quadratic_kappa(sums: Floats) -> Floats:
    """Cohen's kappa with quadratic weights from sums over pairs, (..., >= 6) as `_pair_moments` has them.

    kappa = 1 - mean (x - y)^2 / (var x + var y + (mean x - mean y)^2): the denominator is the mean squared difference
    of a level of one and a level of another drawn by chance (Cohen 1968). Not defined where both always give one level.
    """
    n, x, xx, y, yy, apart = (sums[..., at] for at in range(6))
    by_chance = xx / n - (x / n) ** 2 + yy / n - (y / n) ** 2 + ((x - y) / n) ** 2
    return np.asarray(1 - apart / n / np.where(by_chance > 1e-9, by_chance, np.nan))


def _compared(panels: Sequence[_Panel], moments_of: Callable[[_Panel], list[float] | None]) -> Compared | None:
    """Own and colleagues' standard deviations; `moments_of` gives a candidate's terms of `_sd` for either side."""
    moments = _table([found for panel in panels if (found := moments_of(panel)) is not None], 6)
    apart = jackknifed(moments, lambda sums: _sd(sums[..., :3]) - _sd(sums[..., 3:]))
    if apart is None:
        return None
    sums = moments.sum(axis=0)
    return Compared(own=float(_sd(sums[:3])), others=float(_sd(sums[3:])), apart=apart)


def _sd(sums: Floats) -> Floats:
    """From (degrees of freedom, sum of squares, sum): sqrt(squares / n - (sum / n)^2)."""
    n, squares, total = (sums[..., at] for at in range(3))
    return np.sqrt(np.maximum(squares / n - (total / n) ** 2, 0.0))


def _total(panel: _Panel) -> list[float] | None:
    """Levels of competencies that both sides rated, each once."""
    both = {row.competency for row in panel.others} & panel.rated
    own = [row.level for row in panel.own if row.level is not None and row.competency in both]
    others = [row.level for row in panel.others if row.level is not None and row.competency in both]
    return [*_sums(own), *_sums(others)] if both else None


def _sums(levels: Sequence[int]) -> list[float]:
    return [len(levels), sum(level * level for level in levels), sum(levels)]


def _within(panel: _Panel) -> list[float] | None:
    """Deviations from each interviewer's own mean of the candidate; their sum is 0, so the third moment is."""
    own = _deviations([panel.own])
    colleagues: dict[str, list[Given]] = {}
    for row in panel.others:
        colleagues.setdefault(row.interviewer, []).append(row)
    others = _deviations(list(colleagues.values()))
    return [*own, 0.0, *others, 0.0] if own[0] and others[0] else None


def _deviations(cards: Sequence[Sequence[Given]]) -> tuple[float, float]:
    """Degrees of freedom, and the sum of squared deviations from each card's mean."""
    free, squares = 0.0, 0.0
    for card in cards:
        levels = [row.level for row in card if row.level is not None]
        if len(levels) >= 2:
            mean = math.fsum(levels) / len(levels)
            free += len(levels) - 1
            squares += math.fsum((level - mean) ** 2 for level in levels)
    return free, squares


def _table(rows: Sequence[Sequence[float]], columns: int) -> Floats:
    return np.array(rows, dtype=float).reshape(-1, columns)
