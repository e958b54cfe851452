"""Who has no finite estimate: set aside before the estimation, measured after it."""

import numpy as np
from scipy import optimize

from apps.debriefs.core.classical.design import Measure, Ratings, Unestimated
from apps.debriefs.core.classical.fit import Floats, Integers

PERSON = ""  # the persons, where a facet's name is wanted
FAR = 40.0  # logits; nothing is measured further out

Active = dict[str, np.ndarray]


def totals(ratings: Ratings, kind: str) -> tuple[Integers, Integers]:
    """Ratings and sum of levels per element."""
    place = ratings.person if kind == PERSON else ratings.facets[kind]
    size = ratings.persons if kind == PERSON else ratings.size(kind)
    score = np.bincount(place, weights=ratings.level, minlength=size)
    return np.bincount(place, minlength=size), score.astype(np.intp)


def set_aside(ratings: Ratings) -> tuple[Active, list[list[tuple[str, int]]], np.ndarray]:
    """Who stays, who was dropped (in batches, first to last), and which ratings stay."""
    places = {PERSON: ratings.person, **ratings.facets}
    active = {kind: np.bincount(place, minlength=int(place.max(initial=-1)) + 1) > 0 for kind, place in places.items()}
    rows = np.ones(ratings.level.size, dtype=bool)
    dropped: list[list[tuple[str, int]]] = []
    while rows.any():
        lowest = np.full(ratings.groups, ratings.levels)
        highest = np.full(ratings.groups, -1)
        np.minimum.at(lowest, ratings.group[rows], ratings.level[rows])
        np.maximum.at(highest, ratings.group[rows], ratings.level[rows])
        top = ratings.level == highest[ratings.group]
        bottom = ratings.level == lowest[ratings.group]
        batch: list[tuple[str, int]] = []
        for kind, place in places.items():
            size = active[kind].size
            n = np.bincount(place[rows], minlength=size)
            tops = np.bincount(place[rows & top], minlength=size)
            bottoms = np.bincount(place[rows & bottom], minlength=size)
            gone = active[kind] & ((n == tops) | (n == bottoms))
            batch += [(kind, int(i)) for i in np.flatnonzero(gone)]
        if not batch:
            break
        dropped.append(batch)
        for kind, i in batch:
            active[kind][i] = False
        for kind, place in places.items():
            rows &= active[kind][place]
    for kind, place in places.items():  # whoever lost every rating with the last batch
        left = np.bincount(place[rows], minlength=active[kind].size) > 0
        stranded = np.flatnonzero(active[kind] & ~left)
        if stranded.size:
            dropped.append([(kind, int(i)) for i in stranded])
            active[kind][stranded] = False
    return active, dropped, rows


def measure_alone(
    ratings: Ratings, kind: str, place: int, values: dict[str, Floats], cumulated: Floats, adjustment: float
) -> Measure:
    """The measure of one element with all others held fast, its extreme score pulled in by `adjustment`."""
    places = {PERSON: ratings.person, **ratings.facets}
    mine = places[kind] == place
    n, total = int(mine.sum()), int(ratings.level[mine].sum())
    known = mine & np.isfinite(cumulated[ratings.group, ratings.level])
    known &= np.isfinite(cumulated).sum(axis=1)[ratings.group] > 1
    offset = np.zeros(ratings.level.size)
    for other, index in places.items():
        if other != kind:
            offset += values[other][index] * (1 if other == PERSON else -1)
    known &= ~np.isnan(offset)
    if not known.any():
        one_level = kind == ratings.steps_by and np.unique(ratings.level[mine]).size == 1
        reason = Unestimated.ONE_LEVEL if one_level else Unestimated.UNREACHABLE
        return Measure(None, None, None, n, total, reason=reason)
    steps, offset = cumulated[ratings.group[known]], offset[known]
    k = np.arange(ratings.levels)
    finite = np.isfinite(steps)
    low, high = float(finite.argmax(axis=1).sum()), float((finite * k).max(axis=1).sum())
    score = float(ratings.level[known].sum())
    target = min(max(score, low + adjustment), high - adjustment)
    sign = 1 if kind == PERSON else -1

    def moments(at: float) -> tuple[float, float]:
        logit = (offset + sign * at)[:, None] * k - steps
        p = np.exp(logit - logit.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        mean = p @ k
        return float(mean.sum()), float((p @ k**2 - mean**2).sum())

    if (moments(-FAR)[0] - target) * (moments(FAR)[0] - target) > 0:
        return Measure(None, None, None, n, total, reason=Unestimated.UNREACHABLE)
    value = float(optimize.brentq(lambda at: moments(at)[0] - target, -FAR, FAR, xtol=1e-10))
    se = 1 / float(np.sqrt(moments(value)[1]))
    return Measure(value, se, se, n, total, extreme=score in (low, high))
