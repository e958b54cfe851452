"""Verbs with which many packets are asked for at once, stopped, taken up again and handed out."""

import datetime as dt
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q

from apps.common.actions import record, request_job
from apps.common.models import Job
from apps.interviews.models import Candidacy
from apps.packets import queries
from apps.packets.actions.asking import TASK, ask_for, packets_of, title_of, why_not_read
from apps.packets.models import Export, Packet

PACK_TASK = "apps.packets.tasks.pack_export"
LOT_SIZE = 20
MOST_PACKETS = 5000
GIVEN_UP = "The work on this was given up: its worker ended again and again. Try the failed ones again."
MANY = {
    Packet.Kind.INTERVIEWER_KIT: "interviewer kits",
    Packet.Kind.CANDIDATE_BRIEF: "candidate briefs",
    Packet.Kind.DEBRIEF: "debrief packets",
    Packet.Kind.DECISION_RECORD: "decision records",
    Packet.Kind.SUBJECT_ACCESS: "subject-access copies",
}
# What a packet is before it is made.
UNMADE: dict[str, Any] = {
    "made_at": None, "pages": None, "size": None, "sha256": "", "contents_sha256": "", "problem": "",
}  # fmt: skip
UNPACKED: dict[str, Any] = {
    "packing": None, "packed_at": None, "expires_at": None, "removed_at": None, "size": None, "sha256": "",
}  # fmt: skip


class ExportClosed(Exception):
    """Not for this person now: `problems` are sentences that name the candidates and say what to do."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


class ExportGone(Exception):
    """The file was kept for some days and is no longer there."""


@transaction.atomic
def request_export(
    *,
    candidacies: Iterable[Candidacy],
    kinds: Collection[str],
    recipients: Collection[Any] | None,
    paper: str,
    form: str,
    names_hidden: bool,
    by: Any,
    now: dt.datetime,
) -> Export:
    """Ask for packets of many candidacies as one file: in lots of about twenty, a job each, for any number of workers.

    `recipients` are the interviewers whose kits are made; None means everybody assigned. Raises ValidationError in
    words, as `request_packets` does.
    """
    rows = ask_for(candidacies, kinds=kinds, by=by)
    if form == Export.Form.MERGED and Packet.Kind.SUBJECT_ACCESS in kinds and len(rows) > 1:
        raise ValidationError(
            "A subject-access copy is for one candidate alone, so several cannot be one PDF. Choose the ZIP."
        )
    packets = packets_of(rows, kinds=kinds, recipients=recipients, paper=paper, names_hidden=names_hidden, by=by)
    if len(packets) > MOST_PACKETS:
        raise ValidationError(
            f"That would be {len(packets):,} packets, and one export holds at most {MOST_PACKETS:,}. "
            "Choose fewer candidates or fewer kinds, and export in parts."
        )
    export = Export.objects.create(
        title=_title(rows, {Packet.Kind(kind) for kind in kinds})[:200],
        form=Export.Form(form),
        requested_by=by,
        requested_at=now,
    )
    for packet in packets:
        packet.export = export
    _into_lots(packets, export=export, now=now)
    Packet.objects.bulk_create(packets, batch_size=1000)
    record(
        by=by,
        verb="asked for export",
        thing=export,
        after={
            "packets": len(packets),
            "kinds": sorted({str(packet.kind) for packet in packets}),
            "candidacies": sorted({packet.candidacy_id for packet in packets}),
            "recipients": "all" if recipients is None else sorted(person.pk for person in recipients),
            "paper": str(paper),
            "form": str(form),
            "names_hidden": names_hidden,
        },
    )
    return export


@transaction.atomic
def cancel_export(*, export: Export, by: Any, now: dt.datetime) -> Export:
    """Stop: what is made stays, what waits is not made, nothing is packed. Does nothing where all has ended."""
    export = _locked(export, by=by)
    if export.cancelled_at is not None or export.packed_at is not None or not _is_open(export):
        return export
    waiting = export.packets.filter(state=Packet.State.QUEUED)
    # In the order in which a worker marks them: two that lock the same rows otherwise wait for each other.
    locked = list(waiting.select_for_update().order_by("pk").values_list("pk", flat=True))
    stopped = waiting.filter(pk__in=locked).update(state=Packet.State.CANCELLED)
    export.cancelled_at = now
    export.save(update_fields=["cancelled_at"])
    made = export.packets.filter(state=Packet.State.DONE).count()
    record(by=by, verb="cancelled export", thing=export, after={"made": made, "not made": stopped})
    return export


@transaction.atomic
def resume_export(*, export: Export, by: Any, now: dt.datetime) -> Export:
    """Go on where it was stopped, and try again what failed; what is made is kept. Does nothing while work is open."""
    export = _locked(export, by=by)
    if export.cancelled_at is None and _is_open(export):
        return export
    left = list(export.packets.exclude(state=Packet.State.DONE).order_by("candidacy_id", "pk"))
    if not left and (export.packed_at is not None or not export.packets.exists()):
        return export
    _queue_again(left, export=export, now=now)
    record(by=by, verb="resumed export", thing=export, after={"packets": len(left)})
    pack_if_all_is_made(export=export, now=now)
    return export


@transaction.atomic
def make_export_again(*, export: Export, by: Any, now: dt.datetime) -> Export:
    """The same packets once more, as things stand now, where the file is gone. Does nothing while there is a file."""
    export = _locked(export, by=by)
    if export.packed_at is None or not is_gone(export, now=now):
        return export
    packets = list(export.packets.order_by("candidacy_id", "pk"))
    _queue_again(packets, export=export, now=now)
    record(by=by, verb="made export again", thing=export, after={"packets": len(packets)})
    return export


@transaction.atomic
def hand_out_export(*, export: Export, by: Any, now: dt.datetime) -> Path:
    """The file for who asked, with a line in the trail. Raises ExportClosed, ExportGone, and PermissionDenied.

    Asks again whether they may see every packet inside: somebody seated since then owes a scorecard.
    """
    export = _locked(export, by=by)
    inside = export.packets.filter(state=Packet.State.DONE)
    hidden = inside.exclude(pk__in=Packet.objects.visible_to(by).filter(export=export).values("pk"))
    about = Candidacy.objects.filter(pk__in=hidden.values("candidacy")).select_related("candidate").order_by("pk")
    if about:
        raise ExportClosed(why_not_read(list(about), by) or ["You may no longer see every packet inside."])
    if export.packed_at is None or is_gone(export, now=now):
        raise ExportGone
    record(by=by, verb="downloaded export", thing=export, after={"packets": len(inside), "sha256": export.sha256})
    return Path(settings.PACKETS_DIR) / export.file_name


def is_gone(export: Export, *, now: dt.datetime) -> bool:
    """Whether a packed export's file is past its time, or missing before that."""
    past = export.removed_at is not None or (export.expires_at is not None and export.expires_at <= now)
    return past or not (Path(settings.PACKETS_DIR) / export.file_name).is_file()


def lock_export_of(lot: Job) -> Export | None:
    """The export a job makes packets for, locked: of two lots that end at the same moment, one sees the other's end."""
    found = Packet.objects.filter(job=lot, export__isnull=False).order_by("pk").values_list("export", flat=True).first()
    return None if found is None else Export.objects.select_for_update().get(pk=found)


def pack_if_all_is_made(*, export: Export, now: dt.datetime) -> Job | None:
    """Queue the packing once no lot is open and something is made. The caller has locked the export."""
    if export.cancelled_at is not None or export.packing_id is not None:
        return None
    made = export.packets.filter(state=Packet.State.DONE).count()
    if not made or queries.open_lots(export).exists() or export.packets.filter(state=Packet.State.QUEUED).exists():
        return None
    title = f"Packing: {export.title}"
    export.packing = request_job(task=PACK_TASK, title=title, steps_total=made, by=export.requested_by, now=now)
    export.save(update_fields=["packing"])
    return export.packing


@transaction.atomic
def settle_exports(*, now: dt.datetime) -> list[Job]:
    """End what a lot that was given up has left hanging. Returns the packing jobs that begin with that."""
    stuck = Q(packets__state=Packet.State.QUEUED) & ~Q(packets__job__state__in=queries.OPEN)
    unpacked = Q(packing=None, packed_at=None, packets__state=Packet.State.DONE)
    found = Export.objects.filter(stuck | unpacked, cancelled_at=None).order_by("pk").distinct()
    begun = []
    for export_id in found.values_list("pk", flat=True):
        export = Export.objects.select_for_update().get(pk=export_id)
        abandoned = export.packets.filter(state=Packet.State.QUEUED).exclude(job__state__in=queries.OPEN)
        abandoned.update(state=Packet.State.FAILED, problem=GIVEN_UP)
        if (packing := pack_if_all_is_made(export=export, now=now)) is not None:
            begun.append(packing)
    return begun


def _locked(export: Export, *, by: Any) -> Export:
    """Read anew and kept from others until commit. Raises PermissionDenied for everybody but who asked."""
    locked = Export.objects.visible_to(by).select_for_update().filter(pk=export.pk).first()
    if locked is None:
        raise PermissionDenied
    return locked


def _title(candidacies: list[Candidacy], kinds: set[Packet.Kind]) -> str:
    """Names one kind or two, so that one's exports can be told apart."""
    if len(candidacies) == 1 or len(kinds) > 2:
        return title_of(candidacies)
    words = " and ".join(MANY[kind] for kind in Packet.Kind if kind in kinds)
    return f"{words[0].upper()}{words[1:]} for {len(candidacies)} candidates"


def _is_open(export: Export) -> bool:
    waits = export.packets.filter(state=Packet.State.QUEUED, job__state__in=queries.OPEN).exists()
    return waits or (export.packing is not None and export.packing.is_open) or queries.open_lots(export).exists()


def _queue_again(packets: list[Packet], *, export: Export, now: dt.datetime) -> None:
    """Into new lots, and the export back to before its packing; the file of before goes."""
    old = Path(settings.PACKETS_DIR) / export.file_name
    _into_lots(packets, export=export, now=now)
    for packet in packets:
        packet.state = Packet.State.QUEUED
        for name, value in UNMADE.items():
            setattr(packet, name, value)
    Packet.objects.bulk_update(packets, ["job", "state", *UNMADE], batch_size=500)
    for name, value in {**UNPACKED, "cancelled_at": None}.items():
        setattr(export, name, value)
    export.save(update_fields=["cancelled_at", *UNPACKED])
    transaction.on_commit(lambda: old.unlink(missing_ok=True))


def _into_lots(packets: list[Packet], *, export: Export, now: dt.datetime) -> None:
    """All packets of one candidacy in the same lot, so that what they share is read once."""
    lots: list[list[Packet]] = []
    for packet in packets:
        same = bool(lots) and lots[-1][-1].candidacy_id == packet.candidacy_id
        if not same and (not lots or len(lots[-1]) >= LOT_SIZE):
            lots.append([])
        lots[-1].append(packet)
    for number, lot in enumerate(lots, start=1):
        title = f"{export.title}, lot {number} of {len(lots)}"
        job = request_job(task=TASK, title=title, steps_total=len(lot), by=export.requested_by, now=now)
        for packet in lot:
            packet.job = job
