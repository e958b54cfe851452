"""Verbs about who interviews and when."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from apps.accounts.models import Kind, User
from apps.common.actions import record
from apps.interviews.actions.locks import lock_candidacy, may_read, refuse_ended, refuse_while_owing
from apps.interviews.models import Candidacy, Interview, Scorecard, Seat


@transaction.atomic
def schedule_interview(
    *, interview: Interview, starts_at: dt.datetime | None, interviewers: Iterable[User], by: Any
) -> Interview:
    """Set who interviews and when, and when their scorecards are due.

    Nobody sits in two places at once: the database refuses it. Somebody newly seated who could read what others wrote
    is marked as informed.
    """
    by.require(leader=True, recruiter=True)
    candidacy = lock_candidacy(interview.candidacy_id)
    refuse_ended(candidacy)
    interview = Interview.objects.select_related("plan_station__version", "candidacy__candidate").get(pk=interview.pk)
    if interview.state == Interview.State.CANCELLED:
        raise ValidationError("This interview is cancelled.")
    interviewers = list(interviewers)
    for person in interviewers:
        if Kind.INTERVIEWER not in person.kinds and not person.is_leader:
            raise ValidationError(f"{person.name} is not an interviewer.")
    seated = set(interview.seats.filter(state=Seat.State.ASSIGNED).values_list("interviewer", flat=True))
    informed = {person.pk for person in interviewers if person.pk not in seated and _informed(candidacy, person)}
    if starts_at is None:
        interview.state, interview.starts_at, interview.ends_at = Interview.State.TO_SCHEDULE, None, None
    else:
        interview.state = Interview.State.SCHEDULED
        interview.starts_at = starts_at
        interview.ends_at = starts_at + dt.timedelta(minutes=interview.plan_station.version.minutes)
    interview.scorecards_due_at = due_after(interview.ends_at, candidacy)
    interview.save()
    period = (interview.starts_at, interview.ends_at) if starts_at else None
    gone = interview.seats.filter(state=Seat.State.ASSIGNED).exclude(interviewer__in=interviewers)
    if gone.exists():
        refuse_while_owing(candidacy, by)
        if not may_read(candidacy, by):
            raise ValidationError(
                "On this candidacy you read once everybody has written; until then nobody is taken off an interview. "
                "Excuse somebody, with the reason, instead."
            )
    if Scorecard.objects.submitted().filter(interview=interview, interviewer__in=gone.values("interviewer")).exists():
        raise ValidationError("Somebody who has submitted a scorecard for this interview cannot be taken off it.")
    gone.delete()
    for person in interviewers:
        seat = Seat.objects.filter(interview=interview, interviewer=person).first() or Seat(
            interview=interview, interviewer=person
        )
        seat.informed = seat.informed or person.pk in informed
        seat.period = period
        seat.state = Seat.State.ASSIGNED
        seat.excused_reason = ""
        try:
            with transaction.atomic():
                seat.save()
        except IntegrityError as error:
            if "seat_no_two_places_at_once" in str(error):
                raise ValidationError(f"{person.name} has another interview at that time.") from error
            raise
    record(
        by=by,
        verb="scheduled interview",
        thing=interview,
        after={
            "starts_at": starts_at.isoformat() if starts_at else None,
            "interviewers": [person.pk for person in interviewers],
        },
    )
    return interview


def due_after(ends_at: dt.datetime | None, candidacy: Candidacy) -> dt.datetime | None:
    """When the scorecards of an interview are due that ends then."""
    return ends_at + dt.timedelta(hours=candidacy.role.scorecard_hours) if ends_at else None


def _informed(candidacy: Candidacy, person: User) -> bool:
    """Whether somebody about to be seated could read, now or when seated before, what others wrote."""
    before = Seat.objects.filter(interview__candidacy=candidacy, interviewer=person, informed=True)
    others = Scorecard.objects.submitted().filter(interview__candidacy=candidacy).exclude(interviewer=person)
    return before.exists() or (others.exists() and may_read(candidacy, person))


@transaction.atomic
def cancel_interview(*, interview: Interview, by: Any) -> Interview:
    """The station is not held for this candidate; nobody owes a scorecard for it."""
    by.require(leader=True, recruiter=True)
    candidacy = lock_candidacy(interview.candidacy_id)
    refuse_ended(candidacy)
    refuse_while_owing(candidacy, by)
    interview = Interview.objects.select_related("plan_station__version", "candidacy__candidate").get(pk=interview.pk)
    if not may_read(candidacy, by) and interview.seats.exists():
        raise ValidationError(
            "On this candidacy you read once everybody has written; until then an interview that has interviewers "
            "is not cancelled. Excuse them, with the reason, instead."
        )
    if interview.scorecards.filter(state=Scorecard.State.SUBMITTED).exists():
        raise ValidationError("A scorecard was submitted for this interview: it cannot be cancelled any more.")
    interview.state = Interview.State.CANCELLED
    interview.save()
    interview.seats.update(period=None)
    record(by=by, verb="cancelled interview", thing=interview)
    return interview


@transaction.atomic
def excuse_interviewer(*, seat: Seat, reason: str, by: Any) -> Seat:
    """Somebody who will not submit a scorecard any more, with the reason.

    Whoever waits until everybody has written gets the same answer whether this person has: what was submitted stands.
    """
    by.require(leader=True, recruiter=True)
    candidacy = lock_candidacy(seat.interview.candidacy_id)
    refuse_ended(candidacy)
    if seat.interviewer_id == by.pk:
        raise ValidationError("Nobody excuses themselves: ask a colleague.")
    refuse_while_owing(candidacy, by)
    seat = Seat.objects.select_related("interview__candidacy__candidate", "interview__plan_station__version").get(
        pk=seat.pk
    )
    submitted = Scorecard.objects.submitted().filter(interview=seat.interview, interviewer=seat.interviewer)
    if may_read(candidacy, by) and submitted.exists():
        raise ValidationError("This person has submitted already.")
    if not reason.strip():
        raise ValidationError("Say why this interviewer is excused.")
    seat.state = Seat.State.EXCUSED
    seat.excused_reason = reason.strip()
    seat.save()
    record(by=by, verb="excused interviewer", thing=seat, after={"reason": seat.excused_reason})
    return seat
