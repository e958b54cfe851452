"""Verbs with which packets are asked for."""

import datetime as dt
import logging
from collections.abc import Collection, Iterable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from apps.common.actions import (
    record,
    request_job,
)
from apps.common.models import Job
from apps.interviews.models import Candidacy, Interview, Seat
from apps.packets import queries
from apps.packets.models import Packet

logger = logging.getLogger(__name__)


TASK = "apps.packets.tasks.run_packets"


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
