"""The best plans that are truly different from a given one."""

from collections.abc import Sequence
from dataclasses import replace

from .problem import Overlap, Problem
from .result import PlanResult, PlanStatus
from .solve import solve

#: Two plans are different if at least so many stations of the one are not in the other.
LEAST_DIFFERENCE = 2


def alternatives(
    problem: Problem,
    station_ids: Sequence[str],
    *,
    number: int = 3,
    time_limit_seconds: float = 10.0,
    seed: int = 0,
) -> tuple[PlanResult, ...]:
    """The best plan that lacks at least two of these stations, then the best that also differs so from that, and on.

    At most `number` plans, the best first, each with its own proof under the limit given for it; fewer where no
    further one obeys every rule, or where none was found in time.
    """
    found: list[PlanResult] = []
    against = [tuple(station_ids)]
    while len(found) < number and len(against[-1]) >= LEAST_DIFFERENCE:
        overlaps = tuple(Overlap(plan, at_most=len(plan) - LEAST_DIFFERENCE) for plan in against)
        limits = replace(problem.limits, overlaps=(*problem.limits.overlaps, *overlaps))
        result = solve(replace(problem, limits=limits), time_limit_seconds=time_limit_seconds, seed=seed, explain=False)
        if result.status not in (PlanStatus.OPTIMAL, PlanStatus.FEASIBLE):
            break
        found.append(result)
        against.append(result.stations)
    return tuple(found)
