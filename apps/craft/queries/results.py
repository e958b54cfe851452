"""What whoever may read it reads of a graded submission, and the guide of the very variant."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from apps.craft.models import Assignment, Grading, Submission
from apps.craft.queries.assignments import GIVEN_UP, is_under_way
from apps.craft.queries.kits import kit_title
from apps.interviews.models import Candidacy, Scorecard, Seat


@dataclass(frozen=True)
class GradingLine:
    grading: Grading
    submission: Submission

    @property
    def is_under_way(self) -> bool:
        return is_under_way(self.grading)

    @property
    def reason(self) -> str:
        is_left = self.grading.state == Grading.State.QUEUED and not self.grading.job.is_open
        return GIVEN_UP if is_left else self.grading.reason

    @property
    def cannot_here(self) -> bool:
        return self.grading.state == Grading.State.NO_ROOM


@dataclass(frozen=True)
class ResultPage:
    """`shown` is the grading whose report the page tells: the last that ended with one, of the last upload if it has
    any. `owes`: this reader holds the interview and has not written their scorecard yet.
    """

    assignment: Assignment
    title: str
    submissions: Sequence[Submission]
    lines: Sequence[GradingLine]
    shown: Grading | None
    is_of_last_upload: bool
    sits: bool
    owes: bool
    can_grade: bool

    @property
    def latest(self) -> Submission | None:
        return self.submissions[0] if self.submissions else None

    @property
    def last_line(self) -> GradingLine | None:
        return self.lines[0] if self.lines else None

    @property
    def is_moving(self) -> bool:
        return self.last_line is not None and self.last_line.is_under_way


def readable_results(user: Any) -> QuerySet[Assignment]:
    return Assignment.objects.result_open_to(user).select_related(
        "job", "interview__candidacy__candidate", "interview__candidacy__role", "interview__plan_station__version"
    )


def result_page(*, assignment: Assignment, user: Any) -> ResultPage:
    """`assignment` is one of `readable_results`."""
    submissions = list(assignment.submissions.order_by("-pk"))
    gradings = list(
        Grading.objects.visible_to(user)
        .filter(submission__assignment=assignment)
        .select_related("submission", "job", "asked_by")
        .defer("report")
        .order_by("-submission", "-pk")
    )
    graded = next((grading for grading in gradings if grading.state == Grading.State.GRADED), None)
    shown = Grading.objects.select_related("submission", "job", "asked_by").get(pk=graded.pk) if graded else None
    interview = assignment.interview
    sits = Seat.objects.assigned().filter(interview=interview, interviewer=user).exists()
    written = Scorecard.objects.submitted().filter(interview=interview, interviewer=user).exists()
    moving = any(is_under_way(grading) for grading in gradings)
    return ResultPage(
        assignment=assignment,
        title=kit_title(assignment.kit),
        submissions=submissions,
        lines=[GradingLine(grading, grading.submission) for grading in gradings],
        shown=shown,
        is_of_last_upload=shown is not None and shown.submission_id == submissions[0].pk,
        sits=sits,
        owes=sits and not written and interview.candidacy.state == Candidacy.State.ACTIVE,
        can_grade=bool(submissions) and not moving and assignment.record is not None,
    )
