"""Candidates, their candidacies, interviews, and the scorecards interviewers submit.

The blindness rule lives here and nowhere else: `Candidacy.objects.open_to(user)` says on which candidacies
somebody may see what others wrote, and `Scorecard`/`Rating.objects.visible_to(user)` build on it.
"""

from apps.interviews.models.calibration import CalibrationItem, CalibrationRating
from apps.interviews.models.candidacies import Candidacy, PinnedRequirement, PinnedRubric
from apps.interviews.models.candidates import Candidate
from apps.interviews.models.interviews import Interview, Seat, SeatQuerySet
from apps.interviews.models.reminders import Reminder
from apps.interviews.models.scorecards import Rating, Scorecard

__all__ = [
    "CalibrationItem",
    "CalibrationRating",
    "Candidacy",
    "Candidate",
    "Interview",
    "PinnedRequirement",
    "PinnedRubric",
    "Rating",
    "Reminder",
    "Scorecard",
    "Seat",
    "SeatQuerySet",
]
