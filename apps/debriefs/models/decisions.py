"""What people decided."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.interviews.models import Candidacy


class DecisionQuerySet(models.QuerySet["Decision"]):
    def visible_to(self, user: Any) -> "DecisionQuerySet":
        """A decision tells what the panel thought: it is read by those who may read the ratings."""
        return self.filter(candidacy__in=Candidacy.objects.open_to(user).values("pk"))


class Decision(models.Model):
    """What people decided about a candidacy, and why. Recorded once."""

    class Outcome(models.TextChoices):
        OFFER = "offer", "Make an offer"
        NO_OFFER = "no_offer", "No offer"
        OTHER_ROLE = "other_role", "Consider for another role"

    candidacy = models.OneToOneField(Candidacy, models.PROTECT, related_name="decision")
    outcome = models.CharField(max_length=12, choices=Outcome)
    reasons = models.TextField()
    conditions = models.TextField(blank=True)
    dissent = models.TextField(blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["-decided_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="decision_has_reasons",
                condition=~Q(reasons=""),
                violation_error_message="A decision needs its reasons in words.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()}: {self.candidacy}"
