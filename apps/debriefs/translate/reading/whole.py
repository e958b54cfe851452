"""The whole statistical part of the page, and the people in it."""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.accounts.models import User
from apps.debriefs.core.habits.measured import Measured
from apps.debriefs.core.ratings.calibration import LEAST_HISTORY, InterviewerEstimate, Method
from apps.debriefs.core.ratings.calibration import Calibration as Calibrated
from apps.debriefs.core.ratings.priors import LEAST_CANDIDATES
from apps.debriefs.core.verdicts import Verdict, all_met, is_met, verdict
from apps.debriefs.models import Calibration
from apps.debriefs.translate.reading.lines import CompetencyLine, SurpriseLine, Together
from apps.debriefs.translate.reading.plot import Canvas
from apps.debriefs.translate.reading.settle import Settling
from apps.debriefs.translate.reading.ways import StabilityLine, Steady, steady

APART = 0.25  # levels from which on a severity is named beside the headline


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
class Touch:
    """Somebody whose severity is in some bars' numbers: by how many levels, and in how many ratings."""

    person: User
    shift: float
    ratings: int


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
        return tuple(line for line in self.used if line.shift is not None and abs(line.shift.value) >= APART)

    @property
    def headline(self) -> tuple[CompetencyLine, ...]:
        """The bars the first number is about: the must-pass, or all where the role has none."""
        return tuple(line for line in self.lines if line.must_pass) or self.lines

    @property
    def touching_apart(self) -> tuple[Touch, ...]:
        """Whose severity is a quarter of a level or more, and who rated one of the headline's bars."""
        return tuple(one for one in self._touching(self.headline) if abs(one.shift) >= APART)

    @property
    def ratings_behind(self) -> int:
        """How many ratings are in the headline's bars."""
        return sum(line.adjusted.found.ratings for line in self.headline)

    @property
    def most_moved(self) -> CompetencyLine | None:
        """The one of the headline's bars that severity moves most; None where no difference is printed."""
        lines = [line for line in self.headline if line.is_seen]
        found = max(lines, key=lambda line: abs(line.adjusted.meets - line.unadjusted.meets), default=None)
        return found if found and _differ(found.adjusted.meets, found.unadjusted.meets) else None

    @property
    def moved_by(self) -> tuple[Touch, ...]:
        """Whose severity is in that one, as far as the reader may see it."""
        return () if self.most_moved is None else self._touching((self.most_moved,))

    def _touching(self, bars: Sequence[CompetencyLine]) -> tuple[Touch, ...]:
        """Those whose severity is used and who rated one of these bars, the most severe or mild first."""
        found = []
        for line in self.used:
            counted = sum(
                mark.has_level and not mark.is_informed and mark.rating.scorecard.interviewer_id == line.person.pk
                for bar in bars
                for mark in bar.plot.marks
            )
            if counted and line.shift is not None:
                found.append(Touch(line.person, line.shift.value, counted))
        return tuple(sorted(found, key=lambda one: (-abs(one.shift), one.person.name, one.person.pk)))

    @property
    def differs(self) -> bool:
        """Whether the headline's numbers with and without adjustment are printed as two."""
        if self.together is None:
            return any(_differ(line.adjusted.meets, line.unadjusted.meets) for line in self.headline)
        if self.together.unseen:
            return _differ(self.together.rest, self.together.rest_unadjusted)
        return _differ(self.together.adjusted, self.together.unadjusted)

    @property
    def surprised(self) -> frozenset[int]:
        """Competencies with a rating the others do not lead one to expect."""
        return frozenset(line.competency.pk for line in self.surprises)

    @property
    def shows_together(self) -> bool:
        """Whether one number for all must-pass competencies means anything: each has been rated."""
        return self.together is not None and not self.together.unseen

    @property
    def toss(self) -> str:
        """Whether the whole is a coin toss: "" if not, "always" if it stays open in every other way, else "now"."""
        if self.together is None or not self.together.is_toss or self.range is None:
            return ""
        stays = all(verdict(chance) is Verdict.OPEN for chance in self.range)
        return "always" if stays else "now"

    @property
    def steady(self) -> Steady:
        return steady(self.stability)

    @property
    def moving(self) -> tuple[StabilityLine, ...]:
        return tuple(line for line in self.stability if not line.is_steady)

    @property
    def range(self) -> tuple[float, float] | None:
        """Between what the must-pass competencies come to together in the model's other ways; None without."""
        found = [line.variation.all_after for line in self.stability if line.variation.all_after is not None]
        return (min(found), max(found)) if found else None

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
        asked = self.headline
        counted = all_met(not line.mean_is_below if line.is_seen else None for line in asked)
        if self.together is None:
            return counted != all_met(line.is_met if line.is_seen else None for line in asked)
        return counted != (None if self.together.unseen else is_met(self.together.adjusted))

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


def _differ(one: float | None, other: float | None) -> bool:
    return one is not None and other is not None and round(100 * one) != round(100 * other)
