"""What the planner answers: facts, never sentences."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from .order import Timeline
from .problem import RuleRef

NO_TIME = Timeline((), 0)


class PlanStatus(StrEnum):
    OPTIMAL = "optimal"  # proved: no plan is better by more than the gap tolerance
    FEASIBLE = "feasible"  # obeys every rule; the time limit came before the proof
    INFEASIBLE = "infeasible"  # proved: no plan obeys every rule; `clash` says which rules
    UNKNOWN = "unknown"  # the time limit came before any plan and before any proof


@dataclass(frozen=True)
class Coverage:
    """What a plan knows about one competency.

    information: D_c of all stations that assess it, pilots included; reliability: D / (1 + D).
    proven_information: the same without pilots: what the target reliability is held against.
    signals: how many active stations give an independent signal (I_sc >= .10, all held by different people).
    """

    reliability: float
    signals: int
    information: float
    proven_information: float


@dataclass(frozen=True)
class Change:
    """One rule made looser: its limit or demand before and after, in the rule's unit.

    Minutes, numbers of stations, signals, competencies or trained people; a target as a reliability, a kind's share as
    a share. A pin or an exclusion goes from 1 to 0. A target of 0 is none: the competency is not must-pass.
    """

    rule: RuleRef
    old: float
    new: float


@dataclass(frozen=True)
class Relaxation:
    """Changes that together make a plan possible (each was solved with), and what they cost beside others.

    cost: only for comparing: 1 is about 30 minutes of the candidate or an hour of interviewers.
    """

    changes: tuple[Change, ...]
    cost: float


@dataclass(frozen=True)
class PlanResult:
    """A plan with its proof.

    objective: R2_loop of the plan, 0 to 1; bound: proved upper limit of R2_loop over all plans.
    stations: ids in running order; timeline: their days, with breaks.
    assessed: station -> competencies assessed there, in the problem's order.
    clash (infeasible only): rules that cannot hold together; `clash_irreducible` tells that dropping any one of
    them resolves this clash (False only if the time limit cut the search for it short). clash_limits: what its rules
    demand or allow, where that is a number (see Change). relaxations: ways out, the
    cheapest first.
    """

    status: PlanStatus
    objective: float | None = None
    bound: float | None = None
    stations: tuple[str, ...] = ()
    assessed: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    coverage: Mapping[str, Coverage] = field(default_factory=dict, hash=False)
    candidate_minutes: int = 0
    interviewer_minutes: int = 0
    clash: tuple[RuleRef, ...] = ()
    clash_irreducible: bool = False
    clash_limits: Mapping[RuleRef, float] = field(default_factory=dict, hash=False)
    relaxations: tuple[Relaxation, ...] = ()
    timeline: Timeline = NO_TIME
