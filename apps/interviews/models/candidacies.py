"""Candidacies, what they are pinned to, and who may read what others wrote about them."""

from functools import lru_cache
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from apps.interviews.models.candidates import Candidate
from apps.library.models import Competency, Rubric
from apps.loops.models import Blindness, LoopPlan, Role


class CandidacyQuerySet(models.QuerySet["Candidacy"]):
    def visible_to(self, user: Any) -> "CandidacyQuerySet":
        if user.runs_hiring:
            return self
        if user.is_interviewer:
            return self.filter(Exists(_seats().assigned().filter(interviewer=user)))
        return self.none()

    def open_to(self, user: Any) -> "CandidacyQuerySet":
        """Where this person may see what others wrote: visible, and no scorecard of their own owed.

        Some candidacies ask for more (`Blindness`): that everybody of the panel has written theirs first.
        """
        return self & _readable(self.model, user.pk, runs_hiring=user.runs_hiring, is_interviewer=user.is_interviewer)

    def incomplete(self) -> "CandidacyQuerySet":
        """Active, and somebody assigned owes a scorecard or an interview has no time yet."""
        to_schedule = apps.get_model("interviews", "Interview").objects.filter(
            candidacy=OuterRef("pk"), state="to_schedule"
        )
        return self.filter(Exists(_seats().owing()) | Exists(to_schedule), state=Candidacy.State.ACTIVE)


@lru_cache(maxsize=1024)
def _readable(model: Any, user: int, *, runs_hiring: bool, is_interviewer: bool) -> Any:
    """The condition of `open_to` alone, put together once: every read of ratings asks it, often ten times a page.

    What is kept is the question, never an answer.
    """
    owed_by_them = Exists(_seats().owing().filter(interviewer=user))
    on_panel = Exists(_seats().assigned().filter(interviewer=user))
    waiting = Q(blindness=Blindness.LEADERS_TOO) | Q(Q(blindness=Blindness.AFTER_ALL), on_panel)
    found = model.objects.exclude(owed_by_them).exclude(waiting, pk__in=model.objects.incomplete())
    if runs_hiring:
        return found
    return found.filter(on_panel) if is_interviewer else found.none()


def _seats() -> Any:
    """The seats of the candidacy of the query around it."""
    return apps.get_model("interviews", "Seat").objects.filter(interview__candidacy=OuterRef("pk"))


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
    blindness = models.CharField(max_length=12, choices=Blindness, default=Blindness.AFTER_OWN)
    reasons_required = models.BooleanField(default=False)
    debrief_opened_at = models.DateTimeField(null=True)

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
