"""The other ways to look at a panel, as the page lists them."""

from dataclasses import dataclass

from apps.debriefs.core.ratings.stability import Change, Variation, Way
from apps.library.models import Competency


@dataclass(frozen=True)
class ChangeLine:
    change: Change
    competency: Competency


@dataclass(frozen=True)
class StabilityLine:
    """One other way to read the panel. `person` is "" where it is not about leaving somebody out."""

    variation: Variation
    person: str
    changes: tuple[ChangeLine, ...]

    @property
    def way(self) -> str:
        return self.variation.way.value

    @property
    def counts_levels(self) -> bool:
        return self.variation.way in (Way.EQUAL_WEIGHTS, Way.MEDIAN)

    @property
    def is_steady(self) -> bool:
        """Neither the whole nor a single bar changes sides."""
        return not self.variation.outcome_changes and not self.changes


@dataclass(frozen=True)
class Steady:
    """The ways that change nothing, together: whom one may leave out, and the other ways. `low` and `high`: between
    what the must-pass competencies come to together; None where there is no such number."""

    people: tuple[str, ...]
    ways: tuple[str, ...]
    low: float | None
    high: float | None

    @property
    def is_empty(self) -> bool:
        return not self.people and not self.ways

    @property
    def moves(self) -> bool:
        """Whether the two ends are printed as different numbers."""
        return self.low is not None and self.high is not None and round(100 * self.low) != round(100 * self.high)


def steady(lines: tuple[StabilityLine, ...]) -> Steady:
    """Of all lines, those that change nothing."""
    same = [line for line in lines if line.is_steady]
    chances = [line.variation.all_after for line in same if line.variation.all_after is not None]
    return Steady(
        people=tuple(line.person for line in same if line.person),
        ways=tuple(line.way for line in same if not line.person),
        low=min(chances, default=None),
        high=max(chances, default=None),
    )
