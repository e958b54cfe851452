"""Forms for candidates, schedules and scorecards."""

from apps.interviews.forms.amendments import AmendForm, EnterForForm
from apps.interviews.forms.calibration import CalibrationItemForm, CalibrationRatingForm
from apps.interviews.forms.candidates import TIME_ZONES, CandidacyForm, CandidateForm, CandidateImportForm
from apps.interviews.forms.lateness import PeriodForm
from apps.interviews.forms.schedules import ExcuseForm, MoveForm, ScheduleForm
from apps.interviews.forms.scorecards import NO_EVIDENCE, ScorecardForm
from apps.interviews.forms.sheets import SheetForm

__all__ = [
    "NO_EVIDENCE",
    "TIME_ZONES",
    "AmendForm",
    "CalibrationItemForm",
    "CalibrationRatingForm",
    "CandidacyForm",
    "CandidateForm",
    "CandidateImportForm",
    "EnterForForm",
    "ExcuseForm",
    "MoveForm",
    "PeriodForm",
    "ScheduleForm",
    "ScorecardForm",
    "SheetForm",
]
