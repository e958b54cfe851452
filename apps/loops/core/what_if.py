"""What if the limits or the requirements were others: the same question with other numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from .problem import CompetencyNeed, Problem

AI_CRAFT = "ai_craft"


@dataclass(frozen=True)
class WhatIf:
    """Other numbers. weights, signals and targets: competency -> its weight, least signals, target reliability.

    ai_craft_share: a percentage. A target of 0 is none.
    """

    candidate_minutes: int
    interviewer_minutes: int
    min_ai_craft: int
    ai_craft_share: int
    weights: Mapping[str, int] = field(default_factory=dict)
    signals: Mapping[str, int] = field(default_factory=dict)
    targets: Mapping[str, float] = field(default_factory=dict)


def with_other_numbers(problem: Problem, numbers: WhatIf) -> Problem:
    """The same question with other numbers."""
    limits = problem.limits
    kinds, shares = dict(limits.required_kinds), dict(limits.kind_shares)
    kinds[AI_CRAFT], shares[AI_CRAFT] = numbers.min_ai_craft, numbers.ai_craft_share / 100
    return replace(
        problem,
        competencies=tuple(_other_need(need, numbers) for need in problem.competencies),
        limits=replace(
            limits,
            candidate_minutes=numbers.candidate_minutes,
            interviewer_minutes=numbers.interviewer_minutes,
            required_kinds={kind: number for kind, number in kinds.items() if number},
            kind_shares={kind: share for kind, share in shares.items() if share},
        ),
    )


def _other_need(need: CompetencyNeed, numbers: WhatIf) -> CompetencyNeed:
    target = numbers.targets.get(need.id, need.target)
    return replace(
        need,
        weight=float(numbers.weights.get(need.id, need.weight)),
        min_signals=numbers.signals.get(need.id, need.min_signals),
        must_pass=need.must_pass and bool(target),
        target_reliability=target or None,
    )
