"""People who apply."""

from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef
from django.db.models.functions import Lower
from django.urls import reverse


class CandidateQuerySet(models.QuerySet["Candidate"]):
    def visible_to(self, user: Any) -> "CandidateQuerySet":
        if user.runs_hiring:
            return self
        if user.is_interviewer:
            seats = (
                apps.get_model("interviews", "Seat")
                .objects.assigned()
                .filter(interviewer=user, interview__candidacy__candidate=OuterRef("pk"))
            )
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
