"""Rules about what a loop costs and which stations are in it."""

from collections.abc import Iterable
from dataclasses import dataclass

from ..problem import SHARE_PARTS, Overlap, RuleName
from .layout import Layout, Row, Rule


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
