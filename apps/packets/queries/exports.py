"""What the pages about exports show, and what packing and settling read."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from apps.accounts.models import User
from apps.common.models import Job
from apps.interviews.models import Candidacy, Interview, Seat
from apps.loops.models import Role
from apps.packets.models import Export, Packet

OPEN = (Job.State.QUEUED, Job.State.RUNNING)
CANDIDATES_SHOWN = 200
PROBLEMS_SHOWN = 200
EXPORTS_SHOWN = 5


@dataclass(frozen=True)
class BulkFilter:
    """Which candidacies one looks for. Days are in the reader's zone, both included."""

    roles: tuple[int, ...] = ()
    held_from: dt.date | None = None
    held_to: dt.date | None = None
    state: str = "active"
    name: str = ""


@dataclass(frozen=True)
class BulkPage:
    """Candidacies to make packets for: the first of those found, how many there are, and who interviews them."""

    shown: list[Candidacy]
    found: int
    interviewers: list[User]

    @property
    def not_shown(self) -> int:
        return max(self.found - len(self.shown), 0)


@dataclass(frozen=True)
class ExportLine:
    """One export with its counts, as lists and its own page show it. `at` is the moment it is looked at."""

    export: Export
    total: int
    made: int
    failed: int
    waiting: int
    cancelled: int
    lots_open: bool
    at: dt.datetime

    @property
    def ended(self) -> int:
        return self.made + self.failed

    @property
    def percent(self) -> int:
        return round(100 * self.ended / self.total) if self.total else 0

    @property
    def phase(self) -> str:
        """One word: making, stopping, cancelled, packing, stuck (could not be packed), nothing, ready or gone."""
        export = self.export
        if export.cancelled_at is not None:
            return "stopping" if self.lots_open else "cancelled"
        if export.packed_at is not None:
            return "gone" if export.removed_at or (export.expires_at or self.at) <= self.at else "ready"
        if export.packing is not None:
            return "packing" if export.packing.is_open else "stuck"
        return "making" if self.waiting or self.lots_open or self.made else "nothing"

    @property
    def is_open(self) -> bool:
        return self.phase in ("making", "stopping", "packing")

    @property
    def can_cancel(self) -> bool:
        return self.phase in ("making", "packing")

    @property
    def can_resume(self) -> bool:
        return self.phase in ("stopping", "cancelled", "stuck", "nothing") or (
            self.phase == "ready" and self.failed > 0
        )


@dataclass(frozen=True)
class ExportPage:
    """One export as its page polls it, with the packets that could not be made."""

    line: ExportLine
    problems: list[Packet]
    waits_for_worker: bool

    @property
    def problems_not_shown(self) -> int:
        return self.line.failed - len(self.problems)


def bulk_candidacies(*, user: Any, chosen: BulkFilter) -> QuerySet[Candidacy]:
    found = Candidacy.objects.visible_to(user).select_related("candidate", "role")
    if chosen.roles:
        found = found.filter(role__in=chosen.roles)
    if chosen.state == "active":
        found = found.filter(state=Candidacy.State.ACTIVE)
    elif chosen.state == "ended":
        found = found.exclude(state=Candidacy.State.ACTIVE)
    if chosen.name:
        found = found.filter(candidate__name__icontains=chosen.name)
    if chosen.held_from or chosen.held_to:
        held = Interview.objects.filter(candidacy=OuterRef("pk"), state=Interview.State.SCHEDULED)
        if chosen.held_from:
            held = held.filter(starts_at__gte=_midnight(chosen.held_from))
        if chosen.held_to:
            held = held.filter(starts_at__lt=_midnight(chosen.held_to + dt.timedelta(days=1)))
        found = found.filter(Exists(held))
    return found.order_by("role__title", "candidate__name", "id")


def bulk_page(*, user: Any, candidacies: QuerySet[Candidacy], chosen: list[int]) -> BulkPage:
    """The first of those found, after those somebody has chosen already, whatever they are looking for now."""
    first = list(candidacies.filter(pk__in=chosen[:CANDIDATES_SHOWN]))
    others = Candidacy.objects.visible_to(user).filter(
        pk__in=set(chosen[:CANDIDATES_SHOWN]) - {row.pk for row in first}
    )
    kept = first + list(others.select_related("candidate", "role").order_by("role__title", "candidate__name", "id"))
    more = candidacies.exclude(pk__in=[row.pk for row in kept])[: CANDIDATES_SHOWN - len(kept)]
    seats = Seat.objects.assigned().filter(interview__candidacy__in=candidacies.order_by().values("pk"))
    people = Q(pk__in=seats.values("interviewer"))
    if kept:
        people |= Q(
            pk__in=Seat.objects.assigned()
            .filter(interview__candidacy__in=[row.pk for row in kept])
            .values("interviewer")
        )
    return BulkPage(
        shown=[*kept, *more],
        found=candidacies.count(),
        interviewers=list(User.objects.filter(people).order_by("name", "pk")),
    )


def roles_to_export(user: Any) -> QuerySet[Role]:
    """Roles with candidacies this person sees."""
    seen = Candidacy.objects.visible_to(user).filter(role=OuterRef("pk"))
    return Role.objects.filter(Exists(seen)).order_by("title", "pk")


def own_exports(*, user: Any, now: dt.datetime) -> list[ExportLine]:
    """The newest few this person asked for."""
    exports = _with_counts(Export.objects.visible_to(user)).order_by("-id")[:EXPORTS_SHOWN]
    return [_line(export, now) for export in exports]


def export_page(*, export: Export, now: dt.datetime) -> ExportPage:
    line = _line(_with_counts(Export.objects.filter(pk=export.pk)).get(), now)
    failed = export.packets.filter(state=Packet.State.FAILED).select_related(
        "candidacy__candidate", "candidacy__role", "interview__plan_station__version", "reader"
    )
    untouched = open_lots(export).filter(state=Job.State.QUEUED, requested_at__lte=now - dt.timedelta(seconds=15))
    at_work = open_lots(export).filter(state=Job.State.RUNNING)
    return ExportPage(
        line=line,
        problems=list(failed.order_by("candidacy__candidate__name", "candidacy_id", "pk")[:PROBLEMS_SHOWN]),
        waits_for_worker=line.phase == "making" and untouched.exists() and not at_work.exists(),
    )


def open_lots(export: Export) -> QuerySet[Job]:
    """Jobs that make packets of this export and have not ended."""
    return Job.objects.filter(
        Exists(Packet.objects.filter(job=OuterRef("pk"), export=export)), state__in=OPEN
    ).order_by("pk")


def packets_to_pack(export: Export) -> QuerySet[Packet]:
    """All packets of an export in the order of its file: by role, candidate, kind, station and reader."""
    return export.packets.select_related(
        "candidacy__candidate", "candidacy__role", "interview__plan_station__version", "reader"
    ).order_by(
        "candidacy__role__title", "candidacy__role_id", "candidacy__candidate__name", "candidacy_id", "kind",
        "interview__plan_station__position", "reader__name", "pk",
    )  # fmt: skip


def jobs_to_start(export: Export) -> list[Job]:
    """Lots that wait for a worker, and the packing where that does."""
    lots = list(open_lots(export).filter(state=Job.State.QUEUED))
    packing = Job.objects.filter(pk__in=Export.objects.filter(pk=export.pk).values("packing"), state=Job.State.QUEUED)
    return [*lots, *packing.order_by("pk")]


def packing_after(lot: Job) -> Job | None:
    """The packing that waits for its worker now that this lot has ended."""
    return Job.objects.filter(
        pk__in=Export.objects.filter(packets__job=lot).values("packing"), state=Job.State.QUEUED
    ).first()


def _with_counts(exports: QuerySet[Export]) -> QuerySet[Export]:
    def of(state: str) -> Count:
        return Count("packets", filter=Q(packets__state=state))

    return exports.select_related("packing").annotate(
        total=Count("packets"),
        made=of(Packet.State.DONE),
        failed=of(Packet.State.FAILED),
        waiting=of(Packet.State.QUEUED),
        cancelled=of(Packet.State.CANCELLED),
        lots_open=Exists(Packet.objects.filter(export=OuterRef("pk"), job__state__in=OPEN)),
    )


def _line(export: Any, now: dt.datetime) -> ExportLine:
    return ExportLine(
        export=export,
        total=export.total,
        made=export.made,
        failed=export.failed,
        waiting=export.waiting,
        cancelled=export.cancelled,
        lots_open=export.lots_open,
        at=now,
    )


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))
