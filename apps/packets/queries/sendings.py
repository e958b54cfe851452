"""What the pages show about mails that were asked for, and which packets one may choose to send."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from apps.common.models import Job
from apps.packets.models import Export, Packet, PrivateLink, Sending
from apps.packets.queries.mails import MOST_MAILS

GIVEN_UP = "Not sent: the work was given up. Send it again."


@dataclass(frozen=True)
class SendingLine:
    """One mail as lists show it; `at` is the moment it is looked at."""

    sending: Sending
    link: PrivateLink | None
    at: dt.datetime

    @property
    def is_waiting(self) -> bool:
        return self.sending.state in Sending.OPEN and self.sending.job.is_open

    @property
    def problem(self) -> str:
        if self.sending.state in Sending.OPEN and not self.sending.job.is_open:
            return GIVEN_UP
        return self.sending.problem

    @property
    def link_is_open(self) -> bool:
        return self.link is not None and self.link.revoked_at is None and self.link.expires_at > self.at


@dataclass(frozen=True)
class PacketPage:
    """One packet with all mails about it."""

    packet: Packet
    sendings: list[SendingLine]


@dataclass(frozen=True)
class ChooseLine:
    packet: Packet
    is_sent: bool


@dataclass(frozen=True)
class ChoosePage:
    """Packets to choose from, and which are chosen already; `more` were left out of the list."""

    lines: list[ChooseLine]
    chosen: frozenset[int]
    export: Export | None
    more: int


def packet_page(*, packet: Packet, user: Any, now: dt.datetime) -> PacketPage:
    found = Sending.objects.visible_to(user).filter(packet=packet).order_by("-id")
    return PacketPage(packet=packet, sendings=sending_lines(found, now=now))


def choose_page(*, user: Any, export: Export | None, chosen: list[int]) -> ChoosePage:
    """The newest that are made; those of an export are all chosen, and what was not sent yet comes first."""
    sent = Sending.objects.filter(packet=OuterRef("pk"), state=Sending.State.SENT)
    packets = (
        Packet.objects.visible_to(user)
        .filter(state=Packet.State.DONE)
        .select_related("candidacy__candidate", "candidacy__role", "interview__plan_station__version", "reader")
        .annotate(is_sent=Exists(sent))
    )
    if export is not None:
        packets = packets.filter(export=export).order_by("is_sent", "candidacy__candidate__name", "kind", "pk")
    else:
        packets = packets.order_by("-id")
    rows: list[Any] = list(packets[:MOST_MAILS])
    marked = {row.pk for row in rows if not row.is_sent} if export is not None and not chosen else set(chosen)
    return ChoosePage(
        lines=[ChooseLine(row, is_sent=row.is_sent) for row in rows],
        chosen=frozenset(marked),
        export=export,
        more=packets.count() - len(rows),
    )


def sending_lines(sendings: QuerySet[Sending], *, now: dt.datetime) -> list[SendingLine]:
    rows = sendings.select_related(
        "packet__candidacy__candidate", "packet__interview__plan_station__version", "packet__reader", "to_person",
        "job", "requested_by", "private_link__revoked_by",
    )  # fmt: skip
    return [SendingLine(row, link=getattr(row, "private_link", None), at=now) for row in rows]


def sendings_to_do(job: Job) -> list[int]:
    """In order. One mail that kills its worker holds up no other: it is marked before it is tried."""
    waiting = Sending.objects.filter(job=job, state=Sending.State.QUEUED)
    return list(waiting.order_by("pk").values_list("pk", flat=True))


def sendings_ended(job: Job) -> tuple[int, int]:
    """How many of a job's mails have ended, and how many of those went out."""
    ended = Sending.objects.filter(job=job).exclude(state__in=Sending.OPEN)
    return ended.count(), ended.filter(state=Sending.State.SENT).count()
