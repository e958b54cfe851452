"""Verbs of grading: ask for it, and do it in the background."""

import datetime as dt
import logging
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import InterfaceError, OperationalError, transaction

from apps.common.actions import JobLost, beating, claim_job, fail_job, finish_job, record, report_progress, request_job
from apps.common.models import Job
from apps.craft import queries
from apps.craft.actions.files import whole_file
from apps.craft.models import Assignment, Grading
from apps.craft.sandbox.grading import NoSafeRoom, grade
from apps.craft.translate import storable

logger = logging.getLogger(__name__)

Grader = Callable[[Mapping[str, Any], bytes], dict[str, Any]]

GRADE_TASK = "apps.craft.tasks.grade_submission"
GRADE_SECONDS_AT_MOST = 600
LOST = "The uploaded file is no longer on the server, or not whole. Ask the candidate to upload it again."


@transaction.atomic
def request_grading(*, assignment: Assignment, by: Any | None, now: dt.datetime) -> Grading:
    """Have the last upload graded; while that is under way, it is the answer. `by` is None where the clock asks.

    Raises ValidationError where nothing was handed in.
    """
    if by is not None and not Assignment.objects.result_open_to(by).filter(pk=assignment.pk).exists():
        raise PermissionDenied
    locked = Assignment.objects.select_for_update(of=("self",), no_key=True)
    people = locked.select_related("interview__candidacy__candidate", "interview__candidacy__role")
    assignment = people.defer("record").get(pk=assignment.pk)
    submission = queries.latest_submission(assignment)
    if submission is None:
        raise ValidationError("Nothing was handed in yet.")
    waiting = submission.gradings.filter(state=Grading.State.QUEUED).select_related("job").order_by("pk").first()
    if waiting is not None and waiting.job.is_open:
        return waiting
    if waiting is not None:
        _ended(waiting, state=Grading.State.FAILED, reason=queries.GIVEN_UP, now=now)
    title = f"Grading: {assignment.interview.candidacy}"
    job = request_job(task=GRADE_TASK, title=title, steps_total=1, by=by, now=now)
    grading = Grading.objects.create(submission=submission, job=job, asked_by=by, asked_at=now)
    record(by=by, verb="asked to grade", thing=grading)
    return grading


def request_due_gradings(*, now: dt.datetime) -> list[Grading]:
    """What the clock does: grade the last upload of every assignment whose time is over."""
    return [request_grading(assignment=assignment, by=None, now=now) for assignment in queries.due_to_grade(now=now)]


def run_grading_job(*, job_id: int, clock: Callable[[], dt.datetime], grade: Grader = grade) -> Job | None:
    """Grade the submission of a job in the sandbox. None where another worker has the job, or takes it over.

    Begins again after a kill: nothing is written before the grader has ended. The demo gives a `grade` of its own.
    """
    job = claim_job(job_id=job_id, now=clock())
    if job is None:
        return None
    try:
        _grade(job, clock=clock, grade=grade)
    except JobLost:
        logger.info("Job %s is with another worker now.", job_id)
        return None
    except (InterfaceError, OperationalError):
        raise  # nothing is wrong with the submission: the sweep starts the job again
    except NoSafeRoom as refusal:
        return _give_up(job, state=Grading.State.NO_ROOM, reason=str(refusal), now=clock())
    except Exception:
        logger.exception("The submission of job %s could not be graded.", job_id)
        why = f"The grader broke. Ask again; if it fails again, report job {job.pk}."
        return _give_up(job, state=Grading.State.FAILED, reason=why, now=clock())
    job.refresh_from_db()
    return job


def _grade(job: Job, *, clock: Callable[[], dt.datetime], grade: Grader) -> None:
    grading = Grading.objects.select_related("submission__assignment").get(job=job)
    submission, minted = grading.submission, grading.submission.assignment.record
    archive = whole_file(submission.file_name, sha256=submission.sha256)
    if archive is None or minted is None:
        _give_up(job, state=Grading.State.FAILED, reason=LOST, now=clock())
        return
    with beating(job=job, clock=clock, every=settings.JOB_STALE_SECONDS / 4, at_most=GRADE_SECONDS_AT_MOST):
        report = storable(grade(minted, archive))
    with transaction.atomic():
        report_progress(job=job, steps_done=1, now=clock())  # locks the job's row: the claim is ours until commit
        _ended(_of(job), state=Grading.State.GRADED, report=report, now=clock())
        finish_job(job=job, message="", now=clock())


def _give_up(job: Job, *, state: str, reason: str, now: dt.datetime) -> Job | None:
    try:
        with transaction.atomic():
            fail_job(job=job, message=reason, now=now)
            _ended(_of(job), state=state, reason=reason or "No reason was given.", now=now)
    except JobLost:
        logger.info("Job %s is with another worker now.", job.pk)
        return None
    job.refresh_from_db()
    return job


def _of(job: Job) -> Grading:
    return Grading.objects.select_related("submission__assignment__interview__candidacy__candidate").get(job=job)


def _ended(grading: Grading, *, state: str, now: dt.datetime, reason: str = "", report: Any = None) -> None:
    """The trail says that it ended and how, and nothing of what came out."""
    grading.state, grading.reason, grading.report, grading.ended_at = state, reason, report, now
    grading.save(update_fields=["state", "reason", "report", "ended_at"])
    record(by=grading.asked_by, verb="ended grading", thing=grading, after={"state": str(state)})
