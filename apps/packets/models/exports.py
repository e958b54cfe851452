"""Many packets asked for at once, and the one file they are handed out in."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.common.models import Job


class ExportQuerySet(models.QuerySet["Export"]):
    def visible_to(self, user: Any) -> "ExportQuerySet":
        """For the person who asked, as long as they run hiring."""
        return self.filter(requested_by=user) if user.runs_hiring else self.none()


class Export(models.Model):
    """Packets of several candidacies, made in lots by any number of workers, then packed into one file.

    Each lot is a job of its own (`Packet.job`); `packing` is the job that makes the file once no lot is open. The file
    is in PACKETS_DIR under `file_name` until `expires_at`.
    """

    class Form(models.TextChoices):
        ZIP = "zip", "A ZIP with one PDF each and a manifest"
        MERGED = "merged", "One PDF with an outline"

    title = models.CharField(max_length=200)
    form = models.CharField(max_length=6, choices=Form, default=Form.ZIP)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    token = models.UUIDField(default=uuid.uuid4, editable=False)
    packing = models.ForeignKey(Job, models.PROTECT, null=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True)
    packed_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    size = models.PositiveBigIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="export_packed_has_file",
                condition=Q(packed_at=None, expires_at=None, size=None, removed_at=None, sha256="")
                | (Q(packed_at__isnull=False, expires_at__isnull=False, size__isnull=False) & ~Q(sha256="")),
                violation_error_message="A packed export has a file with a size, a checksum and an end.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def file_name(self) -> str:
        return f"export-{self.pk}-{self.token.hex}.{'zip' if self.form == self.Form.ZIP else 'pdf'}"
