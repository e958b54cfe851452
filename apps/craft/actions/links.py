"""Verbs with which a candidate's private link is shown, mailed and closed.

A mail goes out at most once, as those about packets do: its row is marked as going out before the mail server is given
anything, and a worker that dies after that leaves the mark, which the next one turns into a sentence for the sender.
"""

import datetime as dt
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from smtplib import SMTPRecipientsRefused
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from apps.common.actions import JobLost, beating, claim_job, fail_job, finish_job, record, report_progress, request_job
from apps.common.models import Job
from apps.craft import queries
from apps.craft.models import Assignment, CandidateLink

logger = logging.getLogger(__name__)

MAIL_TASK = "apps.craft.tasks.mail_link"
SECRET_BYTES = 24
MAIL_SECONDS_AT_MOST = 180
NOBODY_KNOWS = (
    "The worker ended while this mail went out, so it may have arrived or not. The link in it is closed. Send it again."
)
BROKE_OFF = "The mail server did not take the mail, or broke off. The link in it is closed. Send it again later."
State = CandidateLink.State
WAITING = (State.QUEUED, State.SENDING)


@dataclass(frozen=True)
class _Mail:
    """A mail that is marked as going out, and which therefore nobody else sends."""

    link: CandidateLink
    message: EmailMessage


@transaction.atomic
def show_link(*, assignment: Assignment, by: Any, now: dt.datetime) -> str:
    """A new private link, to be handed on by whoever asks. It is kept nowhere: nobody can look it up again."""
    assignment = _to_hand_out(assignment, by=by, now=now)
    token, digest = new_token()
    link = CandidateLink.objects.create(
        assignment=assignment, state=State.SHOWN, digest=digest, made_by=by, made_at=now
    )
    record(by=by, verb="showed link to kit", thing=link)
    return address_of(token)


@transaction.atomic
def request_link_mail(*, assignment: Assignment, by: Any, now: dt.datetime) -> CandidateLink:
    """Mail the candidate a private link of their own. Raises ValidationError where one is on its way already."""
    assignment = _to_hand_out(assignment, by=by, now=now)
    _end_abandoned(assignment)
    if assignment.links.filter(state__in=WAITING).exists():
        raise ValidationError("The link is on its way to the candidate already.")
    title = f"Mail about {assignment.interview.candidacy}"
    link = CandidateLink.objects.create(
        assignment=assignment,
        state=State.QUEUED,
        job=request_job(task=MAIL_TASK, title=title, steps_total=1, by=by, now=now),
        address=assignment.interview.candidacy.candidate.email,
        made_by=by,
        made_at=now,
    )
    record(by=by, verb="asked to mail link to kit", thing=link)
    return link


def mail_link_job(*, job_id: int, clock: Callable[[], dt.datetime]) -> Job | None:
    """Send the mail of a job. None where another worker has the job, or takes it over."""
    job = claim_job(job_id=job_id, now=clock())
    if job is None:
        return None
    try:
        with beating(job=job, clock=clock, every=settings.JOB_STALE_SECONDS / 4, at_most=MAIL_SECONDS_AT_MOST):
            mail = _claim(job, now=clock())
            problem = _hand_over(mail.message) if mail else ""
        _end(job, mail, problem=problem, now=clock())
    except JobLost:
        logger.info("Job %s is with another worker now.", job_id)
        return None
    job.refresh_from_db()
    return job


@transaction.atomic
def close_links(*, assignment: Assignment, by: Any, now: dt.datetime) -> int:
    """Close every link to an assignment that is open; returns how many. The assignment stays, and gets another."""
    by.require(leader=True, recruiter=True)
    if not Assignment.objects.visible_to(by).filter(pk=assignment.pk).exists():
        raise PermissionDenied
    links = CandidateLink.objects.select_for_update(of=("self",)).filter(assignment=assignment, closed_at=None)
    found = list(links.exclude(digest="").order_by("pk"))
    for link in found:
        link.closed_at, link.closed_by = now, by
        link.save(update_fields=["closed_at", "closed_by"])
    if found:
        record(by=by, verb="closed links to kit", thing=assignment, after={"links": len(found)})
    return len(found)


def new_token() -> tuple[str, str]:
    """What stands in a private link, and its digest, which is all that is kept of it."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    return queries.TOKENS.sign(secret), queries.digest_of(secret)


def address_of(token: str) -> str:
    return f"{settings.SITE_URL}{reverse('craft-private', args=[token])}"


def _to_hand_out(assignment: Assignment, *, by: Any, now: dt.datetime) -> Assignment:
    by.require(leader=True, recruiter=True)
    visible = Assignment.objects.visible_to(by).select_for_update(of=("self",), no_key=True).defer("record")
    found = visible.select_related("interview__candidacy__candidate", "interview__candidacy__role").filter(
        pk=assignment.pk
    ).first()  # fmt: skip
    if found is None:
        raise PermissionDenied
    if problem := _why_not(found, now=now):
        raise ValidationError(problem)
    return found


def _why_not(assignment: Assignment, *, now: dt.datetime) -> str:
    if not queries.is_going_on(assignment):
        return "This kit was withdrawn, or its interview or candidacy has ended: no link would open it."
    if assignment.expires_at <= now:
        return "The time for this kit is over. Give it a later end first."
    return ""


def _end_abandoned(assignment: Assignment) -> None:
    """Mails whose job was given up hold nothing up any more."""
    left = assignment.links.filter(state__in=WAITING).exclude(job__state__in=[Job.State.QUEUED, Job.State.RUNNING])
    left.update(state=State.FAILED, problem=NOBODY_KNOWS, digest="")


@transaction.atomic
def _claim(job: Job, *, now: dt.datetime) -> _Mail | None:
    """Mark the mail as going out, if at this very moment it may. None where it may not: then the row says why."""
    report_progress(job=job, steps_done=0, now=now)
    link = (
        CandidateLink.objects.select_for_update(of=("self",))
        .select_related(
            "assignment__interview__candidacy__candidate", "assignment__interview__candidacy__role",
            "assignment__interview__plan_station__version", "made_by",
        )
        .defer("assignment__record")
        .get(job=job)
    )  # fmt: skip
    if link.state not in WAITING:
        return None
    by, candidate = link.made_by, link.assignment.interview.candidacy.candidate
    problem = _why_not(link.assignment, now=now)
    if link.state == State.SENDING:
        problem = NOBODY_KNOWS
    elif not (by.is_active and by.runs_hiring):
        problem = f"{by.name} may not hand this kit out now."
    elif candidate.email.casefold() != link.address.casefold():
        problem = f"The address of {candidate.name} is another one now. Look at it, and send it again."
    if problem:
        _ended(link, problem=problem)
        return None
    token, link.digest = new_token()
    link.state = State.SENDING
    link.save(update_fields=["state", "digest"])
    return _Mail(link, _message(link, token))


def _message(link: CandidateLink, token: str) -> EmailMessage:
    """What is written in templates/craft/mail: the subject, an empty line, the text. Answers go to the sender."""
    assignment = link.assignment
    kit = queries.kit_named(assignment.kit)
    context = {
        "candidate": assignment.interview.candidacy.candidate,
        "role": assignment.interview.candidacy.role,
        "minutes": kit.minutes if kit else assignment.interview.plan_station.version.minutes,
        "expires_at": assignment.expires_at,
        "link": address_of(token),
        "sender": link.made_by,
    }
    with timezone.override(queries.zone_of_candidate(assignment)):
        written = render_to_string("craft/mail/link.txt", context)
    subject, _, body = written.strip().partition("\n")
    return EmailMessage(
        subject=" ".join(subject.split()), body=body.strip() + "\n", to=[link.address], reply_to=[link.made_by.email]
    )


def _hand_over(message: EmailMessage) -> str:
    """Empty where the server took the mail, and else a sentence that says what happened."""
    try:
        message.send()
    except SMTPRecipientsRefused:
        return "The mail server does not take mail for this address. Look at it, and send it again."
    except OSError as error:
        logger.warning("The mail server failed (%s).", type(error).__name__)
        return BROKE_OFF
    return ""


@transaction.atomic
def _end(job: Job, mail: _Mail | None, *, problem: str, now: dt.datetime) -> None:
    report_progress(job=job, steps_done=1, now=now)
    if mail is not None and problem:
        _ended(mail.link, problem=problem)
    elif mail is not None:
        mail.link.state, mail.link.sent_at = State.SENT, now
        mail.link.save(update_fields=["state", "sent_at"])
        record(by=mail.link.made_by, verb="mailed link to kit", thing=mail.link, after={"to": mail.link.address})
    if mail is None or problem:
        fail_job(job=job, message="The mail did not go; the page of the kit says why.", now=now)
    else:
        finish_job(job=job, message="The mail went out.", now=now)


def _ended(link: CandidateLink, *, problem: str) -> None:
    """A mail that did not go; what it would have led to opens nothing."""
    link.state, link.problem, link.digest = State.FAILED, problem[:300], ""
    link.save(update_fields=["state", "problem", "digest"])
    record(by=link.made_by, verb="failed to mail link to kit", thing=link, after={"problem": problem[:300]})
