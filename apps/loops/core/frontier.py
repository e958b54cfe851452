"""What more of the candidate's time would buy: the best plan for each limit on candidate minutes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .problem import Problem
from .result import PlanResult
from .solve import GAP, solve

#: Without minutes of its own, a frontier has this step and goes to this multiple of the problem's own limit.
STEP_MINUTES, REACH = 30, 1.5


@dataclass(frozen=True)
class FrontierPoint:
    """The best plan within `candidate_minutes_limit`, all other rules as they are."""

    candidate_minutes_limit: int
    result: PlanResult


def frontier(
    problem: Problem,
    *,
    minutes: Sequence[int] | None = None,
    time_limit_seconds: float = 10.0,
    seed: int = 0,
) -> tuple[FrontierPoint, ...]:
    """One point for each limit that allows a plan, shortest first, until more minutes buy nothing.

    minutes: the limits to try; else every half hour up to half as much again as the problem allows (with no limit, up
    to all stations together). R2_loop never falls along the frontier. Each point may take the time limit.
    """
    everything = sum(station.minutes for station in problem.stations)
    if minutes is None:
        allowed = problem.limits.candidate_minutes
        most = everything if allowed is None else min(everything + STEP_MINUTES, round(allowed * REACH))
        minutes = sorted({*range(STEP_MINUTES, most + 1, STEP_MINUTES), *([] if allowed is None else [allowed])})
    points: list[FrontierPoint] = []
    free = replace(problem, limits=replace(problem.limits, candidate_minutes=None))
    top = solve(free, time_limit_seconds=time_limit_seconds, seed=seed, explain=False)
    for limit in sorted(set(minutes)):
        limits = replace(problem.limits, candidate_minutes=limit)
        result = solve(replace(problem, limits=limits), time_limit_seconds=time_limit_seconds, seed=seed, explain=False)
        if result.objective is None:
            continue
        before = points[-1].result if points else None
        if before is not None and before.objective is not None and result.objective < before.objective:
            result = before  # a search cut short found less than a shorter loop has
        points.append(FrontierPoint(limit, result))
        if top.bound is not None and result.objective is not None and result.objective >= top.bound - GAP:
            break
    return tuple(points)
