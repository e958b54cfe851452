"""The meeting of a panel: its steps, and the votes before and after the silent reading."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from apps.interviews.models import Candidacy, Scorecard


class DebriefQuerySet(models.QuerySet["Debrief"]):
    def visible_to(self, user: Any) -> "DebriefQuerySet":
        """Whoever may read what the panel wrote: that a debrief has opened tells that others have submitted."""
        return self.filter(candidacy__in=Candidacy.objects.open_to(user).values("pk"))


class Debrief(models.Model):
    """One meeting about one candidacy: silent reading, second vote, discussion, then closed by the decision."""

    class Step(models.TextChoices):
        READING = "reading", "silent reading"
        VOTING = "voting", "second vote"
        DISCUSSION = "discussion", "discussion"
        CLOSED = "closed", "closed"

    candidacy = models.OneToOneField(Candidacy, models.PROTECT, related_name="debrief")
    step = models.CharField(max_length=10, choices=Step, default=Step.READING)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    reading_until = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    objects = DebriefQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="debrief_close_matches_step",
                condition=Q(step="closed", closed_at__isnull=False) | (~Q(step="closed") & Q(closed_at=None)),
                violation_error_message="Only a closed debrief has an end.",
            ),
            models.CheckConstraint(
                name="debrief_reading_after_opening",
                condition=Q(reading_until__gte=F("opened_at")),
                violation_error_message="The silent reading ends after the debrief opens.",
            ),
        ]

    def __str__(self) -> str:
        return f"Debrief: {self.candidacy}"

    def get_absolute_url(self) -> str:
        return reverse("debrief", args=[self.candidacy_id])

    def step_at(self, now: dt.datetime) -> "Debrief.Step":
        """The step the panel is in: when the time for reading is over, the second vote is open by itself."""
        step = Debrief.Step(self.step)
        return Debrief.Step.VOTING if step == Debrief.Step.READING and now >= self.reading_until else step


class VoteQuerySet(models.QuerySet["Vote"]):
    def visible_to(self, user: Any) -> "VoteQuerySet":
        """First votes with the ratings; second votes once one has cast one's own, or the voting is over.

        Whoever is not of the panel has no second vote to cast and waits until the voting is over.
        """
        readable = self.filter(debrief__candidacy__in=Candidacy.objects.open_to(user).values("pk"))
        voted = Vote.objects.filter(voter=user, round=Vote.Round.SECOND).values("debrief")
        over = Q(debrief__step__in=[Debrief.Step.DISCUSSION, Debrief.Step.CLOSED])
        return readable.filter(Q(round=Vote.Round.FIRST) | over | Q(debrief__in=voted))


class Vote(models.Model):
    """One voice in one round. The first is what the scorecard recommended; neither changes once cast."""

    class Round(models.TextChoices):
        FIRST = "first", "first vote"
        SECOND = "second", "second vote"

    debrief = models.ForeignKey(Debrief, models.PROTECT, related_name="votes")
    voter = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="votes")
    round = models.CharField(max_length=6, choices=Round)
    choice = models.CharField(max_length=12, choices=Scorecard.Recommendation)
    reason = models.TextField(blank=True)
    cast_at = models.DateTimeField()

    objects = VoteQuerySet.as_manager()

    class Meta:
        ordering = ["debrief", "round", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["debrief", "voter", "round"],
                name="vote_once_a_round",
                violation_error_message="You have voted in this round already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_round_display()} of {self.voter}"
