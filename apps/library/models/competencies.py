"""Frameworks, competencies and their rubrics."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse


class Framework(models.Model):
    """A named set of competencies."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    summary = models.TextField()
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class CompetencyQuerySet(models.QuerySet["Competency"]):
    def visible_to(self, user: Any) -> "CompetencyQuerySet":
        return self if user.is_insider else self.none()

    def editable_by(self, user: Any) -> "CompetencyQuerySet":
        return self if user.is_leader else self.none()


class Competency(models.Model):
    """What is assessed, and why the job needs it."""

    framework = models.ForeignKey(Framework, models.PROTECT, related_name="competencies")
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    definition = models.TextField()
    why = models.TextField()
    sub_skills = models.JSONField(default=list)
    position = models.PositiveSmallIntegerField()

    objects = CompetencyQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]
        verbose_name_plural = "competencies"

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("competency", args=[self.slug])


class Rubric(models.Model):
    """A competency's rating scale. A published one never changes: a new version is made."""

    class State(models.TextChoices):
        PUBLISHED = "published", "published"
        SUPERSEDED = "superseded", "superseded"

    competency = models.ForeignKey(Competency, models.PROTECT, related_name="rubrics")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12, choices=State, default=State.PUBLISHED)
    no_evidence_when = models.TextField()
    fingerprint = models.CharField(max_length=64, editable=False)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )  # nobody: from the library's files

    class Meta:
        ordering = ["competency", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["competency", "number"], name="rubric_number_unique"),
            models.UniqueConstraint(
                fields=["competency"],
                condition=Q(state="published"),
                name="rubric_one_published",
                violation_error_message="This competency has a published rubric already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.competency.name}, rubric {self.number}"


class Level(models.Model):
    """One step of a rubric with the observable behaviour (anchors) that earns it."""

    rubric = models.ForeignKey(Rubric, models.CASCADE, related_name="levels")
    number = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(4)])
    label = models.CharField(max_length=60)
    anchors = ArrayField(models.TextField())

    class Meta:
        ordering = ["rubric", "number"]
        constraints = [
            models.UniqueConstraint(fields=["rubric", "number"], name="level_number_unique"),
            models.CheckConstraint(
                name="level_number_1_to_4",
                condition=Q(number__gte=1, number__lte=4),
                violation_error_message="A level is a number from 1 to 4.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.label}"
