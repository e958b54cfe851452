"""When a reminder goes out: never too early, never in quiet hours, never twice the same, and never lost."""

import datetime as dt
import zoneinfo
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.interviews.core.reminding import (
    Kind,
    Owed,
    Person,
    Sent,
    Wish,
    allowed_from,
    digest,
    digests,
    first_allowed,
    is_quiet,
)

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")
BEN = Person(1, "Europe/Berlin", Wish.EACH, dt.time(19), dt.time(8), quiet_weekends=True)
DAILY = replace(BEN, wish=Wish.DAILY)


def at(text: str) -> dt.datetime:
    """A moment on Ben's wall. The 2nd of March 2026 is a Monday."""
    return dt.datetime.fromisoformat(f"2026-{text}").replace(tzinfo=BERLIN)


def owed(end: str, due: str, *sent: Sent, seat: int = 7) -> Owed:
    return Owed(seat=seat, person=1, ends_at=at(end), due_at=at(due), sent=sent)


def said(person: Person, one: Owed, now: str) -> list[Kind]:
    found = digest(person=person, owed=[one], now=at(now))
    return [line.kind for line in found.lines] if found else []


@pytest.mark.parametrize(
    ("now", "kinds"),
    [
        ("03-02 14:59", []),  # not over yet
        ("03-02 15:00", []),
        ("03-03 10:59", []),
        ("03-03 11:00", ["due"]),  # four hours before
        ("03-03 14:59", ["due"]),
        ("03-03 15:00", ["late"]),
        ("03-03 19:00", []),  # quiet from here
        ("03-04 07:59", []),
        ("03-04 08:00", ["late"]),
    ],
)
def test_a_reminder_comes_in_the_last_four_hours_and_once_it_is_late(now: str, kinds: list[str]) -> None:
    assert said(BEN, owed("03-02 15:00", "03-03 15:00"), now) == kinds


@pytest.mark.parametrize(("now", "kinds"), [("03-02 15:59", []), ("03-02 16:00", ["due"]), ("03-02 17:00", ["late"])])
def test_a_short_deadline_is_said_an_hour_after_the_end(now: str, kinds: list[str]) -> None:
    assert said(BEN, owed("03-02 15:00", "03-02 17:00"), now) == kinds


def test_a_deadline_of_no_length_is_late_at_the_end_and_not_before() -> None:
    assert said(BEN, owed("03-02 15:00", "03-02 15:00"), "03-02 14:59") == []
    assert said(BEN, owed("03-02 15:00", "03-02 15:00"), "03-02 15:00") == ["late"]


def test_what_fell_into_a_weekend_comes_on_monday_morning() -> None:
    one = owed("02-27 16:00", "02-28 16:00")
    assert said(BEN, one, "02-28 17:00") == []
    assert said(BEN, one, "03-02 07:59") == []
    assert said(BEN, one, "03-02 08:00") == ["late"]
    assert said(replace(BEN, quiet_weekends=False), one, "02-28 17:00") == ["late"]


def test_late_is_said_three_times_at_most_and_once_a_day() -> None:
    one = owed("03-02 09:00", "03-02 15:00")
    times = []
    for hour in range(24 * 10):
        now = at("03-02 09:00") + dt.timedelta(hours=hour)
        mail = digest(person=BEN, owed=[one], now=now)
        if mail:
            (line,) = mail.lines
            one = replace(one, sent=(*one.sent, Sent(line.kind, line.moment, now)))
            times.append((line.kind.value, now.strftime("%d %H:%M")))
    assert times == [("due", "02 11:00"), ("late", "02 15:00"), ("late", "03 15:00"), ("late", "04 15:00")]


def test_another_deadline_is_another_reminder() -> None:
    before = Sent(Kind.DUE, at("03-03 15:00"), at("03-03 11:00"))
    assert said(BEN, owed("03-02 15:00", "03-03 15:00", before), "03-03 12:00") == []
    assert said(BEN, owed("03-03 15:00", "03-04 15:00", before), "03-04 12:00") == ["due"]


def test_who_wants_no_mail_gets_none() -> None:
    assert said(replace(BEN, wish=Wish.NONE), owed("03-02 15:00", "03-03 15:00"), "03-05 12:00") == []


def test_a_daily_mail_says_in_the_morning_what_falls_due_before_the_next_one() -> None:
    one = owed("03-02 15:00", "03-03 15:00")
    assert said(DAILY, one, "03-02 16:00") == []
    assert said(DAILY, one, "03-03 08:00") == ["due"]
    assert said(DAILY, one, "03-03 11:30") == ["due"]  # the workers stood still at eight
    over_the_weekend = owed("03-05 15:00", "03-08 15:00")
    assert said(DAILY, over_the_weekend, "03-06 08:00") == ["due"]


def test_a_daily_mail_goes_out_once_a_local_day() -> None:
    mailed = replace(DAILY, mailed_at=at("03-03 08:00"))
    assert said(mailed, owed("03-02 10:00", "03-02 15:00"), "03-03 12:00") == []
    assert said(mailed, owed("03-02 10:00", "03-02 15:00"), "03-04 08:00") == ["late"]
    assert said(DAILY, owed("03-02 10:00", "03-02 15:00"), "03-02 16:00") == []  # ready after today's moment


def test_everything_for_one_person_is_one_mail_in_the_order_of_the_deadlines() -> None:
    other = replace(BEN, id=2)
    rows = [
        owed("03-02 10:00", "03-03 11:00", seat=3),
        Owed(seat=4, person=2, ends_at=at("03-02 10:00"), due_at=at("03-03 10:00")),
        owed("03-01 10:00", "03-02 10:00", seat=9),
    ]
    mails = digests(people={1: BEN, 2: other}, owed=rows, now=at("03-03 10:00"))
    assert [(mail.person, [line.seat for line in mail.lines]) for mail in mails] == [(1, [9, 3]), (2, [4])]


def test_a_deadline_before_the_end_is_refused() -> None:
    with pytest.raises(ValueError, match="after the interview's end"):
        owed("03-02 15:00", "03-02 14:00")


def test_quiet_hours_end_with_the_jump_of_the_clock_where_it_jumps_over_them() -> None:
    """On the 29th of March 2026 two o'clock in Berlin is followed by three o'clock."""
    night = replace(BEN, quiet_until=dt.time(2, 30), quiet_weekends=False)
    jump = dt.datetime(2026, 3, 29, 1, tzinfo=dt.UTC)
    assert is_quiet(night, jump - dt.timedelta(minutes=1))
    assert first_allowed(night, dt.date(2026, 3, 29)) == jump
    assert allowed_from(night, jump - dt.timedelta(hours=3)) == jump


def test_a_quiet_day_has_no_first_minute_and_monday_is_the_next() -> None:
    assert first_allowed(BEN, dt.date(2026, 3, 7)) is None
    assert allowed_from(BEN, at("03-06 20:00")) == at("03-09 08:00")
    assert allowed_from(BEN, at("03-06 12:00")) == at("03-06 12:00")


times = st.times().map(lambda time: time.replace(second=0, microsecond=0))
zones = st.sampled_from(
    ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "Africa/Cairo", "Australia/Lord_Howe",
     "America/St_Johns", "UTC"]
)  # fmt: skip
people = st.builds(
    Person, st.just(1), zones, st.sampled_from([Wish.EACH, Wish.DAILY]), times, times, quiet_weekends=st.booleans()
)
# Days on which clocks change somewhere in those zones, and some others.
days = st.sampled_from(
    ["2026-03-06", "2026-03-27", "2026-04-03", "2026-04-23", "2026-10-23", "2026-10-30", "2026-06-10"]
)
STEP = dt.timedelta(minutes=20)


@st.composite
def held(draw: st.DrawFn) -> tuple[dt.datetime, list[Owed]]:
    start = dt.datetime.fromisoformat(draw(days)).replace(tzinfo=dt.UTC)
    rows = []
    for seat in range(1, draw(st.integers(1, 3)) + 1):
        end = start + dt.timedelta(minutes=draw(st.integers(0, 2 * 24 * 60)))
        rows.append(Owed(seat, 1, end, end + dt.timedelta(minutes=draw(st.integers(0, 48 * 60)))))
    return start, rows


@given(person=people, case=held())
def test_over_ten_days_every_promise_is_kept(person: Person, case: tuple[dt.datetime, list[Owed]]) -> None:
    start, rows = case
    out: set[tuple[int, Kind, dt.datetime]] = set()
    local_days: set[tuple[int, dt.date]] = set()
    mails: set[dt.date] = set()
    waited = {row.seat: dt.timedelta(0) for row in rows}
    reached: set[int] = set()
    now = start
    while now < start + dt.timedelta(days=10):
        mail = digest(person=person, owed=rows, now=now)
        day = now.astimezone(person.clock).date()
        if mail:
            assert not is_quiet(person, now)
            assert person.wish != Wish.DAILY or day not in mails
            mails.add(day)
            person = replace(person, mailed_at=now)
        for line in mail.lines if mail else ():
            row = next(row for row in rows if row.seat == line.seat)
            assert now >= row.ends_at
            assert (line.kind == Kind.LATE) <= (now >= row.due_at)
            assert (line.seat, line.kind, line.moment) not in out
            out.add((line.seat, line.kind, line.moment))
            if line.kind == Kind.LATE:
                assert (line.seat, day) not in local_days
                local_days.add((line.seat, day))
                reached.add(line.seat)
            rows[rows.index(row)] = replace(row, sent=(*row.sent, Sent(line.kind, line.moment, now)))
        for row in rows:
            if row.due_at <= now and row.seat not in reached and not is_quiet(person, now):
                waited[row.seat] += STEP
                assert waited[row.seat] <= dt.timedelta(hours=25)  # a day on which the clock goes back has 25
        now += STEP
    assert all(sum(seat == row.seat and kind == Kind.LATE for seat, kind, _ in out) <= 3 for row in rows)


@given(person=people, day=st.dates(dt.date(2026, 1, 1), dt.date(2026, 12, 31)), minute=st.integers(0, 24 * 60))
def test_the_next_allowed_minute_is_the_first_that_is_not_quiet(person: Person, day: dt.date, minute: int) -> None:
    now = dt.datetime.combine(day, dt.time.min, dt.UTC) + dt.timedelta(minutes=minute)
    found = allowed_from(person, now)
    if found is None:
        return
    assert not is_quiet(person, found)
    step = now
    while step < found:
        assert is_quiet(person, step)
        step += dt.timedelta(minutes=1)
