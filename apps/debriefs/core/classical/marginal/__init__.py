"""Marginal maximum likelihood, the method of TAM and ConQuest.

The people are a sample: theta ~ N(mean, variance). What is estimated are the facets, the thresholds, the mean and the
variance; persons follow as posterior means (EAP). All ratings of one person share one theta, whoever gave them.
The integral is a sum over evenly spaced nodes, as in TAM (Robitzsch, Kiefer & Wu, TAM 4.4, tam.mml.mfr).

TAM fixes the mean at 0 and leaves the first facet free; here every facet is centred and the mean is free. The same
model: TAM's item difficulty = ours - mean, TAM's EAP = ours - mean.

Sources: Bock & Aitkin 1981, Psychometrika 46; Adams & Wu 2007 (the multi-facet design); Louis 1982, JRSS B 44 (the
information that is left after the missing thetas took theirs); Mislevy, Beaton, Kaplan & Sheehan 1992 (reliability).
"""

import numpy as np

from apps.debriefs.core.classical.design import Layout, Ratings, Unestimated
from apps.debriefs.core.classical.marginal.nodes import TAM_NODES, Nodes, automatic
from apps.debriefs.core.classical.marginal.report import MarginalFit, Report, nothing
from apps.debriefs.core.classical.marginal.search import SMALLEST_SD, Search

__all__ = ["TAM_NODES", "MarginalFit", "Nodes", "fit_marginal"]


def fit_marginal(
    ratings: Ratings, *, nodes: Nodes | None = None, extreme_adjustment: float = 0.3, limit: int = 60
) -> MarginalFit:
    """Estimate facets, thresholds, mean and variance by marginal maximum likelihood.

    `nodes`: places of integration; None: five per standard deviation of theta, six standard deviations either way, and
    closer where a person has so many ratings that the posterior is narrow. `TAM_NODES` are TAM's (spacing .6), too
    coarse for persons with more than about ten ratings, and needed only to reproduce TAM's last decimals.
    An element that gave (or got) nothing but the highest or the lowest level has no finite estimate: it is set aside,
    and gets the measure of a score `extreme_adjustment` inside the extreme, with the people as the others see them.
    Persons with extreme scores need no such care. `limit`: Newton steps. A variance of 0 is reported as such.
    """
    rows, aside = _set_aside(ratings)
    kept = ratings.only(rows)
    if (reason := _unfit(ratings)) is not None:
        return nothing(ratings, reason)
    if _unfit(kept) is not None:
        return nothing(ratings, Unestimated.UNREACHABLE)
    layout = Layout(kept)
    grid = nodes or automatic(1.2, layout)
    search = Search(layout, grid)
    free, steps, converged = search.run(search.start(), limit)
    for _ in range(6 if nodes is None and converged else 0):
        sd = float(np.exp(free[-1]))
        better = automatic(sd, layout)
        collapsed = sd <= search.smallest_sd * 1.001 and search.smallest_sd > SMALLEST_SD
        enough = grid.highest >= 0.9 * better.highest and grid.spacing <= 1.3 * better.spacing
        if enough and not collapsed:
            break
        grid, search = better, Search(layout, better)
        free, more, converged = search.run(free, limit)
        steps += more
    return Report(ratings, search, free, aside, extreme_adjustment, converged=converged).result(steps)


def _unfit(ratings: Ratings) -> Unestimated | None:
    if not ratings.level.size:
        return Unestimated.NO_RATINGS
    if np.unique(ratings.level).size == 1:
        return Unestimated.ONE_LEVEL
    return Unestimated.ONE_PERSON if np.unique(ratings.person).size == 1 else None


def _set_aside(ratings: Ratings) -> tuple[np.ndarray, list[tuple[str, int]]]:
    """Which ratings stay, and the facet elements that have no finite estimate."""
    rows = np.ones(ratings.level.size, dtype=bool)
    aside: list[tuple[str, int]] = []
    while rows.any():
        lowest = np.full(ratings.groups, ratings.levels)
        highest = np.full(ratings.groups, -1)
        np.minimum.at(lowest, ratings.group[rows], ratings.level[rows])
        np.maximum.at(highest, ratings.group[rows], ratings.level[rows])
        top, bottom = ratings.level == highest[ratings.group], ratings.level == lowest[ratings.group]
        gone: list[tuple[str, int]] = []
        for name, place in ratings.facets.items():
            size = ratings.size(name)
            n = np.bincount(place[rows], minlength=size)
            extreme = (n == np.bincount(place[rows & top], minlength=size)) | (
                n == np.bincount(place[rows & bottom], minlength=size)
            )
            gone += [(name, int(i)) for i in np.flatnonzero(extreme & (n > 0))]
        if not gone:
            break
        aside += gone
        for name, i in gone:
            rows &= ratings.facets[name] != i
    return rows, aside
