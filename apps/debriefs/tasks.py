"""The calibration in the background: the message only points at the row (ARCHITECTURE, section 5)."""

import logging

from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from apps.common.models import Job
from apps.debriefs import actions

logger = logging.getLogger(__name__)


@shared_task
def run_calibration(job_id: int) -> None:
    actions.run_calibration(job_id=job_id, clock=timezone.now)


@shared_task
def calibrate_nightly() -> None:
    job = actions.request_calibration_if_changed(now=timezone.now())
    if job is not None:
        enqueue(job)


def enqueue(job: Job) -> None:
    """Tell the worker after commit. Without a broker the row waits until the sweep finds it: nothing is lost."""
    try:
        run_calibration.delay_on_commit(job.pk)
    except OperationalError:
        logger.warning("The broker did not answer; job %s waits for the sweep.", job.pk)
