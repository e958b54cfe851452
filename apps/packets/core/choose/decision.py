"""What a decision rested on, for somebody who may read every submitted scorecard."""

from apps.packets.core import contents as to
from apps.packets.core.choose.panel import (
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
)
from apps.packets.core.source import Source
from apps.packets.core.times import moment
from apps.packets.core.words import blocks


class NotDecided(Exception):
    """No decision is recorded, so there is nothing to make a record of."""


def decision_record(source: Source, *, reader: str, time_zone: str) -> to.DecisionRecord:
    """Votes, levels and the decision as people gave them. What a model would say now is left out.

    Raises NotDecided where nothing is decided yet, ValueError for a source without its panel.
    """
    decision = decision_of(source, time_zone)
    if decision is None:
        raise NotDecided
    columns = columns_of(source)
    return to.DecisionRecord(
        reader=reader,
        candidate=source.candidate,
        role=source.role,
        as_of=moment(source.as_of, time_zone),
        plan=source.plan_number,
        decision=decision,
        meeting=meeting_of(source, time_zone),
        panel=panel_lines(columns, time_zone),
        missing=missing(source),
        rows=matrix(columns),
        weights_differ=weights_differ(source),
        weights_reason=blocks(source.weights_reason),
        parity=panel_of(source).parity,
        stations=stations_used(source),
        rubrics=rubrics_used(source, columns.required),
    )
