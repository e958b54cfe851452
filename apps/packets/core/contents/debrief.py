"""What stands in a debrief packet."""

from dataclasses import dataclass

from apps.debriefs.core.aggregate import CompetencySummary
from apps.packets.core.panel import LineSource, MarkSource, MeetingSource, Parity, ReadingSource, VoiceSource
from apps.packets.core.times import Moment, Slot
from apps.packets.core.words import Blocks

MOVED = 0.25  # levels


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
class MatrixRow:
    """One required competency. Every number is in `summary`, computed by the debrief's own aggregation."""

    competency: str
    weight: int
    cells: tuple[Cell, ...]
    summary: CompetencySummary

    @property
    def must_pass_doubted(self) -> bool:
        """Must-pass, and somebody rated it below the bar though the mean is not: a mean hides nobody's rating."""
        return self.summary.need.must_pass and bool(self.below) and not self.summary.must_pass_missed

    @property
    def below(self) -> tuple[Cell, ...]:
        """Ratings below the bar."""
        bar = self.summary.need.bar
        return tuple(cell for cell in self.cells if cell.level is not None and cell.level < bar)


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
class Meeting:
    """The meeting with its times on the reader's clock. `source.voices` holds only votes the reader may see."""

    source: MeetingSource
    opened: Moment | None
    reading_until: Moment | None
    closed: Moment | None

    @property
    def moved(self) -> tuple[VoiceSource, ...]:
        return tuple(voice for voice in self.source.voices if voice.size)

    @property
    def voted(self) -> int:
        return sum(voice.has_voted for voice in self.source.voices)

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(voice.person for voice in self.source.voices if not voice.has_voted)


@dataclass(frozen=True)
class Mark:
    """One rating in a plot, named by its scorecard's letter; `y` from the top, in hundredths of the plot's width."""

    letter: str
    y: float
    rating: MarkSource


@dataclass(frozen=True)
class PlotRow:
    """The reading of one competency and its plot; `height` in hundredths of its width."""

    line: LineSource
    marks: tuple[Mark, ...]
    height: float

    @property
    def moved(self) -> tuple[Mark, ...]:
        """Ratings that count as a quarter of a level more or less than was given."""
        return tuple(
            mark
            for mark in self.marks
            if mark.rating.level is not None
            and mark.rating.counts_as is not None
            and abs(mark.rating.counts_as - mark.rating.level) >= MOVED
        )

    @property
    def informed(self) -> tuple[Mark, ...]:
        return tuple(mark for mark in self.marks if mark.rating.is_informed)


@dataclass(frozen=True)
class Reading:
    """What the ratings add up to. Everything but the plots is as the debrief's page has it."""

    source: ReadingSource
    rows: tuple[PlotRow, ...]

    @property
    def missed(self) -> tuple[LineSource, ...]:
        """Must-pass below the bar by the rating model, though not by the plain levels: those stand elsewhere."""
        return tuple(row.line for row in self.rows if row.line.is_missed and not row.line.mean_is_below)


@dataclass(frozen=True)
class DecisionMade:
    """What people decided, and whose vote pointed the other way."""

    outcome: str
    reasons: str
    conditions: str
    dissent: str
    decided_by: str
    decided: Moment
    otherwise: tuple[str, ...]


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
    decision: DecisionMade | None
    stations: tuple[Used, ...]
    rubrics: tuple[Used, ...]
    without_time: tuple[str, ...]
    meeting: Meeting
    parity: Parity
    reading: Reading | None

    @property
    def must_pass_missed(self) -> tuple[MatrixRow, ...]:
        return tuple(row for row in self.rows if row.summary.must_pass_missed)

    @property
    def must_pass_open(self) -> tuple[MatrixRow, ...]:
        """Must-pass competencies nobody could rate: neither met nor missed."""
        return tuple(row for row in self.rows if row.summary.need.must_pass and row.summary.is_gap)

    @property
    def must_pass_doubted(self) -> tuple[MatrixRow, ...]:
        return tuple(row for row in self.rows if row.must_pass_doubted)

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
