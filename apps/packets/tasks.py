"""Packets in the background: the message only points at the row (ARCHITECTURE, section 5)."""

import logging

from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from apps.common.models import Job
from apps.packets import actions

logger = logging.getLogger(__name__)


@shared_task
def run_packets(job_id: int) -> None:
    actions.run_packets_job(job_id=job_id, clock=timezone.now)


def enqueue(job: Job) -> None:
    """Tell the worker after commit. Without a broker the row waits until the sweep finds it: nothing is lost."""
    try:
        run_packets.delay_on_commit(job.pk)
    except OperationalError:
        logger.warning("The broker did not answer; job %s waits for the sweep.", job.pk)
