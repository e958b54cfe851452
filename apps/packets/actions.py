"""Verbs of the packets: ask for them, make them, hand one out."""

import datetime as dt
import logging
import os
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import InterfaceError, OperationalError, transaction

from apps.common.actions import (
    JobLost,
    beating,
    claim_job,
    fail_job,
    finish_job,
    record,
    report_progress,
    request_job,
)
from apps.common.models import Job
from apps.interviews.models import Candidacy, Interview, Seat
from apps.interviews.queries import why_closed
from apps.packets import queries
from apps.packets.core import choose
from apps.packets.core.contents import Contents
from apps.packets.models import Packet
from apps.packets.render import Pdf, to_pdf
from apps.packets.translate import to_source

logger = logging.getLogger(__name__)

TASK = "apps.packets.tasks.run_packets"
LEFTOVER_AFTER = dt.timedelta(hours=1)
RENDER_SECONDS_AT_MOST = 600


class PacketRefused(Exception):
    """This packet is not made; the sentence says why, for the person who asked."""


@transaction.atomic
def request_packets(*, candidacies: Iterable[Candidacy], kinds: Collection[str], by: Any, now: dt.datetime) -> Job:
    """Ask for packets of some kinds: one kit for every assigned interviewer, one brief and one debrief a candidacy.

    Raises ValidationError where there would be nothing to make, or where `by` still owes a scorecard on a candidacy
    whose debrief they ask for.
    """
    by.require(leader=True, recruiter=True)
    wanted = {Packet.Kind(kind) for kind in kinds}
    ids = {candidacy.pk for candidacy in candidacies}
    rows = list(Candidacy.objects.visible_to(by).filter(pk__in=ids).select_related("candidate", "role").order_by("pk"))
    if len(rows) != len(ids):
        raise PermissionDenied
    if not rows:
        raise ValidationError("Choose at least one candidate.")
    if not wanted:
        raise ValidationError("Choose at least one kind of packet.")
    if Packet.Kind.DEBRIEF in wanted:
        _refuse_debriefs_while_owing(rows, by)
    seats = list(queries.kit_seats(rows)) if Packet.Kind.INTERVIEWER_KIT in wanted else []
    packets = [
        Packet(
            kind=Packet.Kind.INTERVIEWER_KIT,
            candidacy_id=seat.interview.candidacy_id,
            interview=seat.interview,
            reader=seat.interviewer,
            requested_by=by,
        )
        for seat in seats
    ]
    packets += [
        Packet(kind=kind, candidacy=candidacy, requested_by=by)
        for kind in (Packet.Kind.CANDIDATE_BRIEF, Packet.Kind.DEBRIEF)
        if kind in wanted
        for candidacy in rows
    ]
    if not packets:
        raise ValidationError("Nobody is assigned to interview yet. Assign interviewers, then ask for their kits.")
    title = f"Packets for {rows[0]}" if len(rows) == 1 else f"Packets for {len(rows)} candidates"
    return _queue(packets, title=title, by=by, now=now)


@transaction.atomic
def request_own_kit(*, interview: Interview, by: Any, now: dt.datetime) -> Job:
    """An interviewer asks for the kit of an interview they sit in. Raises PermissionDenied without a seat."""
    seat = Seat.objects.assigned().filter(interview=interview, interviewer=by).first()
    if seat is None or not by.is_active:
        raise PermissionDenied
    interview = Interview.objects.select_related("candidacy__candidate", "plan_station__version").get(pk=interview.pk)
    packet = Packet(
        kind=Packet.Kind.INTERVIEWER_KIT,
        candidacy=interview.candidacy,
        interview=interview,
        reader=by,
        requested_by=by,
    )
    return _queue([packet], title=f"Interviewer kit: {interview}", by=by, now=now)


def _refuse_debriefs_while_owing(candidacies: list[Candidacy], by: Any) -> None:
    ids = [candidacy.pk for candidacy in candidacies]
    readable = set(Candidacy.objects.open_to(by).filter(pk__in=ids).order_by("pk").values_list("pk", flat=True))
    owing = Seat.objects.owing().filter(interview__candidacy__in=ids, interviewer=by).order_by("pk")
    owed = set(owing.values_list("interview__candidacy", flat=True))
    closed = [candidacy for candidacy in candidacies if candidacy.pk not in readable]
    problems = []
    if names := [candidacy.candidate.name for candidacy in closed if candidacy.pk in owed]:
        problems.append(
            f"You still owe a scorecard for {_some(names)}. Submit it first, then ask for the debrief packet."
        )
    if names := [candidacy.candidate.name for candidacy in closed if candidacy.pk not in owed]:
        problems.append(
            f"Of {_some(names)} you read once the whole panel has written. Ask for the debrief packet after that."
        )
    if problems:
        raise ValidationError(problems)


def _some(names: list[str]) -> str:
    return ", ".join(names[:5]) + (" and others" if len(names) > 5 else "")


def _queue(packets: list[Packet], *, title: str, by: Any, now: dt.datetime) -> Job:
    job = request_job(task=TASK, title=title, steps_total=len(packets), by=by, now=now)
    for packet in packets:
        packet.job = job
    Packet.objects.bulk_create(packets)
    record(
        by=by,
        verb="requested packets",
        thing=job,
        after={
            "packets": len(packets),
            "kinds": sorted({str(packet.kind) for packet in packets}),
            "candidacies": sorted({packet.candidacy_id for packet in packets}),
        },
    )
    return job


def render_packet(
    *, kind: str, candidacy: Candidacy, interview: Interview | None, reader: Any, by: Any, now: dt.datetime
) -> Pdf:
    """One packet as it would be made for `by` at this moment. Raises PacketRefused with a sentence."""
    return to_pdf(packet_contents(kind=kind, candidacy=candidacy, interview=interview, reader=reader, by=by, now=now))


def packet_contents(
    *, kind: str, candidacy: Candidacy, interview: Interview | None, reader: Any, by: Any, now: dt.datetime
) -> Contents:
    """Asks again who may see what: between the request and this moment people are assigned, excused and removed."""
    if not by.is_active or not Candidacy.objects.visible_to(by).filter(pk=candidacy.pk).exists():
        raise PacketRefused("The person who asked for this may no longer see this candidate.")
    if kind == Packet.Kind.INTERVIEWER_KIT:
        if interview is None or reader is None:
            raise PacketRefused("An interviewer kit is for one interviewer of one interview.")
        if not by.runs_hiring and reader != by:
            raise PacketRefused("Only the interviewer and those who run hiring may have this kit.")
        source = to_source(queries.candidacy_with_contents(candidacy.pk), as_of=now)
        try:
            return choose.interviewer_kit(source, interview=str(interview.pk), interviewer=str(reader.pk))
        except choose.NotForThisReader as error:
            raise PacketRefused(f"{reader.name} does not sit in this interview any more.") from error
    if kind == Packet.Kind.CANDIDATE_BRIEF:
        if not by.runs_hiring:
            raise PacketRefused("Candidate briefs are made by those who run hiring.")
        return choose.candidate_brief(to_source(queries.candidacy_with_contents(candidacy.pk), as_of=now))
    return _debrief_contents(candidacy=candidacy, by=by, now=now)


def _debrief_contents(*, candidacy: Candidacy, by: Any, now: dt.datetime) -> Contents:
    """Asks before and after reading: somebody given a seat in between gets a refusal, not a packet with holes."""
    _refuse_while_owing(candidacy, by)
    rows = queries.candidacy_with_contents(candidacy.pk)
    panel = queries.panel_rows(candidacy=rows, user=by)
    _refuse_while_owing(candidacy, by)
    return choose.debrief(to_source(rows, as_of=now, panel=panel), reader=by.name, time_zone=by.time_zone)


def _refuse_while_owing(candidacy: Candidacy, by: Any) -> None:
    why = why_closed(candidacy=candidacy, user=by)
    if why is not None and why.waits:
        raise PacketRefused(
            f"{by.name} reads once the whole panel has written. Ask for the debrief packet again after that."
        )
    if why is not None:
        raise PacketRefused(
            f"{by.name} owes a scorecard for this candidate. Once it is submitted, ask for the debrief packet again."
        )


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
        for packet_id in _waiting(job):
            _make(_fresh(packet_id), job=job, clock=clock)
        return _end(job, now=clock())
    except JobLost:
        logger.info("Job %s is with another worker now.", job_id)
        return None


def _waiting(job: Job) -> list[int]:
    """In order; every second attempt from the back, so that one packet that kills its worker holds up no other."""
    waiting = Packet.objects.filter(job=job, state=Packet.State.QUEUED)
    return list(waiting.order_by("-pk" if job.attempts % 2 == 0 else "pk").values_list("pk", flat=True))


def _fresh(packet_id: int) -> Packet:
    """With the people as they are at its turn: in a long job somebody may have left since its beginning."""
    people = Packet.objects.select_related("candidacy__candidate", "interview", "reader", "requested_by")
    return people.get(pk=packet_id)


def _make(packet: Packet, *, job: Job, clock: Callable[[], dt.datetime]) -> None:
    report_progress(job=job, steps_done=queries.progress_of(job)[0], now=clock())
    try:
        every = settings.JOB_STALE_SECONDS / 4
        with beating(job=job, clock=clock, every=every, at_most=RENDER_SECONDS_AT_MOST):
            pdf = render_packet(
                kind=packet.kind,
                candidacy=packet.candidacy,
                interview=packet.interview,
                reader=packet.reader,
                by=packet.requested_by,
                now=clock(),
            )
        _keep(packet, pdf=pdf, job=job, now=clock())
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


def _keep(packet: Packet, *, pdf: Pdf, job: Job, now: dt.datetime) -> None:
    """Put the file in its place and mark the packet made, while our claim on the job is locked."""
    folder = Path(settings.PACKETS_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{packet.file_name}.{job.claim}.part"
    try:
        _write(part, pdf.data)
        with transaction.atomic():
            _count_step(job, now=now)
            made = Packet.objects.filter(pk=packet.pk, state=Packet.State.QUEUED).update(
                state=Packet.State.DONE, made_at=now, pages=pdf.pages, size=len(pdf.data), sha256=pdf.sha256
            )
            if made:
                os.replace(part, folder / packet.file_name)
    finally:
        part.unlink(missing_ok=True)


def _give_up(packet: Packet, *, problem: str, job: Job, now: dt.datetime) -> None:
    with transaction.atomic():
        _count_step(job, now=now)
        Packet.objects.filter(pk=packet.pk, state=Packet.State.QUEUED).update(
            state=Packet.State.FAILED, problem=problem[:300]
        )


def _count_step(job: Job, *, now: dt.datetime) -> None:
    """One more step done; locks the job's row until commit. Raises JobLost where the claim is no longer ours."""
    report_progress(job=job, steps_done=queries.progress_of(job)[0] + 1, now=now)


def _end(job: Job, *, now: dt.datetime) -> Job:
    total, failed = queries.progress_of(job)
    with transaction.atomic():
        if failed == total:
            fail_job(job=job, message="None of the packets could be made; the list says why.", now=now)
        elif failed:
            finish_job(job=job, message=f"{failed} of {total} packets could not be made; the list says why.", now=now)
        else:
            finish_job(job=job, message="", now=now)
        record(by=job.requested_by, verb="made packets", thing=job, after={"made": total - failed, "failed": failed})
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
