"""Reads of candidates, candidacies, interviews and scorecards."""

from apps.interviews.queries.candidacies import (
    CandidacyLine,
    CandidacyPage,
    InterviewLine,
    SeatLine,
    candidacy_lines,
    candidacy_page,
    candidates,
    interviews_to_schedule,
    plans_to_move_to,
)
from apps.interviews.queries.interviews import (
    DueLine,
    InterviewPage,
    RatedCompetency,
    interview_page,
    owed_on,
    own_submitted,
    possible_interviewers,
    scorecards_due,
)

__all__ = [
    "CandidacyLine",
    "CandidacyPage",
    "DueLine",
    "InterviewLine",
    "InterviewPage",
    "RatedCompetency",
    "SeatLine",
    "candidacy_lines",
    "candidacy_page",
    "candidates",
    "interview_page",
    "interviews_to_schedule",
    "owed_on",
    "own_submitted",
    "plans_to_move_to",
    "possible_interviewers",
    "scorecards_due",
]
