"""Interviews and the seats of those who hold them."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Case, Exists, F, Func, OuterRef, Q, Subquery, When
from django.urls import reverse

from apps.interviews.models.candidacies import Candidacy
from apps.loops.models import PlanStation


class InterviewQuerySet(models.QuerySet["Interview"]):
    def visible_to(self, user: Any) -> "InterviewQuerySet":
        if user.runs_hiring:
            return self
        if user.is_interviewer:
            return self.filter(Exists(Seat.objects.assigned().filter(interviewer=user, interview=OuterRef("pk"))))
        return self.none()

    def in_order(self) -> "InterviewQuerySet":
        """In the order of the candidacy's plan (`place`), and after that what is not in this plan (None).

        After a move, what was held stands in a plan of before: its place is that of the same station now.
        """
        of_station = PlanStation.objects.filter(
            plan=OuterRef("candidacy__plan"), version__station=OuterRef("plan_station__version__station")
        )
        place = Case(
            When(plan_station__plan=F("candidacy__plan"), then=F("plan_station__position")),
            default=Subquery(of_station.order_by("position").values("position")[:1]),
        )
        return self.annotate(place=place).order_by(F("place").asc(nulls_last=True), "plan_station__position", "pk")


class Interview(models.Model):
    """One station held for one candidacy at a time, with its interviewers in seats."""

    class State(models.TextChoices):
        TO_SCHEDULE = "to_schedule", "to schedule"
        SCHEDULED = "scheduled", "scheduled"
        CANCELLED = "cancelled", "cancelled"

    candidacy = models.ForeignKey(Candidacy, models.CASCADE, related_name="interviews")
    plan_station = models.ForeignKey(PlanStation, models.PROTECT, related_name="interviews")
    state = models.CharField(max_length=12, choices=State, default=State.TO_SCHEDULE)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    scorecards_due_at = models.DateTimeField(null=True)

    objects = InterviewQuerySet.as_manager()

    class Meta:
        ordering = ["candidacy", "plan_station__position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["candidacy", "plan_station"],
                condition=~Q(state="cancelled"),
                name="interview_station_once",
                violation_error_message="This candidacy has this station already.",
            ),
            models.CheckConstraint(
                name="interview_times_match_state",
                condition=Q(state="to_schedule", starts_at=None, ends_at=None)
                | Q(state="scheduled", starts_at__isnull=False, ends_at__gt=F("starts_at"))
                | Q(state="cancelled"),
                violation_error_message="A scheduled interview has a beginning and a later end.",
            ),
            models.CheckConstraint(
                name="interview_scorecards_due_after_end",
                condition=Q(scorecards_due_at=None) | Q(scorecards_due_at__gte=F("ends_at")),
                violation_error_message="Scorecards are due after the interview's end.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_station.version.name}: {self.candidacy.candidate.name}"

    def get_absolute_url(self) -> str:
        return reverse("interview", args=[self.pk])


class SeatQuerySet(models.QuerySet["Seat"]):
    def assigned(self) -> "SeatQuerySet":
        return self.filter(state=Seat.State.ASSIGNED).exclude(interview__state=Interview.State.CANCELLED)

    def owing(self) -> "SeatQuerySet":
        """Seats whose interviewer owes a scorecard: assigned, on an active candidacy, nothing submitted yet."""
        submitted = apps.get_model("interviews", "Scorecard").objects.filter(
            interview=OuterRef("interview"), interviewer=OuterRef("interviewer"), state="submitted"
        )
        return self.assigned().filter(interview__candidacy__state=Candidacy.State.ACTIVE).exclude(Exists(submitted))


class Seat(models.Model):
    """One interviewer's place in one interview.

    `informed`: this person could read others' ratings of the candidacy before being seated, or before changing their
    levels; what they then write is shown as such and counts as no independent signal.
    """

    class State(models.TextChoices):
        ASSIGNED = "assigned", "assigned"
        EXCUSED = "excused", "excused"

    interview = models.ForeignKey(Interview, models.CASCADE, related_name="seats")
    interviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="seats")
    state = models.CharField(max_length=10, choices=State, default=State.ASSIGNED)
    period = DateTimeRangeField(null=True)
    excused_reason = models.CharField(max_length=300, blank=True)
    informed = models.BooleanField(default=False)

    objects = SeatQuerySet.as_manager()

    class Meta:
        ordering = ["interview", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["interview", "interviewer"],
                name="seat_once",
                violation_error_message="This person sits in this interview already.",
            ),
            ExclusionConstraint(
                name="seat_no_two_places_at_once",
                expressions=[
                    (
                        Func(
                            F("interviewer_id"),
                            F("interviewer_id"),
                            models.Value("[]"),
                            function="int8range",
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    ("period", RangeOperators.OVERLAPS),
                ],
                condition=Q(state="assigned", period__isnull=False),
                violation_error_message="This interviewer has another interview at that time.",
            ),
            models.CheckConstraint(
                name="seat_excused_with_reason",
                condition=Q(state="assigned", excused_reason="") | (Q(state="excused") & ~Q(excused_reason="")),
                violation_error_message="Excusing an interviewer needs a reason.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.interviewer} in {self.interview}"
