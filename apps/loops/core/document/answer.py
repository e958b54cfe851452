"""The planner's answer as plain values."""

from typing import Any

from ..contribution import contributions
from ..left_out import left_out
from ..problem import Problem, RuleRef
from ..result import PlanResult, Relaxation


def answer(problem: Problem, result: PlanResult, *, why: bool = False) -> dict[str, Any]:
    """The answer as plain values: numbers in R2_loop (0 to 1), minutes, reliabilities (0 to 1).

    why: also what each station adds, and why each other is left out.
    """
    found: dict[str, Any] = {
        "status": result.status.value,
        "objective": result.objective,
        "bound": result.bound,
        "stations": list(result.stations),
        "coverage": {
            name: {"reliability": coverage.reliability, "signals": coverage.signals}
            for name, coverage in result.coverage.items()
        },
        "candidate_minutes": result.candidate_minutes,
        "interviewer_minutes": result.interviewer_minutes,
        "assessed": {name: list(competencies) for name, competencies in result.assessed.items()},
        "timeline": [
            {"station": slot.station_id, "day": slot.day + 1, "start": slot.start, "end": slot.end}
            for slot in result.timeline.slots
        ],
        "clash": [{**_rule(rule), "limit": result.clash_limits.get(rule)} for rule in result.clash],
        "clash_irreducible": result.clash_irreducible,
        "relaxations": [_relaxation(relaxation) for relaxation in result.relaxations],
    }
    if why and result.stations:
        found["contributions"] = [
            {"station": one.station_id, "loss": one.loss, "breaks": [_rule(rule) for rule in one.breaks]}
            for one in contributions(problem, result.stations, result.assessed)
        ]
        found["left_out"] = [
            {
                "station": one.station_id,
                "reason": one.reason.value,
                "gain": one.gain,
                "breaks": [_rule(rule) for rule in one.breaks],
                "best_swap": None
                if one.best_swap is None
                else {"out": one.best_swap.out, "change": one.best_swap.change},
            }
            for one in left_out(problem, result.stations, result.assessed)
        ]
    return found


def _rule(rule: RuleRef) -> dict[str, str]:
    return {"rule": rule.name.value, "subject": rule.subject}


def _relaxation(relaxation: Relaxation) -> dict[str, Any]:
    changes = [{**_rule(change.rule), "old": change.old, "new": change.new} for change in relaxation.changes]
    return {"changes": changes, "cost": relaxation.cost}
