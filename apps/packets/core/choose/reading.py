"""The reading of a panel's ratings with the plots of its competencies, as they stand on paper."""

from collections.abc import Callable, Sequence

from apps.packets.core import contents as to
from apps.packets.core.panel import LineSource, MarkSource, ReadingSource

# In hundredths of the plot's width: the room a mark takes, the first lane, from lane to lane, and below the last.
ROOM, FIRST_LANE, LANE, BELOW = 5.2, 10.4, 4.8, 2.7
WITHOUT_MARKS = 8.6


def reading_of(source: ReadingSource | None, *, letter_of: Callable[[str, str], str | None]) -> to.Reading | None:
    """`letter_of(interview, interviewer)`: the letter of that scorecard, so that a plot names it as the matrix does."""
    if source is None:
        return None
    return to.Reading(source=source, rows=tuple(_row(line, letter_of) for line in source.lines))


def _row(line: LineSource, letter_of: Callable[[str, str], str | None]) -> to.PlotRow:
    found = lanes(line.marks)
    return to.PlotRow(
        line=line,
        marks=tuple(
            to.Mark(letter_of(mark.interview, mark.interviewer) or mark.initials, FIRST_LANE + LANE * lane, mark)
            for mark, lane in zip(line.marks, found, strict=True)
        ),
        height=FIRST_LANE + LANE * max(found) + BELOW if found else WITHOUT_MARKS,
    )


def lanes(marks: Sequence[MarkSource]) -> tuple[int, ...]:
    """A lane for each mark, as far up as it finds room: no mark, nor the line to where it counts, hides another."""
    taken: list[list[tuple[float, float]]] = []
    found = []
    for mark in marks:
        ends = (mark.at, mark.at if mark.adjusted_at is None else mark.adjusted_at)
        low, high = min(ends) - ROOM / 2, max(ends) + ROOM / 2
        lane = next(
            (
                place
                for place, others in enumerate(taken)
                if all(high <= other_low or low >= other_high for other_low, other_high in others)
            ),
            len(taken),
        )
        if lane == len(taken):
            taken.append([])
        taken[lane].append((low, high))
        found.append(lane)
    return tuple(found)
