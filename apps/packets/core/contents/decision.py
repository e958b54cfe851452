"""What stands in a decision record."""

from dataclasses import dataclass

from apps.packets.core.contents.debrief import (
    DecisionMade,
    MatrixRow,
    Meeting,
    Missing,
    PanelColumn,
    Used,
)
from apps.packets.core.panel import Parity
from apps.packets.core.times import Moment
from apps.packets.core.words import Blocks


@dataclass(frozen=True)
class DecisionRecord:
    """For somebody who may read every submitted scorecard: who said what, what was decided, and by which measure.

    It has no field for what a model says: what was computed later is no part of a decision.
    """

    reader: str
    candidate: str
    role: str
    as_of: Moment
    plan: int
    decision: DecisionMade
    meeting: Meeting
    panel: tuple[PanelColumn, ...]
    missing: tuple[Missing, ...]
    rows: tuple[MatrixRow, ...]
    weights_differ: bool
    weights_reason: Blocks
    parity: Parity
    stations: tuple[Used, ...]
    rubrics: tuple[Used, ...]

    @property
    def missed(self) -> tuple[MatrixRow, ...]:
        """Must-pass below the bar by the levels given, or with a rating below it."""
        return tuple(row for row in self.rows if row.summary.must_pass_missed or row.must_pass_doubted)
