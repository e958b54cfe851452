"""Verbs with which packets are mailed to their readers.

A mail goes out at most once. Its row is marked as going out, and that is committed, before the mail server is given
anything; a worker that dies after that leaves the mark, and the next worker tells the sender that nobody knows instead
of trying again. The other way round (mark it when the server has taken it) a worker that dies in between sends a
candidate the same papers twice, and nobody can take a mail back; to look and to send once more is one click.
"""

import datetime as dt
import hashlib
import logging
import secrets
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F

from apps.common.actions import JobLost, beating, claim_job, fail_job, finish_job, record, report_progress, request_job
from apps.common.models import Job
from apps.packets import queries
from apps.packets.actions.mail_server import MailServer
from apps.packets.models import Packet, PrivateLink, Sending

logger = logging.getLogger(__name__)

TASK = "apps.packets.tasks.send_packets"
SECRET_BYTES = 24
MAIL_SECONDS_AT_MOST = 180
NOBODY_KNOWS = (
    "The worker ended while this mail went out, so it may have arrived or not. A link in it is closed. "
    "Ask the reader, or send it again."
)


class PreviewChanged(Exception):
    """What would be sent is not what was looked at: nothing was sent."""


class LinkClosed(Exception):
    """The private link opens nothing: it never was one, expired, was revoked, or its file is gone."""


@dataclass(frozen=True)
class _Mail:
    """A mail that is marked as going out, and which therefore nobody else sends."""

    sending: Sending
    message: EmailMessage


@transaction.atomic
def request_sendings(*, drafts: Sequence[queries.Draft], seen: str, by: Any, now: dt.datetime) -> Job:
    """Have the mails sent that would go at this moment, as the preview with the fingerprint `seen` showed them.

    Raises PreviewChanged where they would be others now, and ValidationError where none would go or too many.
    """
    by.require(leader=True, recruiter=True)
    ids = {draft.packet.pk for draft in drafts}
    # Of two clicks on the same button the second waits here, and then finds the packets on their way.
    list(Packet.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))
    _end_abandoned(ids)
    preview = queries.preview(drafts, by=by, now=now)
    if preview.fingerprint != seen:
        raise PreviewChanged
    if preview.is_too_much:
        raise ValidationError(f"That would be {len(drafts)} mails. Choose at most {queries.MOST_MAILS} at once.")
    if not preview.going:
        raise ValidationError("None of these mails would go. The list says why.")
    going = [line.draft for line in preview.going]
    job = request_job(task=TASK, title=_title(going), steps_total=len(going), by=by, now=now)
    Sending.objects.bulk_create(
        Sending(
            packet=draft.packet, job=job, how=draft.how, to_person=draft.to, address=draft.address,
            subject=draft.subject, body=draft.body, requested_by=by,
        )
        for draft in going
    )  # fmt: skip
    record(by=by, verb="asked to send packets", thing=job, after={"mails": len(going)})
    return job


def send_packets_job(*, job_id: int, clock: Callable[[], dt.datetime]) -> Job | None:
    """Send every mail of a job that waits. None where another worker has the job, or takes it over."""
    job = claim_job(job_id=job_id, now=clock())
    if job is None:
        return None
    try:
        _end_interrupted(job, now=clock())
        every = settings.JOB_STALE_SECONDS / 4
        with closing(MailServer()) as server:
            for sending_id in queries.sendings_to_do(job):
                with beating(job=job, clock=clock, every=every, at_most=MAIL_SECONDS_AT_MOST):
                    mail = _claim(sending_id, job=job, now=clock())
                    if mail is not None:
                        _mark(mail.sending, problem=server.take(mail.message), job=job, now=clock())
        return _end(job, now=clock())
    except JobLost:
        logger.info("Job %s is with another worker now.", job_id)
        return None


@transaction.atomic
def revoke_link(*, sending: Sending, by: Any, now: dt.datetime) -> None:
    """Close a candidate's private link. Does nothing where it is closed already."""
    by.require(leader=True, recruiter=True)
    link = PrivateLink.objects.visible_to(by).select_for_update(of=("self",)).filter(sending=sending).first()
    if link is None:
        raise PermissionDenied
    if link.revoked_at is None:
        link.revoked_at, link.revoked_by = now, by
        link.save(update_fields=["revoked_at", "revoked_by"])
        record(by=by, verb="revoked private link", thing=sending)


@transaction.atomic
def hand_out_privately(*, token: str, now: dt.datetime) -> tuple[Packet, Path]:
    """The file behind a private link, counted and with a line in the trail. Raises LinkClosed."""
    link = queries.open_link(token=token, now=now)
    if link is None or not (path := Path(settings.PACKETS_DIR) / link.sending.packet.file_name).is_file():
        raise LinkClosed
    PrivateLink.objects.filter(pk=link.pk).update(downloads=F("downloads") + 1)
    record(by=None, verb="downloaded by private link", thing=link.sending)
    return link.sending.packet, path


def _title(drafts: list[queries.Draft]) -> str:
    """Neither kind nor reader: that somebody is sent what the panel wrote tells that they owe nothing any more."""
    candidacies = {draft.packet.candidacy_id for draft in drafts}
    if len(candidacies) == 1:
        return f"Mail about {drafts[0].packet.candidacy}"
    return f"Mail about {len(candidacies)} candidates"


def _end_abandoned(packets: set[int]) -> None:
    """Mails whose job was given up hold nothing up any more."""
    left = Sending.objects.filter(packet__in=packets, state__in=Sending.OPEN).exclude(job__state__in=queries.OPEN)
    left.filter(state=Sending.State.QUEUED).update(state=Sending.State.FAILED, problem=queries.GIVEN_UP)
    _say_nobody_knows(left.filter(state=Sending.State.SENDING))


@transaction.atomic
def _end_interrupted(job: Job, *, now: dt.datetime) -> None:
    report_progress(job=job, steps_done=0, now=now)
    _say_nobody_knows(Sending.objects.filter(job=job, state=Sending.State.SENDING))


def _say_nobody_knows(sendings: Any) -> None:
    for sending in sendings.select_related("packet__candidacy__candidate", "requested_by").order_by("pk"):
        _ended(sending, state=Sending.State.FAILED, problem=NOBODY_KNOWS)


@transaction.atomic
def _claim(sending_id: int, *, job: Job, now: dt.datetime) -> _Mail | None:
    """Mark one mail as going out, if at this very moment it may. None where it may not: then the row says why."""
    report_progress(job=job, steps_done=queries.sendings_ended(job)[0], now=now)
    people = Sending.objects.select_related(
        "packet__candidacy__candidate", "packet__candidacy__role", "packet__interview__plan_station__version",
        "packet__reader", "packet__requested_by", "to_person", "requested_by",
    )  # fmt: skip
    sending = people.select_for_update(of=("self",)).get(pk=sending_id)
    if sending.state != Sending.State.QUEUED:
        return None
    draft = queries.Draft(sending.packet, sending.to_person, sending.how, sending.subject, sending.body)
    problem = _why_refused(sending, draft, now=now)
    message = None if problem else _message(sending, draft, now=now)
    if message is None:
        _ended(sending, state=Sending.State.REFUSED, problem=problem or queries.GONE)
        report_progress(job=job, steps_done=queries.sendings_ended(job)[0], now=now)
        return None
    sending.state = Sending.State.SENDING
    sending.save(update_fields=["state"])
    return _Mail(sending, message)


def _why_refused(sending: Sending, draft: queries.Draft, *, now: dt.datetime) -> str:
    """Asked anew: between the request and this moment people are excused, seated, and leave."""
    if draft.address.casefold() != sending.address.casefold():
        return f"The address of {draft.reader} is another one now. Look at it, and send it again."
    (problem,) = queries.problems_of([draft], by=sending.requested_by, now=now)
    return problem


def _message(sending: Sending, draft: queries.Draft, *, now: dt.datetime) -> EmailMessage | None:
    """The mail itself; None where the file to be attached is not whole. Answers go to the sender."""
    by = sending.requested_by
    link = ""
    if draft.how == Sending.How.LINK:
        link = _private_link(sending, draft, now=now) if draft.is_private_link else queries.link_of(draft)
    message = EmailMessage(
        subject=queries.subject_of(draft, by=by, link=link, now=now),
        body=queries.body_of(draft, by=by, link=link, now=now),
        to=[sending.address],
        reply_to=[by.email],
    )
    if draft.how == Sending.How.ATTACHMENT:
        data = _whole_file(draft.packet)
        if data is None:
            return None
        message.attach(queries.readable_file_name(draft.packet), data, "application/pdf")
    return message


def _private_link(sending: Sending, draft: queries.Draft, *, now: dt.datetime) -> str:
    """A new secret, which stands in this mail and nowhere else."""
    token, digest = new_token()
    expires_at = queries.link_expires_at(draft.packet, now=now)
    PrivateLink.objects.create(sending=sending, digest=digest, expires_at=expires_at)
    return f"{settings.SITE_URL}/p/{token}/"


def new_token() -> tuple[str, str]:
    """What stands in a private link, and its digest, which is all that is kept of it."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    return queries.TOKENS.sign(secret), queries.digest_of(secret)


def _whole_file(packet: Packet) -> bytes | None:
    try:
        data = (Path(settings.PACKETS_DIR) / packet.file_name).read_bytes()
    except FileNotFoundError:
        return None
    return data if hashlib.sha256(data).hexdigest() == packet.sha256 else None


@transaction.atomic
def _mark(sending: Sending, *, problem: str, job: Job, now: dt.datetime) -> None:
    """What became of a mail that was handed over; only while the job is ours, for the next worker says it otherwise."""
    report_progress(job=job, steps_done=queries.sendings_ended(job)[0], now=now)
    if problem:
        _ended(sending, state=Sending.State.FAILED, problem=problem)
    else:
        _ended(sending, state=Sending.State.SENT, sent_at=now)
    report_progress(job=job, steps_done=queries.sendings_ended(job)[0], now=now)


VERBS = {
    Sending.State.SENT: "sent packet",
    Sending.State.REFUSED: "did not send packet",
    Sending.State.FAILED: "failed to send packet",
}


def _ended(sending: Sending, *, state: Sending.State, problem: str = "", sent_at: dt.datetime | None = None) -> None:
    """The end of a mail, with the line that says who sent what about whom to whom. What did not go opens nothing."""
    sending.state, sending.problem, sending.sent_at = state, problem[:300], sent_at
    sending.save(update_fields=["state", "problem", "sent_at"])
    if state != Sending.State.SENT:
        PrivateLink.objects.filter(sending=sending).delete()
    after = {"packet": sending.packet_id, "to": sending.address, "how": sending.how}
    if problem:
        after["problem"] = problem
    record(by=sending.requested_by, verb=VERBS[state], thing=sending, after=after)


def _end(job: Job, *, now: dt.datetime) -> Job:
    with transaction.atomic():
        ended, sent = queries.sendings_ended(job)
        if not sent:
            fail_job(job=job, message="None of the mails went out; the list says why.", now=now)
        elif sent < ended:
            finish_job(job=job, message=f"{ended - sent} of {ended} mails did not go; the list says why.", now=now)
        else:
            finish_job(job=job, message=f"{sent} {'mail' if sent == 1 else 'mails'} went out.", now=now)
    job.refresh_from_db()
    return job
