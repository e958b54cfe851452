"""The audit line and the durable job row; both are written by actions only."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q


class AuditLineQuerySet(models.QuerySet["AuditLine"]):
    def visible_to(self, user: Any) -> "AuditLineQuerySet":
        """The trail is for administrators. It never holds a rating (see `actions.record`)."""
        return self if user.is_administrator else self.none()


class AuditLine(models.Model):
    """Who did what to which thing, and what it was before and after. Append-only: a trigger refuses the rest."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    verb = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60)
    object_id = models.CharField(max_length=40)
    object_name = models.CharField(max_length=200)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    objects = AuditLineQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["object_type", "object_id"], name="audit_line_object")]

    def __str__(self) -> str:
        return f"{self.verb} {self.object_name}"


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, user: Any) -> "JobQuerySet":
        return self.filter(requested_by=user)


class Job(models.Model):
    """One piece of background work. The row is the truth; the broker's message is only a hint to look at it.

    `requested_by` is None for what the clock asked for.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "waiting"
        RUNNING = "running", "running"
        DONE = "done", "done"
        FAILED = "failed", "failed"

    task = models.CharField(max_length=120)
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="jobs")
    requested_at = models.DateTimeField()
    claim = models.UUIDField(null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    steps_done = models.PositiveIntegerField(default=0)
    steps_total = models.PositiveIntegerField(default=1)
    message = models.CharField(max_length=500, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="job_times_match_state",
                condition=Q(state="queued", claim=None, finished_at=None)
                | Q(state="running", claim__isnull=False, heartbeat_at__isnull=False, finished_at=None)
                | Q(state__in=["done", "failed"], finished_at__isnull=False),
                violation_error_message="A running job has a claim and a heartbeat; only an ended one has an end.",
            ),
        ]
        indexes = [
            models.Index(fields=["heartbeat_at"], condition=Q(state="running"), name="job_running"),
            models.Index(fields=["requested_at"], condition=Q(state="queued"), name="job_queued"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.QUEUED, self.State.RUNNING)
