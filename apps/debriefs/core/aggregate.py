"""What the panel wrote, put together without hiding anything.

Means and spreads describe; they decide nothing. "No evidence" never enters them: it shows as a gap. A must-pass
competency below its bar is named, whatever the other competencies say (ARCHITECTURE, rules 4 and 5).
"""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

LOWEST, HIGHEST = 1, 4


@dataclass(frozen=True)
class Need:
    """What the role requires of one competency: the bar is a level 1 to 4."""

    competency: str
    bar: int
    must_pass: bool
    min_signals: int

    def __post_init__(self) -> None:
        if not LOWEST <= self.bar <= HIGHEST:
            raise ValueError(f"bar of {self.competency} must be a level from 1 to 4, not {self.bar}")
        if self.min_signals < 0:
            raise ValueError(f"min_signals of {self.competency} must not be negative")


@dataclass(frozen=True)
class Observation:
    """One submitted rating: a level 1 to 4, or None for "no evidence". A signal is one with a level.

    `informed`: its author had read others' ratings before interviewing, so it is no independent signal.
    """

    competency: str
    station: str
    interviewer: str
    level: int | None
    informed: bool = False

    def __post_init__(self) -> None:
        if self.level is not None and not LOWEST <= self.level <= HIGHEST:
            raise ValueError(f"a level is a number from 1 to 4, not {self.level}")


class Standing(Enum):
    """Where the mean of the ratings stands to the bar; GAP where nobody had evidence."""

    AT_OR_ABOVE = "at_or_above"
    BELOW = "below"
    GAP = "gap"


@dataclass(frozen=True)
class CompetencySummary:
    """One row of the debrief matrix. `mean` and `spread` (sample standard deviation) are in levels.

    `signals`: the (station, interviewer) that make up the independent signals.
    """

    need: Need
    levels: tuple[int, ...]
    no_evidence: int
    mean: float | None
    spread: float | None
    lowest: int | None
    highest: int | None
    signals: tuple[tuple[str, str], ...]
    standing: Standing

    @property
    def independent_signals(self) -> int:
        return len(self.signals)

    @property
    def is_gap(self) -> bool:
        return self.standing is Standing.GAP

    @property
    def lacks_signals(self) -> bool:
        """Fewer independent signals than the role asks for."""
        return self.independent_signals < self.need.min_signals

    @property
    def must_pass_missed(self) -> bool:
        return self.need.must_pass and self.standing is Standing.BELOW

    @property
    def is_split(self) -> bool:
        """Two levels or more between the lowest and the highest rating."""
        return self.lowest is not None and self.highest is not None and self.highest - self.lowest >= 2


@dataclass(frozen=True)
class PanelSummary:
    """All competencies of the role, in its order."""

    competencies: tuple[CompetencySummary, ...]

    @property
    def gaps(self) -> tuple[CompetencySummary, ...]:
        return tuple(row for row in self.competencies if row.is_gap or row.lacks_signals)

    @property
    def must_pass_missed(self) -> tuple[CompetencySummary, ...]:
        return tuple(row for row in self.competencies if row.must_pass_missed)

    @property
    def must_pass_open(self) -> tuple[CompetencySummary, ...]:
        """Must-pass competencies nobody could rate: neither met nor missed."""
        return tuple(row for row in self.competencies if row.need.must_pass and row.is_gap)

    @property
    def split(self) -> tuple[CompetencySummary, ...]:
        return tuple(row for row in self.competencies if row.is_split)


def summarise(needs: Sequence[Need], observations: Sequence[Observation]) -> PanelSummary:
    """Mean, spread, gaps and bars per competency; competencies the role does not name are left out.

    An independent signal is a rating with a level from another station *and* another interviewer (ARCHITECTURE,
    "Signal"), who had not read the others' before: their number is the largest matching between the stations and the
    interviewers who rated so.
    """
    return PanelSummary(tuple(_summarise_one(need, observations) for need in needs))


def _summarise_one(need: Need, observations: Sequence[Observation]) -> CompetencySummary:
    mine = [observation for observation in observations if observation.competency == need.competency]
    levels = tuple(sorted(observation.level for observation in mine if observation.level is not None))
    mean = statistics.fmean(levels) if levels else None
    if mean is None:
        standing = Standing.GAP
    else:
        standing = Standing.AT_OR_ABOVE if sum(levels) >= need.bar * len(levels) else Standing.BELOW
    return CompetencySummary(
        need=need,
        levels=levels,
        no_evidence=sum(observation.level is None for observation in mine),
        mean=mean,
        spread=statistics.stdev(levels) if len(levels) > 1 else None,
        lowest=min(levels, default=None),
        highest=max(levels, default=None),
        signals=_largest_matching(
            {
                (observation.station, observation.interviewer)
                for observation in mine
                if observation.level is not None and not observation.informed
            }
        ),
        standing=standing,
    )


def _largest_matching(pairs: set[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """As many of the pairs as can be in which no station and no interviewer stands twice (augmenting paths)."""
    by_station: dict[str, list[str]] = {}
    for station, interviewer in sorted(pairs):
        by_station.setdefault(station, []).append(interviewer)
    taken: dict[str, str] = {}

    def place(station: str, tried: set[str]) -> bool:
        for interviewer in by_station[station]:
            if interviewer in tried:
                continue
            tried.add(interviewer)
            if interviewer not in taken or place(taken[interviewer], tried):
                taken[interviewer] = station
                return True
        return False

    for station in by_station:
        place(station, set())
    return tuple(sorted((station, interviewer) for interviewer, station in taken.items()))
