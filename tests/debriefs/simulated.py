"""Simulated panels with known truth (shared/SCIENCE.md, B.2): A classical, B realistic, C sparse."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apps.debriefs.core.ratings.data import RatingRow


@dataclass(frozen=True)
class Simulated:
    """`theta` (N, C) by candidate and competency; `severity` (J,); labels are "c3", "i7", "k0"."""

    rows: list[RatingRow]
    theta: NDArray[np.floating]
    severity: NDArray[np.floating]


def simulated(
    kind: str,
    seed: int,
    *,
    candidates: int = 500,
    interviewers: int = 60,
    each: int = 5,
    competencies: int = 6,
    halo_sd: float = 0.5,
    severity_sd: float = 0.5,
) -> Simulated:
    """`each` interviewers rate every candidate; in C each of them on two or three competencies only.

    B and C: positions correlated .6, halo, discriminations spread by .25 (log). A: one position, no halo.
    """
    rng = np.random.default_rng(seed)
    severity = rng.normal(0, severity_sd, interviewers)
    severity -= severity.mean()
    difficulty = rng.normal(0, 0.4, competencies)
    thresholds = np.array([-1.8, 0.0, 1.8])
    if kind == "A":
        theta = np.repeat(rng.normal(0, 1, candidates)[:, None], competencies, axis=1)
        slope = np.ones(interviewers)
    else:
        shared = rng.normal(0, 1, candidates)[:, None]
        theta = np.sqrt(0.6) * shared + np.sqrt(0.4) * rng.normal(0, 1, (candidates, competencies))
        slope = np.exp(rng.normal(0, 0.25, interviewers))
    rows = []
    for candidate in range(candidates):
        for interviewer in rng.choice(interviewers, min(each, interviewers), replace=False):
            halo = 0.0 if kind == "A" else rng.normal(0, halo_sd)
            rated = range(competencies)
            if kind == "C":
                rated = rng.choice(competencies, int(rng.integers(2, 4)), replace=False)
            for competency in rated:
                eta = theta[candidate, competency] - severity[interviewer] - difficulty[competency] + halo
                logits = np.concatenate([[0.0], np.cumsum(slope[interviewer] * (eta - thresholds))])
                chance = np.exp(logits - logits.max())
                level = 1 + int((rng.random() > np.cumsum(chance / chance.sum())[:-1]).sum())
                rows.append(RatingRow(f"c{candidate}", f"i{interviewer}", f"k{competency}", level))
    return Simulated(rows, theta, severity)


def coverage(estimate: NDArray[np.floating], se: NDArray[np.floating], truth: NDArray[np.floating]) -> float:
    """The share of nominal 90 % intervals that hold the truth, both centred (the origin is a convention)."""
    off = (estimate - estimate.mean(axis=0)) - (truth - truth.mean(axis=0))
    return float((np.abs(off) < 1.6448536 * se).mean())
