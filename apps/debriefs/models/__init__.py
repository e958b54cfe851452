"""Debriefs with their votes, decisions, and the calibrations of the rating model."""

from apps.debriefs.models.calibrations import Calibration
from apps.debriefs.models.debriefs import Debrief, Vote
from apps.debriefs.models.decisions import Decision

__all__ = ["Calibration", "Debrief", "Decision", "Vote"]
