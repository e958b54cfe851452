"""One PDF for one reader."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.common.models import Job
from apps.interviews.models import Candidacy, Interview
from apps.packets.models.exports import Export


class PacketQuerySet(models.QuerySet["Packet"]):
    def visible_to(self, user: Any) -> "PacketQuerySet":
        """Kits for their reader while seated and who runs hiring; what tells of ratings only for who may see them all.

        A subject-access copy, which holds more than any page shows, is for the person who made it.
        """
        if not user.is_insider:
            return self.none()
        kits = Q(
            kind=Packet.Kind.INTERVIEWER_KIT, reader=user, interview__in=Interview.objects.visible_to(user).values("pk")
        )
        open_to = Q(candidacy__in=Candidacy.objects.open_to(user).values("pk"))
        panel = Q(kind__in=Packet.PANEL_KINDS) & open_to
        own_copy = Q(kind=Packet.Kind.SUBJECT_ACCESS, requested_by=user) & open_to
        if user.runs_hiring:
            return self.filter(~Q(kind__in=Packet.OPEN_KINDS) | panel | own_copy)
        return self.filter(kits | panel)


class Packet(models.Model):
    """One PDF for one reader. The file is in PACKETS_DIR under the packet's own name.

    `names_hidden` is for subject-access copies: interviewers are "Interviewer 1" and so on. `contents_sha256` is of
    what stands on the pages, without the moment it was made: where it is the same again, the file is.
    """

    class Kind(models.TextChoices):
        INTERVIEWER_KIT = "interviewer-kit", "Interviewer kit"
        CANDIDATE_BRIEF = "candidate-brief", "Candidate brief"
        DEBRIEF = "debrief", "Debrief packet"
        DECISION_RECORD = "decision-record", "Decision record"
        SUBJECT_ACCESS = "subject-access", "Subject-access copy"

    class Paper(models.TextChoices):
        A4 = "a4", "A4"
        LETTER = "letter", "US Letter"

    # These tell what the panel wrote: for whoever may read every rating of the candidacy now.
    PANEL_KINDS = (Kind.DEBRIEF, Kind.DECISION_RECORD)
    OPEN_KINDS = (*PANEL_KINDS, Kind.SUBJECT_ACCESS)

    class State(models.TextChoices):
        QUEUED = "queued", "waiting"
        DONE = "done", "ready"
        FAILED = "failed", "failed"
        CANCELLED = "cancelled", "cancelled"

    kind = models.CharField(max_length=16, choices=Kind)
    candidacy = models.ForeignKey(Candidacy, models.CASCADE, related_name="packets")
    interview = models.ForeignKey(Interview, models.CASCADE, null=True, related_name="+")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    job = models.ForeignKey(Job, models.PROTECT, related_name="packets")
    export = models.ForeignKey(Export, models.CASCADE, null=True, related_name="packets")
    paper = models.CharField(max_length=6, choices=Paper, default=Paper.A4)
    names_hidden = models.BooleanField(default=False)
    state = models.CharField(max_length=9, choices=State, default=State.QUEUED)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(null=True)
    pages = models.PositiveSmallIntegerField(null=True)
    size = models.PositiveIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    contents_sha256 = models.CharField(max_length=64, blank=True)
    problem = models.CharField(max_length=300, blank=True)

    objects = PacketQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="packet_kit_has_interview_and_reader",
                condition=Q(kind="interviewer-kit", interview__isnull=False, reader__isnull=False)
                | (~Q(kind="interviewer-kit") & Q(interview=None)),
                violation_error_message="An interviewer kit is for one interviewer of one interview.",
            ),
            models.CheckConstraint(
                name="packet_done_has_file",
                condition=(Q(state="done", made_at__isnull=False, pages__gt=0) & ~Q(sha256=""))
                | (~Q(state="done") & Q(sha256="")),
                violation_error_message="A ready packet has pages and a checksum.",
            ),
            models.CheckConstraint(
                name="packet_names_hidden_in_subject_access",
                condition=Q(names_hidden=False) | Q(kind="subject-access"),
                violation_error_message="Only a subject-access copy hides interviewers' names.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.candidacy.candidate.name}"

    @property
    def file_name(self) -> str:
        return f"{self.pk}-{self.kind}.pdf"
