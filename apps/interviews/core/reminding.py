"""When somebody is mailed about scorecards they owe: never too early, never in quiet hours, never twice the same.

What is said of one seat has a `moment`, the time it was meant for; a seat, a kind and a moment together happen once.

* `due`, once, its moment the deadline. As it comes: within the last four hours, yet not before one hour after the
  interview's end (so with a short deadline at the end plus an hour). In a daily mail: in the last one before the
  deadline that comes after the end.
* `late`, at most three times, its moments the deadline and one and two days after it; never two on one local day, and
  never within twelve hours of each other.

Quiet hours are read off the clock on the reader's wall, so they move with daylight saving; what became ready in them
goes out at the first minute after them. Nothing here knows of cancelled, excused, submitted: who calls hands over
only what is owed.
"""

import datetime as dt
import zoneinfo
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

LEAD = dt.timedelta(hours=4)
AFTER_END = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
LEAST_APART = dt.timedelta(hours=12)
MOST_LATE = 3
_SATURDAY = 5
_LONGEST_QUIET_DAYS = 9


class Kind(StrEnum):
    DUE = "due"
    LATE = "late"


class Wish(StrEnum):
    """How somebody wants to hear of what they owe."""

    EACH = "each"
    DAILY = "daily"
    NONE = "none"


@dataclass(frozen=True)
class Person:
    """Whom the mail is for. `mailed_at`: the last reminder of any kind that went to them.

    The quiet hours may span midnight; from and until at the same time means that there are none.
    """

    id: int
    zone: str
    wish: Wish
    quiet_from: dt.time
    quiet_until: dt.time
    quiet_weekends: bool
    mailed_at: dt.datetime | None = None

    @property
    def clock(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.zone)


@dataclass(frozen=True)
class Sent:
    """What was mailed about a seat before."""

    kind: Kind
    moment: dt.datetime
    sent_at: dt.datetime


@dataclass(frozen=True)
class Owed:
    """A seat whose scorecard is owed. Times are aware; raises ValueError where the deadline precedes the end."""

    seat: int
    person: int
    ends_at: dt.datetime
    due_at: dt.datetime
    sent: tuple[Sent, ...] = ()

    def __post_init__(self) -> None:
        if self.due_at < self.ends_at:
            raise ValueError("A scorecard is due after the interview's end.")


@dataclass(frozen=True)
class Line:
    """One sentence of a mail: this seat's scorecard is due, or late."""

    seat: int
    kind: Kind
    moment: dt.datetime
    due_at: dt.datetime


@dataclass(frozen=True)
class Digest:
    """One mail: everything there is to say to one person, the earliest deadline first."""

    person: int
    lines: tuple[Line, ...]


def is_quiet(person: Person, at: dt.datetime) -> bool:
    """Whether no mail may go to this person at that instant."""
    local = at.astimezone(person.clock)
    if person.quiet_weekends and local.weekday() >= _SATURDAY:
        return True
    begin, end, wall = person.quiet_from, person.quiet_until, local.time()
    if begin <= end:
        return begin <= wall < end
    return wall >= begin or wall < end


def allowed_from(person: Person, at: dt.datetime) -> dt.datetime | None:
    """The first instant from `at` on at which mail may go out; None where there is none within nine days."""
    if not is_quiet(person, at):
        return at
    today = at.astimezone(person.clock).date()
    for ahead in range(_LONGEST_QUIET_DAYS):
        for opening in _openings(person, today + ahead * DAY):
            if opening >= at and not is_quiet(person, opening):
                return opening
    return None


def first_allowed(person: Person, day: dt.date) -> dt.datetime | None:
    """The first instant of a local day at which mail may go out; None where the whole day is quiet."""
    return next((opening for opening in _openings(person, day) if not is_quiet(person, opening)), None)


def _openings(person: Person, day: dt.date) -> Iterator[dt.datetime]:
    """The instants of a local day at which quiet may end, in order: its beginning, and the end of the quiet hours."""
    clock, end = person.clock, person.quiet_until
    yield dt.datetime.combine(day, dt.time.min, clock).astimezone(dt.UTC)
    later = dt.datetime.combine(day, end, clock).astimezone(dt.UTC)
    if later.astimezone(clock).time() != end:
        # The clock jumps over that time: quiet ends with the jump, which lies between the two readings of it.
        at = dt.datetime.combine(day, end.replace(fold=1), clock).astimezone(dt.UTC)
        while at.astimezone(clock).time() < end and at < later:
            at += dt.timedelta(minutes=1)
        later = at
    yield later


def digests(*, people: Mapping[int, Person], owed: Iterable[Owed], now: dt.datetime) -> list[Digest]:
    """What to mail at this moment, by the person's id. `people` has everybody who owes something."""
    of_person: dict[int, list[Owed]] = {}
    for one in owed:
        of_person.setdefault(one.person, []).append(one)
    found = (digest(person=people[number], owed=of_person[number], now=now) for number in sorted(of_person))
    return [one for one in found if one is not None]


def digest(*, person: Person, owed: Iterable[Owed], now: dt.datetime) -> Digest | None:
    """The mail for one person at this moment, or None."""
    if person.wish == Wish.NONE or is_quiet(person, now):
        return None
    if person.wish == Wish.DAILY:
        today = now.astimezone(person.clock).date()
        opened = first_allowed(person, today)
        if opened is None or now < opened or _is_on(person, person.mailed_at, today):
            return None
        lines = [
            _line(one, person, opened, lead=_until_next(person, today, opened), rest=dt.timedelta(0)) for one in owed
        ]
    else:
        lines = [_line(one, person, now, lead=LEAD, rest=AFTER_END) for one in owed]
    said = sorted((line for line in lines if line is not None), key=lambda line: (line.due_at, line.seat))
    return Digest(person=person.id, lines=tuple(said)) if said else None


def _is_on(person: Person, at: dt.datetime | None, day: dt.date) -> bool:
    return at is not None and at.astimezone(person.clock).date() == day


def _until_next(person: Person, today: dt.date, opened: dt.datetime) -> dt.timedelta:
    """How long until the next daily mail could go out."""
    later = (first_allowed(person, today + ahead * DAY) for ahead in range(1, _LONGEST_QUIET_DAYS))
    return next((opening - opened for opening in later if opening is not None), DAY)


def _line(owed: Owed, person: Person, at: dt.datetime, *, lead: dt.timedelta, rest: dt.timedelta) -> Line | None:
    """What there is to say of one seat, as things stood at `at`."""
    if at < owed.ends_at:
        return None
    if at < owed.due_at:
        said = any(sent.kind == Kind.DUE and sent.moment == owed.due_at for sent in owed.sent)
        begins = max(owed.due_at - lead, owed.ends_at + rest)
        return None if said or at < begins else Line(owed.seat, Kind.DUE, owed.due_at, owed.due_at)
    late = [sent for sent in owed.sent if sent.kind == Kind.LATE]
    moments = [owed.due_at + number * DAY for number in range(MOST_LATE)]
    number = len({sent.moment for sent in late} & set(moments))
    if number == MOST_LATE or at < moments[number]:
        return None
    last = max((sent.sent_at for sent in late), default=None)
    if last is not None and (_is_on(person, last, at.astimezone(person.clock).date()) or at - last < LEAST_APART):
        return None
    return Line(owed.seat, Kind.LATE, moments[number], owed.due_at)
