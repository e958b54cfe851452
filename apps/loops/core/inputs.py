"""What a person enters for a role and its loop, as values."""

from dataclasses import dataclass, field


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
    """What a loop may cost and must contain; None means no limit.

    Minutes are of the candidate, of all interviewers together, and of the candidate on one day, without breaks.
    ai_craft_share: least percentage of the candidate's minutes in AI craft stations. kinds: kind -> "least" and "most"
    stations of it.
    """

    candidate_minutes: int
    interviewer_minutes: int
    min_ai_craft: int
    ai_craft_share: int = 0
    day_minutes: int | None = None
    max_stations: int | None = None
    max_competencies: int | None = None
    kinds: dict[str, dict[str, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class PanelRules:
    """How a role's panels work.

    blindness: a `Blindness` value. scorecard_hours: from the end of an interview. quorum: scorecards that open a
    debrief, None for everybody's. decider_apart: who decides is not of the panel.
    """

    blindness: str
    reasons_required: bool
    scorecard_hours: int
    quorum: int | None
    reading_minutes: int
    decider_apart: bool
