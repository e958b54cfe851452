"""Joint maximum likelihood, the method of Winsteps and FACETS.

Persons and facets are estimated side by side, each as a fixed number. That needs no assumption about the people, and
it is biased: with few ratings a person all logits come out too far apart (by about L / (L - 1) for L ratings each;
Wright & Douglas 1977). No correction is applied, as in Winsteps' and FACETS' default.

Sources: Wright & Masters 1982, Rating Scale Analysis; Linacre 1989, Many-Facet Rasch Measurement. They iterate one
parameter at a time; here all move in one Newton step (the likelihood is concave), the persons' block being diagonal.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from apps.debriefs.core.classical.design import Layout, Measure, Ratings, Threshold, Unestimated
from apps.debriefs.core.classical.joint.aside import PERSON, measure_alone, set_aside, totals
from apps.debriefs.core.classical.joint.search import Search

__all__ = ["JointFit", "fit_joint"]


@dataclass(frozen=True)
class JointFit:
    """What joint maximum likelihood says. All measures in logits; facets and thresholds centred at 0.

    `reliability`: separation reliability of the persons with a measure inside the extremes, (SD^2 - mean SE^2) / SD^2.
    `converged`: False mostly where some estimates run away (a pattern only the extremes fit); those have no value, the
    others stand as they were. `identified`: False where the design falls into parts nobody links; then measures are
    comparable within a part only (the parts are set to the same mean). `reason`: why nothing could be estimated at
    all, or that it did not converge.
    """

    persons: tuple[Measure, ...]
    facets: Mapping[str, tuple[Measure, ...]]
    thresholds: tuple[tuple[Threshold, ...], ...]
    log_likelihood: float | None
    reliability: float | None
    iterations: int
    converged: bool
    identified: bool
    reason: Unestimated | None = None


def fit_joint(ratings: Ratings, *, extreme_adjustment: float = 0.3, limit: int = 100) -> JointFit:
    """Estimate persons, facets and thresholds by joint maximum likelihood.

    Whoever got (or gave) nothing but the highest or the lowest level has no finite estimate. They are set aside, again
    and again until none is left; at the end each gets the measure of a score `extreme_adjustment` (in levels) inside
    the extreme, everything else held fast (Winsteps: EXTRSC=.3). They carry no fit statistics and enter nobody else's.
    `limit`: Newton steps. Raises ValueError if the adjustment is not between 0 and 1.
    """
    if not 0 < extreme_adjustment < 1:
        raise ValueError("extreme_adjustment must lie between 0 and 1")
    active, dropped, rows = set_aside(ratings)
    kept = ratings.only(rows)
    if not rows.any() or active[PERSON].sum() < 2:
        return _nothing(ratings)
    search = Search(Layout(kept), active[PERSON])
    theta, free, steps, converged = search.run(limit)
    state = search.at(theta, free)
    raw = search.layout.contrasts @ free
    values = {PERSON: np.where(active[PERSON], theta, np.nan)}
    for name in ratings.facets:
        start = search.layout.offsets[name]
        size = kept.size(name)
        values[name] = np.full(ratings.size(name), np.nan)
        values[name][:size] = np.where(search.layout.used[start : start + size], raw[start : start + size], np.nan)
    measures = {kind: search.measures(state, kind, values[kind], ratings, converged=converged) for kind in values}
    for kind, row in measures.items():
        values[kind] = np.array([np.nan if one.value is None else one.value for one in row])
    cumulated = np.full((ratings.groups, ratings.levels), np.inf)
    cumulated[: kept.groups] = np.where(search.layout.possible, 0.0, np.inf)
    for (group, level), value in zip(search.layout.inner, raw[search.layout.elements :], strict=True):
        cumulated[group, level] = value
    for batch in reversed(dropped):
        found = [
            (kind, place, measure_alone(ratings, kind, place, values, cumulated, extreme_adjustment))
            for kind, place in batch
        ]
        for kind, place, measure in found:
            measures[kind][place] = measure
            values[kind][place] = np.nan if measure.value is None else measure.value
    thresholds = search.layout.thresholds(raw, state.raw_covariance)
    none = (Threshold(None, None),) * (ratings.levels - 1)
    return JointFit(
        persons=tuple(measures[PERSON]),
        facets={name: tuple(measures[name]) for name in ratings.facets},
        thresholds=(*thresholds, *(none for _ in range(ratings.groups - len(thresholds)))),
        log_likelihood=state.log_likelihood,
        reliability=_reliability(measures[PERSON]),
        iterations=steps,
        converged=converged,
        identified=state.identified,
        reason=None if converged else Unestimated.NOT_CONVERGED,
    )


def _reliability(persons: list[Measure]) -> float | None:
    pairs = [(p.value, p.se) for p in persons if p.value is not None and p.se is not None and not p.extreme]
    if len(pairs) < 2:
        return None
    value, se = np.array(pairs).T
    spread = float(value.var())
    return max(0.0, (spread - float((se**2).mean())) / spread) if spread > 1e-12 else None


def _nothing(ratings: Ratings) -> JointFit:
    if not ratings.level.size:
        reason = Unestimated.NO_RATINGS
    elif np.unique(ratings.level).size == 1:
        reason = Unestimated.ONE_LEVEL
    elif np.unique(ratings.person).size == 1:
        reason = Unestimated.ONE_PERSON
    else:
        reason = Unestimated.UNREACHABLE

    def blank(kind: str) -> tuple[Measure, ...]:
        n, score = totals(ratings, kind)
        return tuple(Measure(None, None, None, int(a), int(b), reason=reason) for a, b in zip(n, score, strict=True))

    none = (Threshold(None, None),) * (ratings.levels - 1)
    return JointFit(
        persons=blank(PERSON),
        facets={name: blank(name) for name in ratings.facets},
        thresholds=(none,) * ratings.groups,
        log_likelihood=None,
        reliability=None,
        iterations=0,
        converged=False,
        identified=False,
        reason=reason,
    )
