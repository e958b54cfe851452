"""Stations with their versions and reviews."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Prefetch, Q
from django.urls import reverse

from apps.library.models.competencies import Competency


class StationQuerySet(models.QuerySet["Station"]):
    def visible_to(self, user: Any) -> "StationQuerySet":
        return self if user.is_insider else self.none()

    def editable_by(self, user: Any) -> "StationQuerySet":
        return self if user.is_leader else self.none()

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

    class Origin(models.TextChoices):
        """Whose words count when the library's files are loaded again."""

        FILES = "files", "the library's files"
        HERE = "here", "written or changed here"

    slug = models.SlugField(unique=True, error_messages={"unique": "Another station has this address already."})
    kind = models.CharField(max_length=12, choices=Kind)
    state = models.CharField(max_length=8, choices=State)
    state_changed_at = models.DateTimeField(null=True, editable=False)  # none: the state is the files'
    retired_reason = models.TextField(blank=True)
    kit = models.SlugField(blank=True)
    also_called = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    reviewed_on = models.DateField()
    half_life_months = models.PositiveSmallIntegerField()
    origin = models.CharField(max_length=8, choices=Origin, default=Origin.FILES, editable=False)
    revision = models.PositiveIntegerField(default=0, editable=False)  # counts what was saved, to notice two at once
    saved_at = models.DateTimeField(null=True, editable=False)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+")
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
            models.CheckConstraint(
                name="station_retired_with_reason",
                condition=(Q(state="retired") & ~Q(retired_reason="")) | (~Q(state="retired") & Q(retired_reason="")),
                violation_error_message="A retired station says why it was retired, and only a retired one does.",
            ),
        ]

    def __str__(self) -> str:
        return self.current.name if self.current else self.slug

    def get_absolute_url(self) -> str:
        return reverse("station", args=[self.slug])


def station_texts(path: str = "") -> list[str]:
    """The long fields of a station version, by a path of relations to it: for `defer` where only its name is shown."""
    names = [
        "format", "ai_policy_reason", "purpose", "candidate_brief", "interviewer_guide", "questions",
        "weak_looks_like", "strong_looks_like", "red_flags", "green_flags", "could_mislead",
    ]  # fmt: skip
    return [f"{path}__{name}" if path else name for name in names]


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
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )  # nobody: from the library's files

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


class StationReview(models.Model):
    """Somebody went through a station and found that it still holds. Never changed once written."""

    station = models.ForeignKey(Station, models.PROTECT, related_name="reviews")
    version = models.ForeignKey(StationVersion, models.PROTECT, related_name="+")
    on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    note = models.TextField()

    class Meta:
        ordering = ["-on", "-id"]
        constraints = [
            models.CheckConstraint(
                name="station_review_has_note",
                condition=~Q(note=""),
                violation_error_message="Say what was checked.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.station.slug}, {self.on}"
