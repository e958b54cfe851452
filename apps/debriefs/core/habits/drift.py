"""Whether somebody has become harsher or softer: their ratings against what the others' lead one to expect, by time."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from apps.debriefs.core.habits.measured import LEAST, Measured, mean
from apps.debriefs.core.ratings.calibration import Calibration
from apps.debriefs.core.ratings.data import RatingRow, rating_data
from apps.debriefs.core.ratings.leaving_out import without_their_interviewer


@dataclass(frozen=True)
class Period:
    """Whole months, from the first of `begins` to the end of the month of `ends`, with five candidates or more.

    `higher`: levels given above (or, negative, below) what colleagues' ratings of the same candidates predict.
    """

    begins: dt.date
    ends: dt.date
    higher: Measured


def above_expected(calibration: Calibration, rows: Sequence[RatingRow], *, interviewer: str) -> dict[str, float]:
    """Of each candidate whom colleagues rated too: own mean level less the mean predicted from the colleagues' levels.

    Predicted is what an average interviewer would have given; `rows` are all ratings of these candidates. Raises
    ValueError for a level off the calibration's scale.
    """
    others = {row.candidate for row in rows if row.interviewer != interviewer and row.level is not None}
    given = [row for row in rows if row.level is not None and row.candidate in others]
    data = rating_data(given, lowest=calibration.lowest, highest=calibration.highest)
    if interviewer not in data.interviewers:
        return {}
    at = data.interviewers.index(interviewer)
    average = {name: found for name, found in calibration.interviewers.items() if name != interviewer}
    apart = np.full(data.size, np.nan)
    for predicted in without_their_interviewer(data, replace(calibration, interviewers=average)):
        expected = np.arange(data.categories) @ predicted.chance
        apart[predicted.rating] = data.level[predicted.rating] - expected
    own = data.interviewer == at
    return {
        data.candidates[candidate]: float(apart[own & (data.candidate == candidate)].mean())
        for candidate in np.unique(data.candidate[own]).tolist()
    }


def periods(above: Mapping[str, float], held: Mapping[str, dt.date]) -> tuple[Period, ...]:
    """Consecutive periods of whole months, each as short as five candidates allow; a rest joins the last.

    `held`: when each candidate was interviewed; candidates without a date are left out.
    """
    by_month: dict[tuple[int, int], list[float]] = {}
    for candidate in sorted(above, key=lambda name: (held.get(name, dt.date.max), name)):
        if candidate in held:
            day = held[candidate]
            by_month.setdefault((day.year, day.month), []).append(above[candidate])
    bins: list[tuple[list[tuple[int, int]], list[float]]] = []
    for month in sorted(by_month):
        if not bins or len(bins[-1][1]) >= LEAST:
            bins.append(([], []))
        bins[-1][0].append(month)
        bins[-1][1].extend(by_month[month])
    if len(bins) > 1 and len(bins[-1][1]) < LEAST:
        months, values = bins.pop()
        bins[-1][0].extend(months)
        bins[-1][1].extend(values)
    found = []
    for months, values in bins:
        higher = mean(values)
        if higher is not None:
            found.append(Period(dt.date(*months[0], 1), dt.date(*months[-1], 1), higher))
    return tuple(found)


def has_drifted(found: Sequence[Period]) -> bool:
    """The last period's whole interval lies above, or below, the interval of every earlier period."""
    if len(found) < 2:
        return False
    last, earlier = found[-1].higher, [period.higher for period in found[:-1]]
    return last.low > max(one.high for one in earlier) or last.high < min(one.low for one in earlier)
