"""A packet mailed to its reader, and the private link that a candidate opens without signing in."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.common.models import Job
from apps.packets.models.packets import Packet


class SendingQuerySet(models.QuerySet["Sending"]):
    def visible_to(self, user: Any) -> "SendingQuerySet":
        """For those who run hiring, as far as they may see the packet: that somebody is sent what the panel wrote
        tells that this somebody owes nothing any more."""
        if not user.runs_hiring:
            return self.none()
        return self.filter(packet__in=Packet.objects.visible_to(user).values("pk"))


class Sending(models.Model):
    """One mail about one packet to one reader.

    `to_person` is None for the candidate: there is no column in which another candidate could stand. `subject` and
    `body` are as the sender wrote them, with their placeholders: what fills them, a private link above all, is put in
    when the mail goes out and is kept nowhere.
    """

    class How(models.TextChoices):
        LINK = "link", "Link"
        ATTACHMENT = "attachment", "Attachment"

    class State(models.TextChoices):
        QUEUED = "queued", "waiting"
        SENDING = "sending", "going out"
        SENT = "sent", "sent"
        REFUSED = "refused", "not sent"
        FAILED = "failed", "failed"

    OPEN = (State.QUEUED, State.SENDING)

    packet = models.ForeignKey(Packet, models.CASCADE, related_name="sendings")
    job = models.ForeignKey(Job, models.PROTECT, related_name="sendings")
    how = models.CharField(max_length=10, choices=How)
    to_person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    address = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    state = models.CharField(max_length=8, choices=State, default=State.QUEUED)
    problem = models.CharField(max_length=300, blank=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(null=True)

    objects = SendingQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="sending_sent_at_matches_state",
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at=None)),
                violation_error_message="Only a mail that was sent has a moment at which it was.",
            ),
            models.CheckConstraint(
                name="sending_problem_matches_state",
                condition=(Q(state__in=["refused", "failed"]) & ~Q(problem=""))
                | Q(state__in=["queued", "sending", "sent"], problem=""),
                violation_error_message="A mail that was not sent says why, and no other does.",
            ),
            models.CheckConstraint(
                name="sending_has_address_and_text",
                condition=~Q(address="") & ~Q(subject="") & ~Q(body=""),
                violation_error_message="A mail has an address, a subject and a text.",
            ),
            models.UniqueConstraint(
                fields=["packet", "to_person"],
                condition=Q(state__in=["queued", "sending"], to_person__isnull=False),
                name="sending_waits_once_a_person",
                violation_error_message="This packet is on its way to this person already.",
            ),
            models.UniqueConstraint(
                fields=["packet"],
                condition=Q(state__in=["queued", "sending"], to_person=None),
                name="sending_waits_once_for_candidate",
                violation_error_message="This packet is on its way to the candidate already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.packet} to {self.address}"


class PrivateLinkQuerySet(models.QuerySet["PrivateLink"]):
    def visible_to(self, user: Any) -> "PrivateLinkQuerySet":
        return self.filter(sending__in=Sending.objects.visible_to(user).values("pk"))


class PrivateLink(models.Model):
    """What opens one packet to its candidate without signing in, until `expires_at` or until it is revoked.

    Only `digest`, the SHA-256 of the link's secret, is kept: whoever reads this table cannot open the link.
    """

    sending = models.OneToOneField(Sending, models.CASCADE, related_name="private_link")
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    downloads = models.PositiveIntegerField(default=0)

    objects = PrivateLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="private_link_revoked_by_somebody",
                condition=Q(revoked_at=None, revoked_by=None) | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                violation_error_message="A revoked link says when and by whom it was revoked.",
            ),
        ]

    def __str__(self) -> str:
        return f"Private link for {self.sending}"
