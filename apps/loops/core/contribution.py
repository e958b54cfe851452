"""What each station of a plan adds: the loss if it were dropped, and the rules that would break."""

from collections.abc import Sequence
from dataclasses import dataclass

from .check import Assessed, objective, violations
from .problem import Problem, RuleRef


@dataclass(frozen=True)
class Contribution:
    """One chosen station. loss: fall of R2_loop without it, all else equal. breaks: rules that hold only with it."""

    station_id: str
    loss: float
    breaks: tuple[RuleRef, ...]


def contributions(
    problem: Problem, station_ids: Sequence[str], assessed: Assessed | None = None
) -> tuple[Contribution, ...]:
    """The contribution of each station, in the plan's order. What the other stations assess stays as it is.

    Losses do not add up to the plan's value: information has diminishing returns, so overlapping stations are each
    worth less than both. Raises ValueError for an unknown or repeated station.
    """
    value = objective(problem, station_ids, assessed)
    broken = _broken(problem, station_ids, assessed)
    found = []
    for station_id in station_ids:
        rest = [other for other in station_ids if other != station_id]
        new = tuple(ref for ref in _broken(problem, rest, assessed) if ref not in broken)
        found.append(Contribution(station_id, value - objective(problem, rest, assessed), new))
    return tuple(found)


def _broken(problem: Problem, station_ids: Sequence[str], assessed: Assessed | None) -> tuple[RuleRef, ...]:
    return tuple(RuleRef(found.rule, found.subject) for found in violations(problem, station_ids, assessed))
