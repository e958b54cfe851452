"""Reads of the debrief. Ratings only through `visible_to`."""

from apps.debriefs.queries.calibration import calibration_shown_to
from apps.debriefs.queries.debriefs import (
    PanelRows,
    Quorum,
    debriefs_ready,
    debriefs_running,
    latest_cards,
    panel_rows,
    quorum_of,
)
from apps.debriefs.queries.live import LiveMark, live_mark

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
    "quorum_of",
]
