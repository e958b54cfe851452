"""How scorecards come in: on time, late, not yet; per group, with what may be said of few.

A seat counts once its interview has ended. A share is taken of those whose time has come: submitted, or overdue;
one that is owed and not due yet says nothing either way.
"""

import datetime as dt
import statistics
from collections.abc import Iterable
from dataclasses import dataclass

LEAST = 3  # of fewer, no share and no median: two people's habits are no rate


@dataclass(frozen=True)
class Held:
    """One interviewer's seat in an interview that was held. `submitted_at` is of the first submission."""

    ends_at: dt.datetime
    due_at: dt.datetime
    submitted_at: dt.datetime | None

    @property
    def is_on_time(self) -> bool:
        return self.submitted_at is not None and self.submitted_at <= self.due_at

    @property
    def hours(self) -> float | None:
        """From the interview's end to the submission; written while it still ran counts as none."""
        if self.submitted_at is None:
            return None
        return max((self.submitted_at - self.ends_at).total_seconds() / 3600, 0.0)


@dataclass(frozen=True)
class Timeliness:
    """Counts of one group. Shares (0 to 1) and `median_hours` are None where there are fewer than three to take.

    share = submitted / (submitted + overdue); punctual = on time / (submitted + overdue).
    """

    on_time: int
    late: int
    overdue: int
    not_due: int
    median_hours: float | None

    @property
    def submitted(self) -> int:
        return self.on_time + self.late

    @property
    def n(self) -> int:
        return self.submitted + self.overdue

    @property
    def share(self) -> float | None:
        return self.submitted / self.n if self.n >= LEAST else None

    @property
    def punctual(self) -> float | None:
        return self.on_time / self.n if self.n >= LEAST else None


def timeliness(seats: Iterable[Held], *, now: dt.datetime) -> Timeliness:
    """The counts of these seats as things stand at `now`."""
    seats = list(seats)
    hours = [hours for seat in seats if (hours := seat.hours) is not None]
    waiting = [seat for seat in seats if seat.submitted_at is None]
    on_time = sum(seat.is_on_time for seat in seats)
    return Timeliness(
        on_time=on_time,
        late=len(hours) - on_time,
        overdue=sum(seat.due_at < now for seat in waiting),
        not_due=sum(seat.due_at >= now for seat in waiting),
        median_hours=statistics.median(hours) if len(hours) >= LEAST else None,
    )
