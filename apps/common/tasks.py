"""The sweep that makes a lost message cost seconds instead of the work."""

import datetime as dt

from celery import current_app, shared_task
from django.conf import settings
from django.utils import timezone

from apps.common import actions


@shared_task
def requeue_stale_jobs() -> None:
    stale = actions.requeue_stale_jobs(now=timezone.now(), stale_after=dt.timedelta(seconds=settings.JOB_STALE_SECONDS))
    for job in stale:
        current_app.send_task(job.task, args=[job.pk])
