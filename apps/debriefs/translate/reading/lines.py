"""What the page of the panel's reading is drawn from."""

import math
from dataclasses import dataclass

from apps.accounts.models import User
from apps.debriefs.core.aggregate import Standing
from apps.debriefs.core.habits.measured import Measured
from apps.debriefs.core.ratings.calibration import LEAST_HISTORY, InterviewerEstimate, Method
from apps.debriefs.core.ratings.calibration import Calibration as Calibrated
from apps.debriefs.core.ratings.priors import LEAST_CANDIDATES
from apps.debriefs.core.ratings.reading import CompetencyReading, Surprise
from apps.debriefs.core.ratings.stability import Change, Variation, Way
from apps.debriefs.core.verdicts import Verdict, Zones, all_met, is_contested, verdict
from apps.debriefs.models import Calibration
from apps.debriefs.translate.matrix import DebriefRow
from apps.debriefs.translate.reading.plot import Canvas, Plot
from apps.debriefs.translate.reading.settle import Settling
from apps.interviews.models import Rating
from apps.library.models import Competency


@dataclass(frozen=True)
class Said:
    """One competency as one way of counting reads it: the core's numbers, and the same in levels."""

    found: CompetencyReading
    zones: Zones

    @property
    def meets(self) -> float:
        return self.found.meets

    @property
    def level(self) -> int:
        return self.zones.level_at(self.found.position)

    @property
    def lowest(self) -> int:
        return self.zones.level_at(self.found.low)

    @property
    def highest(self) -> int:
        return self.zones.level_at(self.found.high)

    @property
    def in_levels(self) -> float:
        return self.zones.in_levels(self.found.position)

    @property
    def low_in_levels(self) -> float:
        return self.zones.in_levels(self.found.low)

    @property
    def high_in_levels(self) -> float:
        return self.zones.in_levels(self.found.high)

    @property
    def from_bar(self) -> float:
        """Distance from the bar in standard errors: what the normal distribution is asked."""
        return (self.found.position - self.found.bar) / self.found.se

    @property
    def verdict(self) -> Verdict:
        return verdict(self.found.meets, ratings=self.found.ratings)

    @property
    def says(self) -> str:
        return self.verdict.value


@dataclass(frozen=True)
class CompetencyLine:
    """One competency the role requires. `before`: how probable it was to meet the bar before anybody rated this
    candidate. `apart`: ratings the others do not lead one to expect."""

    row: DebriefRow
    adjusted: Said
    unadjusted: Said
    before: float
    plot: Plot
    apart: int

    @property
    def competency(self) -> Competency:
        return self.row.competency

    @property
    def must_pass(self) -> bool:
        return self.row.requirement.must_pass

    @property
    def has_bar(self) -> bool:
        return math.isfinite(self.adjusted.found.bar)

    @property
    def is_seen(self) -> bool:
        return self.adjusted.found.ratings > 0

    @property
    def is_met(self) -> bool:
        """More probable than not."""
        return self.adjusted.meets >= 0.5

    @property
    def mean_is_below(self) -> bool:
        return self.row.summary.standing is Standing.BELOW

    @property
    def is_contested(self) -> bool:
        """The mean of the levels and the model point in two directions: then neither is the verdict."""
        return self.is_seen and is_contested(self.adjusted.verdict, mean_is_below=self.mean_is_below)

    @property
    def is_missed(self) -> bool:
        """Must-pass, and below the bar by the model or by the plain levels."""
        return self.must_pass and (self.mean_is_below or self.adjusted.verdict.is_below)

    @property
    def both(self) -> tuple[Said, Said]:
        """With severity adjustment and without: wherever one is shown, so is the other."""
        return self.adjusted, self.unadjusted

    @property
    def says_otherwise(self) -> bool:
        """Whether severity changes what is said."""
        return self.adjusted.verdict is not self.unadjusted.verdict


@dataclass(frozen=True)
class Together:
    """All must-pass competencies meeting their bars at once. `lines`: those with a bar to miss, the least sure first.

    `unseen`: must-pass competencies nobody rated; with one of them the number is no verdict.
    """

    adjusted: float
    unadjusted: float
    lines: tuple[CompetencyLine, ...]
    unseen: tuple[CompetencyLine, ...]
    count: int

    @property
    def says(self) -> str:
        return verdict(self.adjusted, ratings=0 if self.unseen else 1).value

    @property
    def contested(self) -> tuple[CompetencyLine, ...]:
        return tuple(line for line in self.lines if line.is_contested)

    @property
    def limits(self) -> CompetencyLine | None:
        return self.lines[0] if self.lines else None

    @property
    def if_unrelated(self) -> float:
        return math.prod(line.adjusted.meets for line in self.lines)


@dataclass(frozen=True)
class SurpriseLine:
    surprise: Surprise
    competency: Competency
    rating: Rating
    name: str

    @property
    def tail(self) -> float:
        """The chance on this rating's own side."""
        return self.surprise.chance / 2


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


@dataclass(frozen=True)
class PersonLine:
    """One interviewer of the panel: the severity that is used, or why none is.

    `estimate` is None where no settled panel has a rating of theirs.
    """

    person: User
    estimate: InterviewerEstimate | None
    shift: Measured | None

    @property
    def why_not(self) -> str:
        if self.estimate is None:
            return "unknown"
        return self.estimate.withheld.value if self.estimate.withheld else ""


@dataclass(frozen=True)
class PanelReading:
    """The whole statistical part. `settling` is None once the candidacy has ended; `together` without a must-pass."""

    lines: tuple[CompetencyLine, ...]
    canvas: Canvas
    together: Together | None
    stability: tuple[StabilityLine, ...]
    surprises: tuple[SurpriseLine, ...]
    people: tuple[PersonLine, ...]
    others: int
    settling: Settling | None
    calibration: Calibrated
    row: Calibration | None
    ratings: int
    informed: int
    least_candidates: int = LEAST_CANDIDATES
    least_history: int = LEAST_HISTORY

    @property
    def is_estimated(self) -> bool:
        return self.calibration.method is Method.ESTIMATED

    @property
    def is_small(self) -> bool:
        return self.calibration.candidates < self.least_candidates

    @property
    def used(self) -> tuple[PersonLine, ...]:
        return tuple(line for line in self.people if line.shift is not None)

    @property
    def apart(self) -> tuple[PersonLine, ...]:
        """Whose severity moves what they gave by a quarter of a level or more."""
        return tuple(line for line in self.used if line.shift is not None and abs(line.shift.value) >= 0.25)

    @property
    def withheld(self) -> tuple[PersonLine, ...]:
        return tuple(line for line in self.people if line.shift is None)

    @property
    def is_adjusted(self) -> bool:
        return bool(self.used)

    @property
    def by_chance(self) -> float:
        """How many ratings of so many surprise by chance alone."""
        return 0.05 * self.ratings

    @property
    def otherwise_by_levels(self) -> tuple[CompetencyLine, ...]:
        """On the other side of the bar by the plain mean of the levels, without any model."""
        return tuple(line for line in self.lines if line.is_seen and line.mean_is_below == line.is_met)

    @property
    def changes_by_levels(self) -> bool:
        asked = [line for line in self.lines if line.must_pass] or self.lines
        model = all_met(line.is_met if line.is_seen else None for line in asked)
        return model != all_met(not line.mean_is_below if line.is_seen else None for line in asked)

    @property
    def ways(self) -> int:
        """How many other ways the page looks at the panel in: the core's, and the plain levels."""
        return len(self.stability) + 1

    @property
    def single_bars(self) -> int:
        """In how many ways a competency changes sides and the outcome stays."""
        by_core = sum(bool(line.changes) and not line.variation.outcome_changes for line in self.stability)
        return by_core + (bool(self.otherwise_by_levels) and not self.changes_by_levels)

    @property
    def outcome_changes(self) -> int:
        return sum(line.variation.outcome_changes for line in self.stability) + self.changes_by_levels
