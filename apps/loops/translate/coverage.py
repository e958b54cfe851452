"""What a plan's stations tell about the role's competencies: the rows and cells of its heat map."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from apps.loops.core import information as info
from apps.loops.core.problem import Problem, StationOption
from apps.loops.core.signals import independent_signals
from apps.loops.models import Requirement
from apps.loops.translate.formulas import StationTerm, station_term


@dataclass(frozen=True)
class Cell:
    """What one station tells about one competency; no term where it tells nothing."""

    term: StationTerm | None

    @property
    def reliability(self) -> float | None:
        """Of a single rating, on the day of the station's review."""
        return None if self.term is None else self.term.rho

    @property
    def information(self) -> float:
        return 0.0 if self.term is None else self.term.information

    @property
    def reliability_today(self) -> float:
        """Reliability of the whole station, its interviewers together, aged to today."""
        return info.reliability(self.information)

    @property
    def heat(self) -> int:
        return heat_of(self.reliability_today)


@dataclass(frozen=True)
class CoverageRow:
    """One competency of the role against the whole plan.

    `signals` counts active stations of information .10 or more that different people can hold.
    `target`: the reliability the plan must reach in active stations, None where none is demanded.
    `is_short`: the checker finds its least signals or its target reliability missed.
    """

    requirement: Requirement
    cells: tuple[Cell, ...]
    information: float
    reliability: float
    signals: int
    target: float | None
    is_short: bool

    @property
    def terms(self) -> tuple[StationTerm, ...]:
        """The stations that measure it: their information adds up to D."""
        return tuple(cell.term for cell in self.cells if cell.term is not None)

    @property
    def signal_terms(self) -> tuple[StationTerm, ...]:
        return tuple(term for term in self.terms if term.is_signal)

    @property
    def proven(self) -> float:
        """Reliability in active stations: what the target is held against."""
        return info.reliability(sum(term.information for term in self.terms if term.is_active))

    @property
    def has_unproven(self) -> bool:
        return not all(term.is_active for term in self.terms)

    @property
    def is_gap(self) -> bool:
        return self.signals == 0

    @property
    def heat(self) -> int:
        return heat_of(self.reliability)


def heat_of(reliability: float) -> int:
    """Six steps for a heat map: 0 nothing, 5 a reliability of .60 or more; of the number as it is printed."""
    reliability = round(reliability, 2)
    if reliability <= 0:
        return 0
    return 1 + sum(reliability >= step for step in (0.15, 0.30, 0.45, 0.60))


def coverage_rows(
    requirements: Sequence[Requirement],
    options: Sequence[StationOption],
    titles: Sequence[str],
    problem: Problem | None,
    short: Collection[str],
) -> tuple[CoverageRow, ...]:
    targets = {need.id: need.target for need in problem.competencies} if problem else {}
    rows = []
    for requirement in requirements:
        slug = requirement.competency.slug
        terms = [
            station_term(place, title, option, slug)
            for place, (title, option) in enumerate(zip(titles, options, strict=True), start=1)
        ]
        total = sum(term.information for term in terms if term is not None)
        signals = [option for option, term in zip(options, terms, strict=True) if term is not None and term.is_signal]
        rows.append(
            CoverageRow(
                requirement=requirement,
                cells=tuple(Cell(term) for term in terms),
                information=total,
                reliability=info.reliability(total),
                signals=independent_signals(signals),
                target=targets.get(slug),
                is_short=slug in short,
            )
        )
    return tuple(rows)


def assessing(option: StationOption, competencies: Iterable[str]) -> StationOption:
    """The station measuring only these."""
    kept = set(competencies)
    return replace(option, measures={slug: rho for slug, rho in option.measures.items() if slug in kept})
