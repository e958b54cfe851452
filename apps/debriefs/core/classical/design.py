"""Ratings with many facets, and the linear algebra both estimators share.

The model (Linacre 1989; Andrich 1978 with one set of steps, Masters 1982 with steps for each item): the log odds of
level k against k - 1 are

    theta[person] - sum over facets beta[facet, element] - tau[group, k]

so a positive beta is a harsher interviewer or a harder competency. Every facet is centred at 0 and so are the
thresholds of every group. Levels run 0 .. levels - 1.

A level nobody gave in a group of thresholds has probability 0 there (the limit of the maximum likelihood): it keeps
its number, the thresholds beside it are not estimated, and only their sum, through it, is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

import numpy as np
from scipy import sparse

from apps.debriefs.core.classical.fit import Floats, Integers


class Unestimated(Enum):
    """Why there is no number."""

    NO_RATINGS = "no_ratings"
    ONE_LEVEL = "one_level"  # every rating is the same: nothing to tell apart
    ONE_PERSON = "one_person"
    UNREACHABLE = "unreachable"  # only rated together with elements that have no measure themselves
    NOT_FINITE = "not_finite"  # the likelihood rises for ever towards an extreme
    NOT_CONVERGED = "not_converged"


@dataclass(frozen=True, eq=False)
class Ratings:
    """One row per rating: who was rated, by which element of each facet, and the level given.

    `person` and each array of `facets`: shape (n,), indices 0.. ; `level`: shape (n,), 0 .. levels - 1. The same
    person, interviewer and competency may come up more than once. `steps_by` names the facet whose elements have
    thresholds of their own (partial credit); None: one set for all (rating scale).
    Raises ValueError if lengths differ, an index is no whole number or negative, or a level is out of range.
    """

    person: Integers
    facets: Mapping[str, Integers]
    level: Integers
    levels: int
    steps_by: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "person", _indices("person", self.person))
        object.__setattr__(self, "level", _indices("level", self.level))
        object.__setattr__(self, "facets", {name: _indices(name, array) for name, array in self.facets.items()})
        if self.levels < 2:
            raise ValueError(f"there must be at least two levels, not {self.levels}")
        if any(array.shape != self.level.shape for array in (self.person, *self.facets.values())):
            raise ValueError("person, level and every facet must have one entry per rating")
        if self.level.max(initial=0) >= self.levels:
            raise ValueError(f"levels run from 0 to {self.levels - 1}, not to {self.level.max()}")
        if self.steps_by is not None and self.steps_by not in self.facets:
            raise ValueError(f"steps_by must name a facet, not {self.steps_by!r}")

    @property
    def persons(self) -> int:
        return int(self.person.max(initial=-1)) + 1

    def size(self, facet: str) -> int:
        return int(self.facets[facet].max(initial=-1)) + 1

    @property
    def group(self) -> Integers:
        """The set of thresholds each rating uses, shape (n,)."""
        return np.zeros_like(self.level) if self.steps_by is None else self.facets[self.steps_by]

    @property
    def groups(self) -> int:
        return 1 if self.steps_by is None else self.size(self.steps_by)

    def only(self, rows: np.ndarray) -> "Ratings":
        """The same people and elements, fewer ratings."""
        facets = {name: array[rows] for name, array in self.facets.items()}
        return Ratings(self.person[rows], facets, self.level[rows], self.levels, self.steps_by)


def _indices(name: str, values: object) -> Integers:
    array = np.asarray(values)
    if array.ndim != 1:
        raise ValueError(f"{name} must be one index per rating")
    if array.size and not np.issubdtype(array.dtype, np.integer):
        raise ValueError(f"{name} must hold whole numbers")
    array = array.astype(np.intp)
    if array.size and array.min() < 0:
        raise ValueError(f"{name} must not be negative")
    return array


@dataclass(frozen=True)
class Measure:
    """One person or one element of a facet, in logits.

    `se` is the model's standard error with everything else taken as known, the one Winsteps, FACETS and TAM print.
    `joint_se` takes the uncertainty of all other parameters in: the one to build an interval on. `extreme`: every
    rating was the highest (or the lowest) possible; then the value is that of a score .3 inside the extreme.
    """

    value: float | None
    se: float | None
    joint_se: float | None
    n: int
    score: int
    infit: float | None = None
    outfit: float | None = None
    extreme: bool = False
    reason: Unestimated | None = None


@dataclass(frozen=True, eq=False)
class Layout:
    """Ratings gathered into cells (distinct combinations of facet elements), and the parameters they depend on.

    Raw parameters: the elements of every facet, one after the other, then per group the inner levels' cumulated
    thresholds. Free parameters: those, with every facet centred over the elements that have ratings.
    """

    ratings: Ratings

    @cached_property
    def _unique(self) -> tuple[Integers, Integers]:
        names = tuple(self.ratings.facets)
        if not names:
            return np.zeros((1, 0), dtype=np.intp), np.zeros(self.ratings.level.size, dtype=np.intp)
        stacked = np.stack([self.ratings.facets[name] for name in names], axis=1)
        cells, inverse = np.unique(stacked, axis=0, return_inverse=True)
        return cells, inverse.ravel()

    @property
    def cell(self) -> Integers:
        """The cell of every rating, shape (n,)."""
        return self._unique[1]

    @property
    def cells(self) -> int:
        return len(self._unique[0])

    @cached_property
    def cell_group(self) -> Integers:
        """The set of thresholds every cell uses, shape (cells,)."""
        if self.ratings.steps_by is None:
            return np.zeros(self.cells, dtype=np.intp)
        return self._unique[0][:, list(self.ratings.facets).index(self.ratings.steps_by)]

    @cached_property
    def possible(self) -> np.ndarray:
        """Whether anybody gave a level in a group, shape (groups, levels)."""
        seen = np.zeros((self.ratings.groups, self.ratings.levels), dtype=bool)
        seen[self.ratings.group, self.ratings.level] = True
        return seen

    @cached_property
    def inner(self) -> tuple[tuple[int, int], ...]:
        """(group, level) of each level strictly between the lowest and the highest given: one parameter each."""
        return tuple(
            (group, int(level))
            for group, row in enumerate(self.possible)
            for level in np.flatnonzero(row)[1:-1]
        )  # fmt: skip

    @cached_property
    def offsets(self) -> dict[str, int]:
        """Where every facet's raw parameters begin."""
        offsets, start = {}, 0
        for name in self.ratings.facets:
            offsets[name] = start
            start += self.ratings.size(name)
        return offsets

    @property
    def elements(self) -> int:
        return sum(self.ratings.size(name) for name in self.ratings.facets)

    @property
    def raw(self) -> int:
        return self.elements + len(self.inner)

    @cached_property
    def statistics(self) -> Floats:
        """Sufficient statistics of a level, shape (levels, levels - 1): its number, then which inner level it is."""
        k = np.arange(self.ratings.levels)
        return np.column_stack([k, *(k == inner for inner in range(1, self.ratings.levels - 1))]).astype(float)

    @cached_property
    def loadings(self) -> tuple[sparse.csr_matrix, ...]:
        """Per statistic a (cells, raw) matrix: minus the raw parameters that multiply it in the level's logit."""
        names = tuple(self.ratings.facets)
        rows = np.tile(np.arange(self.cells), len(names))
        columns = np.concatenate(
            [self._unique[0][:, place] + self.offsets[name] for place, name in enumerate(names)]
            or [np.zeros(0, dtype=np.intp)]
        )
        shape = (self.cells, self.raw)
        found = [sparse.csr_matrix((-np.ones(rows.size), (rows, columns)), shape=shape)]
        column = {inner: self.elements + place for place, inner in enumerate(self.inner)}
        for level in range(1, self.ratings.levels - 1):
            pairs = [(c, column[g, level]) for c, g in enumerate(self.cell_group.tolist()) if (g, level) in column]
            r, q = (np.array(pairs, dtype=np.intp).reshape(-1, 2)).T
            found.append(sparse.csr_matrix((-np.ones(r.size), (r, q)), shape=shape))
        return tuple(found)

    @cached_property
    def used(self) -> np.ndarray:
        """Whether a raw facet parameter has ratings, shape (elements,)."""
        seen = np.zeros(self.elements, dtype=bool)
        for name, array in self.ratings.facets.items():
            seen[self.offsets[name] + array] = True
        return seen

    @cached_property
    def contrasts(self) -> Floats:
        """raw = contrasts @ free, shape (raw, free): facets sum to 0, elements without ratings stay at 0."""
        blocks: list[Floats] = []
        for name in self.ratings.facets:
            start = self.offsets[name]
            places = start + np.flatnonzero(self.used[start : start + self.ratings.size(name)])
            block = np.zeros((self.raw, max(len(places) - 1, 0)))
            block[places[:-1], np.arange(block.shape[1])] = 1.0
            block[places[-1:], :] = -1.0
            blocks.append(block)
        steps = np.zeros((self.raw, len(self.inner)))
        steps[self.elements + np.arange(len(self.inner)), np.arange(len(self.inner))] = 1.0
        return np.concatenate([*blocks, steps], axis=1)

    def logits(self, raw: Floats) -> tuple[Floats, Floats]:
        """Per cell its difficulty, shape (cells,), and its levels' cumulated thresholds, (cells, levels).

        The logit of level k for a person at theta is k * (theta - difficulty) - threshold[k]; infinite where nobody
        gave that level.
        """
        difficulty = -(self.loadings[0] @ raw)
        cumulated = np.where(self.possible, 0.0, np.inf)
        for (group, level), value in zip(self.inner, raw[self.elements :], strict=True):
            cumulated[group, level] = value
        return difficulty, cumulated[self.cell_group]

    def probabilities(self, ability: Floats, difficulty: Floats, cumulated: Floats) -> Floats:
        """Shape (..., levels); `ability` and `difficulty` broadcast, `cumulated` is (..., levels)."""
        logit = (ability - difficulty)[..., None] * np.arange(self.ratings.levels) - cumulated
        logit -= logit.max(axis=-1, keepdims=True)
        np.exp(logit, out=logit)
        logit /= logit.sum(axis=-1, keepdims=True)
        return logit

    def information(self, covariance: Floats) -> Floats:
        """Fisher information of the raw parameters, (raw, raw), from the statistics' covariance summed per cell.

        `covariance`: shape (cells, levels - 1, levels - 1).
        """
        total = np.zeros((self.raw, self.raw))
        for i, left in enumerate(self.loadings):
            for j, right in enumerate(self.loadings[: i + 1]):
                block = (left.T @ sparse.diags(covariance[:, i, j]) @ right).toarray()
                total += block if i == j else block + block.T
        return total

    def thresholds(self, raw: Floats, covariance: Floats) -> tuple[tuple["Threshold", ...], ...]:
        """Per group its levels - 1 thresholds with standard errors, from the raw parameters' covariance."""
        cumulated = np.where(self.possible, 0.0, np.nan)
        column = {inner: self.elements + place for place, inner in enumerate(self.inner)}
        for (group, level), place in column.items():
            cumulated[group, level] = raw[place]
        answer = []
        for group, row in enumerate(cumulated):
            steps = []
            for level in range(1, self.ratings.levels):
                if np.isnan(row[level]) or np.isnan(row[level - 1]):
                    steps.append(Threshold(None, None))
                    continue
                weights = np.zeros(self.raw)
                for inner, sign in ((level, 1.0), (level - 1, -1.0)):
                    if (group, inner) in column:
                        weights[column[group, inner]] = sign
                variance = float(weights @ covariance @ weights)
                steps.append(Threshold(float(row[level] - row[level - 1]), float(np.sqrt(max(variance, 0.0)))))
            answer.append(tuple(steps))
        return tuple(answer)


@dataclass(frozen=True)
class Threshold:
    """Where level k becomes likelier than k - 1, in logits from the difficulty; None where a level was never given."""

    value: float | None
    se: float | None


def per_place(values: Sequence[object]) -> tuple[tuple[object, ...], Integers]:
    """The distinct labels in order of first appearance, and each value's place among them."""
    places = {label: place for place, label in enumerate(dict.fromkeys(values))}
    return tuple(places), np.fromiter((places[value] for value in values), dtype=np.intp, count=len(values))
