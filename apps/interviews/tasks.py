"""Reminders in the background: beat asks every few minutes, the rows know what was said already."""

from celery import shared_task
from django.utils import timezone

from apps.interviews import actions


@shared_task
def send_reminders() -> None:
    actions.send_reminders(now=timezone.now())
