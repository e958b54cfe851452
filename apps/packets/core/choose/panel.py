"""What a debrief packet and a decision record share: the panel's scorecards side by side, and its meeting."""

from collections.abc import Collection
from dataclasses import dataclass

from apps.debriefs.core.aggregate import Need, Observation, summarise
from apps.packets.core import contents as to
from apps.packets.core.panel import PanelSource
from apps.packets.core.source import CompetencySource, ScorecardSource, Source
from apps.packets.core.times import Slot, moment, slot


@dataclass(frozen=True)
class Columns:
    """Submitted scorecards with the letters that name them."""

    source: Source
    lettered: tuple[tuple[str, ScorecardSource], ...]

    @property
    def required(self) -> frozenset[str]:
        return frozenset(line.competency for line in self.source.requirements)

    @property
    def rated(self) -> frozenset[str]:
        return frozenset(rating.competency for _, card in self.lettered for rating in card.ratings)

    @property
    def others(self) -> tuple[CompetencySource, ...]:
        """Competencies somebody rated that the role does not require."""
        extra = self.rated - self.required
        return tuple(competency for competency in self.source.competencies if competency.key in extra)

    def letter_of(self, interview: str, interviewer: str) -> str | None:
        by_seat = {(card.interview, card.interviewer): letter for letter, card in self.lettered}
        return by_seat.get((interview, interviewer))

    def cells(self, competency: str) -> tuple[to.Cell, ...]:
        cells = []
        for letter, card in self.lettered:
            rating = next((rating for rating in card.ratings if rating.competency == competency), None)
            level = rating.level if rating else None
            cells.append(to.Cell(letter=letter, level=level, no_evidence=rating is not None and level is None))
        return tuple(cells)


def columns_of(source: Source) -> Columns:
    """By the interviews' order in the loop, then by name: never by who was kind or harsh."""
    positions = {held.key: held.position for held in source.interviews}
    cards = sorted(
        (card for card in source.scorecards if card.interview in positions),
        key=lambda card: (positions[card.interview], card.name, card.interviewer),
    )
    return Columns(source, tuple((_letter(index), card) for index, card in enumerate(cards)))


def panel_of(source: Source) -> PanelSource:
    """Raises ValueError for a source that was not made for a reader of the panel."""
    if source.panel is None:
        raise ValueError("what a panel said is told from a source with its panel")
    return source.panel


def panel_lines(columns: Columns, time_zone: str) -> tuple[to.PanelColumn, ...]:
    stations = {held.key: held.station.name for held in columns.source.interviews}
    return tuple(
        to.PanelColumn(
            letter=letter,
            interviewer=card.name,
            station=stations[card.interview],
            recommendation=card.recommendation,
            held=_slot_of(columns.source, card.interview, time_zone),
            submitted=moment(card.submitted_at, time_zone),
            informed=card.informed,
            entered_by=card.entered_by,
            entered_because=card.entered_because,
            amended_because=card.amended_because,
            amended_after_debrief=card.amended_after_debrief,
        )
        for letter, card in columns.lettered
    )


def matrix(columns: Columns) -> tuple[to.MatrixRow, ...]:
    """Every required competency with its levels and what they come to, in the role's order."""
    source = columns.source
    needs = [
        Need(competency=line.competency, bar=line.bar, must_pass=line.must_pass, min_signals=line.min_signals)
        for line in source.requirements
    ]
    observations = [
        Observation(
            competency=rating.competency,
            station=card.interview,
            interviewer=card.interviewer,
            level=rating.level,
            informed=card.informed,
        )
        for _, card in columns.lettered
        for rating in card.ratings
    ]
    weights = {line.competency: line.weight for line in source.requirements}
    return tuple(
        to.MatrixRow(
            competency=source.competency(row.need.competency).name,
            weight=weights[row.need.competency],
            cells=columns.cells(row.need.competency),
            summary=row,
        )
        for row in summarise(needs, observations).competencies
    )


def missing(source: Source) -> tuple[to.Missing, ...]:
    submitted = {(card.interview, card.interviewer) for card in source.scorecards}
    return tuple(
        to.Missing(interviewer=seat.name, station=held.station.name, excused=seat.excused)
        for held in source.interviews
        for seat in held.seats
        if (held.key, seat.interviewer) not in submitted
    )


def without_time(source: Source) -> tuple[str, ...]:
    """Stations that were to be held and have no time yet."""
    return tuple(held.station.name for held in source.interviews if held.starts_at is None)


def meeting_of(source: Source, time_zone: str) -> to.Meeting:
    found = panel_of(source).meeting
    opened, until, closed = (
        None if instant is None else moment(instant, time_zone)
        for instant in (found.opened_at, found.reading_until, found.closed_at)
    )
    return to.Meeting(source=found, opened=opened, reading_until=until, closed=closed)


def decision_of(source: Source, time_zone: str) -> to.DecisionMade | None:
    if source.decision is None:
        return None
    return to.DecisionMade(
        outcome=source.decision.outcome,
        reasons=source.decision.reasons.strip(),
        conditions=source.decision.conditions.strip(),
        dissent=source.decision.dissent.strip(),
        decided_by=source.decision.decided_by,
        decided=moment(source.decision.decided_at, time_zone),
        otherwise=source.panel.meeting.otherwise if source.panel else (),
    )


def weights_differ(source: Source) -> bool:
    return len({line.weight for line in source.requirements}) > 1


def stations_used(source: Source) -> tuple[to.Used, ...]:
    return tuple(to.Used(held.station.name, held.station.version) for held in source.interviews)


def rubrics_used(source: Source, competencies: Collection[str]) -> tuple[to.Used, ...]:
    return tuple(
        to.Used(competency.name, competency.rubric.number)
        for competency in source.competencies
        if competency.rubric is not None and competency.key in competencies
    )


def _letter(index: int) -> str:
    """A to Z, then AA, AB and so on."""
    before, last = divmod(index, 26)
    return (_letter(before - 1) if before else "") + chr(ord("A") + last)


def _slot_of(source: Source, interview: str, zone: str) -> Slot | None:
    held = source.interview(interview)
    return slot(held.starts_at, held.ends_at, zone) if held else None
