"""What stands in a debrief packet."""

from dataclasses import dataclass

from apps.debriefs.core.aggregate import CompetencySummary
from apps.packets.core.times import Moment, Slot
from apps.packets.core.words import Blocks


@dataclass(frozen=True)
class PanelColumn:
    """One submitted scorecard; `letter` names it in the matrix. The last fields say how it came to be."""

    letter: str
    interviewer: str
    station: str
    recommendation: str
    held: Slot | None
    submitted: Moment
    informed: bool
    entered_by: str
    entered_because: str
    amended_because: str
    amended_after_debrief: bool


@dataclass(frozen=True)
class Missing:
    """Somebody without a submitted scorecard: excused, or still expected."""

    interviewer: str
    station: str
    excused: bool


@dataclass(frozen=True)
class Cell:
    """One scorecard's word on one competency. Neither level nor `no_evidence`: this station does not measure it."""

    letter: str
    level: int | None
    no_evidence: bool


@dataclass(frozen=True)
class Dot:
    """One rating on the strip from level 1 to 4; equal levels stand side by side around their number."""

    x: float


@dataclass(frozen=True)
class MatrixRow:
    """One required competency. Every number is in `summary`, computed by the debrief's own aggregation."""

    competency: str
    weight: int
    cells: tuple[Cell, ...]
    dots: tuple[Dot, ...]
    summary: CompetencySummary


@dataclass(frozen=True)
class OtherRow:
    """A competency somebody rated that the role does not require: shown, not summed up."""

    competency: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class EvidenceLine:
    letter: str
    interviewer: str
    station: str
    level: int | None
    words: str


@dataclass(frozen=True)
class CompetencyEvidence:
    competency: str
    lines: tuple[EvidenceLine, ...]


@dataclass(frozen=True)
class Tally:
    recommendation: str
    letters: tuple[str, ...]


@dataclass(frozen=True)
class DecisionRecord:
    outcome: str
    reasons: str
    conditions: str
    dissent: str
    decided_by: str
    decided: Moment


@dataclass(frozen=True)
class Used:
    """A version this candidacy was run with."""

    name: str
    number: int


@dataclass(frozen=True)
class DebriefPacket:
    """For somebody who may read every submitted scorecard of this candidacy now."""

    reader: str
    candidate: str
    role: str
    as_of: Moment
    plan: int
    panel: tuple[PanelColumn, ...]
    missing: tuple[Missing, ...]
    tallies: tuple[Tally, ...]
    rows: tuple[MatrixRow, ...]
    others: tuple[OtherRow, ...]
    weights_differ: bool
    weights_reason: Blocks
    evidence: tuple[CompetencyEvidence, ...]
    decision: DecisionRecord | None
    stations: tuple[Used, ...]
    rubrics: tuple[Used, ...]

    @property
    def must_pass_missed(self) -> tuple[MatrixRow, ...]:
        return tuple(row for row in self.rows if row.summary.must_pass_missed)

    @property
    def must_pass_open(self) -> tuple[MatrixRow, ...]:
        """Must-pass competencies nobody could rate: neither met nor missed."""
        return tuple(row for row in self.rows if row.summary.need.must_pass and row.summary.is_gap)

    @property
    def gaps(self) -> tuple[MatrixRow, ...]:
        return tuple(row for row in self.rows if row.summary.is_gap)

    @property
    def thin(self) -> tuple[MatrixRow, ...]:
        """Rated, but by fewer independent signals than the role asks for."""
        return tuple(row for row in self.rows if row.summary.lacks_signals and not row.summary.is_gap)

    @property
    def split(self) -> tuple[MatrixRow, ...]:
        return tuple(row for row in self.rows if row.summary.is_split)
