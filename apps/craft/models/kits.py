"""How fresh a kit is: who reviewed it, how far an assistant alone gets, and whether it is retired."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

LEAST_GAIN, MOST_GAIN = -0.5, 1.2  # as the grader clips it


class _ForLeaders(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Any:
        return self if user.is_leader else self.none()


class UnattendedRun(models.Model):
    """One run of an assistant alone, with the brief as its only prompt: what the kit says of whoever only relays."""

    kit = models.SlugField(max_length=40)
    kit_version = models.CharField(max_length=20)
    assistant = models.CharField(max_length=120)
    gain = models.FloatField()
    minutes = models.PositiveSmallIntegerField()
    on = models.DateField()
    note = models.CharField(max_length=300, blank=True)
    logged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    logged_at = models.DateTimeField()

    objects = _ForLeaders.as_manager()

    class Meta:
        ordering = ["-on", "-id"]
        constraints = [
            models.CheckConstraint(
                name="craft_run_gain_in_range",
                condition=Q(gain__gte=LEAST_GAIN, gain__lte=MOST_GAIN),
                violation_error_message="A gain lies between -0.5 and 1.2: 0 is the start, 1 the reference.",
            ),
            models.CheckConstraint(
                name="craft_run_names_assistant",
                condition=~Q(assistant="") & Q(minutes__gt=0),
                violation_error_message="A run names the assistant, and took at least a minute.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assistant} alone on {self.kit} {self.kit_version}"


class KitReview(models.Model):
    """Somebody went through a kit and found that it still separates people."""

    kit = models.SlugField(max_length=40)
    kit_version = models.CharField(max_length=20)
    on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    note = models.TextField()

    objects = _ForLeaders.as_manager()

    class Meta:
        ordering = ["-on", "-id"]
        constraints = [
            models.CheckConstraint(
                name="craft_review_has_note",
                condition=~Q(note=""),
                violation_error_message="Say what was checked.",
            ),
        ]

    def __str__(self) -> str:
        return f"Review of {self.kit}, {self.on}"


class KitRetirementQuerySet(_ForLeaders):
    def in_force(self) -> Any:
        return self.filter(lifted_at=None)


class KitRetirement(models.Model):
    """One version of a kit is not handed out any more; a later version is another kit in this respect."""

    kit = models.SlugField(max_length=40)
    kit_version = models.CharField(max_length=20)
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = KitRetirementQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kit", "kit_version"],
                condition=Q(lifted_at=None),
                name="craft_retirement_once",
                violation_error_message="This version is retired already.",
            ),
            models.CheckConstraint(
                name="craft_retirement_has_reason",
                condition=~Q(reason=""),
                violation_error_message="Say why the kit is retired.",
            ),
            models.CheckConstraint(
                name="craft_retirement_lifted_by_somebody",
                condition=Q(lifted_at=None, lifted_by=None)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False, lifted_at__gte=F("at")),
                violation_error_message="A kit that is back says since when and by whom.",
            ),
        ]

    def __str__(self) -> str:
        return f"Retirement of {self.kit} {self.kit_version}"
