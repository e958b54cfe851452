"""Reads of the debrief. Ratings only through `visible_to`."""

from apps.debriefs.queries.calibration import calibration_shown_to
from apps.debriefs.queries.debriefs import debriefs_ready, debriefs_running, latest_cards
from apps.debriefs.queries.live import LiveMark, live_mark
from apps.debriefs.queries.panels import PanelRows, Quorum, panel_rows, panels_of, quorums_of

__all__ = [
    "LiveMark",
    "PanelRows",
    "Quorum",
    "calibration_shown_to",
    "debriefs_ready",
    "debriefs_running",
    "latest_cards",
    "live_mark",
    "panel_rows",
    "panels_of",
    "quorums_of",
]
