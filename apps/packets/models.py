"""PDF packets, each made for one reader, by a background job."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.common.models import Job
from apps.interviews.models import Candidacy, Interview


class PacketQuerySet(models.QuerySet["Packet"]):
    def visible_to(self, user: Any) -> "PacketQuerySet":
        """Kits for their reader while seated and who runs hiring; debriefs only for who may see every rating now."""
        if not user.is_insider:
            return self.none()
        kits = Q(
            kind=Packet.Kind.INTERVIEWER_KIT, reader=user, interview__in=Interview.objects.visible_to(user).values("pk")
        )
        debriefs = Q(kind=Packet.Kind.DEBRIEF, candidacy__in=Candidacy.objects.open_to(user).values("pk"))
        if user.runs_hiring:
            return self.filter(~Q(kind=Packet.Kind.DEBRIEF) | debriefs)
        return self.filter(kits | debriefs)


class Packet(models.Model):
    """One PDF for one reader. The file is in PACKETS_DIR under the packet's own name."""

    class Kind(models.TextChoices):
        INTERVIEWER_KIT = "interviewer-kit", "Interviewer kit"
        CANDIDATE_BRIEF = "candidate-brief", "Candidate brief"
        DEBRIEF = "debrief", "Debrief packet"

    class State(models.TextChoices):
        QUEUED = "queued", "waiting"
        DONE = "done", "ready"
        FAILED = "failed", "failed"

    kind = models.CharField(max_length=16, choices=Kind)
    candidacy = models.ForeignKey(Candidacy, models.CASCADE, related_name="packets")
    interview = models.ForeignKey(Interview, models.CASCADE, null=True, related_name="+")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    job = models.ForeignKey(Job, models.PROTECT, related_name="packets")
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(null=True)
    pages = models.PositiveSmallIntegerField(null=True)
    size = models.PositiveIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
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
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.candidacy.candidate.name}"

    @property
    def file_name(self) -> str:
        return f"{self.pk}-{self.kind}.pdf"
