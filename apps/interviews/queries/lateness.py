"""Who owes scorecards, and how they come in, for whoever runs hiring."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from apps.interviews.core.timeliness import Held, Timeliness, timeliness
from apps.interviews.models import Candidacy, Interview, Scorecard, Seat
from apps.interviews.queries.due import DueLine, due_at, owed_after_the_end, with_what_is_shown
from apps.loops.models import Role

PERIODS = (30, 90)


@dataclass(frozen=True)
class OwedLine:
    """A scorecard somebody owes on a candidacy the reader may read, with when they were last reminded."""

    due: DueLine
    reminders: int
    last_reminder: dt.datetime | None


@dataclass(frozen=True)
class GroupLine:
    """One interviewer or one role."""

    name: str
    figures: Timeliness


@dataclass(frozen=True)
class LatenessPage:
    owed: tuple[OwedLine, ...]
    by_person: tuple[GroupLine, ...]
    by_role: tuple[GroupLine, ...]
    all: Timeliness
    roles: tuple[Role, ...]
    days: int
    role: Role | None

    @property
    def overdue(self) -> int:
        return sum(line.due.is_late for line in self.owed)


def roles_with_candidacies(*, user: Any) -> QuerySet[Role]:
    with_some = Candidacy.objects.visible_to(user).values("role")
    return Role.objects.visible_to(user).filter(pk__in=with_some).order_by("title", "pk")


def lateness_page(*, user: Any, now: dt.datetime, days: int, role: Role | None = None) -> LatenessPage:
    """Only candidacies on which this person owes nothing count: of the others the page says nothing at all."""
    readable = Candidacy.objects.open_to(user)
    if role is not None:
        readable = readable.filter(role=role)
    owed = owed_after_the_end(now=now).filter(interview__candidacy__in=readable.values("pk"))
    lines = [
        OwedLine(
            due=DueLine(seat=seat, due_at=due_at(seat.interview), now=now),
            reminders=len(reminders := list(seat.reminders.all())),
            last_reminder=reminders[-1].sent_at if reminders else None,
        )
        for seat in owed
    ]
    held = _held(readable, now=now, since=now - dt.timedelta(days=days))
    return LatenessPage(
        owed=tuple(sorted(lines, key=lambda line: (line.due.due_at or now, line.due.seat.pk))),
        by_person=_grouped(held, lambda seat: seat.interviewer, now=now),
        by_role=_grouped(held, lambda seat: seat.interview.candidacy.role, now=now),
        all=timeliness((value for _, value in held), now=now),
        roles=tuple(roles_with_candidacies(user=user)),
        days=days,
        role=role,
    )


def _held(readable: QuerySet[Candidacy], *, now: dt.datetime, since: dt.datetime) -> list[tuple[Seat, Held]]:
    """The seats of interviews that ended in the period and whose scorecard came in or is still owed."""
    first = Scorecard.objects.submitted().filter(
        amends=None, interview=OuterRef("interview"), interviewer=OuterRef("interviewer")
    )
    seats = (
        with_what_is_shown(Seat.objects.assigned())
        .filter(
            interview__state=Interview.State.SCHEDULED,
            interview__ends_at__gt=since,
            interview__ends_at__lte=now,
            interview__candidacy__in=readable.values("pk"),
        )
        .annotate(submitted_at=Subquery(first.order_by("pk").values("submitted_at")[:1]))
        .filter(Q(submitted_at__isnull=False) | Q(interview__candidacy__state=Candidacy.State.ACTIVE))
        .order_by("pk")
    )
    return [
        (seat, Held(ends_at=seat.interview.ends_at, due_at=due, submitted_at=seat.submitted_at))
        for seat in seats
        if seat.interview.ends_at is not None and (due := due_at(seat.interview)) is not None
    ]


def _grouped(
    held: Iterable[tuple[Seat, Held]], group_of: Callable[[Seat], Any], *, now: dt.datetime
) -> tuple[GroupLine, ...]:
    groups: dict[Any, list[Held]] = {}
    for seat, value in held:
        groups.setdefault(group_of(seat), []).append(value)
    order = sorted(groups, key=lambda thing: (str(thing), thing.pk))
    return tuple(GroupLine(str(thing), timeliness(groups[thing], now=now)) for thing in order)
