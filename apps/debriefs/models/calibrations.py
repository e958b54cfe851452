"""What the rating model learnt from all settled panels: severities, difficulties, thresholds, variances."""

from django.db import models

from apps.common.models import Job


class CalibrationQuerySet(models.QuerySet["Calibration"]):
    def current(self) -> "Calibration | None":
        """The last one that was finished, or None before the first."""
        return self.filter(made_at__isnull=False).order_by("-made_at", "-pk").first()

    def under_way(self) -> "Calibration | None":
        """The one that is waiting or running."""
        states = [Job.State.QUEUED, Job.State.RUNNING]
        return self.filter(job__state__in=states).select_related("job").order_by("pk").first()


class Calibration(models.Model):
    """One run of the rating model over all settled panels; a job makes it. `data` is `core.ratings`' own record."""

    class Method(models.TextChoices):
        LITERATURE = "literature", "with published variances"
        ESTIMATED = "estimated", "with variances estimated here"

    job = models.OneToOneField(Job, models.PROTECT, related_name="calibration")
    made_at = models.DateTimeField(null=True)
    method = models.CharField(max_length=12, choices=Method, blank=True)
    ratings = models.PositiveIntegerField(default=0)
    candidacies = models.PositiveIntegerField(default=0)
    interviewers = models.PositiveIntegerField(default=0)
    data = models.JSONField(default=dict)

    objects = CalibrationQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"Calibration {self.pk}"
