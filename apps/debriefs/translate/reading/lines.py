"""What the page of the panel's reading is drawn from."""

import math
from dataclasses import dataclass

from apps.debriefs.core.aggregate import Standing
from apps.debriefs.core.ratings.reading import CompetencyReading, Surprise
from apps.debriefs.core.verdicts import Tone, Verdict, Zones, by_chance_in, is_contested, is_met, tone, verdict
from apps.debriefs.translate.matrix import DebriefRow
from apps.debriefs.translate.reading.plot import Plot
from apps.interviews.models import Rating
from apps.library.models import Competency

PULLED = 0.25  # levels between the plain mean and the reading from which on the page says why
TOSS = 45, 55  # per cent between which the whole is a coin toss


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
        return is_met(self.adjusted.meets)

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
    def all_below(self) -> bool:
        """Everybody who gave a level gave one below the bar."""
        return self.row.summary.highest is not None and self.row.summary.highest < self.row.requirement.bar

    @property
    def same_level(self) -> int | None:
        """The one level everybody gave, None where they differ or nobody gave one."""
        summary = self.row.summary
        return summary.lowest if summary.lowest == summary.highest else None

    @property
    def tone(self) -> str:
        """The one colour of the row: good, warn or bad."""
        if not self.has_bar:
            return Tone.GOOD.value
        return tone(self.adjusted.verdict, all_below=self.all_below, mean_is_below=self.mean_is_below).value

    @property
    def bar_begins(self) -> float:
        """Where the bar lies on the model's scale, as a level: a bar of 3 begins at 2.5."""
        return self.adjusted.zones.in_levels(self.adjusted.found.bar)

    @property
    def is_pulled(self) -> bool:
        """The reading is visibly nearer to the average candidate than the plain mean of the levels is."""
        mean = self.row.summary.mean
        if mean is None:
            return False
        average, read = self.unadjusted.zones.in_levels(0.0), self.unadjusted.in_levels
        return abs(mean - read) >= PULLED and (mean - read) * (read - average) > 0

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

    `unseen`: must-pass competencies nobody rated; with one of them the number is no verdict, and `rest` and
    `rest_unadjusted` are those of the others together, None where nobody rated any or nothing is unseen.
    """

    adjusted: float
    unadjusted: float
    lines: tuple[CompetencyLine, ...]
    unseen: tuple[CompetencyLine, ...]
    count: int
    rest: float | None = None
    rest_unadjusted: float | None = None

    @property
    def seen(self) -> int:
        """How many of them somebody rated."""
        return self.count - len(self.unseen)

    @property
    def is_toss(self) -> bool:
        """As good as even, in whole per cent as it is printed."""
        return not self.unseen and TOSS[0] <= round(100 * self.adjusted) <= TOSS[1]

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
    """`others`: the levels others gave. `before` and `after`: the chance of meeting the bar with this rating and
    without it, None where the role does not require the competency. `ratings`: among how many it was found."""

    surprise: Surprise
    competency: Competency
    rating: Rating
    name: str
    others: tuple[int, ...] = ()
    before: float | None = None
    after: float | None = None
    ratings: int = 0

    @property
    def panels(self) -> float:
        """The share of panels with so many ratings in which chance alone puts one so far out."""
        return by_chance_in(self.surprise.chance, self.ratings)

    @property
    def tail(self) -> float:
        """The chance on this rating's own side."""
        return self.surprise.chance / 2
