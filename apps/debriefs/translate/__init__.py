"""Rows to the cores' values, and their answers to the debrief's pages. Ratings only through `visible_to`."""

from apps.debriefs.translate.calibration import calibration_page, calibration_progress
from apps.debriefs.translate.interviewer import interviewer_page
from apps.debriefs.translate.matrix import (
    DebriefPage,
    DebriefRow,
    OtherRow,
    debrief_page,
    to_needs,
    to_observations,
)
from apps.debriefs.translate.meeting import (
    Meeting,
    PanelVoice,
    is_of_panel,
    meeting_of,
    names_otherwise,
    voices_for_decision,
)
from apps.debriefs.translate.once import Once
from apps.debriefs.translate.parity import ParityLine, ParityPage, parity_page
from apps.debriefs.translate.ratings import current_calibration, current_row, rows_of, settled_rows
from apps.debriefs.translate.reading import PanelReading, panel_reading
from apps.debriefs.translate.story import StoryPage, story_page

__all__ = [
    "DebriefPage",
    "DebriefRow",
    "Meeting",
    "Once",
    "OtherRow",
    "PanelReading",
    "PanelVoice",
    "ParityLine",
    "ParityPage",
    "StoryPage",
    "calibration_page",
    "calibration_progress",
    "current_calibration",
    "current_row",
    "debrief_page",
    "interviewer_page",
    "is_of_panel",
    "meeting_of",
    "names_otherwise",
    "panel_reading",
    "parity_page",
    "rows_of",
    "settled_rows",
    "story_page",
    "to_needs",
    "to_observations",
    "voices_for_decision",
]
