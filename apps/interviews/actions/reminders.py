"""Mail about scorecards that are owed.

A mail goes out at most once: its lines are rows (`Reminder`, unique) that are written and committed first, under a
lock on the person, so that a second worker finds them and stays silent. Where the mail server then refuses, the rows
go again and the next run tries anew. A worker that dies between the two has said nothing; the next reminder follows
a day later.
"""

import datetime as dt
import logging
from dataclasses import dataclass
from smtplib import SMTPDataError, SMTPRecipientsRefused
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from apps.accounts.models import User
from apps.common.actions import record
from apps.interviews import queries, translate
from apps.interviews.core.reminding import LEAST_APART, Digest, Kind, Line, Wish, allowed_from, digest
from apps.interviews.models import Candidacy, Reminder, Seat

logger = logging.getLogger(__name__)


class MailRefused(Exception):
    """The mail server did not take a mail; nothing is marked as sent."""


@dataclass(frozen=True)
class _Mail:
    """A mail whose reminders are written already, and which therefore nobody else sends."""

    person: User
    digest: Digest
    seats: dict[int, Seat]
    rows: list[Reminder]


def send_reminders(*, now: dt.datetime) -> int:
    """Mail everybody what there is to say to them at this moment; returns how many mails went out.

    Any number of workers may do this at once. A mail server that does not answer is logged and leaves all as it was.
    """
    waiting = [one for one in _people_owing(now) if _digest(one, now) is not None]
    if not waiting:
        return 0
    sent = 0
    connection = get_connection()
    try:
        connection.open()
        for person in waiting:
            mail = _claim(person_id=person.pk, now=now)
            if mail is not None:
                sent += _send(mail, connection)
        connection.close()
    except OSError as error:
        logger.warning("The mail server failed (%s); reminders wait for the next run.", type(error).__name__)
    return sent


def remind_now(*, seat: Seat, by: Any, now: dt.datetime) -> None:
    """Mail one interviewer about one scorecard at somebody's wish.

    Raises ValidationError where that would be too early, too often, against the interviewer's wishes or in their quiet
    hours, and MailRefused where the mail server does not take it. Whoever may not see who has submitted gets the same
    refusal whatever the others did.
    """
    by.require(leader=True, recruiter=True)
    if not Candidacy.objects.open_to(by).filter(pk=seat.interview.candidacy_id).exists():
        raise ValidationError("You owe a scorecard for this candidate, so you cannot remind others yet.")
    mail = _claim_one(seat_id=seat.pk, now=now)
    try:
        taken = _send(mail, get_connection(), by=by)
    except OSError as error:
        logger.warning("The mail server failed (%s); a reminder asked for did not go out.", type(error).__name__)
        raise MailRefused from error
    if not taken:
        raise MailRefused


def _people_owing(now: dt.datetime) -> list[User]:
    people = User.objects.filter(pk__in=queries.owed_after_the_end(now=now).values("interviewer"))
    return list(people.exclude(reminders=Wish.NONE.value).order_by("pk"))


def _seats_of(person: User, now: dt.datetime) -> dict[int, Seat]:
    return {seat.pk: seat for seat in queries.owed_after_the_end(now=now).filter(interviewer=person)}


def _digest(person: User, now: dt.datetime, seats: dict[int, Seat] | None = None) -> Digest | None:
    seats = _seats_of(person, now) if seats is None else seats
    owed = [
        translate.owed_seat(seat=seat, due_at=due_at)
        for seat in seats.values()
        if (due_at := queries.due_at(seat.interview)) is not None
    ]
    wishes = translate.person_to_remind(user=person, mailed_at=queries.last_reminder(person_id=person.pk))
    return digest(person=wishes, owed=owed, now=now)


@transaction.atomic
def _claim(*, person_id: int, now: dt.datetime) -> _Mail | None:
    """Write this person's reminders of this moment, read behind the lock. None: nothing to say, or said elsewhere."""
    locked = User.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=person_id, is_active=True)
    person = locked.order_by("pk").first()
    if person is None:
        return None
    seats = _seats_of(person, now)
    found = _digest(person, now, seats)
    return _written(person, found, seats, now) if found else None


@transaction.atomic
def _claim_one(*, seat_id: int, now: dt.datetime) -> _Mail:
    person = User.objects.select_for_update(no_key=True).get(seats=seat_id)
    seat = queries.owed_after_the_end(now=now).filter(pk=seat_id).first()
    due_at = queries.due_at(seat.interview) if seat else None
    if seat is None or due_at is None:
        raise ValidationError("Nothing is owed here now: the scorecard is in, or the interview is still to come.")
    wishes = translate.person_to_remind(user=person, mailed_at=None)
    if wishes.wish == Wish.NONE:
        raise ValidationError(f"{person.name} wishes no mail about scorecards. Ask them in another way.")
    last = max((one.sent_at for one in seat.reminders.all()), default=None)
    if last is not None and now - last < LEAST_APART:
        raise ValidationError(f"{person.name} was reminded of this already in the last twelve hours.")
    allowed = allowed_from(wishes, now)
    if allowed != now:
        local = timezone.localtime(allowed, wishes.clock).strftime("until %A, %H:%M") if allowed else ""
        raise ValidationError(f"Quiet hours for {person.name} {local} ({person.time_zone}). Remind them after that.")
    kind = Kind.DUE if now < due_at else Kind.LATE
    one_line = Digest(person=person.pk, lines=(Line(seat.pk, kind, now, due_at),))
    return _written(person, one_line, {seat.pk: seat}, now)


def _written(person: User, found: Digest, seats: dict[int, Seat], now: dt.datetime) -> _Mail:
    rows = [Reminder(seat_id=line.seat, kind=line.kind.value, due_at=line.moment, sent_at=now) for line in found.lines]
    return _Mail(person, found, seats, Reminder.objects.bulk_create(rows))


def _send(mail: _Mail, connection: Any, *, by: Any = None) -> bool:
    """Hand one claimed mail over, and say so in the trail. What is not handed over is claimed no longer."""
    try:
        _message(mail, connection).send()
    except BaseException as error:
        Reminder.objects.filter(pk__in=[row.pk for row in mail.rows]).delete()
        if not isinstance(error, SMTPRecipientsRefused | SMTPDataError):
            raise
        logger.warning("The mail server took no mail for person %s (%s).", mail.person.pk, type(error).__name__)
        return False
    with transaction.atomic():
        for line in mail.digest.lines:
            record(by=by, verb="reminded interviewer", thing=mail.seats[line.seat], after={"kind": line.kind.value})
    return True


def _message(mail: _Mail, connection: Any) -> EmailMessage:
    lines = [
        {"seat": mail.seats[line.seat], "kind": line.kind.value, "due_at": line.due_at} for line in mail.digest.lines
    ]
    late = sum(line.kind == Kind.LATE for line in mail.digest.lines)
    context = {"person": mail.person, "lines": lines, "late": late, "site": settings.SITE_URL}
    return EmailMessage(
        subject=render_to_string("interviews/mail/reminder_subject.txt", context).strip(),
        body=render_to_string("interviews/mail/reminder.txt", context),
        to=[mail.person.email],
        connection=connection,
    )
