"""What the others' ratings predict for one that is left out: the ground of fit statistics and of surprises."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from apps.debriefs.core.ratings.blocks import Blocks
from apps.debriefs.core.ratings.calibration import Calibration
from apps.debriefs.core.ratings.data import Floats, Ints, RatingData, assemble
from apps.debriefs.core.ratings.likelihood import probabilities
from apps.debriefs.core.ratings.positions import given_by

_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(15)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()
_ROWS_AT_ONCE = 200_000


@dataclass(frozen=True)
class Predicted:
    """Of some ratings: their place in the data, and the (K, m) chances of each level had it not been seen."""

    rating: Ints
    chance: Floats


def without_their_interviewer(data: RatingData, calibration: Calibration) -> Iterator[Predicted]:
    """Each rating predicted from the other interviewers' ratings of the candidate and this one's severity."""
    yield from _predict(data, calibration, _Sets(data, data.pair))


def without_itself(data: RatingData, calibration: Calibration) -> Iterator[Predicted]:
    """Each rating predicted from all other ratings of the candidate, the same interviewer's too."""
    yield from _predict(data, calibration, _Sets(data, np.arange(data.size)))


class _Sets:
    """Copies of candidates, each with one set of ratings left out; `member` (n,) says which set a rating is in."""

    def __init__(self, data: RatingData, member: Ints) -> None:
        self.data, self.member = data, member
        bounds = np.searchsorted(data.candidate, np.arange(len(data.candidates) + 1))
        self.jobs: list[tuple[int, int, int]] = []
        for first, last in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
            self.jobs.extend((first, last, left_out) for left_out in np.unique(member[first:last]).tolist())

    def chunks(self) -> Iterator[list[tuple[int, int, int]]]:
        chunk: list[tuple[int, int, int]] = []
        rows = 0
        for job in self.jobs:
            chunk.append(job)
            rows += job[1] - job[0]
            if rows >= _ROWS_AT_ONCE:
                yield chunk
                chunk, rows = [], 0
        if chunk:
            yield chunk


def _predict(data: RatingData, calibration: Calibration, sets: _Sets) -> Iterator[Predicted]:
    for chunk in sets.chunks():
        rows = np.concatenate([np.arange(first, last) for first, last, _ in chunk])
        copy = np.repeat(np.arange(len(chunk)), [last - first for first, last, _ in chunk])
        left_out = sets.member[rows] == np.repeat([job[2] for job in chunk], [job[1] - job[0] for job in chunk])
        copies = assemble(
            candidates=[""] * len(chunk),
            interviewers=data.interviewers,
            competencies=data.competencies,
            stations=data.stations,
            lowest=data.lowest,
            categories=data.categories,
            columns=[
                copy,
                data.interviewer[rows],
                data.competency[rows],
                data.station[rows],
                data.level[rows],
            ],
        )
        blocks = Blocks(copies)
        given = replace(given_by(calibration, copies), weight=(~left_out).astype(float))
        found = blocks.modes(given)
        at = np.flatnonzero(left_out)
        who, what, pair = copies.candidate[at], copies.competency[at], copies.pair[at]
        covariance, cross = found.covariance[who], found.cross[pair]
        along = np.einsum("mcd,md->mc", covariance, cross)
        variance = covariance[np.arange(len(at)), what, what] - 2 * along[np.arange(len(at)), what]
        variance = variance + np.einsum("mc,mc->m", cross, along) + 1 / found.information_u[pair]
        mean = found.theta[who, what] + found.u[pair] + given.offset[at]
        chance = np.zeros((data.categories, len(at)))
        for node, weight in zip(_NODES, _WEIGHTS, strict=True):
            eta = mean + node * np.sqrt(np.maximum(variance, 0.0))
            chance += weight * probabilities(eta, given.slope[at], given.thresholds)
        yield Predicted(rating=rows[at], chance=chance)
