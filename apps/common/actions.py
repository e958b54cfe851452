"""Verbs of the audit trail and of background jobs."""

import datetime as dt
import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import InterfaceError, OperationalError, connection, models, transaction
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Greatest

from apps.common.models import AuditLine, Job

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 5


class JobLost(Exception):
    """Another worker has taken this job over; whoever notices stops without writing anything more."""


def record(
    *,
    by: Any,
    verb: str,
    thing: models.Model,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> AuditLine:
    """Append one audit line. Ratings, evidence and notes never belong in `before` or `after`."""
    return AuditLine.objects.create(
        by=by,
        verb=verb,
        object_type=thing._meta.label,
        object_id=str(thing.pk),
        object_name=str(thing)[:200],
        before=dict(before or {}),
        after=dict(after or {}),
    )


def request_job(*, task: str, title: str, steps_total: int, by: Any, now: dt.datetime) -> Job:
    """Make the row; the caller enqueues `task` by the row's id after commit."""
    return Job.objects.create(
        task=task, title=title[:200], steps_total=max(steps_total, 1), requested_by=by, requested_at=now
    )


def claim_job(*, job_id: int, now: dt.datetime) -> Job | None:
    """Take a queued job (queued -> running). None where somebody else was first, or it has ended."""
    claim = uuid.uuid4()
    taken = Job.objects.filter(pk=job_id, state=Job.State.QUEUED).update(
        state=Job.State.RUNNING, claim=claim, heartbeat_at=now, attempts=F("attempts") + 1
    )
    return Job.objects.get(pk=job_id, claim=claim) if taken else None


def _change_claimed(job: Job, **changes: Any) -> None:
    if not Job.objects.filter(pk=job.pk, claim=job.claim, state=Job.State.RUNNING).update(**changes):
        raise JobLost(f"Job {job.pk} was taken over.")


def report_progress(*, job: Job, steps_done: int, now: dt.datetime) -> None:
    """Heartbeat and progress. Raises JobLost where the claim is no longer ours.

    Progress is the furthest the work ever got: it does not fall where a new attempt begins at the beginning. A step
    further makes this attempt the first again, so that only attempts without progress count towards giving up.
    """
    number = models.PositiveIntegerField()
    furthest = Greatest(F("steps_done"), Value(steps_done), output_field=number)
    attempts = Case(When(steps_done__lt=steps_done, then=Value(1)), default=F("attempts"), output_field=number)
    _change_claimed(job, steps_done=furthest, attempts=attempts, heartbeat_at=now)


@contextmanager
def beating(*, job: Job, clock: Callable[[], dt.datetime], every: float, at_most: float) -> Iterator[None]:
    """Report from a thread with a connection of its own that this worker lives, while one piece takes long.

    Ends with the block, with the claim, and after `at_most` seconds: what hangs is to be taken for dead.
    """
    ended = threading.Event()
    limit = time.monotonic() + at_most

    def beat() -> None:
        while not ended.wait(every) and time.monotonic() < limit:
            try:
                _change_claimed(job, heartbeat_at=clock())
            except JobLost:
                return  # the worker notices at its next write
            except (InterfaceError, OperationalError):
                logger.warning("Job %s could not report that it lives; trying again.", job.pk)
            finally:
                connection.close()

    thread = threading.Thread(target=beat, name=f"job-{job.pk}-beat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def finish_job(*, job: Job, message: str, now: dt.datetime) -> None:
    _change_claimed(job, state=Job.State.DONE, finished_at=now, message=message[:500], steps_done=F("steps_total"))


def fail_job(*, job: Job, message: str, now: dt.datetime) -> None:
    _change_claimed(job, state=Job.State.FAILED, finished_at=now, message=message[:500])


@transaction.atomic
def requeue_stale_jobs(*, now: dt.datetime, stale_after: dt.timedelta) -> list[Job]:
    """Queue again what a dead worker left, and name what was queued long ago and never started.

    Returns the jobs whose message has to be sent again, each at most once in `stale_after`: hundreds that only wait
    for their turn must not fill the broker with every sweep. A job that was tried `MAX_ATTEMPTS` times since its last
    step fails instead: work that kills its worker must not do so for ever. Kills alone, however many, end no job that
    gets a step further now and then.
    """
    limit = now - stale_after
    dead = Job.objects.select_for_update(skip_locked=True).filter(state=Job.State.RUNNING, heartbeat_at__lt=limit)
    for job in dead.order_by("pk"):
        if job.attempts >= MAX_ATTEMPTS:
            fail_job(job=job, message=f"Given up after {job.attempts} attempts. Ask for it again.", now=now)
        else:
            _change_claimed(job, state=Job.State.QUEUED, claim=None, requested_at=limit)
    unsaid = Q(heartbeat_at=None) | Q(heartbeat_at__lte=limit)
    waiting = list(Job.objects.filter(unsaid, state=Job.State.QUEUED, requested_at__lte=limit).order_by("pk"))
    Job.objects.filter(pk__in=[job.pk for job in waiting], state=Job.State.QUEUED).update(heartbeat_at=now)
    return waiting
