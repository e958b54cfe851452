"""Verbs with which packets are asked for."""

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from apps.common.actions import record, request_job
from apps.common.models import Job
from apps.interviews.models import Candidacy, Interview, Seat
from apps.packets import queries
from apps.packets.models import Packet

TASK = "apps.packets.tasks.run_packets"


@transaction.atomic
def request_packets(
    *,
    candidacies: Iterable[Candidacy],
    kinds: Collection[str],
    by: Any,
    now: dt.datetime,
    paper: str = Packet.Paper.A4,
    names_hidden: bool = False,
) -> Job:
    """Ask for packets of some kinds in one job: a kit for every assigned interviewer, of the rest one a candidacy.

    Raises ValidationError where there would be nothing to make, or where `by` still owes a scorecard on a candidacy
    and asks for what the panel wrote about it.
    """
    rows = ask_for(candidacies, kinds=kinds, by=by)
    packets = packets_of(rows, kinds=kinds, recipients=None, paper=paper, names_hidden=names_hidden, by=by)
    return _queue(packets, title=title_of(rows), by=by, now=now)


@transaction.atomic
def request_own_kit(*, interview: Interview, by: Any, now: dt.datetime, paper: str = Packet.Paper.A4) -> Job:
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
        paper=Packet.Paper(paper),
        requested_by=by,
    )
    return _queue([packet], title=f"Interviewer kit: {interview}", by=by, now=now)


def ask_for(candidacies: Iterable[Candidacy], *, kinds: Collection[str], by: Any) -> list[Candidacy]:
    """The candidacies `by` may ask these kinds of packets for, read anew. Raises PermissionDenied, ValidationError."""
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
    if wanted.intersection(Packet.OPEN_KINDS) and (problems := why_not_read(rows, by)):
        raise ValidationError(problems)
    return rows


def packets_of(
    candidacies: list[Candidacy],
    *,
    kinds: Collection[str],
    recipients: Collection[Any] | None,
    paper: str,
    names_hidden: bool,
    by: Any,
) -> list[Packet]:
    """Rows to be, by candidacy and then by kind; kits for `recipients` only, or for everybody assigned (None)."""
    wanted = {Packet.Kind(kind) for kind in kinds}
    packets = []
    if Packet.Kind.INTERVIEWER_KIT in wanted:
        seats = queries.kit_seats(candidacies)
        packets = [
            Packet(
                kind=Packet.Kind.INTERVIEWER_KIT,
                candidacy_id=seat.interview.candidacy_id,
                interview=seat.interview,
                reader=seat.interviewer,
            )
            for seat in (seats if recipients is None else seats.filter(interviewer__in=recipients))
        ]
    packets += [
        Packet(kind=kind, candidacy=candidacy, names_hidden=names_hidden and kind == Packet.Kind.SUBJECT_ACCESS)
        for kind in Packet.Kind
        if kind in wanted and kind != Packet.Kind.INTERVIEWER_KIT
        for candidacy in candidacies
    ]
    if not packets and recipients is None:
        raise ValidationError("Nobody is assigned to interview yet. Assign interviewers, then ask for their kits.")
    if not packets:
        raise ValidationError("None of the chosen interviewers sits in an interview of these candidates.")
    for packet in packets:
        packet.paper, packet.requested_by = Packet.Paper(paper), by
    place = {kind.value: number for number, kind in enumerate(Packet.Kind)}
    return sorted(packets, key=lambda packet: (packet.candidacy_id, place[packet.kind]))


def title_of(candidacies: list[Candidacy]) -> str:
    first = candidacies[0]
    return f"Packets for {first}" if len(candidacies) == 1 else f"Packets for {len(candidacies)} candidates"


def why_not_read(candidacies: Collection[Candidacy], by: Any) -> list[str]:
    """Sentences that name the candidates of whom `by` may not read now what the panel wrote. Empty where they may."""
    ids = [candidacy.pk for candidacy in candidacies]
    readable = set(Candidacy.objects.open_to(by).filter(pk__in=ids).order_by("pk").values_list("pk", flat=True))
    owing = Seat.objects.owing().filter(interview__candidacy__in=ids, interviewer=by).order_by("pk")
    owed = set(owing.values_list("interview__candidacy", flat=True))
    closed = [candidacy for candidacy in candidacies if candidacy.pk not in readable]
    problems = []
    if names := [candidacy.candidate.name for candidacy in closed if candidacy.pk in owed]:
        problems.append(
            f"You still owe a scorecard for {_some(names)}. Submit it first, then ask for what the panel wrote."
        )
    if names := [candidacy.candidate.name for candidacy in closed if candidacy.pk not in owed]:
        problems.append(
            f"Of {_some(names)} you read once the whole panel has written. Ask for what it wrote after that."
        )
    return problems


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
