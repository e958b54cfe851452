"""Verbs of the worker that packs the packets of an export into one file, and of the clock that tidies up after it."""

import csv
import datetime as dt
import hashlib
import io
import logging
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction

from apps.common.actions import JobLost, beating, claim_job, fail_job, finish_job, record, report_progress
from apps.common.models import Job
from apps.packets import queries
from apps.packets.actions.exporting import settle_exports
from apps.packets.models import Export, Packet
from apps.packets.render import merge

logger = logging.getLogger(__name__)

PACK_SECONDS_AT_MOST = 3600
REPORT_EVERY = 25
COLUMNS = [
    "file", "kind", "candidate", "role", "station", "reader", "pages", "bytes", "sha256", "made_at", "problem",
]  # fmt: skip
MISSING = "Its file was no longer on the server when everything was packed. Try the failed ones again."


class Unwanted(Exception):
    """The export was cancelled or taken up again while it was packed."""


def pack_export_job(*, job_id: int, clock: Callable[[], dt.datetime]) -> Job | None:
    """Pack the export a job is the packing of. None where another worker has the job, or takes it over.

    The file comes to its place in the same transaction that marks the export packed: nobody sees half of one.
    """
    job = claim_job(job_id=job_id, now=clock())
    if job is None:
        return None
    export = Export.objects.filter(packing=job).first()
    try:
        every = settings.JOB_STALE_SECONDS / 4
        with beating(job=job, clock=clock, every=every, at_most=PACK_SECONDS_AT_MOST):
            if export is None or not _is_wanted(export, job):
                raise Unwanted
            _pack(export, job=job, clock=clock)
    except (InterfaceError, OperationalError):
        raise  # nothing is wrong with the export: the sweep starts the job again
    except JobLost:
        logger.info("Job %s is with another worker now.", job_id)
        return None
    except Unwanted:
        _fail(job, message="Stopped before the file was ready.", now=clock())
    except OSError as error:
        logger.exception("An export could not be written.")
        reason = error.strerror or "no reason given"
        _fail(job, message=f"The file could not be written ({reason}). Tell who runs this server.", now=clock())
    except Exception:
        logger.exception("An export could not be packed.")
        _fail(
            job, message="The packets could not be put into one file. Try again, or choose the other form.", now=clock()
        )
    job.refresh_from_db()
    return job


def tidy_packets(*, now: dt.datetime) -> list[Job]:
    """End what hangs and remove what is past its time. Returns packing jobs whose message is to be sent."""
    begun = settle_exports(now=now)
    _remove_old_exports(now=now)
    _remove_old_packets(now=now)
    return begun


def _fail(job: Job, *, message: str, now: dt.datetime) -> None:
    with suppress(JobLost):
        fail_job(job=job, message=message, now=now)


def _is_wanted(export: Export, job: Job) -> bool:
    return Export.objects.filter(pk=export.pk, packing=job, cancelled_at=None, packed_at=None).exists()


def _pack(export: Export, *, job: Job, clock: Callable[[], dt.datetime]) -> None:
    folder = Path(settings.PACKETS_DIR)
    target = folder / export.file_name
    for left in folder.glob(f"{export.file_name}.*.part"):
        left.unlink(missing_ok=True)  # by a worker that was killed: this claim is the only one
    packets = list(queries.packets_to_pack(export))
    missing = {packet.pk for packet in packets if packet.state == Packet.State.DONE and not _is_whole(packet, folder)}
    inside = [packet for packet in packets if packet.state == Packet.State.DONE and packet.pk not in missing]
    counted = _reporting(inside, export=export, job=job, clock=clock)
    part = folder / f"{export.file_name}.{job.claim}.part"
    try:
        if inside and export.form == Export.Form.ZIP:
            _write_zip(part, packets, counted, missing=missing, folder=folder)
        elif inside:
            merge(
                ((_bookmark(packet), folder / packet.file_name) for packet in counted), title=export.title, target=part
            )
        size, sha256 = _to_disk(part) if inside else (0, "")
        with transaction.atomic():
            locked = Export.objects.select_for_update().get(pk=export.pk)
            if not _is_wanted(locked, job):
                raise Unwanted
            now = clock()
            finish_job(job=job, message="", now=now)
            Packet.objects.filter(pk__in=missing).update(
                state=Packet.State.FAILED, problem=MISSING, made_at=None, pages=None, size=None, sha256="",
                contents_sha256="",
            )  # fmt: skip
            if not inside:
                locked.packing = None
                locked.save(update_fields=["packing"])
                return
            locked.packed_at, locked.size, locked.sha256 = now, size, sha256
            locked.expires_at = now + dt.timedelta(days=settings.EXPORT_DAYS)
            locked.save(update_fields=["packed_at", "size", "sha256", "expires_at"])
            record(
                by=export.requested_by,
                verb="packed export",
                thing=locked,
                after={"packets": len(inside), "failed": len(packets) - len(inside), "sha256": sha256},
            )
            os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)


def _reporting(
    packets: list[Packet], *, export: Export, job: Job, clock: Callable[[], dt.datetime]
) -> Iterator[Packet]:
    """Each packet in turn; now and then says how far it got, and asks whether the file is wanted still."""
    for number, packet in enumerate(packets):
        if number % REPORT_EVERY == 0:
            report_progress(job=job, steps_done=number, now=clock())
            if not _is_wanted(export, job):
                raise Unwanted
        yield packet


def _is_whole(packet: Packet, folder: Path) -> bool:
    try:
        return hashlib.sha256((folder / packet.file_name).read_bytes()).hexdigest() == packet.sha256
    except FileNotFoundError:
        return False


def _write_zip(part: Path, packets: list[Packet], inside: Iterable[Packet], *, missing: set[int], folder: Path) -> None:
    """The files, then the list of them all. The same packets give the same bytes."""
    paths = dict(zip((packet.pk for packet in packets), queries.paths_of(packets), strict=True))
    descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w+b") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for packet in inside:
            archive.writestr(_entry(paths[packet.pk]), (folder / packet.file_name).read_bytes())
        archive.writestr(_entry("manifest.csv"), _manifest(packets, paths, missing))


def _entry(name: str) -> zipfile.ZipInfo:
    """Stamped with the first moment a ZIP knows, for its owner to read and write wherever it is unpacked."""
    entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    entry.create_system, entry.external_attr = 3, 0o100600 << 16
    return entry


def _manifest(packets: list[Packet], paths: dict[int, str], missing: set[int]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for packet in packets:
        made = packet.state == Packet.State.DONE and packet.pk not in missing
        about = [
            packet.get_kind_display(),
            packet.candidacy.candidate.name,
            packet.candidacy.role.title,
            packet.interview.plan_station.version.name if packet.interview else "",
            packet.reader.name if packet.reader else "",
        ]
        if made and packet.made_at is not None:
            moment = packet.made_at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            row = [paths[packet.pk], *about, packet.pages, packet.size, packet.sha256, moment, ""]
        else:
            row = ["", *about, "", "", "", "", MISSING if packet.pk in missing else packet.problem]
        writer.writerow([_harmless(str(cell)) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def _harmless(cell: str) -> str:
    """A spreadsheet takes a cell that begins like this for a formula (OWASP, CSV injection)."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _bookmark(packet: Packet) -> str:
    return ": ".join([packet.candidacy.candidate.name, ", ".join(queries.words_of(packet))])


def _to_disk(part: Path) -> tuple[int, str]:
    """Its size and checksum, once it is on the disk; for the owner of the process only."""
    part.chmod(0o600)
    with part.open("rb") as file:
        os.fsync(file.fileno())
        digest = hashlib.file_digest(file, "sha256")
    return part.stat().st_size, digest.hexdigest()


@transaction.atomic
def _remove_old_exports(*, now: dt.datetime) -> None:
    old = Export.objects.select_for_update(skip_locked=True).filter(expires_at__lte=now, removed_at=None)
    for export in old.order_by("pk"):
        export.removed_at = now
        export.save(update_fields=["removed_at"])
        (Path(settings.PACKETS_DIR) / export.file_name).unlink(missing_ok=True)


def _remove_old_packets(*, now: dt.datetime) -> None:
    """Files of packets made long ago; their rows stay, and the page says how to make them again."""
    folder = Path(settings.PACKETS_DIR)
    files = {path.name: path for path in folder.glob("*.pdf") if path.name.partition("-")[0].isdecimal()}
    names = sorted(files)
    limit = now - dt.timedelta(days=settings.PACKET_DAYS)
    for begin in range(0, len(names), 1000):
        numbers = [int(name.partition("-")[0]) for name in names[begin : begin + 1000]]
        old = Packet.objects.filter(pk__in=numbers, state=Packet.State.DONE, made_at__lt=limit).order_by("pk")
        for packet in old:
            if packet.file_name in files:
                files[packet.file_name].unlink(missing_ok=True)
