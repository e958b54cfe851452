"""Verbs of the worker that makes the packets of a job."""

import datetime as dt
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction

from apps.common.actions import (
    JobLost,
    beating,
    claim_job,
    fail_job,
    finish_job,
    record,
    report_progress,
)
from apps.common.models import Job
from apps.packets import queries
from apps.packets.actions.contents import PacketRefused, packet_contents
from apps.packets.actions.exporting import lock_export_of, pack_if_all_is_made
from apps.packets.actions.sources import Shared, Sources
from apps.packets.core.contents import Contents
from apps.packets.models import Packet
from apps.packets.render import Pdf, fingerprint, to_pdf

logger = logging.getLogger(__name__)

LEFTOVER_AFTER = dt.timedelta(hours=1)
RENDER_SECONDS_AT_MOST = 600
READ_TOGETHER = 5  # candidacies; what the last of them holds is some three seconds old when its packets are made
OF_THE_PANEL = (Packet.Kind.DEBRIEF, Packet.Kind.DECISION_RECORD)


def run_packets_job(*, job_id: int, clock: Callable[[], dt.datetime]) -> Job | None:
    """Make every packet of a job that is still waiting. None where another worker has the job, or takes it over.

    Runs again after a kill from where it stopped: what is made is marked made in the same transaction that puts the
    file in its place and counts the step.
    """
    job = claim_job(job_id=job_id, now=clock())
    if job is None:
        return None
    try:
        _remove_leftovers(job, now=clock())
        sources = Sources(_shared_in(job))
        for packet_ids in _waiting(job):
            _make(packet_ids, job=job, sources=sources, clock=clock)
        return _end(job, now=clock())
    except JobLost:
        logger.info("Job %s is with another worker now.", job_id)
        return None


def _shared_in(job: Job) -> Shared:
    """One for all lots of an export that this process makes one after another; a new one for whatever stands alone."""
    export = Packet.objects.filter(job=job).order_by("pk").values_list("export", flat=True).first()
    return Shared() if export is None else _shared_in_export(export)


@lru_cache(maxsize=1)
def _shared_in_export(_export: int) -> Shared:
    return Shared()


def _waiting(job: Job) -> list[list[int]]:
    """In order, those of a few candidacies together: what they hold is read at one moment.

    From the second attempt on each by itself, and every second attempt from the back, so that one packet that kills
    its worker holds up no other.
    """
    waiting = Packet.objects.filter(job=job, state=Packet.State.QUEUED)
    rows = waiting.order_by("-pk" if job.attempts % 2 == 0 else "pk").values_list("candidacy", "kind", "pk")
    if job.attempts > 1:
        return [[pk] for *_, pk in rows]
    lots: list[list[int]] = []
    room = 0
    for _, of_one in groupby(rows, key=lambda row: row[0]):
        packets = list(of_one)
        # That a subject-access copy is made is recorded when it is read: it waits for no other candidacy.
        alone = any(kind == Packet.Kind.SUBJECT_ACCESS for _, kind, _ in packets)
        if alone or not room:
            lots.append([])
            room = 1 if alone else READ_TOGETHER
        lots[-1] += [pk for *_, pk in packets]
        room -= 1
    return lots


def _make(packet_ids: list[int], *, job: Job, sources: Sources, clock: Callable[[], dt.datetime]) -> None:
    """What all of them hold first, then one file after another; those of one candidacy are marked made together."""
    _count_steps(job, now=clock())
    every = settings.JOB_STALE_SECONDS / 4
    beats: dict[str, Any] = {"job": job, "clock": clock, "every": every, "at_most": RENDER_SECONDS_AT_MOST}
    packets = _fresh(packet_ids, job)
    with beating(**beats):
        _read_together(packets, sources=sources, now=clock())
        held: list[tuple[Packet, Contents]] = []
        for packet in packets:
            with _given_up(packet, job=job, clock=clock):
                contents = _read(packet, sources=sources, now=clock())
                packet.contents_sha256 = fingerprint(contents, paper=packet.paper)
                held.append((packet, contents))
    earlier = _made_before([packet for packet, _ in held])
    for _, of_one in groupby(held, key=lambda pair: pair[0].candidacy_id):
        made: list[tuple[Packet, Pdf]] = []
        for packet, contents in of_one:
            with _given_up(packet, job=job, clock=clock), beating(**beats):
                made.append((packet, earlier.get(packet.pk) or to_pdf(contents, paper=packet.paper)))
        _keep_what_can_be(made, job=job, clock=clock)


def _read_together(packets: list[Packet], *, sources: Sources, now: dt.datetime) -> None:
    """What goes wrong here goes wrong again, for one packet alone, when that is read by itself."""
    others = [packet for packet in packets if packet.kind != Packet.Kind.SUBJECT_ACCESS]
    if not others:
        return
    candidacies = list(dict.fromkeys(packet.candidacy_id for packet in others))
    panels = any(packet.kind in OF_THE_PANEL for packet in others)
    try:
        sources.read_together(candidacies, by=others[0].requested_by, now=now, panels=panels)
    except (InterfaceError, OperationalError):
        raise
    except Exception:
        logger.exception("Candidacies %s could not be read together.", candidacies)


def _fresh(packet_ids: list[int], job: Job) -> list[Packet]:
    """With the people as they are at their turn: in a long job somebody may have left since its beginning.

    Without what was cancelled since the lot began, or given to another lot since then.
    """
    people = Packet.objects.select_related("candidacy__candidate", "interview", "reader", "requested_by")
    found = {packet.pk: packet for packet in people.filter(pk__in=packet_ids, job=job, state=Packet.State.QUEUED)}
    asking: dict[int, Any] = {}
    for packet in found.values():  # one object for one person, which is asked once what they may see
        packet.requested_by = asking.setdefault(packet.requested_by_id, packet.requested_by)
    return [found[pk] for pk in packet_ids if pk in found]


def _read(packet: Packet, *, sources: Sources, now: dt.datetime) -> Contents:
    return packet_contents(
        kind=packet.kind,
        candidacy=packet.candidacy,
        interview=packet.interview,
        reader=packet.reader,
        by=packet.requested_by,
        now=now,
        names_hidden=packet.names_hidden,
        sources=sources,
    )


@contextmanager
def _given_up(packet: Packet, *, job: Job, clock: Callable[[], dt.datetime]) -> Iterator[None]:
    """A packet that cannot be made is given up with the reason for who asked; the others go on."""
    try:
        yield
    except (InterfaceError, OperationalError, JobLost):
        raise  # nothing is wrong with this packet: the sweep starts the job again, or another worker has it
    except PacketRefused as refusal:
        _give_up(packet, problem=str(refusal), job=job, now=clock())
    except OSError as error:
        logger.exception("Packet %s could not be written.", packet.pk)
        problem = f"The file could not be written ({error.strerror or 'no reason given'}). Tell who runs this server."
        _give_up(packet, problem=problem, job=job, now=clock())
    except Exception:
        logger.exception("Packet %s could not be made.", packet.pk)
        problem = f"The PDF could not be made. Ask again; if it fails again, report packet {packet.pk}."
        _give_up(packet, problem=problem, job=job, now=clock())


def _made_before(packets: list[Packet]) -> dict[int, Pdf]:
    """The files of earlier packets that say the very same, by the key of the one to make.

    Without those where there is none, or where it is not whole any more.
    """
    same = Packet.objects.filter(
        candidacy__in={packet.candidacy_id for packet in packets},
        contents_sha256__in=[packet.contents_sha256 for packet in packets],
        state=Packet.State.DONE,
        pages__isnull=False,
    )
    latest = {_says(packet): packet for packet in same.order_by("pk")}
    pairs = ((packet, latest.get(_says(packet))) for packet in packets)
    return {
        packet.pk: pdf for packet, earlier in pairs if earlier is not None and (pdf := _file_of(earlier)) is not None
    }


def _says(packet: Packet) -> tuple[str, int, int | None, int | None, str]:
    """The same for packets that say the same of the same thing to the same reader."""
    return packet.kind, packet.candidacy_id, packet.interview_id, packet.reader_id, packet.contents_sha256


def _file_of(packet: Packet) -> Pdf | None:
    try:
        data = (Path(settings.PACKETS_DIR) / packet.file_name).read_bytes()
    except FileNotFoundError:
        return None
    found = Pdf(data=data, pages=packet.pages or 0)
    return found if found.sha256 == packet.sha256 else None


def _keep_what_can_be(made: list[tuple[Packet, Pdf]], *, job: Job, clock: Callable[[], dt.datetime]) -> None:
    """All together; where that fails, each by itself, so that one file's trouble is its own."""
    try:
        _keep(made, job=job, now=clock())
    except (InterfaceError, OperationalError, JobLost):
        raise
    except Exception:
        logger.exception("Packets %s could not be kept together.", [packet.pk for packet, _ in made])
        for packet, pdf in made:
            with _given_up(packet, job=job, clock=clock):
                _keep([(packet, pdf)], job=job, now=clock())


def _keep(made: list[tuple[Packet, Pdf]], *, job: Job, now: dt.datetime) -> None:
    """Mark the packets made and put their files in their places, in one transaction that ends with JobLost where the
    claim is no longer ours.
    """
    folder = Path(settings.PACKETS_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    parts = {packet.pk: folder / f"{packet.file_name}.{job.claim}.part" for packet, _ in made}
    placed: list[Path] = []
    try:
        for packet, pdf in made:
            _write(parts[packet.pk], pdf.data)
        with transaction.atomic():
            ours = [packet for packet, pdf in made if _mark_made(packet, pdf, job=job, now=now)]
            _count_steps(job, now=now)
            for packet in ours:
                os.replace(parts[packet.pk], folder / packet.file_name)
                placed.append(folder / packet.file_name)
    except (InterfaceError, OperationalError):
        raise  # whether it was committed nobody knows: what is not marked is made again, to the same places
    except BaseException:
        for path in placed:
            path.unlink(missing_ok=True)
        raise
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)


def _mark_made(packet: Packet, pdf: Pdf, *, job: Job, now: dt.datetime) -> bool:
    """Whether it was waiting for this job still."""
    waiting = Packet.objects.filter(pk=packet.pk, job=job, state=Packet.State.QUEUED)
    return bool(
        waiting.update(
            state=Packet.State.DONE, made_at=now, pages=pdf.pages, size=len(pdf.data), sha256=pdf.sha256,
            contents_sha256=packet.contents_sha256,
        )
    )  # fmt: skip


def _give_up(packet: Packet, *, problem: str, job: Job, now: dt.datetime) -> None:
    with transaction.atomic():
        Packet.objects.filter(pk=packet.pk, job=job, state=Packet.State.QUEUED).update(
            state=Packet.State.FAILED, problem=problem[:300]
        )
        _count_steps(job, now=now)


def _count_steps(job: Job, *, now: dt.datetime) -> None:
    """As many as have ended; locks the job's row until commit. Raises JobLost where the claim is no longer ours."""
    report_progress(job=job, steps_done=queries.progress_of(job)[0], now=now)


def _end(job: Job, *, now: dt.datetime) -> Job:
    """The end of a job; with the last lot of an export its packing begins, in the same transaction."""
    with transaction.atomic():
        export = lock_export_of(job)
        total, failed = queries.progress_of(job)
        made = Packet.objects.filter(job=job, state=Packet.State.DONE).count()
        if failed and failed == total:
            fail_job(job=job, message="None of the packets could be made; the list says why.", now=now)
        elif failed:
            finish_job(job=job, message=f"{failed} of {total} packets could not be made; the list says why.", now=now)
        else:
            finish_job(job=job, message="", now=now)
        record(by=job.requested_by, verb="made packets", thing=job, after={"made": made, "failed": failed})
        if export is not None:
            pack_if_all_is_made(export=export, now=now)
    job.refresh_from_db()
    return job


def _write(path: Path, data: bytes) -> None:
    """For the owner of the process only, and on the disk before anybody is told."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _remove_leftovers(job: Job, *, now: dt.datetime) -> None:
    """What a killed worker had begun to write: this job's at once, anybody's after an hour."""
    ours = {packet.file_name for packet in Packet.objects.filter(job=job).order_by("pk")}
    for part in Path(settings.PACKETS_DIR).glob("*.part"):
        try:
            begun = dt.datetime.fromtimestamp(part.stat().st_mtime, tz=dt.UTC)
            if part.name.removesuffix(".part").rpartition(".")[0] in ours or begun < now - LEFTOVER_AFTER:
                part.unlink(missing_ok=True)
        except FileNotFoundError:
            continue  # another worker was tidying too
