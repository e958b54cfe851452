"""The report of an audit with the names people know: for its page, its PDF and the terminal. How it is said is theirs.

Besides texts and numbers it holds nothing, so that a PDF can be made from it as it is.
"""

import datetime as dt
from dataclasses import dataclass

from apps.loops.core.audit import Verdict
from apps.loops.translate.coverage import heat_of
from apps.loops.translate.words import RuleLine, ViolationLine


@dataclass(frozen=True)
class StationLine:
    """One station of the loop. library: the name of its match, "" where there is none; state: the match's."""

    id: str
    place: int
    name: str
    slug: str
    library: str
    kind: str
    state: str
    minutes: int
    interviewers: int
    freshness: float
    is_stale: bool
    reviewed_on: dt.date | None


@dataclass(frozen=True)
class CellLine:
    """What one station tells about one competency today; reliability 0 where it tells nothing."""

    reliability: float
    heat: int


@dataclass(frozen=True)
class SpareSignal:
    """A signal beyond what is asked for, and the share of explained variance it adds."""

    station: str
    gain: float


@dataclass(frozen=True)
class CompetencyLine:
    slug: str
    name: str
    must_pass: bool
    weight: float
    reliability: float
    signals: int
    min_signals: int
    target: float | None
    verdict: str
    cells: tuple[CellLine, ...]
    spare: tuple[SpareSignal, ...]

    @property
    def heat(self) -> int:
        return heat_of(self.reliability)

    @property
    def is_missing(self) -> bool:
        return self.verdict == Verdict.MISSING.value

    @property
    def is_short(self) -> bool:
        return self.verdict in (Verdict.MISSING.value, Verdict.THIN.value)

    @property
    def is_more(self) -> bool:
        return self.verdict == Verdict.MORE.value


@dataclass(frozen=True)
class NotNeededLine:
    slug: str
    name: str
    signals: int
    stations: tuple[str, ...]


@dataclass(frozen=True)
class SpareLine:
    """A station the role hardly misses. loss: of the explained variance; together: can go along with the others."""

    id: str
    name: str
    loss: float
    minutes: int
    interviewer_minutes: int
    together: bool


@dataclass(frozen=True)
class PlacedStation:
    """A station of a repaired loop. slug: its place in the library, "" if it has none; can_be_planned: a draft plan
    can hold it (it is in the library and there once)."""

    id: str
    name: str
    slug: str
    kind: str
    minutes: int
    is_new: bool
    can_be_planned: bool


@dataclass(frozen=True)
class SwapLine:
    removed: PlacedStation | None
    added: PlacedStation | None


@dataclass(frozen=True)
class RepairLine:
    """A loop that keeps every rule after `changes` changes. gain: in explained variance over the loop as it is."""

    changes: int
    is_proved: bool
    swaps: tuple[SwapLine, ...]
    kept: tuple[PlacedStation, ...]
    stations: tuple[PlacedStation, ...]
    competencies: tuple[CompetencyLine, ...]
    explained: float
    gain: float
    candidate_minutes: int
    interviewer_minutes: int

    @property
    def removed(self) -> tuple[PlacedStation, ...]:
        return tuple(swap.removed for swap in self.swaps if swap.removed is not None)

    @property
    def added(self) -> tuple[PlacedStation, ...]:
        return tuple(swap.added for swap in self.swaps if swap.added is not None)

    @property
    def cannot_be_planned(self) -> tuple[PlacedStation, ...]:
        return tuple(station for station in self.stations if not station.can_be_planned)

    @property
    def can_be_drafted(self) -> bool:
        return any(station.can_be_planned for station in self.stations)


@dataclass(frozen=True)
class AuditPage:
    """Everything the report shows. Shares (explained, loss, gain) are of 1, minutes of one candidate's loop.

    finds: another job that the loop measures plainly better than the role, "" where there is none.
    """

    loop: str
    role: str
    role_slug: str
    today: dt.date
    stations: tuple[StationLine, ...]
    competencies: tuple[CompetencyLine, ...]
    not_needed: tuple[NotNeededLine, ...]
    spare: tuple[SpareLine, ...]
    candidate_minutes: int
    candidate_limit: int
    interviewer_minutes: int
    interviewer_limit: int
    explained: float
    expected_validity: float
    staleness_loss: float
    finds: str
    finds_slug: str
    finds_explained: float
    violations: tuple[ViolationLine, ...]
    status: str
    smallest: int | None
    most_changes: int | None
    repairs: tuple[RepairLine, ...]
    chosen: RepairLine | None
    clash: tuple[RuleLine, ...]

    @property
    def missing(self) -> tuple[CompetencyLine, ...]:
        return tuple(line for line in self.competencies if line.is_missing)

    @property
    def said_not_needed(self) -> tuple[NotNeededLine, ...]:
        """Of what is not needed, what the headline says."""
        return tuple(line for line in self._said if isinstance(line, NotNeededLine))

    @property
    def said_missing(self) -> tuple[CompetencyLine, ...]:
        """Of what is missing, what the headline says."""
        return tuple(line for line in self._said if isinstance(line, CompetencyLine))

    @property
    def _said(self) -> tuple[CompetencyLine | NotNeededLine, ...]:
        """What matters most: missing must-passes, then two not needed. Another job takes one more to be told apart."""
        must_pass = [line for line in self.missing if line.must_pass]
        others = [line for line in self.missing if not line.must_pass]
        said: list[CompetencyLine | NotNeededLine] = [*must_pass, *self.not_needed[:2], *others]
        return tuple(said[: 4 if self.finds else 3])

    @property
    def measures_nothing(self) -> bool:
        return self.explained <= 0 and not self.not_needed

    @property
    def thin(self) -> tuple[CompetencyLine, ...]:
        return tuple(line for line in self.competencies if line.is_short and not line.is_missing)

    @property
    def more(self) -> tuple[CompetencyLine, ...]:
        return tuple(line for line in self.competencies if line.is_more)

    @property
    def stale(self) -> tuple[StationLine, ...]:
        return tuple(line for line in self.stations if line.is_stale)

    @property
    def unmatched(self) -> tuple[StationLine, ...]:
        return tuple(line for line in self.stations if not line.library)

    @property
    def spare_together(self) -> tuple[SpareLine, ...]:
        return tuple(line for line in self.spare if line.together)

    @property
    def spare_minutes(self) -> int:
        return sum(line.minutes for line in self.spare_together)

    @property
    def measured(self) -> int:
        return len(self.competencies) - len(self.missing)
