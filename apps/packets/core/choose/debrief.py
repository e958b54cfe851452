"""What somebody gets who may read every submitted scorecard."""

from apps.packets.core import contents as to
from apps.packets.core.choose.panel import (
    Columns,
    columns_of,
    decision_of,
    matrix,
    meeting_of,
    missing,
    panel_lines,
    panel_of,
    rubrics_used,
    stations_used,
    weights_differ,
    without_time,
)
from apps.packets.core.choose.reading import reading_of
from apps.packets.core.source import Source
from apps.packets.core.times import moment
from apps.packets.core.words import blocks

RECOMMENDATIONS = ("Strong no", "No", "Yes", "Strong yes")


def debrief(source: Source, *, reader: str, time_zone: str) -> to.DebriefPacket:
    """What the panel wrote, side by side, with how every number came about. It decides nothing.

    `source.scorecards` and `source.panel` hold exactly what the reader may see: this function shows all of it.
    Raises ValueError for a source without its panel.
    """
    columns = columns_of(source)
    panel = panel_of(source)
    return to.DebriefPacket(
        reader=reader,
        candidate=source.candidate,
        role=source.role,
        as_of=moment(source.as_of, time_zone),
        plan=source.plan_number,
        panel=panel_lines(columns, time_zone),
        missing=missing(source),
        tallies=tuple(
            to.Tally(word, tuple(letter for letter, card in columns.lettered if card.recommendation == word))
            for word in RECOMMENDATIONS
        ),
        rows=matrix(columns),
        others=tuple(to.OtherRow(other.name, columns.cells(other.key)) for other in columns.others),
        weights_differ=weights_differ(source),
        weights_reason=blocks(source.weights_reason),
        evidence=_all_evidence(columns),
        decision=decision_of(source, time_zone),
        stations=stations_used(source),
        rubrics=rubrics_used(source, columns.required | columns.rated),
        without_time=without_time(source),
        meeting=meeting_of(source, time_zone),
        parity=panel.parity,
        reading=reading_of(panel.reading, letter_of=columns.letter_of),
    )


def _all_evidence(columns: Columns) -> tuple[to.CompetencyEvidence, ...]:
    """By competency, the required ones first; without those nobody wrote about."""
    keys = [
        *(line.competency for line in columns.source.requirements),
        *(other.key for other in columns.others),
    ]
    return tuple(
        to.CompetencyEvidence(columns.source.competency(key).name, lines)
        for key in keys
        if (lines := _evidence(columns, key))
    )


def _evidence(columns: Columns, competency: str) -> tuple[to.EvidenceLine, ...]:
    stations = {held.key: held.station.name for held in columns.source.interviews}
    return tuple(
        to.EvidenceLine(
            letter=letter,
            interviewer=card.name,
            station=stations[card.interview],
            level=rating.level,
            words=rating.evidence.strip(),
        )
        for letter, card in columns.lettered
        for rating in card.ratings
        if rating.competency == competency
    )
