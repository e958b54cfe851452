"""Scorecards and their ratings: blind until submitted, fixed once submitted, amended by a new row."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from apps.interviews.models.candidacies import Candidacy
from apps.interviews.models.interviews import Interview
from apps.library.models import Competency, Rubric


class ScorecardQuerySet(models.QuerySet["Scorecard"]):
    def submitted(self) -> "ScorecardQuerySet":
        """Every submitted row, those amended later included."""
        return self.filter(state=Scorecard.State.SUBMITTED)

    def current(self) -> "ScorecardQuerySet":
        """What stands: submitted, and not amended by a later submitted row."""
        return self.submitted().exclude(amended_by__state=Scorecard.State.SUBMITTED)

    def original(self) -> "ScorecardQuerySet":
        """The rows interviewers began with: drafts and first submissions, no amendments."""
        return self.filter(amends=None)

    def visible_to(self, user: Any) -> "ScorecardQuerySet":
        """Own cards always; others' only once submitted and only where this person owes nothing."""
        others = Q(
            state=Scorecard.State.SUBMITTED, interview__candidacy__in=Candidacy.objects.open_to(user).values("pk")
        )
        return self.filter(Q(interviewer=user) | others) if user.is_insider else self.none()


class Scorecard(models.Model):
    """What one interviewer says of one interview. Fixed once submitted: a trigger refuses the rest.

    An amendment is a row of its own that points to the one it amends, with a reason; `after_debrief` says whether the
    panel had met by then. `entered_by`: somebody typed it in for the interviewer, with a reason.
    """

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
    amends = models.OneToOneField("self", models.PROTECT, null=True, related_name="amended_by")
    amendment_reason = models.TextField(blank=True)
    after_debrief = models.BooleanField(default=False)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    entered_reason = models.CharField(max_length=300, blank=True)

    objects = ScorecardQuerySet.as_manager()

    class Meta:
        ordering = ["interview", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["interview", "interviewer"],
                condition=Q(amends=None),
                name="scorecard_one_per_interviewer",
                violation_error_message="This interviewer has a scorecard for this interview already.",
            ),
            models.CheckConstraint(
                name="scorecard_submitted_complete",
                condition=Q(state="draft", submitted_at=None)
                | (Q(state="submitted", submitted_at__isnull=False) & ~Q(recommendation="")),
                violation_error_message="A submitted scorecard has a recommendation and the time of submission.",
            ),
            models.CheckConstraint(
                name="scorecard_amendment_with_reason",
                condition=Q(amends=None, amendment_reason="") | (Q(amends__isnull=False) & ~Q(amendment_reason="")),
                violation_error_message="An amendment needs its reason in words.",
            ),
            models.CheckConstraint(
                name="scorecard_proxy_with_reason",
                condition=Q(entered_by=None, entered_reason="")
                | (Q(entered_by__isnull=False) & ~Q(entered_reason="") & ~Q(entered_by=F("interviewer"))),
                violation_error_message="Whoever enters a scorecard for somebody else says why.",
            ),
        ]

    def __str__(self) -> str:
        return f"Scorecard of {self.interviewer} for {self.interview}"


class RatingQuerySet(models.QuerySet["Rating"]):
    def visible_to(self, user: Any) -> "RatingQuerySet":
        """The only source of ratings for every reader: pages, lists, packets, exports, the admin site."""
        return self.filter(scorecard__in=Scorecard.objects.visible_to(user).values("pk"))


class Rating(models.Model):
    """A level, or "no evidence", for one competency, with the evidence in words. Neither: not rated yet.

    `moment`: where the evidence is, in the interviewer's words ("12:30", "commit 4f2", an address).
    """

    scorecard = models.ForeignKey(Scorecard, models.CASCADE, related_name="ratings")
    competency = models.ForeignKey(Competency, models.PROTECT, related_name="+")
    rubric = models.ForeignKey(Rubric, models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(null=True)
    no_evidence = models.BooleanField(default=False)
    evidence = models.TextField(blank=True)
    moment = models.CharField(max_length=300, blank=True)

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
