"""Verbs about candidates, candidacies, interviews and scorecards."""

from apps.interviews.actions.candidacies import (
    add_candidate,
    end_candidacy,
    import_candidates,
    start_candidacy,
    withdraw_candidacy,
)
from apps.interviews.actions.move import move_candidacy
from apps.interviews.actions.panel import cancel_interview, excuse_interviewer, schedule_interview
from apps.interviews.actions.scorecards import AlreadySubmitted, StaleScorecard, save_scorecard, submit_scorecard

__all__ = [
    "AlreadySubmitted",
    "StaleScorecard",
    "add_candidate",
    "cancel_interview",
    "end_candidacy",
    "excuse_interviewer",
    "import_candidates",
    "move_candidacy",
    "save_scorecard",
    "schedule_interview",
    "start_candidacy",
    "submit_scorecard",
    "withdraw_candidacy",
]
