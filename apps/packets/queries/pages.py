"""What the pages about packets show."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet

from apps.common.models import Job
from apps.interviews.models import Candidacy
from apps.packets.models import Packet, Sending
from apps.packets.queries.exports import ExportLine, own_exports
from apps.packets.queries.sendings import SendingLine, sending_lines

PAGE_SIZE = 50
WORKER_LATE = dt.timedelta(seconds=15)


@dataclass(frozen=True)
class PacketLine:
    """One packet as lists show it. One whose job has ended can no longer be waiting."""

    packet: Packet
    is_own_job: bool
    may_send: bool

    @property
    def about(self) -> str:
        """Whom or what the packet is for, besides its candidate."""
        if self.packet.kind == Packet.Kind.INTERVIEWER_KIT and self.packet.interview and self.packet.reader:
            return f"{self.packet.interview.plan_station.version.name}, for {self.packet.reader.name}"
        return ""

    @property
    def is_ready(self) -> bool:
        return self.packet.state == Packet.State.DONE

    @property
    def is_waiting(self) -> bool:
        return self.packet.state == Packet.State.QUEUED and self.packet.job.is_open

    @property
    def problem(self) -> str:
        if self.packet.state == Packet.State.QUEUED and not self.packet.job.is_open:
            return "Not made: the work was given up. Ask for it again."
        return self.packet.problem


@dataclass(frozen=True)
class PacketsPage:
    exports: list[ExportLine]
    page: "Page[Packet]"
    lines: list[PacketLine]
    kind: str
    kinds: list[tuple[str, str]]
    may_request: bool


@dataclass(frozen=True)
class CandidacyPackets:
    """The packets of one candidacy for its own page, and which kinds this person may ask for now."""

    candidacy: Candidacy
    lines: list[PacketLine]
    kinds: list[tuple[str, str]]
    debrief_waits: bool

    @property
    def may_request(self) -> bool:
        return bool(self.kinds)


@dataclass(frozen=True)
class JobPage:
    """One job as its page polls it."""

    job: Job
    lines: list[PacketLine]
    sendings: list[SendingLine]
    waits_for_worker: bool
    worker_is_silent: bool

    @property
    def percent(self) -> int:
        return round(100 * self.job.steps_done / self.job.steps_total)

    @property
    def failed(self) -> int:
        return sum(bool(line.problem) for line in self.lines)


def packets_page(*, user: Any, now: dt.datetime, kind: str = "", number: int | str | None = 1) -> PacketsPage:
    packets = _with_names(Packet.objects.visible_to(user))
    if kind in Packet.Kind.values:
        packets = packets.filter(kind=kind)
    page = Paginator(packets.order_by("-id"), PAGE_SIZE).get_page(number)
    return PacketsPage(
        exports=own_exports(user=user, now=now),
        page=page,
        lines=_lines(page.object_list, user),
        kind=kind,
        kinds=list(Packet.Kind.choices),
        may_request=user.runs_hiring,
    )


def candidacy_packets(*, candidacy: Candidacy, user: Any) -> CandidacyPackets:
    """The newest packet of each kind, interview and reader; earlier ones are on the packets' own page."""
    one_each = ["kind", "interview_id", "reader_id"]
    newest = Packet.objects.visible_to(user).filter(candidacy=candidacy).order_by(*one_each, "-id").distinct(*one_each)
    packets = _with_names(Packet.objects.filter(pk__in=newest.values("pk"))).order_by("id")
    kinds = requestable_kinds(candidacy=candidacy, user=user)
    return CandidacyPackets(
        candidacy=candidacy,
        lines=_lines(packets, user),
        kinds=kinds,
        debrief_waits=bool(kinds) and Packet.Kind.DEBRIEF not in dict(kinds),
    )


def requestable_kinds(*, candidacy: Candidacy, user: Any) -> list[tuple[str, str]]:
    """What tells of ratings is offered only to those who may read them."""
    if not user.runs_hiring:
        return []
    is_open = Candidacy.objects.open_to(user).filter(pk=candidacy.pk).exists()
    return [choice for choice in Packet.Kind.choices if is_open or choice[0] not in Packet.OPEN_KINDS]


def job_page(*, job: Job, user: Any, now: dt.datetime) -> JobPage:
    packets = _with_names(Packet.objects.visible_to(user).filter(job=job)).order_by("id")
    late = now - WORKER_LATE
    return JobPage(
        job=job,
        lines=_lines(packets, user),
        sendings=sending_lines(Sending.objects.visible_to(user).filter(job=job).order_by("id"), now=now),
        waits_for_worker=job.state == Job.State.QUEUED and job.requested_at <= late,
        worker_is_silent=job.state == Job.State.RUNNING and job.heartbeat_at is not None and job.heartbeat_at <= late,
    )


def progress_of(job: Job) -> tuple[int, int]:
    """How many of a job's packets have ended, and how many of those failed."""
    counts = Packet.objects.filter(job=job).aggregate(
        ended=Count("pk", filter=~Q(state=Packet.State.QUEUED)), failed=Count("pk", filter=Q(state=Packet.State.FAILED))
    )
    return counts["ended"], counts["failed"]


def _lines(packets: Iterable[Packet], user: Any) -> list[PacketLine]:
    return [
        PacketLine(packet, is_own_job=packet.job.requested_by_id == user.pk, may_send=user.runs_hiring)
        for packet in packets
    ]


def _with_names(packets: QuerySet[Packet]) -> QuerySet[Packet]:
    return packets.select_related(
        "candidacy__candidate", "candidacy__role", "interview__plan_station__version", "reader", "requested_by", "job"
    )
