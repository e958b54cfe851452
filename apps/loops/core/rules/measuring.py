"""Rules about what a loop measures."""

from collections.abc import Iterable
from dataclasses import dataclass

from ..information import information_for, is_signal
from ..problem import RuleName
from ..signals import scarce_pools
from .layout import Layout, Row, Rule

#: A target counts as reached this far below it (in information), so that rounding never loses a plan that reaches it.
TARGET_ALLOWANCE = 1e-6


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
