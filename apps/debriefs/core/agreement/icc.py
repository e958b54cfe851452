"""Intraclass correlations: the share of the differences between ratings that is differences between candidates.

Six forms (Shrout & Fleiss 1979, Psychological Bulletin 86; intervals from McGraw & Wong 1996, Psychological Methods 1):
one way (each unit its own raters), random (the raters are a sample; level differences between them count as error),
fixed (these raters only; level differences do not count), each for one rating and for the mean of k.
"""

from dataclasses import dataclass

import numpy as np
from scipy import special, stats

from apps.debriefs.core.agreement.table import Floats, Table, Undefined, check_confidence, counted, read_table
from apps.debriefs.core.agreement.variance import CrossedComponents, crossed_components

NOTHING = 1e-12  # share of the total below which a mean square is rounding


@dataclass(frozen=True)
class Intraclass:
    """One form: value, F test of "the units do not differ" with its degrees of freedom, and interval."""

    value: float | None
    f: float | None = None
    df1: int | None = None
    df2: int | None = None
    low: float | None = None
    high: float | None = None
    reason: Undefined | None = None


@dataclass(frozen=True)
class IccReport:
    """All forms for one table. `k`: ratings behind a mean (harmonic mean over the units where their numbers differ)."""

    one_way_single: Intraclass
    random_single: Intraclass
    fixed_single: Intraclass
    one_way_mean: Intraclass
    random_mean: Intraclass
    fixed_mean: Intraclass
    k: float | None
    confidence: float
    units: int
    raters: int
    ratings: int
    complete: bool

    @property
    def icc1(self) -> Intraclass:
        """ICC(1), Shrout and Fleiss' ICC(1,1): how well one rating by any one interviewer tells the candidates apart.

        Equally the correlation of two ratings of the same candidate by two different interviewers. An interviewer's
        general harshness counts as error. From the one-way analysis of variance, so it needs no crossed design.
        """
        return self.one_way_single

    @property
    def icc2(self) -> Intraclass:
        """ICC(2), Shrout and Fleiss' ICC(2,1) = ICC(A,1): the same, with interviewers told apart.

        Absolute agreement of single ratings, candidates / (candidates + interviewers + residual), where the variance
        of the interviewers is estimated by itself. Not the "ICC(2)" of the multilevel literature (Bliese 2000), which
        is the reliability of a group mean and here is called ICC(k).
        """
        return self.random_single

    @property
    def icck(self) -> Intraclass:
        """ICC(k), Shrout and Fleiss' ICC(1,k): how well the mean of a candidate's `k` ratings does so."""
        return self.one_way_mean


def icc(table: Table, *, confidence: float = 0.95) -> IccReport:
    """All six forms where every rater rated every unit; three of them where not.

    `table`: units by raters, None or NaN where missing. With gaps: ICC(1) from the unbalanced one-way analysis
    (k0 = (N - sum n_i^2 / N) / (units - 1) ratings per unit); ICC(k) from it by Spearman and Brown for the harmonic
    mean of n_i, since a mean of n_i ratings carries error variance / n_i; their intervals after Thomas & Hultquist
    (1978, Annals of Statistics 6), exact without gaps and close with them; ICC(2) from REML variance components, with
    an interval by the delta method on the logit; the fixed forms and ICC(2,k) have no agreed meaning there.
    Values below 0 (ratings of one unit differ more than ratings of different units) are kept.
    Raises ValueError if confidence is not between 0 and 1 or `read_table` refuses the table.
    """
    check_confidence(confidence)
    values = read_table(table)
    values = values[:, (~np.isnan(values)).any(axis=0)][(~np.isnan(values)).any(axis=1)]
    single, mean, k = _one_way(values, confidence)
    complete = values.size > 0 and not np.isnan(values).any()
    if complete:
        random, fixed, random_mean, fixed_mean = _two_way(values, confidence)
    else:
        reason = Undefined.INCOMPLETE if values.size else Undefined.EMPTY
        random = _from_components(values, confidence)
        fixed = random_mean = fixed_mean = Intraclass(None, reason=reason)
    return IccReport(
        one_way_single=single,
        random_single=random,
        fixed_single=fixed,
        one_way_mean=mean,
        random_mean=random_mean,
        fixed_mean=fixed_mean,
        k=k,
        confidence=confidence,
        complete=complete,
        **counted(values),
    )


def _one_way(values: Floats, confidence: float) -> tuple[Intraclass, Intraclass, float | None]:
    present = ~np.isnan(values)
    n = present.sum(axis=1)
    units, total = len(n), int(n.sum())
    k = float(units / (1 / n).sum()) if units else None
    if (reason := _why_not(values)) is not None:
        return Intraclass(None, reason=reason), Intraclass(None, reason=reason), k
    assert k is not None  # noqa: S101 - follows from the line above: there are units
    means = np.nansum(values, axis=1) / n
    grand = np.nansum(values) / total
    within = float(np.nansum((values - means[:, None]) ** 2)) / (total - units)
    between = float((n * (means - grand) ** 2).sum()) / (units - 1)
    scale = float(np.nanvar(values))
    df = (units - 1, total - units)
    if within <= NOTHING * scale:
        perfect = Intraclass(1.0, None, *df)
        return perfect, perfect, k
    k0 = (total - float((n**2).sum()) / total) / (units - 1)
    value = (between - within) / (between + (k0 - 1) * within)
    f = between / within
    ratio = k * float(means.var(ddof=1)) / within
    low, high = (ratio / bound for bound in _f_bounds(*df, confidence))
    return (
        Intraclass(value, f, *df, (low - 1) / (low + k - 1), (high - 1) / (high + k - 1)),
        _one_way_mean(value, k, f, df, low, high),
        k,
    )


def _one_way_mean(value: float, k: float, f: float, df: tuple[int, int], low: float, high: float) -> Intraclass:
    of_mean = _of_mean(value, k)
    if of_mean is None or low <= NOTHING or f <= NOTHING:  # the units' means do not differ at all
        return Intraclass(None, f, *df, reason=Undefined.NO_VARIATION)
    return Intraclass(of_mean, f, *df, 1 - 1 / low, 1 - 1 / high)


def _two_way(values: Floats, confidence: float) -> tuple[Intraclass, Intraclass, Intraclass, Intraclass]:
    """ICC(2,1), ICC(3,1), ICC(2,k), ICC(3,k) of a complete table."""
    if (reason := _why_not(values)) is not None:
        nothing = Intraclass(None, reason=reason)
        return nothing, nothing, nothing, nothing
    n, k = values.shape
    grand, rows, columns = values.mean(), values.mean(axis=1), values.mean(axis=0)
    msr = float(k * ((rows - grand) ** 2).sum() / (n - 1))
    msc = float(n * ((columns - grand) ** 2).sum() / (k - 1))
    error = values - rows[:, None] - columns[None, :] + grand
    df = (n - 1, (n - 1) * (k - 1))
    mse = float((error**2).sum() / df[1])
    scale = float(values.var())
    msr, msc, mse = (0.0 if ms <= NOTHING * scale else ms for ms in (msr, msc, mse))
    random = (msr - mse) / (msr + (k - 1) * mse + k * (msc - mse) / n)
    if mse == 0:
        agreement = Intraclass(random, None, *df)
        mean = Intraclass(msr / (msr + msc / n), None, *df)
        consistency = Intraclass(1.0, None, *df) if msr > 0 else Intraclass(None, reason=Undefined.NO_VARIATION)
        return agreement, consistency, mean, consistency
    f = msr / mse
    low, high = (f / bound for bound in _f_bounds(*df, confidence))
    fixed = Intraclass((f - 1) / (f + k - 1), f, *df, (low - 1) / (low + k - 1), (high - 1) / (high + k - 1))
    if f == 0:
        fixed_mean = Intraclass(None, f, *df, reason=Undefined.NO_VARIATION)
    else:
        fixed_mean = Intraclass(1 - 1 / f, f, *df, 1 - 1 / low, 1 - 1 / high)
    a = k * random / (n * (1 - random))
    b = 1 + k * random * (n - 1) / (n * (1 - random))
    freedom = (a * msc + b * mse) ** 2 / ((a * msc) ** 2 / (k - 1) + (b * mse) ** 2 / df[1])
    upper, lower = _f_bounds(n - 1, freedom, confidence)
    rest = k * msc + (k * n - k - n) * mse
    bounds = (n * (msr - upper * mse) / (upper * rest + n * msr), n * (msr / lower - mse) / (rest + n * msr / lower))
    below = msr + (msc - mse) / n
    if below > 0:
        ends = [_of_mean(bound, k) for bound in bounds]
        random_mean = Intraclass((msr - mse) / below, f, *df, ends[0], ends[1])
    else:
        random_mean = Intraclass(None, f, *df, reason=Undefined.NO_VARIATION)
    return Intraclass(random, f, *df, *bounds), fixed, random_mean, fixed_mean


def _from_components(values: Floats, confidence: float) -> Intraclass:
    """ICC(2) from REML: units / (units + raters + residual)."""
    unit, rater = np.nonzero(~np.isnan(values))
    found: CrossedComponents = crossed_components(values[unit, rater].tolist(), unit.tolist(), rater.tolist())
    if found.unit is None or found.rater is None or found.residual is None:
        return Intraclass(None, reason=found.reason)
    total = found.unit + found.rater + found.residual
    value = found.unit / total
    if found.covariance is None or not 0 < value < 1:
        return Intraclass(value)
    slope = np.array([1 / found.unit - 1 / total, -1 / total, -1 / total]) * value
    spread = float(slope @ found.covariance @ slope)
    se = float(np.sqrt(max(spread, 0.0))) / (value * (1 - value))
    z = float(stats.norm.ppf(0.5 + confidence / 2))
    logit = float(np.log(value / (1 - value)))
    low, high = special.expit(logit - z * se), special.expit(logit + z * se)
    return Intraclass(value, low=float(low), high=float(high))


def _why_not(values: Floats) -> Undefined | None:
    present = ~np.isnan(values)
    if not present.any():
        return Undefined.EMPTY
    if len(values) < 2:
        return Undefined.ONE_UNIT
    if values.shape[1] < 2:
        return Undefined.ONE_RATER
    if present.sum(axis=1).max() < 2:
        return Undefined.NO_OVERLAP
    return Undefined.NO_VARIATION if np.ptp(values[present]) == 0 else None


def _f_bounds(df1: float, df2: float, confidence: float) -> tuple[float, float]:
    """The upper and the lower critical value of F."""
    tail = (1 - confidence) / 2
    return float(stats.f.isf(tail, df1, df2)), float(stats.f.ppf(tail, df1, df2))


def _of_mean(single: float, k: float) -> float | None:
    """Spearman and Brown: from one rating to the mean of k."""
    return k * single / (1 + (k - 1) * single) if 1 + (k - 1) * single > 0 else None
