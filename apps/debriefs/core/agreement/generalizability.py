"""Generalizability theory: which part of a panel to enlarge to make its result more dependable.

A G study splits the variance of one rating into its sources; a D study says how dependable the mean over so many
tasks and raters would be. Source: Brennan 2001, Generalizability Theory, chapters 3 and 4; Cronbach, Gleser, Nanda &
Rajaratnam 1972.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from apps.debriefs.core.agreement.table import Floats, Table, Undefined, read_table


@dataclass(frozen=True)
class Source:
    """One source of variance: its mean square, degrees of freedom and variance component (squared levels).

    The component is the analysis of variance's, unbiased, and so may come out below 0 where the source matters little.
    """

    name: str
    mean_square: float
    df: int
    component: float


@dataclass(frozen=True)
class GStudy:
    """Sources in the order of the design; `tasks` and `raters` (per task) as observed. No sources: see `reason`."""

    sources: tuple[Source, ...]
    persons: int
    tasks: int
    raters: int
    reason: Undefined | None = None

    def component(self, name: str) -> float:
        """The variance component of a source, 0 where the estimate is negative. Raises KeyError if there is none."""
        return max(0.0, {source.name: source.component for source in self.sources}[name])


@dataclass(frozen=True)
class DStudy:
    """What the mean of so many ratings is worth.

    `generalizability` (E rho squared): for putting people in order. `dependability` (Phi): for holding them to a
    fixed bar, where a hard task or a harsh rater counts as error too. Error variances in squared levels.
    """

    tasks: int
    raters: int
    relative_error: float
    absolute_error: float
    generalizability: float | None
    dependability: float | None


def g_study(scores: Sequence[Sequence[Sequence[float]]]) -> GStudy:
    """Persons x (raters within tasks), balanced: every person does every task; each task has its own raters.

    `scores[person][task][rater]`: levels, none missing. Sources: p, t, r:t, pt, pr:t (the last with everything else).
    Raises ValueError if the numbers of tasks or raters differ or an entry is missing or no number.
    Source: Brennan 2001, section 3.2.
    """
    if len({len(person) for person in scores}) > 1 or len({len(task) for person in scores for task in person}) > 1:
        raise ValueError("every person must have the same number of tasks, and every task of raters")
    flat = read_table([[entry for task in person for entry in task] for person in scores])
    if np.isnan(flat).any():
        raise ValueError("this design has no place for missing scores")
    tasks = len(scores[0]) if scores else 0
    raters = len(scores[0][0]) if tasks else 0
    if (reason := _why_not(flat, len(scores), min(tasks, raters))) is not None:
        return GStudy((), len(scores), tasks, raters, reason)
    x = flat.reshape(len(scores), tasks, raters)
    p, t, r = x.shape
    grand = x.mean()
    by_p, by_t = x.mean(axis=(1, 2)), x.mean(axis=(0, 2))
    by_pt, by_tr = x.mean(axis=2), x.mean(axis=0)
    squares: dict[str, tuple[Floats, int]] = {
        "p": (t * r * (by_p - grand) ** 2, p - 1),
        "t": (p * r * (by_t - grand) ** 2, t - 1),
        "r:t": (p * (by_tr - by_t[:, None]) ** 2, t * (r - 1)),
        "pt": (r * (by_pt - by_p[:, None] - by_t + grand) ** 2, (p - 1) * (t - 1)),
        "pr:t": ((x - by_pt[:, :, None] - by_tr + by_t[:, None]) ** 2, (p - 1) * t * (r - 1)),
    }
    ms = {name: float(square.sum()) / df for name, (square, df) in squares.items()}
    component = {
        "p": (ms["p"] - ms["pt"]) / (t * r),
        "t": (ms["t"] - ms["pt"] - ms["r:t"] + ms["pr:t"]) / (p * r),
        "r:t": (ms["r:t"] - ms["pr:t"]) / p,
        "pt": (ms["pt"] - ms["pr:t"]) / r,
        "pr:t": ms["pr:t"],
    }
    return GStudy(tuple(Source(name, ms[name], squares[name][1], component[name]) for name in squares), p, t, r)


def g_study_crossed(table: Table) -> GStudy:
    """Persons x raters, balanced: every rater rates every person once. Sources: p, r, pr.

    `table`: persons by raters, none missing. Raises ValueError if an entry is missing or `read_table` refuses it.
    Source: Brennan 2001, section 2.2. With gaps: `crossed_components`.
    """
    x = read_table(table)
    if np.isnan(x).any():
        raise ValueError("this design has no place for missing scores")
    p, r = x.shape
    if (reason := _why_not(x, p, r)) is not None:
        return GStudy((), p, 1, r, reason)
    grand, by_p, by_r = x.mean(), x.mean(axis=1), x.mean(axis=0)
    ms_p = float(r * ((by_p - grand) ** 2).sum()) / (p - 1)
    ms_r = float(p * ((by_r - grand) ** 2).sum()) / (r - 1)
    ms_pr = float(((x - by_p[:, None] - by_r + grand) ** 2).sum()) / ((p - 1) * (r - 1))
    return GStudy(
        (
            Source("p", ms_p, p - 1, (ms_p - ms_pr) / r),
            Source("r", ms_r, r - 1, (ms_r - ms_pr) / p),
            Source("pr", ms_pr, (p - 1) * (r - 1), ms_pr),
        ),
        p,
        1,
        r,
    )


def d_study(study: GStudy, *, tasks: int = 1, raters: int) -> DStudy | None:
    """The mean over `tasks` tasks with `raters` raters each (persons x raters: leave `tasks` at 1).

    None where the G study has no sources. Negative components count as 0. Raises ValueError below one task or rater.
    Source: Brennan 2001, section 4.1.
    """
    if tasks < 1 or raters < 1:
        raise ValueError("there must be at least one task and one rater")
    if not study.sources:
        return None
    if study.sources[1].name == "r":
        if tasks != 1:
            raise ValueError("a study of persons and raters knows nothing about tasks")
        relative = study.component("pr") / raters
        absolute = relative + study.component("r") / raters
    else:
        relative = study.component("pt") / tasks + study.component("pr:t") / (tasks * raters)
        absolute = relative + study.component("t") / tasks + study.component("r:t") / (tasks * raters)
    person = study.component("p")
    return DStudy(
        tasks=tasks,
        raters=raters,
        relative_error=relative,
        absolute_error=absolute,
        generalizability=person / (person + relative) if person + relative > 0 else None,
        dependability=person / (person + absolute) if person + absolute > 0 else None,
    )


def _why_not(x: Floats, persons: int, least: int) -> Undefined | None:
    if not x.size:
        return Undefined.EMPTY
    if persons < 2:
        return Undefined.ONE_UNIT
    if least < 2:
        return Undefined.ONE_RATER
    return Undefined.NO_VARIATION if np.ptp(x) == 0 else None
