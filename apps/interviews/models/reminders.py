"""What was mailed about a scorecard that is due: each reminder goes out once."""

from django.db import models

from apps.interviews.models.interviews import Seat


class Reminder(models.Model):
    """One line in one mail: this seat's scorecard was said to be due, or late."""

    class Kind(models.TextChoices):
        DUE = "due", "due"
        LATE = "late", "late"

    seat = models.ForeignKey(Seat, models.CASCADE, related_name="reminders")
    kind = models.CharField(max_length=6, choices=Kind)
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField()

    class Meta:
        ordering = ["sent_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["seat", "kind", "due_at"],
                name="reminder_once",
                violation_error_message="This reminder went out already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.seat}"
