"""Roles with their requirements, and the loop plans made for them."""

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Prefetch, Q
from django.urls import reverse

from apps.library.models import Competency, Measure, RolePreset, Station, StationVersion


class LoopLimits(models.Model):
    """What a loop may cost and must contain. None means no limit.

    Minutes are a candidate's, all interviewers' together, and a candidate's on one day (at most two days), without
    breaks. `ai_craft_share`: least percentage of the candidate's minutes in AI craft stations. `kinds`: kind -> least
    and most stations, for example {"puzzle": {"most": 0}}.
    """

    candidate_minutes = models.PositiveSmallIntegerField(default=300)
    interviewer_minutes = models.PositiveSmallIntegerField(default=600)
    min_ai_craft = models.PositiveSmallIntegerField(default=0)
    ai_craft_share = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(100)])
    day_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    max_stations = models.PositiveSmallIntegerField(null=True, blank=True)
    max_competencies = models.PositiveSmallIntegerField(null=True, blank=True)
    kinds = models.JSONField(default=dict, blank=True)

    class Meta:
        abstract = True


class Blindness(models.TextChoices):
    """When somebody may read what the others of a panel wrote. Never before their own scorecard, whatever is set."""

    AFTER_OWN = "after_own", "After one's own scorecard"
    AFTER_ALL = "after_all", "The panel reads after everybody's scorecard"
    LEADERS_TOO = "leaders_too", "Everybody, leaders too, reads after everybody's scorecard"


class RoleQuerySet(models.QuerySet["Role"]):
    def visible_to(self, user: Any) -> "RoleQuerySet":
        """Roles hold no personal data: everybody who takes part in hiring reads them."""
        return self if user.is_insider else self.none()

    def editable_by(self, user: Any) -> "RoleQuerySet":
        return self.filter(state=Role.State.OPEN) if user.is_leader else self.none()


class Role(LoopLimits):
    """The job being hired for, and how its panels work.

    `blindness` and `reasons_required` are pinned by each candidacy as it begins. `scorecard_hours` from the end of an
    interview; `quorum` scorecards open a debrief (None: everybody's); `decider_apart`: who decides is not of the panel.
    """

    class State(models.TextChoices):
        OPEN = "open", "open"
        CLOSED = "closed", "closed"

    title = models.CharField(max_length=120)
    slug = models.SlugField(max_length=140, unique=True, editable=False)
    summary = models.TextField(blank=True)
    preset = models.ForeignKey(RolePreset, models.SET_NULL, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    weights_reason = models.TextField(blank=True)
    blindness = models.CharField(max_length=12, choices=Blindness, default=Blindness.AFTER_OWN)
    reasons_required = models.BooleanField(default=False)
    scorecard_hours = models.PositiveSmallIntegerField(
        default=24, validators=[MinValueValidator(1), MaxValueValidator(336)]
    )
    quorum = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MinValueValidator(1)])
    reading_minutes = models.PositiveSmallIntegerField(default=5, validators=[MaxValueValidator(60)])
    decider_apart = models.BooleanField(default=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RoleQuerySet.as_manager()

    class Meta:
        ordering = ["state", "title", "id"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("role", args=[self.pk])


class Requirement(models.Model):
    """What the role needs of one competency."""

    role = models.ForeignKey(Role, models.CASCADE, related_name="requirements")
    competency = models.ForeignKey(Competency, models.PROTECT, related_name="+")
    weight = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1), MaxValueValidator(5)])
    bar = models.PositiveSmallIntegerField(default=3, validators=[MinValueValidator(1), MaxValueValidator(4)])
    must_pass = models.BooleanField(default=False)
    min_signals = models.PositiveSmallIntegerField(default=1, validators=[MaxValueValidator(4)])

    class Meta:
        ordering = ["role", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["role", "competency"],
                name="requirement_competency_once",
                violation_error_message="This role names this competency already.",
            ),
            models.CheckConstraint(
                name="requirement_weight_positive",
                condition=Q(weight__gte=1, weight__lte=5),
                violation_error_message="A weight is a number from 1 to 5; leave a competency out instead of weight 0.",
            ),
            models.CheckConstraint(
                name="requirement_bar_1_to_4",
                condition=Q(bar__gte=1, bar__lte=4),
                violation_error_message="The bar is a level from 1 to 4.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.competency}"


class LoopPlanQuerySet(models.QuerySet["LoopPlan"]):
    def visible_to(self, user: Any) -> "LoopPlanQuerySet":
        return self if user.is_insider else self.none()

    def editable_by(self, user: Any) -> "LoopPlanQuerySet":
        return self.filter(state=LoopPlan.State.DRAFT) if user.is_leader else self.none()

    def with_stations(self) -> "LoopPlanQuerySet":
        return self.select_related("role").prefetch_related(
            Prefetch(
                "plan_stations",
                PlanStation.objects.select_related("version__station")
                .prefetch_related(Prefetch("version__measures", Measure.objects.select_related("competency")))
                .order_by("position"),
            )
        )


class LoopPlan(LoopLimits):
    """The ordered stations for a role. A candidacy is pinned to one plan."""

    class State(models.TextChoices):
        DRAFT = "draft", "draft"
        PUBLISHED = "published", "published"
        ARCHIVED = "archived", "archived"

    role = models.ForeignKey(Role, models.PROTECT, related_name="plans")
    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    proof = models.CharField(max_length=10, blank=True)
    objective = models.FloatField(null=True)
    bound = models.FloatField(null=True)
    excluded = models.ManyToManyField(Station, related_name="+", blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)

    objects = LoopPlanQuerySet.as_manager()

    class Meta:
        ordering = ["role", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["role", "number"], name="plan_number_unique"),
            models.UniqueConstraint(
                fields=["role"],
                condition=Q(state="published"),
                name="plan_one_published_per_role",
                violation_error_message="This role has a published plan already; archive it first.",
            ),
            models.CheckConstraint(
                name="plan_times_match_state",
                condition=Q(state="draft", published_at=None, archived_at=None)
                | Q(state="published", published_at__isnull=False, archived_at=None)
                | Q(state="archived", archived_at__isnull=False),
                violation_error_message="A published plan has a day of publication, an archived one an end.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role.title}, plan {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("plan", args=[self.pk])


class PlanStation(models.Model):
    """One station of a plan, in its place. `assessed`: what it assesses there; empty for all it measures."""

    plan = models.ForeignKey(LoopPlan, models.CASCADE, related_name="plan_stations")
    version = models.ForeignKey(StationVersion, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    pinned = models.BooleanField(default=False)
    assessed = models.ManyToManyField(Competency, related_name="+", blank=True)

    class Meta:
        ordering = ["plan", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "position"], name="plan_station_position_unique", deferrable=models.Deferrable.DEFERRED
            ),
            models.UniqueConstraint(
                fields=["plan", "version"],
                name="plan_station_once",
                violation_error_message="This station is in the plan already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.version}"


class LoopAuditQuerySet(models.QuerySet["LoopAudit"]):
    def visible_to(self, user: Any) -> "LoopAuditQuerySet":
        return self if user.is_insider else self.none()

    def editable_by(self, user: Any) -> "LoopAuditQuerySet":
        return self if user.is_leader else self.none()


class LoopAudit(models.Model):
    """An existing loop held against a role. Its report is computed on reading, from the library as it stands.

    `stations` and `skipped` are core.existing's values; a station names its match in the library in "station".
    `most_changes`: how many stations a repair may change at most; None for as many as it takes.
    """

    class Source(models.TextChoices):
        TYPED = "typed", "typed in"
        CSV = "csv", "CSV"
        YAML = "yaml", "YAML"
        GREENHOUSE = "greenhouse", "Greenhouse job stages"
        PLAN = "plan", "loop plan"

    class State(models.TextChoices):
        MATCHING = "matching", "to be matched"
        CONFIRMED = "confirmed", "matched"

    role = models.ForeignKey(Role, models.PROTECT, related_name="audits")
    name = models.CharField(max_length=200)
    source = models.CharField(max_length=10, choices=Source)
    plan = models.ForeignKey(LoopPlan, models.PROTECT, null=True, blank=True, related_name="+")
    stations = models.JSONField()
    skipped = models.JSONField(default=list, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.MATCHING)
    most_changes = models.PositiveSmallIntegerField(null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True)

    objects = LoopAuditQuerySet.as_manager()

    class Meta:
        ordering = ["role", "-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="audit_confirmed_at_matches_state",
                condition=Q(state="matching", confirmed_at=None) | Q(state="confirmed", confirmed_at__isnull=False),
                violation_error_message="An audit whose matches are confirmed says when.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, audited for {self.role.title}"

    def get_absolute_url(self) -> str:
        return reverse("audit", args=[self.pk])
