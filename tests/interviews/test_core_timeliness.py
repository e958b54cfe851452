"""How scorecards come in: every seat is counted once, and of few nothing is said."""

import datetime as dt
import statistics

from hypothesis import given
from hypothesis import strategies as st

from apps.interviews.core.timeliness import LEAST, Held, timeliness

NOW = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
hours = st.integers(0, 400)


@st.composite
def seats(draw: st.DrawFn) -> Held:
    ends = NOW - dt.timedelta(hours=draw(hours))
    written = draw(st.none() | st.integers(-2, 400))
    return Held(
        ends_at=ends,
        due_at=ends + dt.timedelta(hours=draw(st.integers(0, 100))),
        submitted_at=None if written is None else ends + dt.timedelta(hours=written),
    )


@given(st.lists(seats(), max_size=12))
def test_every_seat_is_counted_once(held: list[Held]) -> None:
    found = timeliness(held, now=NOW)
    assert found.on_time + found.late + found.overdue + found.not_due == len(held)
    assert found.n == len(held) - found.not_due
    assert (found.share is None) == (found.punctual is None) == (found.n < LEAST)
    if found.share is not None and found.punctual is not None:
        assert 0 <= found.punctual <= found.share <= 1


@given(st.lists(seats(), max_size=12))
def test_the_median_is_of_what_was_submitted_and_never_of_fewer_than_three(held: list[Held]) -> None:
    found = timeliness(held, now=NOW)
    taken = [max((one.submitted_at - one.ends_at).total_seconds() / 3600, 0) for one in held if one.submitted_at]
    assert found.median_hours == (statistics.median(taken) if len(taken) >= 3 else None)


def test_on_the_stroke_of_the_deadline_is_in_time() -> None:
    one = Held(NOW - dt.timedelta(hours=24), NOW, NOW)
    assert one.is_on_time
    assert timeliness([one], now=NOW).late == 0
    assert timeliness([Held(one.ends_at, NOW, None)], now=NOW).overdue == 0
