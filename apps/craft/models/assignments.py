"""A kit given to one candidate for one interview, and the private links that lead to it."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from apps.common.models import Job
from apps.interviews.models import Candidacy, Interview


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def visible_to(self, user: Any) -> "AssignmentQuerySet":
        """Whoever runs hiring, and who sits in that very interview: nobody else of the panel learns of it."""
        return self.filter(interview__in=Interview.objects.visible_to(user).values("pk"))

    def result_open_to(self, user: Any) -> "AssignmentQuerySet":
        """Where this person may read how it went: who holds this interview, and who may read the whole candidacy.

        Somebody of the panel who has not written yet learns nothing of another interview than their own.
        """
        own = Interview.objects.visible_to(user).filter(seats__interviewer=user, seats__state="assigned")
        readable = Candidacy.objects.open_to(user).values("pk")
        return self.visible_to(user).filter(Q(interview__in=own.values("pk")) | Q(interview__candidacy__in=readable))

    def standing(self) -> "AssignmentQuerySet":
        return self.exclude(state=Assignment.State.WITHDRAWN)


class Assignment(models.Model):
    """One variant of one kit, minted for one candidate's attempt at it, and never used again.

    `record` is the mint's own record: it holds every answer, and goes to those who interview only. The candidate's
    folder is a file in CRAFT_DIR under `file_name`. Every private link of it opens until `expires_at`.
    """

    class State(models.TextChoices):
        MINTING = "minting", "being prepared"
        READY = "ready", "ready"
        FAILED = "failed", "not prepared"
        WITHDRAWN = "withdrawn", "withdrawn"

    interview = models.ForeignKey(Interview, models.CASCADE, related_name="craft_assignments")
    kit = models.SlugField(max_length=40)
    kit_version = models.CharField(max_length=20)
    attempt = models.PositiveSmallIntegerField()
    seed = models.CharField(
        max_length=64, unique=True, error_messages={"unique": "This variant was handed out before."}, editable=False
    )
    state = models.CharField(max_length=9, choices=State, default=State.MINTING)
    problem = models.CharField(max_length=300, blank=True)
    job = models.ForeignKey(Job, models.PROTECT, related_name="craft_assignments")
    token = models.UUIDField(default=uuid.uuid4, editable=False)
    record = models.JSONField(null=True)
    canary = models.CharField(max_length=80, blank=True)
    minted_at = models.DateTimeField(null=True)
    size = models.PositiveIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    assigned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    assigned_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    first_opened_at = models.DateTimeField(null=True)
    first_downloaded_at = models.DateTimeField(null=True)
    downloads = models.PositiveIntegerField(default=0)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    withdrawn_reason = models.CharField(max_length=300, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["interview"],
                condition=~Q(state="withdrawn"),
                name="craft_assignment_one_standing",
                violation_error_message="This interview has a kit already. Assign it again to replace it.",
            ),
            models.CheckConstraint(
                name="craft_assignment_ready_has_file",
                condition=Q(state="withdrawn")
                | (Q(state="ready", minted_at__isnull=False, record__isnull=False, size__gt=0) & ~Q(sha256=""))
                | (Q(state__in=["minting", "failed"], minted_at=None, record=None, size=None, sha256="")),
                violation_error_message="A kit that is ready has its record and its file, and no other has.",
            ),
            models.CheckConstraint(
                name="craft_assignment_problem_matches_state",
                condition=(Q(state="failed") & ~Q(problem="")) | (~Q(state="failed") & Q(problem="")),
                violation_error_message="A kit that could not be prepared says why, and no other does.",
            ),
            models.CheckConstraint(
                name="craft_assignment_withdrawn_with_reason",
                condition=(
                    Q(state="withdrawn", withdrawn_at__isnull=False, withdrawn_by__isnull=False)
                    & ~Q(withdrawn_reason="")
                )
                | (~Q(state="withdrawn") & Q(withdrawn_at=None, withdrawn_by=None, withdrawn_reason="")),
                violation_error_message="A withdrawn kit says when, by whom and why.",
            ),
            models.CheckConstraint(
                name="craft_assignment_attempt_from_one",
                condition=Q(attempt__gt=0),
                violation_error_message="Attempts are counted from one.",
            ),
        ]

    def __str__(self) -> str:
        return f"Kit {self.kit} for {self.interview.candidacy.candidate.name}"

    def get_absolute_url(self) -> str:
        return reverse("craft-result", args=[self.pk])

    @property
    def file_name(self) -> str:
        return f"kit-{self.pk}-{self.token.hex}.zip"


class CandidateLinkQuerySet(models.QuerySet["CandidateLink"]):
    def visible_to(self, user: Any) -> "CandidateLinkQuerySet":
        if not user.runs_hiring:
            return self.none()
        return self.filter(assignment__in=Assignment.objects.visible_to(user).values("pk"))


class CandidateLink(models.Model):
    """What opens an assignment to its candidate without signing in, until its `expires_at` or until it is closed.

    Only `digest`, the SHA-256 of the link's secret, is kept. A link is shown once to whoever asked for it (`job` is
    None), or goes out in a mail, whose worker makes the secret: there is none before it goes.
    """

    class State(models.TextChoices):
        SHOWN = "shown", "shown"
        QUEUED = "queued", "waiting"
        SENDING = "sending", "going out"
        SENT = "sent", "sent"
        FAILED = "failed", "not sent"

    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="links")
    state = models.CharField(max_length=7, choices=State)
    digest = models.CharField(max_length=64, blank=True)
    job = models.ForeignKey(Job, models.PROTECT, null=True, related_name="craft_links")
    address = models.EmailField(blank=True)
    problem = models.CharField(max_length=300, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = CandidateLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="craft_link_secret_matches_state",
                condition=(Q(state__in=["shown", "sending", "sent"]) & ~Q(digest=""))
                | Q(state__in=["queued", "failed"], digest=""),
                violation_error_message="A link has a secret once it is shown or goes out, and not before.",
            ),
            models.CheckConstraint(
                name="craft_link_mail_matches_state",
                condition=Q(state="shown", job=None, address="", sent_at=None)
                | (Q(state="sent", job__isnull=False, sent_at__isnull=False) & ~Q(address=""))
                | (Q(state__in=["queued", "sending", "failed"], job__isnull=False, sent_at=None) & ~Q(address="")),
                violation_error_message="A mailed link has its address, and the moment it went out once it did.",
            ),
            models.CheckConstraint(
                name="craft_link_problem_matches_state",
                condition=(Q(state="failed") & ~Q(problem="")) | (~Q(state="failed") & Q(problem="")),
                violation_error_message="A link that did not go out says why, and no other does.",
            ),
            models.CheckConstraint(
                name="craft_link_closed_by_somebody",
                condition=Q(closed_at=None, closed_by=None) | Q(closed_at__isnull=False, closed_by__isnull=False),
                violation_error_message="A closed link says when and by whom it was closed.",
            ),
            models.UniqueConstraint(
                fields=["digest"],
                condition=~Q(digest=""),
                name="craft_link_secret_unique",
                violation_error_message="Two links never have the same secret.",
            ),
            models.UniqueConstraint(
                fields=["assignment"],
                condition=Q(state__in=["queued", "sending"]),
                name="craft_link_waits_once",
                violation_error_message="The link is on its way to the candidate already.",
            ),
        ]

    def __str__(self) -> str:
        return f"Link to {self.assignment}"
