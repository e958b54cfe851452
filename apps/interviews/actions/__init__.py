"""Verbs about candidates, candidacies, interviews and scorecards."""

from apps.interviews.actions.amendments import AlreadyAmended, amend_scorecard
from apps.interviews.actions.calibration import (
    close_calibration_item,
    open_calibration_item,
    rate_calibration_item,
    save_calibration_item,
)
from apps.interviews.actions.candidacies import (
    add_candidate,
    end_candidacy,
    import_candidates,
    start_candidacy,
    withdraw_candidacy,
)
from apps.interviews.actions.move import move_candidacy
from apps.interviews.actions.panel import cancel_interview, excuse_interviewer, schedule_interview
from apps.interviews.actions.proxy import submit_for
from apps.interviews.actions.reminders import MailRefused, remind_now, send_reminders
from apps.interviews.actions.scorecards import AlreadySubmitted, StaleScorecard, save_scorecard, submit_scorecard

__all__ = [
    "AlreadyAmended",
    "AlreadySubmitted",
    "MailRefused",
    "StaleScorecard",
    "add_candidate",
    "amend_scorecard",
    "cancel_interview",
    "close_calibration_item",
    "end_candidacy",
    "excuse_interviewer",
    "import_candidates",
    "move_candidacy",
    "open_calibration_item",
    "rate_calibration_item",
    "remind_now",
    "save_calibration_item",
    "save_scorecard",
    "schedule_interview",
    "send_reminders",
    "start_candidacy",
    "submit_for",
    "submit_scorecard",
    "withdraw_candidacy",
]
