"""What somebody gets who may read every submitted scorecard."""

from collections.abc import Sequence

from apps.debriefs.core.aggregate import Need, Observation, summarise
from apps.packets.core import contents as to
from apps.packets.core.source import ScorecardSource, Source
from apps.packets.core.times import Slot, moment, slot
from apps.packets.core.words import blocks

RECOMMENDATIONS = ("Strong no", "No", "Yes", "Strong yes")
DOT_STEP = 0.24
DOT_ROOM = 0.84


def debrief(source: Source, *, reader: str, time_zone: str) -> to.DebriefPacket:
    """What the panel wrote, side by side, with how every number came about. It decides nothing.

    `source.scorecards` holds exactly what the reader may see: this function shows all of it.
    """
    cards = _in_order(source)
    letters = {id(card): _letter(index) for index, card in enumerate(cards)}
    stations = {held.key: held.station for held in source.interviews}
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
        for card in cards
        for rating in card.ratings
    ]
    summary = summarise(needs, observations)
    required = {line.competency for line in source.requirements}
    rated = {rating.competency for card in cards for rating in card.ratings}
    others = [competency for competency in source.competencies if competency.key in rated - required]
    weights = {line.competency: line.weight for line in source.requirements}
    columns = [(letters[id(card)], card) for card in cards]
    return to.DebriefPacket(
        reader=reader,
        candidate=source.candidate,
        role=source.role,
        as_of=moment(source.as_of, time_zone),
        plan=source.plan_number,
        panel=tuple(
            to.PanelColumn(
                letter=letter,
                interviewer=card.name,
                station=stations[card.interview].name,
                recommendation=card.recommendation,
                held=_slot_of(source, card.interview, time_zone),
                submitted=moment(card.submitted_at, time_zone),
                informed=card.informed,
                entered_by=card.entered_by,
                entered_because=card.entered_because,
                amended_because=card.amended_because,
                amended_after_debrief=card.amended_after_debrief,
            )
            for letter, card in columns
        ),
        missing=_missing(source),
        tallies=tuple(
            to.Tally(word, tuple(letter for letter, card in columns if card.recommendation == word))
            for word in RECOMMENDATIONS
        ),
        rows=tuple(
            to.MatrixRow(
                competency=source.competency(row.need.competency).name,
                weight=weights[row.need.competency],
                cells=_cells(columns, row.need.competency),
                dots=_dots(row.levels),
                summary=row,
            )
            for row in summary.competencies
        ),
        others=tuple(to.OtherRow(other.name, _cells(columns, other.key)) for other in others),
        weights_differ=len(set(weights.values())) > 1,
        weights_reason=blocks(source.weights_reason),
        evidence=tuple(
            to.CompetencyEvidence(source.competency(key).name, lines)
            for key in [*(need.competency for need in needs), *(other.key for other in others)]
            if (lines := _evidence(source, columns, key))
        ),
        decision=_decision(source, time_zone),
        stations=tuple(to.Used(held.station.name, held.station.version) for held in source.interviews),
        rubrics=tuple(
            to.Used(competency.name, competency.rubric.number)
            for competency in source.competencies
            if competency.rubric is not None and competency.key in required | rated
        ),
    )


def _in_order(source: Source) -> list[ScorecardSource]:
    """By the interviews' order in the loop, then by name: never by who was kind or harsh."""
    positions = {held.key: held.position for held in source.interviews}
    return sorted(
        (card for card in source.scorecards if card.interview in positions),
        key=lambda card: (positions[card.interview], card.name, card.interviewer),
    )


def _letter(index: int) -> str:
    """A to Z, then AA, AB and so on."""
    before, last = divmod(index, 26)
    return (_letter(before - 1) if before else "") + chr(ord("A") + last)


def _slot_of(source: Source, interview: str, zone: str) -> Slot | None:
    held = source.interview(interview)
    return slot(held.starts_at, held.ends_at, zone) if held else None


def _missing(source: Source) -> tuple[to.Missing, ...]:
    submitted = {(card.interview, card.interviewer) for card in source.scorecards}
    return tuple(
        to.Missing(interviewer=seat.name, station=held.station.name, excused=seat.excused)
        for held in source.interviews
        for seat in held.seats
        if (held.key, seat.interviewer) not in submitted
    )


def _cells(columns: Sequence[tuple[str, ScorecardSource]], competency: str) -> tuple[to.Cell, ...]:
    cells = []
    for letter, card in columns:
        rating = next((rating for rating in card.ratings if rating.competency == competency), None)
        cells.append(
            to.Cell(
                letter=letter,
                level=rating.level if rating else None,
                no_evidence=rating is not None and rating.level is None,
            )
        )
    return tuple(cells)


def _dots(levels: Sequence[int]) -> tuple[to.Dot, ...]:
    dots: list[to.Dot] = []
    for level in sorted(set(levels)):
        count = levels.count(level)
        step = min(DOT_STEP, DOT_ROOM / count)
        dots.extend(to.Dot(round(level + (index - (count - 1) / 2) * step, 3)) for index in range(count))
    return tuple(dots)


def _evidence(
    source: Source, columns: Sequence[tuple[str, ScorecardSource]], competency: str
) -> tuple[to.EvidenceLine, ...]:
    stations = {held.key: held.station.name for held in source.interviews}
    return tuple(
        to.EvidenceLine(
            letter=letter,
            interviewer=card.name,
            station=stations[card.interview],
            level=rating.level,
            words=rating.evidence.strip(),
        )
        for letter, card in columns
        for rating in card.ratings
        if rating.competency == competency
    )


def _decision(source: Source, zone: str) -> to.DecisionRecord | None:
    if source.decision is None:
        return None
    return to.DecisionRecord(
        outcome=source.decision.outcome,
        reasons=source.decision.reasons.strip(),
        conditions=source.decision.conditions.strip(),
        dissent=source.decision.dissent.strip(),
        decided_by=source.decision.decided_by,
        decided=moment(source.decision.decided_at, zone),
    )
