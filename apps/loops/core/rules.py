"""The hard rules, one small class each, as linear rows over yes/no variables.

A rule knows its name, its subject and its rows; it knows no solver. `Layout` numbers the variables: whether a
station is chosen, whether it assesses a competency (a variable of its own only where the station measures more than
it may assess), and whatever a rule needs besides.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from .information import information_for, is_signal, station_information
from .problem import SHARE_PARTS, CompetencyNeed, Overlap, Problem, RuleName, RuleRef
from .signals import scarce_pools

#: A target counts as reached this far below it (in information), so that rounding never loses a plan that reaches it.
TARGET_ALLOWANCE = 1e-6


@dataclass(frozen=True)
class Row:
    """lower <= sum of coefficient * variable <= upper; a missing side is None."""

    terms: tuple[tuple[int, float], ...]
    lower: float | None = None
    upper: float | None = None

    def holds(self, values: Sequence[int]) -> bool:
        total = sum(coefficient * values[variable] for variable, coefficient in self.terms)
        return (self.lower is None or total >= self.lower) and (self.upper is None or total <= self.upper)


class Layout:
    """Numbers the variables of a problem and holds the information I_sc of every possible observation."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.stations = range(len(problem.stations))
        self.information: dict[tuple[int, int], float] = {}
        self._assessed: dict[tuple[int, int], int] = {}
        self._following: dict[int, list[int]] = {}
        self._count = len(problem.stations)  # variable s says whether station s is chosen
        most = problem.limits.max_competencies_per_station
        for s, station in enumerate(problem.stations):
            measured = [c for c, need in enumerate(problem.competencies) if need.id in station.measures]
            for c in measured:
                self.information[s, c] = station_information(station, problem.competencies[c].id)
                self._assessed[s, c] = s if most is None or len(measured) <= most else self.new_variable()

    @property
    def size(self) -> int:
        return self._count

    def new_variable(self, *, of: int | None = None) -> int:
        """The next variable; `of` names the station without which it is 0."""
        self._count += 1
        if of is not None:
            self._following.setdefault(of, []).append(self._count - 1)
        return self._count - 1

    def following(self, s: int) -> Sequence[int]:
        """The variables that are 0 wherever station s is not chosen."""
        return self._following.get(s, ())

    def assessed(self, s: int, c: int) -> int:
        """The variable that says whether station s assesses competency c (which it must measure)."""
        return self._assessed[s, c]

    def measured_by(self, s: int) -> list[int]:
        return [c for c in range(len(self.problem.competencies)) if (s, c) in self.information]

    def must_choose_what_to_assess(self, s: int) -> bool:
        return any(self._assessed[s, c] != s for c in self.measured_by(s))

    def structure(self) -> Iterator[Row]:
        """Rows that give the variables their meaning: only a chosen station assesses anything."""
        for (s, _), variable in self._assessed.items():
            if variable != s:
                yield Row(((s, 1), (variable, -1)), lower=0)


class Rule(ABC):
    """One hard rule of one problem."""

    name: ClassVar[RuleName]
    subject: str

    @property
    def ref(self) -> RuleRef:
        return RuleRef(self.name, self.subject)

    @abstractmethod
    def rows(self, layout: Layout) -> Iterable[Row]:
        """The linear rows that are exactly this rule."""


@dataclass(frozen=True)
class CandidateMinutes(Rule):
    """The stations' minutes together fit the candidate's budget."""

    name = RuleName.CANDIDATE_MINUTES
    subject = ""
    minutes: int

    def rows(self, layout: Layout) -> Iterable[Row]:
        yield Row(tuple((s, layout.problem.stations[s].minutes) for s in layout.stations), upper=self.minutes)


@dataclass(frozen=True)
class DayMinutes(Rule):
    """The stations can be parted over so many days, none of them longer than this for the candidate (no breaks).

    With one day this is a limit on the whole loop. With two, which stations come on the second is the plan's choice.
    """

    name = RuleName.DAY_MINUTES
    subject = ""
    minutes: int
    days: int

    def rows(self, layout: Layout) -> Iterable[Row]:
        minutes = [station.minutes for station in layout.problem.stations]
        if self.days == 1:
            yield Row(tuple((s, minutes[s]) for s in layout.stations), upper=self.minutes)
            return
        second = [layout.new_variable(of=s) for s in layout.stations]
        for s in layout.stations:
            yield Row(((s, 1), (second[s], -1)), lower=0)
        yield Row(tuple((second[s], minutes[s]) for s in layout.stations), upper=self.minutes)
        both = ((variable, sign * minutes[s]) for s in layout.stations for variable, sign in ((s, 1), (second[s], -1)))
        yield Row(tuple(both), upper=self.minutes)


@dataclass(frozen=True)
class InterviewerMinutes(Rule):
    """The interviewers' minutes together, write-ups included, fit their budget."""

    name = RuleName.INTERVIEWER_MINUTES
    subject = ""
    minutes: int

    def rows(self, layout: Layout) -> Iterable[Row]:
        yield Row(tuple((s, layout.problem.stations[s].interviewer_load) for s in layout.stations), upper=self.minutes)


@dataclass(frozen=True)
class MaxStations(Rule):
    """At most so many stations."""

    name = RuleName.MAX_STATIONS
    subject = ""
    number: int

    def rows(self, layout: Layout) -> Iterable[Row]:
        yield Row(tuple((s, 1) for s in layout.stations), upper=self.number)


@dataclass(frozen=True)
class RequiredKind(Rule):
    """At least so many active stations of a kind; a pilot is an extra and does not count."""

    name = RuleName.REQUIRED_KIND
    subject: str
    number: int

    def rows(self, layout: Layout) -> Iterable[Row]:
        options = layout.problem.stations
        counted = (s for s in layout.stations if options[s].kind == self.subject and options[s].is_active)
        yield Row(tuple((s, 1) for s in counted), lower=self.number)


@dataclass(frozen=True)
class MaxPerKind(Rule):
    """At most so many stations of a kind, pilots included."""

    name = RuleName.MAX_PER_KIND
    subject: str
    number: int

    def rows(self, layout: Layout) -> Iterable[Row]:
        counted = (s for s in layout.stations if layout.problem.stations[s].kind == self.subject)
        yield Row(tuple((s, 1) for s in counted), upper=self.number)


@dataclass(frozen=True)
class KindShare(Rule):
    """At least this share of the candidate's minutes lies in active stations of a kind: each minute of such a station
    counts for what is not asked of it, every other minute against what is."""

    name = RuleName.KIND_SHARE
    subject: str
    parts: int

    def rows(self, layout: Layout) -> Iterable[Row]:
        options = layout.problem.stations
        counted = [option.kind == self.subject and option.is_active for option in options]
        terms = ((s, options[s].minutes * ((SHARE_PARTS if counted[s] else 0) - self.parts)) for s in layout.stations)
        yield Row(tuple(terms), lower=0)


@dataclass(frozen=True)
class WithinOverlap(Rule):
    """The plan shares so much, and no more, with a given set of stations."""

    name = RuleName.OVERLAP
    subject: str
    overlap: Overlap

    def rows(self, layout: Layout) -> Iterable[Row]:
        inside = set(self.overlap.stations)
        shared = tuple((s, 1) for s in layout.stations if layout.problem.stations[s].id in inside)
        others = tuple((s, 1) for s in layout.stations if layout.problem.stations[s].id not in inside)
        yield Row(shared, lower=self.overlap.at_least, upper=self.overlap.at_most)
        if self.overlap.others_at_most is not None:
            yield Row(others, upper=self.overlap.others_at_most)


@dataclass(frozen=True)
class TargetReliability(Rule):
    """A competency reaches its target: R_c >= R, that is D_c >= R / (1 - R), which is linear (SCIENCE.md A.1).

    Pilots do not count. No coefficient exceeds the target: one station that reaches it alone needs no more, and the
    relaxation is tighter for it.
    """

    name = RuleName.TARGET_RELIABILITY
    subject: str
    competency: int
    reliability: float

    def rows(self, layout: Layout) -> Iterable[Row]:
        needed = information_for(self.reliability) - TARGET_ALLOWANCE
        terms = tuple(
            (layout.assessed(s, c), min(amount, needed))
            for (s, c), amount in layout.information.items()
            if c == self.competency and layout.problem.stations[s].is_active
        )
        yield Row(terms, lower=needed)


@dataclass(frozen=True)
class MinSignals(Rule):
    """At least so many independent signals: different active stations, I_sc >= .10, held by different people.

    Who holds what is a matching of seats to people, and only scarce stations take part in it: with k signals to seat,
    a station with at least as many qualified people as the k largest panels have seats can always be seated last.
    """

    name = RuleName.MIN_SIGNALS
    subject: str
    competency: int
    number: int

    def rows(self, layout: Layout) -> Iterable[Row]:
        options = layout.problem.stations
        counted = [
            s
            for (s, c), amount in layout.information.items()
            if c == self.competency and options[s].is_active and is_signal(amount)
        ]
        seats = sum(sorted((options[s].interviewers for s in counted), reverse=True)[: self.number])
        scarce = {} if self.number == 1 else scarce_pools([options[s] for s in counted], counted, seats)
        held: list[int] = []
        seated: dict[str, list[int]] = {}
        for s in counted:
            assessed = layout.assessed(s, self.competency)
            if s not in scarce:
                held.append(assessed)
                continue
            signal = layout.new_variable()
            held.append(signal)
            yield Row(((assessed, 1), (signal, -1)), lower=0)
            people = [(person, layout.new_variable()) for person in sorted(scarce[s])]
            for person, seat in people:
                seated.setdefault(person, []).append(seat)
            yield Row((*((seat, 1) for _, seat in people), (signal, -options[s].interviewers)), lower=0, upper=0)
        for seats_of_one in seated.values():
            yield Row(tuple((seat, 1) for seat in seats_of_one), upper=1)
        yield Row(tuple((variable, 1) for variable in held), lower=self.number)


@dataclass(frozen=True)
class Pinned(Rule):
    """The leader wants this station in the loop."""

    name = RuleName.PINNED
    subject: str
    station: int

    def rows(self, layout: Layout) -> Iterable[Row]:
        yield Row(((self.station, 1),), lower=1)


@dataclass(frozen=True)
class NotChosen(Rule):
    """This station stays out: excluded, not in use, a pilot nobody pinned, or too few qualified interviewers."""

    name: RuleName  # type: ignore[misc]  # four rules share one row, so the name is a field here
    subject: str
    station: int

    def rows(self, layout: Layout) -> Iterable[Row]:
        yield Row(((self.station, 1),), upper=0)


@dataclass(frozen=True)
class CompetenciesPerStation(Rule):
    """A station assesses at most so many competencies; the plan decides which."""

    name = RuleName.COMPETENCIES_PER_STATION
    subject = ""
    number: int

    def rows(self, layout: Layout) -> Iterable[Row]:
        for s in layout.stations:
            if layout.must_choose_what_to_assess(s):
                assessed = ((layout.assessed(s, c), 1) for c in layout.measured_by(s))
                yield Row((*assessed, (s, -self.number)), upper=0)


def rules_of(problem: Problem) -> tuple[Rule, ...]:
    """All rules of a problem, those a leader would sooner give up last (a clash keeps the later ones)."""
    limits = problem.limits
    rules: list[Rule] = []
    number_of = {station.id: s for s, station in enumerate(problem.stations)}
    for s, station in enumerate(problem.stations):
        if not station.is_in_use:
            rules.append(NotChosen(RuleName.NOT_IN_USE, station.id, s))
        if station.is_pilot and station.id not in limits.pinned:
            rules.append(NotChosen(RuleName.PILOT_NOT_PINNED, station.id, s))
        if station.pool is not None and len(station.pool) < station.interviewers:
            rules.append(NotChosen(RuleName.QUALIFIED_INTERVIEWERS, station.id, s))
    rules += [NotChosen(RuleName.EXCLUDED, name, number_of[name]) for name in dict.fromkeys(limits.excluded)]
    rules += [MaxPerKind(kind, number) for kind, number in limits.max_per_kind.items()]
    rules += [Pinned(name, number_of[name]) for name in dict.fromkeys(limits.pinned)]
    rules += [RequiredKind(kind, number) for kind, number in limits.required_kinds.items() if number]
    rules += [
        KindShare(kind, parts) for kind, share in limits.kind_shares.items() if (parts := round(share * SHARE_PARTS))
    ]
    rules += [WithinOverlap(str(number), overlap) for number, overlap in enumerate(limits.overlaps, start=1)]
    rules += [rule for c, need in enumerate(problem.competencies) for rule in _rules_of_need(c, need)]
    if limits.max_competencies_per_station is not None:
        rules.append(CompetenciesPerStation(limits.max_competencies_per_station))
    if limits.max_stations is not None:
        rules.append(MaxStations(limits.max_stations))
    if limits.interviewer_minutes is not None:
        rules.append(InterviewerMinutes(limits.interviewer_minutes))
    if limits.day_minutes is not None:
        rules.append(DayMinutes(limits.day_minutes, limits.days))
    if limits.candidate_minutes is not None:
        rules.append(CandidateMinutes(limits.candidate_minutes))
    return tuple(rules)


def _rules_of_need(c: int, need: CompetencyNeed) -> Iterator[Rule]:
    if need.min_signals:
        yield MinSignals(need.id, c, need.min_signals)
    if need.target is not None:
        yield TargetReliability(need.id, c, need.target)
