"""Role presets: jobs as this library sees them."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from apps.library.models.competencies import Competency


class RolePreset(models.Model):
    """A job as this library sees it; a role begins as a copy of one."""

    slug = models.SlugField(unique=True)
    title = models.CharField(max_length=120)
    summary = models.TextField()
    when_to_use = models.TextField()
    guide = models.TextField()
    candidate_minutes = models.PositiveSmallIntegerField()
    interviewer_minutes = models.PositiveSmallIntegerField()
    min_ai_craft = models.PositiveSmallIntegerField()
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.title


class PresetRequirement(models.Model):
    preset = models.ForeignKey(RolePreset, models.CASCADE, related_name="requirements")
    competency = models.ForeignKey(Competency, models.PROTECT, related_name="+")
    weight = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(5)])
    bar = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(4)])
    must_pass = models.BooleanField()
    min_signals = models.PositiveSmallIntegerField()
    why = models.TextField()

    class Meta:
        ordering = ["preset", "id"]
        constraints = [
            models.UniqueConstraint(fields=["preset", "competency"], name="preset_competency_once"),
        ]

    def __str__(self) -> str:
        return f"{self.preset}: {self.competency}"
