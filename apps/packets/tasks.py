"""Packets in the background: the message only points at the row (ARCHITECTURE, section 5)."""

import logging

from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from apps.common.models import Job
from apps.packets import actions, queries
from apps.packets.models import Export

logger = logging.getLogger(__name__)


@shared_task
def run_packets(job_id: int) -> None:
    ended = actions.run_packets_job(job_id=job_id, clock=timezone.now)
    if ended is not None and (packing := queries.packing_after(ended)) is not None:
        enqueue(packing)


@shared_task
def pack_export(job_id: int) -> None:
    actions.pack_export_job(job_id=job_id, clock=timezone.now)


@shared_task
def send_packets(job_id: int) -> None:
    actions.send_packets_job(job_id=job_id, clock=timezone.now)


@shared_task
def tidy_packets() -> None:
    for packing in actions.tidy_packets(now=timezone.now()):
        enqueue(packing)


def enqueue(job: Job) -> None:
    """Tell the worker after commit. Without a broker the row waits until the sweep finds it: nothing is lost."""
    task = {pack_export.name: pack_export, send_packets.name: send_packets}.get(job.task, run_packets)
    try:
        task.delay_on_commit(job.pk)
    except OperationalError:
        logger.warning("The broker did not answer; job %s waits for the sweep.", job.pk)


def enqueue_export(export: Export) -> None:
    """Tell the workers of every lot that waits, or of the packing where nothing is left to make."""
    for job in queries.jobs_to_start(export):
        enqueue(job)
