"""What a rule is made of: rows over yes/no variables, and which variable says what."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

from ..information import station_information
from ..problem import Problem, RuleName, RuleRef


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
