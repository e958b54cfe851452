"""What a candidate handed in, and what the grader said of it."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.common.models import Job
from apps.craft.models.assignments import Assignment

MOST_BYTES = 5 * 1024 * 1024


class SubmissionQuerySet(models.QuerySet["Submission"]):
    def visible_to(self, user: Any) -> "SubmissionQuerySet":
        return self.filter(assignment__in=Assignment.objects.result_open_to(user).values("pk"))


class Submission(models.Model):
    """One archive as it was uploaded; the last one of an assignment counts. The file is in CRAFT_DIR."""

    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="submissions")
    uploaded_at = models.DateTimeField()
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    token = models.UUIDField(default=uuid.uuid4, editable=False)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="craft_submission_has_bytes",
                condition=Q(size__gt=0, size__lte=MOST_BYTES) & ~Q(sha256=""),
                violation_error_message="A submission holds something, at most 5 MB, and has a checksum.",
            ),
        ]

    def __str__(self) -> str:
        return f"Submission to {self.assignment}"

    @property
    def file_name(self) -> str:
        return f"submission-{self.pk}-{self.token.hex}.zip"


class GradingQuerySet(models.QuerySet["Grading"]):
    def visible_to(self, user: Any) -> "GradingQuerySet":
        return self.filter(submission__in=Submission.objects.visible_to(user).values("pk"))


class Grading(models.Model):
    """One run of the grader over one submission; a job does it. Once it has ended it never changes: to grade again
    makes a new row.

    `asked_by` is None where the clock asked, after the link had expired.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "waiting"
        GRADED = "graded", "graded"
        NO_ROOM = "no_room", "cannot be graded on this machine"
        FAILED = "failed", "failed"

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="gradings")
    job = models.OneToOneField(Job, models.PROTECT, related_name="craft_grading")
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    reason = models.TextField(blank=True)
    report = models.JSONField(null=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = GradingQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="craft_grading_report_matches_state",
                condition=Q(state="queued", report=None, ended_at=None, reason="")
                | Q(state="graded", report__isnull=False, ended_at__isnull=False, reason="")
                | (Q(state__in=["no_room", "failed"], report=None, ended_at__isnull=False) & ~Q(reason="")),
                violation_error_message="A graded submission has its report, one that was not graded the reason.",
            ),
            models.UniqueConstraint(
                fields=["submission"],
                condition=Q(state="queued"),
                name="craft_grading_waits_once",
                violation_error_message="This submission is being graded already.",
            ),
        ]

    def __str__(self) -> str:
        return f"Grading of {self.submission}"
