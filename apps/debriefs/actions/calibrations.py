"""Verbs of the calibration: ask for one, and make it in the background."""

import datetime as dt
import logging
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction

from apps.common.actions import (
    JobLost,
    beating,
    claim_job,
    fail_job,
    finish_job,
    record,
    report_progress,
    request_job,
)
from apps.common.models import Job
from apps.debriefs.core.aggregate import HIGHEST, LOWEST
from apps.debriefs.core.ratings.calibrate import calibrate
from apps.debriefs.core.ratings.calibration import Calibration as Calibrated
from apps.debriefs.models import Calibration
from apps.debriefs.translate.ratings import Settled, settled, settled_mark, to_data

logger = logging.getLogger(__name__)

TASK = "apps.debriefs.tasks.run_calibration"
STEPS = 100
SECONDS_AT_MOST = 2 * 60 * 60
SECONDS_BETWEEN_REPORTS = 1.0
_ONE_AT_A_TIME = 20261123  # the key of the advisory lock under which calibrations are asked for


@transaction.atomic
def request_calibration(*, by: Any | None, now: dt.datetime) -> Job:
    """Ask for a calibration over all settled panels; while one is waiting or running, that one is the answer.

    `by` is None where the clock asks.
    """
    if by is not None:
        by.require(leader=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_AT_A_TIME])
    under_way = Calibration.objects.under_way()
    if under_way is not None:
        return under_way.job
    job = request_job(task=TASK, title="Calibration of the rating model", steps_total=STEPS, by=by, now=now)
    calibration = Calibration.objects.create(job=job)
    record(by=by, verb="requested calibration", thing=calibration, after={"job": job.pk})
    return job


def request_calibration_if_changed(*, now: dt.datetime) -> Job | None:
    """What the clock does at night. None where nothing has been settled since the last calibration."""
    last = Calibration.objects.current()
    mark = settled_mark()
    if mark.is_empty or (last is not None and last.data["mark"] == mark.value):
        return None
    return request_calibration(by=None, now=now)


def run_calibration(*, job_id: int, clock: Callable[[], dt.datetime]) -> Job | None:
    """Make the calibration of a job. None where another worker has the job, or takes it over.

    Begins again after a kill: the same ratings give the same numbers, and they are written once, with the job's end.
    """
    job = claim_job(job_id=job_id, now=clock())
    if job is None:
        return None
    try:
        every = settings.JOB_STALE_SECONDS / 4
        with beating(job=job, clock=clock, every=every, at_most=SECONDS_AT_MOST):
            heard = settled()
            made = calibrate(heard.rows, lowest=LOWEST, highest=HIGHEST, progress=_reporter(job, clock))
        _keep(made, heard=heard, job=job, now=clock())
    except JobLost:
        logger.info("Job %s is with another worker now.", job_id)
        return None
    except (InterfaceError, OperationalError):
        raise  # nothing is wrong with the ratings: the sweep starts the job again
    except Exception:
        logger.exception("Calibration of job %s could not be made.", job_id)
        _give_up(job, now=clock())
    job.refresh_from_db()
    return job


def _reporter(job: Job, clock: Callable[[], dt.datetime]) -> Callable[[int, int], None]:
    """Writes progress at most once a second: a calibration takes some thousand steps."""
    last = time.monotonic()

    def report(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last >= SECONDS_BETWEEN_REPORTS:
            report_progress(job=job, steps_done=min(STEPS * done // max(total, 1), STEPS - 1), now=clock())
            last = time.monotonic()

    return report


@transaction.atomic
def _keep(made: Calibrated, *, heard: Settled, job: Job, now: dt.datetime) -> None:
    """The numbers and the job's end together. Raises JobLost where the claim is no longer ours."""
    finish_job(job=job, message=_message(made), now=now)
    calibration = Calibration.objects.get(job=job)
    calibration.made_at = now
    calibration.method = made.method.value
    calibration.ratings = made.ratings
    calibration.candidacies = made.candidates - heard.items
    calibration.interviewers = len(made.interviewers)
    calibration.data = to_data(made, heard=heard)
    calibration.save()
    after = {"ratings": made.ratings, "candidacies": calibration.candidacies, "method": made.method.value}
    record(by=job.requested_by, verb="made calibration", thing=calibration, after=after)


def _message(made: Calibrated) -> str:
    return "" if made.ratings else "No settled panel has a rating yet: the published variances stand."


@transaction.atomic
def _give_up(job: Job, *, now: dt.datetime) -> None:
    """The numbers in force stay as they are."""
    message = f"The calibration could not be made. Ask again; if it fails again, report job {job.pk}."
    try:
        fail_job(job=job, message=message, now=now)
    except JobLost:
        logger.info("Job %s is with another worker now.", job.pk)
        return
    record(by=job.requested_by, verb="gave up calibration", thing=Calibration.objects.defer("data").get(job=job))
