"""What the panel's ratings add up to, as the debrief's page shows it. Names instead of rows, places in per cent."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class Interval:
    """The 90 % interval of a position in the plot: places in per cent of its width; it may go on beyond an edge."""

    low: float
    at: float
    high: float
    goes_on_left: bool
    goes_on_right: bool
    is_below: bool


@dataclass(frozen=True)
class Said:
    """One competency as one way of counting reads it. `meets`: probability (0 to 1); `says`: the same as a verdict."""

    meets: float
    says: str
    level: int
    lowest: int
    highest: int
    in_levels: float
    low_in_levels: float
    high_in_levels: float
    drawn: Interval


@dataclass(frozen=True)
class Band:
    """The zone of one level in the plot, in per cent of its width."""

    level: int
    begins: float
    width: float

    @property
    def middle(self) -> float:
        return self.begins + self.width / 2


@dataclass(frozen=True)
class MarkSource:
    """One rating in the plot, of one interviewer in one interview. `level` None: no evidence.

    `adjusted_at`, `counts_as`: where it counts, severity allowed for; None where no severity is used or may be seen.
    """

    interview: str
    interviewer: str
    initials: str
    level: int | None
    at: float
    adjusted_at: float | None
    counts_as: float | None
    is_informed: bool


@dataclass(frozen=True)
class LineSource:
    """One required competency. `before`: probability of meeting the bar before anybody rated this candidate.

    `apart`: how many ratings the others do not lead one to expect. `bar_at`: None for a bar everybody meets.
    """

    competency: str
    bar: int
    must_pass: bool
    adjusted: Said
    unadjusted: Said
    before: float
    ratings: int
    mean: float | None
    mean_is_below: bool
    signals: int
    min_signals: int
    apart: int
    has_bar: bool
    is_seen: bool
    is_contested: bool
    is_missed: bool
    says_otherwise: bool
    bar_at: float | None
    bands: tuple[Band, ...]
    marks: tuple[MarkSource, ...]


@dataclass(frozen=True)
class Together:
    """All must-pass competencies meeting their bars at once. `unseen`: those nobody rated; then it is no verdict."""

    adjusted: float
    unadjusted: float
    says: str
    count: int
    unseen: tuple[str, ...]
    contested: tuple[str, ...]
    least_sure: str


@dataclass(frozen=True)
class Surprise:
    """A rating the others do not lead one to expect, severity allowed for; `chance` of one so far out."""

    name: str
    competency: str
    level: int
    expected: float
    chance: float
    harsher: bool


@dataclass(frozen=True)
class Person:
    """Whose severity is used (`shift` in levels, with its 90 % interval), or `why_not`."""

    name: str
    why_not: str
    candidates: int
    shift: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Changed:
    """A competency on the other side of its bar; probabilities, or levels where those are counted."""

    competency: str
    met_after: bool | None
    before: float | None
    after: float | None


@dataclass(frozen=True)
class Stability:
    """One other way to read the panel, and what it changes."""

    way: str
    person: str
    outcome_changes: bool
    counts_levels: bool
    changes: tuple[Changed, ...]
    all_before: float | None
    all_after: float | None


@dataclass(frozen=True)
class Sharpened:
    """The risk of being wrong about a bar, now and after one more station. `is_gap`: nobody rated it yet."""

    competency: str
    now: float
    then: float
    is_gap: bool


@dataclass(frozen=True)
class StationToHold:
    """A further station. `trained`: who could hold it and has not met the candidate; None where it is not recorded."""

    name: str
    minutes: int
    interviewers: int
    sharpens: Sharpened
    is_again: bool
    over_candidate: int
    over_interviewers: int
    is_one_too_many: bool
    trained: tuple[str, ...] | None


@dataclass(frozen=True)
class Settling:
    """What would settle it: the station to name, if there is one."""

    answer: str
    best: StationToHold | None
    candidate_left: int
    candidate_minutes: int
    asked: int
    measuring: int


@dataclass(frozen=True)
class ReadingSource:
    """The whole statistical part, gaps and must-pass first. `settling` is None once the candidacy has ended.

    `otherwise`: competencies on the other side of the bar by the plain mean of the levels; `others`: how many of the
    panel have a severity this reader may not see.
    """

    lines: tuple[LineSource, ...]
    has_gutter: bool
    together: Together | None
    stability: tuple[Stability, ...]
    outcome_changes: int
    single_bars: int
    ways: int
    otherwise: tuple[str, ...]
    changes_by_levels: bool
    surprises: tuple[Surprise, ...]
    by_chance: float
    ratings: int
    informed: int
    people: tuple[Person, ...]
    others: int
    settling: Settling | None
    is_estimated: bool
    is_small: bool
    candidates: int
    least_candidates: int
    least_history: int
    calibrated_on: dt.date | None

    @property
    def used(self) -> tuple[Person, ...]:
        return tuple(person for person in self.people if person.shift is not None)

    @property
    def withheld(self) -> tuple[Person, ...]:
        return tuple(person for person in self.people if person.shift is None)

    @property
    def changing(self) -> tuple[Stability, ...]:
        """The other ways in which something changes."""
        return tuple(line for line in self.stability if line.changes or line.outcome_changes)

    @property
    def staying(self) -> tuple[Stability, ...]:
        """The other ways that leave every bar as it is."""
        return tuple(line for line in self.stability if not line.changes and not line.outcome_changes)
