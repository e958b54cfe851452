"""What one packet holds for one person at this moment: asked anew whenever it is made."""

import datetime as dt
import logging
from typing import Any

from apps.interviews.models import Candidacy, Interview
from apps.interviews.queries import why_closed
from apps.packets import queries
from apps.packets.core import choose
from apps.packets.core.contents import Contents
from apps.packets.models import Packet
from apps.packets.render import Pdf, to_pdf
from apps.packets.translate import to_source

logger = logging.getLogger(__name__)


class PacketRefused(Exception):
    """This packet is not made; the sentence says why, for the person who asked."""


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
