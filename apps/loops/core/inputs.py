"""What a person enters for a role and its loop, as values."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RequirementLine:
    """One line of the requirements table: weight 1 to 5, bar a level 1 to 4, least number of independent signals."""

    competency_id: int
    weight: int
    bar: int
    must_pass: bool
    min_signals: int


@dataclass(frozen=True)
class PlanLimits:
    """What a loop may cost: minutes of the candidate, minutes of all interviewers together, least AI craft stations."""

    candidate_minutes: int
    interviewer_minutes: int
    min_ai_craft: int
