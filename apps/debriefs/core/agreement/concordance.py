"""Kendall's W: do the raters put the candidates in the same order?"""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from apps.debriefs.core.agreement.table import Table, Undefined, read_table


@dataclass(frozen=True)
class Concordance:
    """W from 0 (no common order) to 1 (the same order), with the chi-square test of W = 0.

    `units`: those every rater rated; the others are left out.
    """

    value: float | None
    chi_square: float | None
    df: int | None
    p: float | None
    units: int
    raters: int
    reason: Undefined | None = None


def kendall_w(table: Table) -> Concordance:
    """W = 12 S / (m^2 (n^3 - n) - m sum T), corrected for ties; chi-square = m (n - 1) W with n - 1 degrees of freedom.

    `table`: n units by m raters; a unit with a gap is left out. S: squared deviations of the rank sums; T: sum of
    t^3 - t over each rater's groups of t ties. Blind to harshness: only the order counts.
    Raises ValueError for what `read_table` refuses. Source: Kendall & Babington Smith 1939; Siegel & Castellan 1988,
    section 9.7.
    """
    values = read_table(table)
    raters = values.shape[1]
    full = values[(~np.isnan(values)).all(axis=1)] if raters else values
    n = len(full)

    def nothing(reason: Undefined) -> Concordance:
        return Concordance(None, None, None, None, n, raters, reason)

    if np.isnan(values).all():
        return nothing(Undefined.EMPTY)
    if raters < 2:
        return nothing(Undefined.ONE_RATER)
    if n < 2:
        return nothing(Undefined.NO_OVERLAP if n == 0 else Undefined.ONE_UNIT)
    ranks = stats.rankdata(full, axis=0)
    sums = ranks.sum(axis=1)
    ties = 0.0
    for column in ranks.T:
        t = np.unique(column, return_counts=True)[1]
        ties += float((t**3 - t).sum())
    below = raters**2 * (n**3 - n) - raters * ties
    if below <= 0:
        return nothing(Undefined.NO_VARIATION)
    w = 12 * float(((sums - sums.mean()) ** 2).sum()) / below
    chi_square = raters * (n - 1) * w
    return Concordance(w, chi_square, n - 1, float(stats.chi2.sf(chi_square, n - 1)), n, raters)
