"""Calibration items: work every interviewer of a station rates, so that severities can be compared."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from apps.interviews.models.interviews import Seat
from apps.library.models import Competency, Rubric, StationVersion


class CalibrationItemQuerySet(models.QuerySet["CalibrationItem"]):
    def visible_to(self, user: Any) -> "CalibrationItemQuerySet":
        """Leaders and recruiters see all; interviewers the open ones of stations they hold seats in or are trained for.

        What somebody has rated stays readable for them once it is closed.
        """
        if user.runs_hiring:
            return self
        if user.is_interviewer:
            trained = user.trainings.values("station")
            seated = (
                Seat.objects.assigned().filter(interviewer=user).values("interview__plan_station__version__station")
            )
            mine = Q(version__station__in=trained) | Q(version__station__in=seated)
            rated = CalibrationRating.objects.filter(item=OuterRef("pk"), interviewer=user)
            is_open, is_closed = Q(state=CalibrationItem.State.OPEN), Q(state=CalibrationItem.State.CLOSED)
            return self.filter(Q(is_open, mine) | Q(is_closed, Exists(rated)))
        return self.none()

    def rated_by(self, user: Any) -> "CalibrationItemQuerySet":
        """Where this person has rated, and so may see what others gave."""
        return self.filter(Exists(CalibrationRating.objects.filter(item=OuterRef("pk"), interviewer=user)))


class CalibrationItem(models.Model):
    """A recorded answer or work sample. Its ratings feed the severity model and say nothing about a candidate."""

    class State(models.TextChoices):
        DRAFT = "draft", "draft"
        OPEN = "open", "open for rating"
        CLOSED = "closed", "closed"

    version = models.ForeignKey(StationVersion, models.PROTECT, related_name="calibration_items")
    title = models.CharField(max_length=160)
    material = models.TextField()
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    objects = CalibrationItemQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("calibration-item", args=[self.pk])


class CalibrationRatingQuerySet(models.QuerySet["CalibrationRating"]):
    def visible_to(self, user: Any) -> "CalibrationRatingQuerySet":
        """Blind as scorecards are: one's own always, others' once one has rated the item oneself.

        Whoever runs hiring and does not interview owes nothing and sees all.
        """
        if user.runs_hiring and not user.is_interviewer:
            return self
        return self.filter(item__in=CalibrationItem.objects.visible_to(user).rated_by(user).values("pk"))


class CalibrationRating(models.Model):
    """What one interviewer gives one item on one competency. Given once, with all the others of the item."""

    item = models.ForeignKey(CalibrationItem, models.PROTECT, related_name="ratings")
    interviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="calibration_ratings")
    competency = models.ForeignKey(Competency, models.PROTECT, related_name="+")
    rubric = models.ForeignKey(Rubric, models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(null=True)
    evidence = models.TextField(blank=True)
    given_at = models.DateTimeField()

    objects = CalibrationRatingQuerySet.as_manager()

    class Meta:
        ordering = ["item", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "interviewer", "competency"],
                name="calibration_rating_once",
                violation_error_message="You have rated this item already.",
            ),
            models.CheckConstraint(
                name="calibration_rating_level_1_to_4",
                condition=Q(level=None) | Q(level__gte=1, level__lte=4),
                violation_error_message="A level is a number from 1 to 4; none at all means no evidence.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.competency}: {self.item}"
