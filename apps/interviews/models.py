"""Candidates, their candidacies, interviews, and the scorecards interviewers submit.

The blindness rule lives here and nowhere else: `Candidacy.objects.open_to(user)` says on which candidacies
somebody may see what others wrote, and `Scorecard`/`Rating.objects.visible_to(user)` build on it.
"""

from typing import Any

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Case, Exists, F, Func, OuterRef, Q, Subquery, When
from django.db.models.functions import Lower
from django.urls import reverse

from apps.library.models import Competency, Rubric
from apps.loops.models import LoopPlan, PlanStation, Role


class CandidateQuerySet(models.QuerySet["Candidate"]):
    def visible_to(self, user: Any) -> "CandidateQuerySet":
        if user.runs_hiring:
            return self
        if user.is_interviewer:
            seats = Seat.objects.assigned().filter(interviewer=user, interview__candidacy__candidate=OuterRef("pk"))
            return self.filter(Exists(seats))
        return self.none()


class Candidate(models.Model):
    """A person who applies."""

    name = models.CharField(max_length=160)
    email = models.EmailField("e-mail address")
    time_zone = models.CharField(max_length=60, default="UTC")
    source = models.CharField(max_length=120, blank=True)
    accommodation = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CandidateQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="candidate_email_unique",
                violation_error_message="A candidate with this e-mail address exists already.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("candidate", args=[self.pk])


class CandidacyQuerySet(models.QuerySet["Candidacy"]):
    def visible_to(self, user: Any) -> "CandidacyQuerySet":
        if user.runs_hiring:
            return self
        if user.is_interviewer:
            return self.filter(
                Exists(Seat.objects.assigned().filter(interviewer=user, interview__candidacy=OuterRef("pk")))
            )
        return self.none()

    def open_to(self, user: Any) -> "CandidacyQuerySet":
        """Where this person may see what others wrote: visible, and no scorecard of their own owed."""
        owed = Seat.objects.owing().filter(interviewer=user, interview__candidacy=OuterRef("pk"))
        return self.visible_to(user).exclude(Exists(owed))


class Candidacy(models.Model):
    """One candidate going through one role's loop, pinned to one plan version."""

    class State(models.TextChoices):
        ACTIVE = "active", "active"
        DECIDED = "decided", "decided"
        WITHDRAWN = "withdrawn", "withdrawn"

    candidate = models.ForeignKey(Candidate, models.PROTECT, related_name="candidacies")
    role = models.ForeignKey(Role, models.PROTECT, related_name="candidacies")
    plan = models.ForeignKey(LoopPlan, models.PROTECT, related_name="candidacies")
    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    weights_reason = models.TextField(blank=True)

    objects = CandidacyQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "-id"]
        verbose_name_plural = "candidacies"
        constraints = [
            models.UniqueConstraint(
                fields=["candidate", "role"],
                condition=Q(state="active"),
                name="candidacy_one_active_per_role",
                violation_error_message="This candidate is going through this role's loop already.",
            ),
            models.CheckConstraint(
                name="candidacy_end_matches_state",
                condition=Q(state="active", ended_at=None)
                | Q(state__in=["decided", "withdrawn"], ended_at__isnull=False),
                violation_error_message="Only an ended candidacy has an end.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.candidate.name} for {self.role.title}"

    def get_absolute_url(self) -> str:
        return reverse("candidacy", args=[self.pk])


class PinnedRubric(models.Model):
    """The rubric version a candidacy began with, per competency."""

    candidacy = models.ForeignKey(Candidacy, models.CASCADE, related_name="pinned_rubrics")
    rubric = models.ForeignKey(Rubric, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["candidacy", "id"]
        constraints = [models.UniqueConstraint(fields=["candidacy", "rubric"], name="pinned_rubric_once")]

    def __str__(self) -> str:
        return str(self.rubric)


class PinnedRequirement(models.Model):
    """What the role required of one competency when the candidacy began: later changes do not rewrite its debrief."""

    candidacy = models.ForeignKey(Candidacy, models.CASCADE, related_name="pinned_requirements")
    competency = models.ForeignKey(Competency, models.PROTECT, related_name="+")
    weight = models.PositiveSmallIntegerField()
    bar = models.PositiveSmallIntegerField()
    must_pass = models.BooleanField()
    min_signals = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["candidacy", "id"]
        constraints = [
            models.UniqueConstraint(fields=["candidacy", "competency"], name="pinned_requirement_once"),
        ]

    def __str__(self) -> str:
        return f"{self.competency}, bar {self.bar}"


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
        submitted = Scorecard.objects.filter(
            interview=OuterRef("interview"), interviewer=OuterRef("interviewer"), state=Scorecard.State.SUBMITTED
        )
        return self.assigned().filter(interview__candidacy__state=Candidacy.State.ACTIVE).exclude(Exists(submitted))


class Seat(models.Model):
    """One interviewer's place in one interview."""

    class State(models.TextChoices):
        ASSIGNED = "assigned", "assigned"
        EXCUSED = "excused", "excused"

    interview = models.ForeignKey(Interview, models.CASCADE, related_name="seats")
    interviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="seats")
    state = models.CharField(max_length=10, choices=State, default=State.ASSIGNED)
    period = DateTimeRangeField(null=True)
    excused_reason = models.CharField(max_length=300, blank=True)

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


class ScorecardQuerySet(models.QuerySet["Scorecard"]):
    def submitted(self) -> "ScorecardQuerySet":
        return self.filter(state=Scorecard.State.SUBMITTED)

    def visible_to(self, user: Any) -> "ScorecardQuerySet":
        """Own cards always; others' only once submitted and only where this person owes nothing."""
        others = Q(
            state=Scorecard.State.SUBMITTED, interview__candidacy__in=Candidacy.objects.open_to(user).values("pk")
        )
        return self.filter(Q(interviewer=user) | others) if user.is_insider else self.none()


class Scorecard(models.Model):
    """What one interviewer says of one interview. Fixed once submitted: a trigger refuses the rest."""

    class State(models.TextChoices):
        DRAFT = "draft", "draft"
        SUBMITTED = "submitted", "submitted"

    class Recommendation(models.TextChoices):
        STRONG_NO = "strong_no", "Strong no"
        NO = "no", "No"
        YES = "yes", "Yes"
        STRONG_YES = "strong_yes", "Strong yes"

    interview = models.ForeignKey(Interview, models.PROTECT, related_name="scorecards")
    interviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="scorecards")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    recommendation = models.CharField(max_length=12, choices=Recommendation, blank=True)
    private_notes = models.TextField(blank=True)
    revision = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)

    objects = ScorecardQuerySet.as_manager()

    class Meta:
        ordering = ["interview", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["interview", "interviewer"],
                name="scorecard_one_per_interviewer",
                violation_error_message="This interviewer has a scorecard for this interview already.",
            ),
            models.CheckConstraint(
                name="scorecard_submitted_complete",
                condition=Q(state="draft", submitted_at=None)
                | (Q(state="submitted", submitted_at__isnull=False) & ~Q(recommendation="")),
                violation_error_message="A submitted scorecard has a recommendation and the time of submission.",
            ),
        ]

    def __str__(self) -> str:
        return f"Scorecard of {self.interviewer} for {self.interview}"


class RatingQuerySet(models.QuerySet["Rating"]):
    def visible_to(self, user: Any) -> "RatingQuerySet":
        """The only source of ratings for every reader: pages, lists, packets, exports, the admin site."""
        return self.filter(scorecard__in=Scorecard.objects.visible_to(user).values("pk"))


class Rating(models.Model):
    """A level, or "no evidence", for one competency, with the evidence in words. Neither: not rated yet."""

    scorecard = models.ForeignKey(Scorecard, models.CASCADE, related_name="ratings")
    competency = models.ForeignKey(Competency, models.PROTECT, related_name="+")
    rubric = models.ForeignKey(Rubric, models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(null=True)
    no_evidence = models.BooleanField(default=False)
    evidence = models.TextField(blank=True)

    objects = RatingQuerySet.as_manager()

    class Meta:
        ordering = ["scorecard", "id"]
        constraints = [
            models.UniqueConstraint(fields=["scorecard", "competency"], name="rating_competency_once"),
            models.CheckConstraint(
                name="rating_level_or_no_evidence",
                condition=Q(level=None) | Q(no_evidence=False, level__gte=1, level__lte=4),
                violation_error_message="A rating is a level from 1 to 4 or says that there is no evidence, not both.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.competency}"
