"""Frameworks, competencies with their rubrics, stations with their versions, role presets."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Prefetch, Q
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


class StationQuerySet(models.QuerySet["Station"]):
    def visible_to(self, user: Any) -> "StationQuerySet":
        return self if user.is_insider else self.none()

    def usable(self) -> "StationQuerySet":
        return self.filter(state__in=[Station.State.ACTIVE, Station.State.PILOT], current__isnull=False)

    def with_contents(self) -> "StationQuerySet":
        return self.select_related("current").prefetch_related(
            Prefetch("current__measures", Measure.objects.select_related("competency").order_by("-reliability", "id"))
        )


class Station(models.Model):
    """One interview format. What interviewers and candidates read is in its versions."""

    class Kind(models.TextChoices):
        AI_CRAFT = "ai_craft", "AI craft"
        SCREEN = "screen", "Screen"
        CODING = "coding", "Coding"
        DEBUGGING = "debugging", "Debugging"
        DESIGN = "design", "Design"
        PRODUCT = "product", "Product"
        BEHAVIOURAL = "behavioural", "Behavioural"
        DEPTH = "depth", "Specialist depth"
        PUZZLE = "puzzle", "Puzzle"

    class State(models.TextChoices):
        DRAFT = "draft", "draft"
        PILOT = "pilot", "pilot"
        ACTIVE = "active", "active"
        RETIRED = "retired", "retired"

    slug = models.SlugField(unique=True)
    kind = models.CharField(max_length=12, choices=Kind)
    state = models.CharField(max_length=8, choices=State)
    kit = models.SlugField(blank=True)
    reviewed_on = models.DateField()
    half_life_months = models.PositiveSmallIntegerField()
    current = models.OneToOneField(
        "StationVersion", models.PROTECT, null=True, editable=False, related_name="current_of"
    )

    objects = StationQuerySet.as_manager()

    class Meta:
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(
                name="station_half_life_positive",
                condition=Q(half_life_months__gt=0),
                violation_error_message="A station's half-life is at least one month.",
            ),
            models.CheckConstraint(
                name="station_kit_only_ai_craft",
                condition=Q(kit="") | Q(kind="ai_craft"),
                violation_error_message="Only an AI craft station has a kit.",
            ),
        ]

    def __str__(self) -> str:
        return self.current.name if self.current else self.slug

    def get_absolute_url(self) -> str:
        return reverse("station", args=[self.slug])


class StationVersion(models.Model):
    """What a station said at one time. Never changed once made: candidacies keep the version they began with."""

    class AiPolicy(models.TextChoices):
        ENCOURAGED = "encouraged", "encouraged"
        DISCUSSED = "allowed and discussed", "allowed and discussed"
        WITHOUT = "not for this one", "not for this one"

    station = models.ForeignKey(Station, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    format = models.TextField()
    minutes = models.PositiveSmallIntegerField()
    interviewers = models.PositiveSmallIntegerField()
    preparation_minutes = models.PositiveSmallIntegerField()
    ai_policy = models.CharField(max_length=24, choices=AiPolicy)
    ai_policy_reason = models.TextField()
    purpose = models.TextField()
    candidate_brief = models.TextField()
    interviewer_guide = models.JSONField()
    questions = models.JSONField()
    weak_looks_like = ArrayField(models.TextField())
    strong_looks_like = ArrayField(models.TextField())
    red_flags = ArrayField(models.TextField())
    green_flags = ArrayField(models.TextField())
    could_mislead = models.TextField()
    fingerprint = models.CharField(max_length=64, editable=False)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["station", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["station", "number"], name="station_version_number_unique"),
            models.CheckConstraint(
                name="station_version_minutes",
                condition=Q(minutes__gte=10, minutes__lte=240, interviewers__gte=1),
                violation_error_message="A station lasts 10 to 240 minutes and has at least one interviewer.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def interviewer_minutes(self) -> int:
        """What the station costs the panel: the session and the preparation, for each interviewer."""
        return self.interviewers * (self.minutes + self.preparation_minutes)


class Measure(models.Model):
    """How reliably one rating from this station measures a competency (single-rating reliability, 0 to 1)."""

    version = models.ForeignKey(StationVersion, models.CASCADE, related_name="measures")
    competency = models.ForeignKey(Competency, models.PROTECT, related_name="measured_by")
    reliability = models.DecimalField(max_digits=3, decimal_places=2)

    class Meta:
        ordering = ["version", "-reliability", "id"]
        constraints = [
            models.UniqueConstraint(fields=["version", "competency"], name="measure_competency_once"),
            models.CheckConstraint(
                name="measure_reliability_between_0_and_1",
                condition=Q(reliability__gt=0, reliability__lt=1),
                violation_error_message="A reliability lies between 0 and 1.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.competency} {self.reliability}"


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
