"""Reads of the debrief. Ratings only through `visible_to`."""

from apps.debriefs.queries.calibration import calibration_shown_to
from apps.debriefs.queries.debriefs import Quorum, debriefs_ready, debriefs_running, latest_cards, quorum_of
from apps.debriefs.queries.live import LiveMark, live_mark

__all__ = [
    "LiveMark",
    "Quorum",
    "calibration_shown_to",
    "debriefs_ready",
    "debriefs_running",
    "latest_cards",
    "live_mark",
    "quorum_of",
]
