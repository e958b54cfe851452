"""What one packet holds for one person at this moment: asked anew whenever it is made."""

import datetime as dt
from typing import Any

from django.db import transaction

from apps.common.actions import record
from apps.debriefs.actions import Once, PanelRows, debrief_report, panels_of
from apps.interviews.models import Candidacy, Interview
from apps.interviews.queries import why_closed
from apps.packets import queries
from apps.packets.actions.sources import Held, Sources
from apps.packets.core import choose
from apps.packets.core.contents import Contents
from apps.packets.core.limits import TooMuch, check_size
from apps.packets.core.source import Source
from apps.packets.models import Packet
from apps.packets.render import LONGEST_TEXT, Pdf, to_pdf
from apps.packets.translate import to_held, to_source

UNSEEN = "The person who asked for this may no longer see this candidate."


class PacketRefused(Exception):
    """This packet is not made; the sentence says why, for the person who asked."""


def render_packet(
    *,
    kind: str,
    candidacy: Candidacy,
    interview: Interview | None,
    reader: Any,
    by: Any,
    now: dt.datetime,
    paper: str = Packet.Paper.A4,
    names_hidden: bool = False,
) -> Pdf:
    """One packet as it would be made for `by` at this moment. Raises PacketRefused with a sentence."""
    contents = packet_contents(
        kind=kind,
        candidacy=candidacy,
        interview=interview,
        reader=reader,
        by=by,
        now=now,
        names_hidden=names_hidden,
    )
    return to_pdf(contents, paper=paper)


def packet_contents(
    *,
    kind: str,
    candidacy: Candidacy,
    interview: Interview | None,
    reader: Any,
    by: Any,
    now: dt.datetime,
    names_hidden: bool = False,
    sources: Sources | None = None,
) -> Contents:
    """What the packet holds, as far as it can be laid out. Raises PacketRefused."""
    contents = _contents(
        kind=kind,
        candidacy=candidacy,
        interview=interview,
        reader=reader,
        by=by,
        now=now,
        names_hidden=names_hidden,
        sources=sources or Sources(),
    )
    try:
        check_size(contents, longest_text=LONGEST_TEXT)
    except TooMuch as error:
        raise PacketRefused(
            f"Too much for one packet: {error.field} ({error.count:,} {error.unit}; {error.most:,} at most). "
            "Shorten it where it was written, or read it in hiringloop."
        ) from error
    return contents


def _contents(
    *,
    kind: str,
    candidacy: Candidacy,
    interview: Interview | None,
    reader: Any,
    by: Any,
    now: dt.datetime,
    names_hidden: bool,
    sources: Sources,
) -> Contents:
    """Asks again who may see what: between the request and this moment people are assigned, excused and removed."""
    if kind == Packet.Kind.SUBJECT_ACCESS:
        return _held_contents(candidacy=candidacy, by=by, now=now, names_hidden=names_hidden)
    held = sources.of(candidacy, by=by, now=now)
    if held is None:
        raise PacketRefused(UNSEEN)
    if kind == Packet.Kind.INTERVIEWER_KIT:
        if interview is None or reader is None:
            raise PacketRefused("An interviewer kit is for one interviewer of one interview.")
        if not by.runs_hiring and reader != by:
            raise PacketRefused("Only the interviewer and those who run hiring may have this kit.")
        try:
            return choose.interviewer_kit(held.source, interview=str(interview.pk), interviewer=str(reader.pk))
        except choose.NotForThisReader as error:
            raise PacketRefused(f"{reader.name} does not sit in this interview any more.") from error
    if kind == Packet.Kind.CANDIDATE_BRIEF:
        if not by.runs_hiring:
            raise PacketRefused("Candidate briefs are made by those who run hiring.")
        return choose.candidate_brief(held.source)
    if kind == Packet.Kind.DECISION_RECORD:
        return _decision_contents(held, by=by, now=now, once=sources.once(now=now))
    source = _panel_source(held, by=by, now=now, once=sources.once(now=now), reads=True)
    return choose.debrief(source, reader=by.name, time_zone=by.time_zone)


def _decision_contents(held: Held, *, by: Any, now: dt.datetime, once: Once) -> Contents:
    """The ratings are not read anew: a record holds what people said and decided then."""
    source = _panel_source(held, by=by, now=now, once=once, reads=False)
    try:
        return choose.decision_record(source, reader=by.name, time_zone=by.time_zone)
    except choose.NotDecided as error:
        raise PacketRefused(
            f"No decision about {source.candidate} is recorded yet. Ask for the decision record once it is."
        ) from error


def _panel_source(held: Held, *, by: Any, now: dt.datetime, once: Once, reads: bool) -> Source:
    panel = held.panel or _panel_by_itself(held.rows, by)
    report = debrief_report(candidacy=held.rows, user=by, now=now, panel=panel, reads=reads, once=once)
    return to_source(held.rows, as_of=now, report=report)


def _panel_by_itself(candidacy: Candidacy, by: Any) -> PanelRows:
    """Asks before and after reading: somebody given a seat in between gets a refusal, not a packet with holes."""
    _refuse_while_owing(candidacy, by)
    panel = panels_of([candidacy], user=by)[candidacy.pk]
    _refuse_while_owing(candidacy, by)
    return panel


@transaction.atomic
def _held_contents(*, candidacy: Candidacy, by: Any, now: dt.datetime, names_hidden: bool) -> Contents:
    """Holds what no page shows to others, so whoever has it made leaves a line of its own, by whatever door."""
    if not by.is_active or not Candidacy.objects.visible_to(by).filter(pk=candidacy.pk).exists():
        raise PacketRefused(UNSEEN)
    if not by.runs_hiring:
        raise PacketRefused("Subject-access copies are made by those who run hiring.")
    _refuse_while_owing(candidacy, by)
    rows = queries.held_rows(candidacy=candidacy, user=by)
    _refuse_while_owing(candidacy, by)
    record(by=by, verb="made a subject-access copy", thing=candidacy, after={"names_hidden": names_hidden})
    return choose.subject_access_copy(to_held(rows, as_of=now), names_hidden=names_hidden)


def _refuse_while_owing(candidacy: Candidacy, by: Any) -> None:
    why = why_closed(candidacy=candidacy, user=by)
    if why is not None and why.waits:
        raise PacketRefused(f"{by.name} reads once the whole panel has written. Ask for this packet again after that.")
    if why is not None:
        raise PacketRefused(
            f"{by.name} owes a scorecard for this candidate. Once it is submitted, ask for this packet again."
        )
