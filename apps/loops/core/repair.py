"""The smallest change of a loop after which it keeps every rule.

One change takes a station out, puts one in, or swaps one for another. For k = 0, 1, 2, ... the planner is asked for
a plan that keeps all but k stations of the loop and adds at most k: the first k with an answer is the smallest
change, and among its plans the one with the greatest R2_loop is the repair.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from .assemble import Budget, IntegerModel, Outcome, rows_of
from .check import violations
from .problem import Overlap, Problem, RuleRef, StationOption
from .result import PlanStatus
from .rules import Layout, rules_of
from .solve import solve

#: Beside the smallest change: how many changes more are tried, to show what they would buy.
FURTHER = 2
SEED = 0


class RepairStatus(StrEnum):
    NOT_NEEDED = "not needed"  # the loop keeps every rule as it is
    FOUND = "found"
    BEYOND = "beyond"  # it takes more changes than were allowed
    IMPOSSIBLE = "impossible"  # proved: no loop keeps every rule; `clash` says which rules
    UNKNOWN = "unknown"  # the time limit came first


@dataclass(frozen=True)
class Swap:
    """What goes and what comes in its place; one of them is "" where stations are only taken out or put in."""

    removed: str
    added: str


@dataclass(frozen=True)
class Repair:
    """A loop that keeps every rule and differs from the given one in `changes` stations or fewer.

    status: whether R2_loop (`objective`) is proved the greatest of all such loops. stations: in running order.
    """

    changes: int
    kept: tuple[str, ...]
    swaps: tuple[Swap, ...]
    stations: tuple[str, ...]
    assessed: Mapping[str, tuple[str, ...]]
    status: PlanStatus
    objective: float
    candidate_minutes: int
    interviewer_minutes: int

    @property
    def removed(self) -> tuple[str, ...]:
        return tuple(swap.removed for swap in self.swaps if swap.removed)

    @property
    def added(self) -> tuple[str, ...]:
        return tuple(swap.added for swap in self.swaps if swap.added)


@dataclass(frozen=True)
class Repairs:
    """The answer. smallest: how many changes it takes, None where that is not known. options: the repair with the
    smallest change first, then what more changes would buy."""

    status: RepairStatus
    smallest: int | None = None
    options: tuple[Repair, ...] = ()
    clash: tuple[RuleRef, ...] = ()

    def within(self, changes: int | None) -> Repair | None:
        """The best repair with at most so many changes; without a number, the smallest."""
        if changes is None:
            return self.options[0] if self.options else None
        return max((one for one in self.options if one.changes <= changes), key=lambda one: one.changes, default=None)


def repairs(
    problem: Problem, loop: Sequence[str], *, time_limit_seconds: float = 10.0, most_changes: int | None = None
) -> Repairs:
    """The smallest change that repairs the stations `loop` of `problem`, and what up to two changes more would buy.

    Raises ValueError if most_changes is negative or the time limit not positive.
    """
    if not time_limit_seconds > 0:
        raise ValueError(f"time_limit_seconds must be above 0, got {time_limit_seconds}.")
    if most_changes is not None and most_changes < 0:
        raise ValueError(f"most_changes must be 0 or more, got {most_changes}.")
    budget = Budget.of(time_limit_seconds)
    every = max(len(loop), len(problem.stations) - len(loop))
    smallest = _smallest(problem, loop, every, budget)
    if smallest is None:
        return Repairs(RepairStatus.UNKNOWN)
    if smallest > every:
        result = solve(problem, time_limit_seconds=time_limit_seconds, seed=SEED)
        return Repairs(RepairStatus.IMPOSSIBLE, clash=result.clash)
    last = min(smallest + FURTHER, every)
    wanted = list(range(smallest, last + 1))
    if most_changes is not None:
        if most_changes < smallest:
            return Repairs(RepairStatus.BEYOND, smallest)
        wanted = [*(number for number in wanted if number < most_changes), min(most_changes, every)]
    options = list[Repair]()
    for number in wanted:
        repair = _best(problem, loop, number, time_limit_seconds)
        if repair is not None and (not options or repair.objective > options[-1].objective + 1e-9):
            options.append(repair)
    if not options:
        return Repairs(RepairStatus.UNKNOWN, smallest)
    return Repairs(RepairStatus.FOUND if smallest else RepairStatus.NOT_NEEDED, smallest, tuple(options))


def within(problem: Problem, loop: Sequence[str], changes: int) -> Problem:
    """The same question for loops that differ from `loop` in at most so many stations."""
    overlap = Overlap(tuple(loop), at_least=max(len(loop) - changes, 0), others_at_most=changes)
    return replace(problem, limits=replace(problem.limits, overlaps=(*problem.limits.overlaps, overlap)))


def _smallest(problem: Problem, loop: Sequence[str], every: int, budget: Budget) -> int | None:
    """By bisection, as more changes never hurt: the least number with a feasible plan, `every` + 1 where even as many
    changes as there are stations give none, None where the time ran out."""
    least, most = 0, every + 1
    while least < most:
        middle = (least + most) // 2
        layout = Layout(asked := within(problem, loop, middle))
        outcome = IntegerModel(layout, rows_of(layout, rules_of(asked))).search(budget, SEED).outcome
        if outcome is Outcome.CUT_SHORT:
            return None
        if outcome is Outcome.NONE:
            least = middle + 1
        else:
            most = middle
    return least


def _best(problem: Problem, loop: Sequence[str], changes: int, seconds: float) -> Repair | None:
    asked = within(problem, loop, changes)
    result = solve(asked, time_limit_seconds=seconds, seed=SEED)
    if result.objective is None or violations(asked, result.stations, result.assessed):
        return None
    options = {option.id: option for option in problem.stations}
    there = set(result.stations)
    removed = [options[name] for name in loop if name not in there]
    added = [options[name] for name in result.stations if name not in loop]
    return Repair(
        changes=max(len(removed), len(added)),
        kept=tuple(name for name in loop if name in there),
        swaps=tuple(_swaps(removed, added)),
        stations=result.stations,
        assessed=result.assessed,
        status=result.status,
        objective=result.objective,
        candidate_minutes=result.candidate_minutes,
        interviewer_minutes=result.interviewer_minutes,
    )


def _swaps(removed: Sequence[StationOption], added: Sequence[StationOption]) -> list[Swap]:
    """What comes in the place of what, for reading: the most alike pairs first (kind, competencies, minutes)."""

    def unlike(out: StationOption, new: StationOption) -> tuple[bool, int, int, str, str]:
        shared = len(set(out.measures) & set(new.measures))
        return (out.kind != new.kind, -shared, abs(out.minutes - new.minutes), out.id, new.id)

    left, swaps = list(added), list[Swap]()
    pairs = sorted(((out, new) for out in removed for new in added), key=lambda pair: unlike(*pair))
    for out, new in pairs:
        if new in left and all(swap.removed != out.id for swap in swaps):
            swaps.append(Swap(out.id, new.id))
            left.remove(new)
    swaps += [Swap(out.id, "") for out in removed if all(swap.removed != out.id for swap in swaps)]
    return swaps + [Swap("", new.id) for new in left]
