"""Mails about packets before they are sent: to whom each may go, what it says, and why it would not go."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.template.loader import get_template
from django.urls import reverse
from django.utils.dateformat import format as date_format

from apps.accounts.models import Kind, User
from apps.interviews.models import Candidacy, Seat
from apps.packets.core import mail
from apps.packets.core.times import zone_or_utc
from apps.packets.models import Packet, Sending

MOST_MAILS = 200
MOST_ATTACHED = 10 * 1024 * 1024  # bytes; many mail servers take no more, and a file grows by a third in a mail
TO_CANDIDATES = (Packet.Kind.CANDIDATE_BRIEF, Packet.Kind.SUBJECT_ACCESS)
LINK, ATTACHMENT = Sending.How.LINK, Sending.How.ATTACHMENT
# How each kind may go, the usual way first. What the panel wrote never leaves the house: one signs in to read it, so
# that it closes with the reader's permission, which a file in a mailbox does not.
WAYS: dict[str, tuple[Sending.How, ...]] = {
    Packet.Kind.INTERVIEWER_KIT: (LINK, ATTACHMENT),
    Packet.Kind.CANDIDATE_BRIEF: (ATTACHMENT, LINK),
    Packet.Kind.DEBRIEF: (LINK,),
    Packet.Kind.DECISION_RECORD: (LINK,),
    Packet.Kind.SUBJECT_ACCESS: (LINK, ATTACHMENT),
}
GONE = "Its file is no longer on the server. Make it again, then send the new one."


@dataclass(frozen=True)
class MailText:
    """How one kind of packet goes out, what the mail says, and, for what the panel wrote, to which people."""

    how: str
    subject: str
    body: str
    people: tuple[User, ...] = ()


@dataclass(frozen=True)
class Draft:
    """One mail to be; `to` is None for the packet's own candidate. The text has its placeholders still."""

    packet: Packet
    to: User | None
    how: str
    subject: str
    body: str

    @property
    def address(self) -> str:
        return self.to.email if self.to is not None else self.packet.candidacy.candidate.email

    @property
    def reader(self) -> str:
        return self.to.name if self.to is not None else self.packet.candidacy.candidate.name

    @property
    def is_private_link(self) -> bool:
        return self.how == LINK and self.to is None

    @property
    def key(self) -> tuple[int, int | None]:
        return self.packet.pk, self.to.pk if self.to is not None else None


def default_mail(kind: str, how: str) -> MailText:
    """What is written in templates/packets/mail: the subject, an empty line, the text."""
    written = get_template(f"packets/mail/{kind}.{how}.txt").render()
    subject, _, body = written.strip().partition("\n")
    return MailText(how=how, subject=subject.strip(), body=body.strip())


def packets_to_send(*, user: Any, ids: Iterable[int]) -> list[Packet]:
    """Those of the numbers that are made and that this person may see, in the order of a list for people."""
    chosen = Packet.objects.visible_to(user).filter(pk__in=list(ids)[:MOST_MAILS], state=Packet.State.DONE)
    return list(_with_names(chosen).order_by("kind", "candidacy__candidate__name", "pk"))


def possible_readers(packets: Sequence[Packet]) -> list[User]:
    """To whom what a panel wrote could go at all: its people, and those who run hiring. The preview says who may."""
    of_panel = [packet.candidacy_id for packet in packets if packet.kind in Packet.PANEL_KINDS]
    if not of_panel:
        return []
    seats = Seat.objects.assigned().filter(interview__candidacy__in=of_panel)
    run_hiring = Q(groups__name__in=[Kind.LEADER, Kind.RECRUITER, Kind.ADMINISTRATOR]) | Q(is_superuser=True)
    people = User.objects.filter(run_hiring | Q(pk__in=seats.values("interviewer")), is_active=True)
    return list(people.distinct().order_by("name", "pk"))


def drafts_of(packets: Iterable[Packet], texts: Mapping[str, MailText]) -> list[Draft]:
    """One mail for each packet and reader. Only what a panel wrote has readers that the sender chooses."""
    drafts = []
    for packet in packets:
        text = texts[packet.kind]
        readers: Sequence[User | None] = [packet.reader]
        if packet.kind in TO_CANDIDATES:
            readers = [None]
        elif packet.kind in Packet.PANEL_KINDS:
            readers = text.people
        drafts += [Draft(packet, to, text.how, text.subject, text.body) for to in readers]
    return drafts


def problems_of(drafts: Sequence[Draft], *, by: Any, now: dt.datetime) -> list[str]:
    """For each mail a sentence that says why it may not go at this moment; empty where it may.

    Asks about the sender and about the reader: whoever may see a packet may send it, and only to whom it is for.
    """
    facts = _Facts(drafts, by)
    return [_problem(draft, facts, by=by, now=now) for draft in drafts]


class _Facts:
    """What is asked of the database for all mails at once."""

    def __init__(self, drafts: Sequence[Draft], by: Any) -> None:
        packets = {draft.packet.pk: draft.packet for draft in drafts}
        seen = Packet.objects.visible_to(by).filter(pk__in=packets).order_by("pk")
        self.seen_by_sender = set(seen.values_list("pk", flat=True)) if by.is_active and by.runs_hiring else set()
        interviews = {packet.interview_id for packet in packets.values() if packet.interview_id}
        seats = Seat.objects.assigned().filter(interview__in=interviews).order_by("pk")
        self.seated = set(seats.values_list("interview", "interviewer")) if interviews else set()
        panel = [draft for draft in drafts if draft.packet.kind in Packet.PANEL_KINDS]
        candidacies = {draft.packet.candidacy_id for draft in panel}
        people = {draft.to.pk: draft.to for draft in panel if draft.to is not None}
        self.reads = {
            (person.pk, candidacy)
            for person in people.values()
            if person.is_active
            for candidacy in Candidacy.objects.open_to(person)
            .filter(pk__in=candidacies)
            .order_by("pk")
            .values_list("pk", flat=True)
        }


def _problem(draft: Draft, facts: _Facts, *, by: Any, now: dt.datetime) -> str:
    packet, to = draft.packet, draft.to
    kind, candidate = packet.kind, packet.candidacy.candidate.name
    if packet.pk not in facts.seen_by_sender:
        return f"{by.name} may not hand this packet out now."
    if draft.how not in WAYS[kind]:
        return "What the panel wrote goes as a link only: one signs in to read it."
    if kind == Packet.Kind.INTERVIEWER_KIT:
        if to is None or to.pk != packet.reader_id:
            return "An interviewer kit goes to the interviewer it was made for, and to nobody else."
        if not to.is_active or not to.is_insider or (packet.interview_id, to.pk) not in facts.seated:
            return f"{to.name} does not sit in this interview any more."
    elif kind in TO_CANDIDATES:
        if to is not None:
            return f"This packet goes to {candidate}, and to nobody else."
        if kind == Packet.Kind.SUBJECT_ACCESS and packet.requested_by_id != by.pk:
            return "A subject-access copy is sent by the person who had it made."
        if kind == Packet.Kind.CANDIDATE_BRIEF and packet.candidacy.state != Candidacy.State.ACTIVE:
            return f"The application of {candidate} has ended: a brief about interviews would only confuse."
    elif to is None or (to.pk, packet.candidacy_id) not in facts.reads:
        return f"{draft.reader} may not read now what the panel wrote about {candidate}."
    if packet.state != Packet.State.DONE:
        return "The packet is not made yet."
    if _needs_file(draft) and not _is_there(packet, now):
        return GONE
    if draft.how == ATTACHMENT and (packet.size or 0) > MOST_ATTACHED:
        return "The file is too large for a mail. Send a link instead."
    return ""


def _needs_file(draft: Draft) -> bool:
    return draft.packet.kind not in Packet.PANEL_KINDS or _leads_to_packet(draft)


def _is_there(packet: Packet, now: dt.datetime) -> bool:
    kept_until = _kept_until(packet)
    return kept_until is not None and now < kept_until and (Path(settings.PACKETS_DIR) / packet.file_name).is_file()


def _kept_until(packet: Packet) -> dt.datetime | None:
    return packet.made_at + dt.timedelta(days=settings.PACKET_DAYS) if packet.made_at else None


def link_expires_at(packet: Packet, *, now: dt.datetime) -> dt.datetime:
    """A private link opens no longer than there is a file behind it."""
    wished = now + dt.timedelta(days=settings.LINK_DAYS)
    return min(wished, _kept_until(packet) or wished)


def link_of(draft: Draft) -> str:
    """Where somebody of the house reads it, signed in, as far as they may at that moment."""
    if _leads_to_packet(draft):
        return f"{settings.SITE_URL}{reverse('packet-download', args=[draft.packet.pk])}"
    return f"{settings.SITE_URL}{reverse('debrief', args=[draft.packet.candidacy_id])}"


def _leads_to_packet(draft: Draft) -> bool:
    """A debrief packet and a decision record say on every page for whom they were made: the person who asked.

    Somebody else is led to the debrief's own page, which is theirs in their own name, and not to another's copy.
    """
    packet = draft.packet
    if packet.kind in Packet.PANEL_KINDS:
        return draft.to is not None and draft.to.pk == packet.requested_by_id
    return True


def subject_of(draft: Draft, *, by: Any, link: str, now: dt.datetime) -> str:
    return mail.one_line(mail.fill(draft.subject, _values(draft, by=by, link=link, now=now)))


def body_of(draft: Draft, *, by: Any, link: str, now: dt.datetime) -> str:
    return mail.fill(draft.body, _values(draft, by=by, link=link, now=now)) + "\n"


def _values(draft: Draft, *, by: Any, link: str, now: dt.datetime) -> dict[str, str]:
    candidacy = draft.packet.candidacy
    expires = ""
    if draft.is_private_link:
        zone = zone_or_utc(candidacy.candidate.time_zone)
        expires = date_format(link_expires_at(draft.packet, now=now).astimezone(zone), "l j F Y, H:i e")
    names = {
        "candidate": candidacy.candidate.name,
        "role": candidacy.role.title,
        "reader": draft.reader,
        "sender": by.name,
    }
    return {name: mail.one_line(value) for name, value in names.items()} | {"link": link, "expires": expires}


def _with_names(packets: Any) -> Any:
    return packets.select_related(
        "candidacy__candidate", "candidacy__role", "interview__plan_station__version", "reader", "requested_by"
    )
