"""Verbs of the debrief."""

from apps.debriefs.actions.calibrations import (
    request_calibration,
    request_calibration_if_changed,
    run_calibration,
)
from apps.debriefs.actions.debriefs import move_on, open_debrief
from apps.debriefs.actions.decisions import record_decision
from apps.debriefs.actions.reports import DebriefReport, debrief_report
from apps.debriefs.actions.votes import cast_second_vote
from apps.debriefs.queries import PanelRows, panels_of
from apps.debriefs.translate import Once

__all__ = [
    "DebriefReport",
    "Once",
    "PanelRows",
    "cast_second_vote",
    "debrief_report",
    "move_on",
    "open_debrief",
    "panels_of",
    "record_decision",
    "request_calibration",
    "request_calibration_if_changed",
    "run_calibration",
]
