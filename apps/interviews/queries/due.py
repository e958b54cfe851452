"""Reads of scorecards that are owed: an interviewer's own, and whom to remind."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet

from apps.interviews.models import Interview, Reminder, Seat


def due_at(interview: Interview) -> dt.datetime | None:
    """When the scorecards of an interview are due; None while it has no time.

    One scheduled before deadlines were kept gets its role's. Reads `candidacy.role`.
    """
    if interview.ends_at is None:
        return None
    hours = dt.timedelta(hours=interview.candidacy.role.scorecard_hours)
    return interview.scorecards_due_at or interview.ends_at + hours


@dataclass(frozen=True)
class DueLine:
    """A scorecard somebody owes, as things stand at `now`. Before the interview's end nothing is due yet."""

    seat: Seat
    due_at: dt.datetime | None
    now: dt.datetime

    @property
    def is_over(self) -> bool:
        """The interview has ended."""
        ends_at = self.seat.interview.ends_at
        return ends_at is not None and ends_at <= self.now

    @property
    def is_late(self) -> bool:
        return self.due_at is not None and self.due_at < self.now


def with_what_is_shown(seats: QuerySet[Seat]) -> QuerySet[Seat]:
    return seats.select_related(
        "interviewer",
        "interview__candidacy__candidate",
        "interview__candidacy__role",
        "interview__plan_station__version",
    )


def own_unwritten(*, user: Any, now: dt.datetime) -> list[DueLine]:
    """This person's seats without a submitted scorecard, the earliest deadline first, those without one last."""
    seats = with_what_is_shown(Seat.objects.owing().filter(interviewer=user)).order_by("pk")
    lines = [DueLine(seat=seat, due_at=due_at(seat.interview), now=now) for seat in seats]
    return sorted(lines, key=lambda line: (line.due_at is None, line.due_at or now, line.seat.pk))


def owed_after_the_end(*, now: dt.datetime) -> QuerySet[Seat]:
    """Seats owing a scorecard for an interview that was held, of people who still sign in; with their reminders."""
    held = Seat.objects.owing().filter(
        interview__state=Interview.State.SCHEDULED, interview__ends_at__lte=now, interviewer__is_active=True
    )
    return (
        with_what_is_shown(held)
        .prefetch_related(Prefetch("reminders", Reminder.objects.order_by("sent_at", "pk")))
        .order_by("pk")
    )


def last_reminder(*, person_id: int) -> dt.datetime | None:
    """When this person was last mailed about any seat."""
    latest = Reminder.objects.filter(seat__interviewer=person_id).order_by("-sent_at").first()
    return latest.sent_at if latest else None
