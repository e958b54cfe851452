"""How two plans differ: facts side by side, and the differences worth a sentence.

The order of the two is the order of the words: "this" is the plan one talks about, "other" what it is held against.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

#: A smaller difference in R2_loop is none: it would be printed as 0.0 points.
SAME_EXPLAINED = 0.0005
#: How many competencies' signals are worth a word; the table has them all.
MOST_SIGNALS = 3


@dataclass(frozen=True)
class StationUse:
    """A station in a plan, in one of its versions."""

    id: str
    version: int


@dataclass(frozen=True)
class Measured:
    """How well a plan measures one competency: reliability 0 to 1, number of independent signals."""

    reliability: float = 0.0
    signals: int = 0


@dataclass(frozen=True)
class PlanFacts:
    """What is compared of one plan: stations in order, minutes, R2_loop (0 to 1), competency -> how it is measured."""

    stations: tuple[StationUse, ...]
    candidate_minutes: int
    interviewer_minutes: int
    explained: float
    measured: Mapping[str, Measured] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Pair:
    """One number of both plans."""

    this: float
    other: float

    @property
    def change(self) -> float:
        """How much more this plan has."""
        return self.this - self.other

    @property
    def mirrored(self) -> "Pair":
        return Pair(self.other, self.this)


@dataclass(frozen=True)
class SharedStation:
    """A station of both plans, with its version in each."""

    id: str
    this: int
    other: int


@dataclass(frozen=True)
class CompetencyPair:
    competency: str
    reliability: Pair
    signals: Pair


class DifferenceKind(StrEnum):
    EXPLAINED = "explained"
    CANDIDATE_MINUTES = "candidate_minutes"
    INTERVIEWER_MINUTES = "interviewer_minutes"
    SIGNALS = "signals"


@dataclass(frozen=True)
class Difference:
    """One difference worth saying. `subject`: a competency for signals, else ""."""

    kind: DifferenceKind
    values: Pair
    subject: str = ""


@dataclass(frozen=True)
class Comparison:
    """Two plans side by side. `order_differs`: the stations of both stand in another order."""

    both: tuple[SharedStation, ...]
    only_this: tuple[str, ...]
    only_other: tuple[str, ...]
    order_differs: bool
    candidate_minutes: Pair
    interviewer_minutes: Pair
    explained: Pair
    competencies: tuple[CompetencyPair, ...]

    @property
    def differences(self) -> tuple[Difference, ...]:
        """The differences worth saying, the most general first; of signals, only the largest few."""
        found = []
        if abs(self.explained.change) >= SAME_EXPLAINED:
            found.append(Difference(DifferenceKind.EXPLAINED, self.explained))
        if self.candidate_minutes.change:
            found.append(Difference(DifferenceKind.CANDIDATE_MINUTES, self.candidate_minutes))
        if self.interviewer_minutes.change:
            found.append(Difference(DifferenceKind.INTERVIEWER_MINUTES, self.interviewer_minutes))
        signals = sorted((pair for pair in self.competencies if pair.signals.change), key=_weight)[:MOST_SIGNALS]
        return (*found, *(Difference(DifferenceKind.SIGNALS, pair.signals, pair.competency) for pair in signals))

    @property
    def other_versions(self) -> tuple[SharedStation, ...]:
        return tuple(station for station in self.both if station.this != station.other)

    @property
    def is_empty(self) -> bool:
        """Nothing differs: same stations in the same versions and order, measuring the same."""
        return not (
            self.only_this
            or self.only_other
            or self.order_differs
            or self.other_versions
            or self.differences
            or any(abs(pair.reliability.change) >= SAME_EXPLAINED for pair in self.competencies)
        )

    @property
    def mirrored(self) -> "Comparison":
        """The same comparison, told of the other plan."""
        return Comparison(
            both=tuple(SharedStation(station.id, station.other, station.this) for station in self.both),
            only_this=self.only_other,
            only_other=self.only_this,
            order_differs=self.order_differs,
            candidate_minutes=self.candidate_minutes.mirrored,
            interviewer_minutes=self.interviewer_minutes.mirrored,
            explained=self.explained.mirrored,
            competencies=tuple(
                CompetencyPair(pair.competency, pair.reliability.mirrored, pair.signals.mirrored)
                for pair in self.competencies
            ),
        )


def compare(this: PlanFacts, other: PlanFacts) -> Comparison:
    """Two plans side by side. A competency that only one of them knows counts as not measured by the other.

    compare(a, a) is empty, and compare(a, b) is the mirror of compare(b, a).
    """
    in_this = {station.id: station.version for station in this.stations}
    in_other = {station.id: station.version for station in other.stations}
    shared = [name for name in _in_step(list(in_this), list(in_other)) if name in in_this and name in in_other]
    nothing = Measured()
    measured = [
        (name, this.measured.get(name, nothing), other.measured.get(name, nothing))
        for name in _in_step(list(this.measured), list(other.measured))
    ]
    return Comparison(
        both=tuple(SharedStation(name, in_this[name], in_other[name]) for name in shared),
        only_this=tuple(name for name in in_this if name not in in_other),
        only_other=tuple(name for name in in_other if name not in in_this),
        order_differs=_common(in_this, in_other) != _common(in_other, in_this),
        candidate_minutes=Pair(this.candidate_minutes, other.candidate_minutes),
        interviewer_minutes=Pair(this.interviewer_minutes, other.interviewer_minutes),
        explained=Pair(this.explained, other.explained),
        competencies=tuple(
            CompetencyPair(name, Pair(one.reliability, two.reliability), Pair(one.signals, two.signals))
            for name, one, two in measured
        ),
    )


def _weight(pair: CompetencyPair) -> tuple[bool, float]:
    """What is measured by one plan and not at all by the other comes first."""
    return min(pair.signals.this, pair.signals.other) > 0, -abs(pair.signals.change)


def _common(one: Iterable[str], two: Mapping[str, int]) -> list[str]:
    return [name for name in one if name in two]


def _in_step(one: Sequence[str], two: Sequence[str]) -> list[str]:
    """All names of both lists, each where it first stands in either; the same whichever list comes first."""
    places: dict[str, int] = {}
    for names in (one, two):
        for place, name in enumerate(names):
            places[name] = min(place, places.get(name, place))
    return sorted(places, key=lambda name: (places[name], name))
