"""Who may run which station."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.library.models import Station


class TrainingQuerySet(models.QuerySet["Training"]):
    def trained(self) -> "TrainingQuerySet":
        return self.filter(stage=Training.Stage.TRAINED, interviewer__is_active=True)


class Training(models.Model):
    """How far somebody is on the way to running one station alone."""

    class Stage(models.TextChoices):
        SHADOW = "shadow", "shadow"
        REVERSE_SHADOW = "reverse_shadow", "reverse shadow"
        TRAINED = "trained", "trained"

    interviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="trainings")
    station = models.ForeignKey(Station, models.CASCADE, related_name="trainings")
    stage = models.CharField(max_length=16, choices=Stage)
    since = models.DateField()

    objects = TrainingQuerySet.as_manager()

    class Meta:
        ordering = ["station", "interviewer"]
        constraints = [
            models.UniqueConstraint(
                fields=["interviewer", "station"],
                name="training_once",
                violation_error_message="This person's training for this station is recorded already.",
            ),
            models.CheckConstraint(
                name="training_stage_known",
                condition=Q(stage__in=["shadow", "reverse_shadow", "trained"]),
                violation_error_message="A stage is shadow, reverse shadow or trained.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.interviewer}: {self.station} ({self.get_stage_display()})"
