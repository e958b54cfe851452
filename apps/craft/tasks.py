"""Kits in the background: the message only points at the row (ARCHITECTURE, section 5)."""

import logging

from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from apps.common.models import Job
from apps.craft import actions

logger = logging.getLogger(__name__)


@shared_task
def mint_kit(job_id: int) -> None:
    actions.run_mint_job(job_id=job_id, clock=timezone.now)


@shared_task
def mail_link(job_id: int) -> None:
    actions.mail_link_job(job_id=job_id, clock=timezone.now)


@shared_task
def grade_submission(job_id: int) -> None:
    actions.run_grading_job(job_id=job_id, clock=timezone.now)


@shared_task
def grade_what_is_due() -> None:
    for grading in actions.request_due_gradings(now=timezone.now()):
        enqueue(grading.job)


def enqueue(job: Job) -> None:
    """Tell the worker after commit. Without a broker the row waits until the sweep finds it: nothing is lost."""
    task = {mint_kit.name: mint_kit, mail_link.name: mail_link}.get(job.task, grade_submission)
    try:
        task.delay_on_commit(job.pk)
    except OperationalError:
        logger.warning("The broker did not answer; job %s waits for the sweep.", job.pk)
