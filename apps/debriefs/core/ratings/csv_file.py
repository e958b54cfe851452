"""Ratings from a CSV file: `candidate,interviewer,competency,level` and, if you like, `station`."""

import csv
import io
from typing import Any

from apps.debriefs.core.ratings.data import RatingRow

MOST_BYTES = 60 * 1024 * 1024
MOST_PROBLEMS = 20
REQUIRED = ("candidate", "interviewer", "competency", "level")
NO_EVIDENCE = {"", "na", "n/a", "none", "no evidence"}
_WIDEST_SCALE = 20


class RatingsRefused(Exception):
    """The file cannot be used; `problems` are sentences that name the line."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


def read_ratings(content: bytes) -> list[RatingRow]:
    """Every row, an empty level (or "NA") as no evidence. Commas, semicolons or tabs; UTF-8.

    Raises RatingsRefused with all faults (the first 20), each with its line.
    """
    if len(content) > MOST_BYTES:
        raise RatingsRefused([f"The file has more than {MOST_BYTES // 1024 // 1024} MB. Split it."])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise RatingsRefused([f"Line {line} is not UTF-8. Save the file as CSV UTF-8."]) from error
    if "\0" in text:
        raise RatingsRefused(["The file holds null bytes: it is no CSV."])
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return _rows(reader)
    except csv.Error as error:
        raise RatingsRefused([f"Line {reader.line_num}: {error}."]) from error


def _rows(reader: Any) -> list[RatingRow]:
    heading = [cell.strip().lower() for cell in next(reader, [])]
    missing = [name for name in REQUIRED if name not in heading]
    if missing:
        raise RatingsRefused(
            [f"Line 1 lacks {', '.join(missing)}. The columns are {', '.join(REQUIRED)} and, if you like, station."]
        )
    doubled = sorted({name for name in heading if name in (*REQUIRED, "station") and heading.count(name) > 1})
    if doubled:
        raise RatingsRefused([f"Line 1 names {', '.join(doubled)} twice."])
    at = {name: heading.index(name) for name in (*REQUIRED, "station") if name in heading}
    rows, problems = [], []
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        try:
            rows.append(_row(cells, at))
        except ValueError as error:
            problems.append(f"Line {reader.line_num}: {error}")
            if len(problems) == MOST_PROBLEMS:
                problems.append("There may be more; these were the first.")
                break
    if problems:
        raise RatingsRefused(problems)
    if not rows:
        raise RatingsRefused(["There is no rating below the heading."])
    levels = [row.level for row in rows if row.level is not None]
    if levels and max(levels) - min(levels) >= _WIDEST_SCALE:
        raise RatingsRefused(
            [f"Levels run from {min(levels)} to {max(levels)}: a rating scale has at most {_WIDEST_SCALE} levels."]
        )
    return rows


def _row(cells: list[str], at: dict[str, int]) -> RatingRow:
    values = {name: cells[place].strip() if place < len(cells) else "" for name, place in at.items()}
    for name in ("candidate", "interviewer", "competency"):
        if not values[name]:
            raise ValueError(f"{name} is empty.")
    text = values["level"]
    level: int | None = None
    if text.lower() not in NO_EVIDENCE:
        try:
            number = float(text)
            level = int(number)
        except (ValueError, OverflowError):
            raise ValueError(f"level is “{text[:40]}”; write a whole number, or nothing for no evidence.") from None
        if level != number or abs(level) > 10_000:
            raise ValueError(f"level is “{text[:40]}”; write a whole number.")
    return RatingRow(
        candidate=values["candidate"],
        interviewer=values["interviewer"],
        competency=values["competency"],
        level=level,
        station=values.get("station") or None,
    )
