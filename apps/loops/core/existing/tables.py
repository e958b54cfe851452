"""A loop from a table: CSV, with or without a line of column names."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

from .document import UNNAMED, Document, loop_from, require_text
from .sentences import refuse, shown_text, validated
from .values import ExistingLoop, ExistingLoopError, ExistingStation

#: What a table without column names has, in this order.
UNNAMED_COLUMNS = ("name", "minutes", "interviewers")


def parse_csv(text: str, name: str = UNNAMED) -> ExistingLoop:
    """A table with the columns of ExistingStation, `name` at least; comma, semicolon or tab.

    Without a line of column names they are `UNNAMED_COLUMNS`; a column `station` without `name` is the name. In the
    column `measures` pairs stand like `llm-craft=0.40 product-engineering=0.25`.
    """
    require_text(text)
    table = text.lstrip("\r\n \ufeff")
    heading = table.splitlines()[0]
    delimiter = max(",;\t", key=heading.count if re.search(r"[,;\t]", heading) else table.count)
    reader = csv.reader(io.StringIO(table), delimiter=delimiter, strict=True)
    skipped_lines = text[: len(text) - len(table)].count("\n")
    try:
        return _table([(reader.line_num + skipped_lines, values) for values in reader], name)
    except csv.Error as error:
        line = reader.line_num + skipped_lines
        raise ExistingLoopError([f"Line {line}: not CSV ({error}). Is a quotation mark left open?"]) from error


def column_of(name: str) -> str:
    return re.sub(r"[\s-]+", "_", name.strip().strip('"').lower())


def _table(lines: Sequence[tuple[int, Sequence[str]]], name: str) -> ExistingLoop:
    """`lines`: each with its number in the text."""
    known = tuple(ExistingStation.model_fields)
    columns = [column_of(column) for column in lines[0][1]]
    if not set(columns) & set(known) and any(len(values) > 1 for _, values in lines):
        return _rows(_filled_up(lines), UNNAMED_COLUMNS, name)
    if "name" not in columns:
        columns = ["name" if column == "station" else column for column in columns]
    problems = [] if "name" in columns else ["Line 1: the column “name” is missing."]
    problems += [
        f"Line 1: the column “{shown_text(column) or '(empty)'}” is not known; known are {', '.join(known)}."
        for column in columns
        if column not in known
    ]
    if len(set(columns)) != len(columns):
        problems.append("Line 1: a column stands there twice.")
    refuse(problems)
    return _rows(lines[1:], columns, name)


def _filled_up(lines: Sequence[tuple[int, Sequence[str]]]) -> list[tuple[int, Sequence[str]]]:
    """Lines without column names, each with a value for every one of `UNNAMED_COLUMNS`."""
    filled, problems = list[tuple[int, Sequence[str]]](), list[str]()
    most = len(UNNAMED_COLUMNS)
    for line, values in lines:
        if any(value.strip() for value in values[most:]):
            problems.append(
                f"Line {line}: {len(values)} values. Without column names in the first line there are at most {most}: "
                f"{', '.join(UNNAMED_COLUMNS)}."
            )
        filled.append((line, [*values, *[""] * most][:most]))
    refuse(problems)
    return filled


def _rows(table: Iterable[tuple[int, Sequence[str]]], columns: Sequence[str], name: str) -> ExistingLoop:
    rows, lines, problems = list[dict[str, Any]](), list[int](), list[str]()
    for line, values in table:
        if not any(value.strip() for value in values):
            continue
        if len(values) != len(columns):
            problems.append(f"Line {line}: {len(values)} values for {len(columns)} columns.")
            continue
        row: dict[str, Any] = {column: value.strip() for column, value in zip(columns, values, strict=True)}
        if "measures" in row:
            row["measures"] = _pairs(row["measures"], line, problems)
        rows.append(row)
        lines.append(line)
    if not rows and not problems:
        problems.append("There are no stations in it.")
    refuse(problems)

    def at_line(loc: Sequence[str | int]) -> str:
        if len(loc) >= 2 and isinstance(loc[1], int):
            return f"Line {lines[loc[1]]}: " + "".join(f"{part} " for part in loc[2:3])
        return ""

    return loop_from(name, validated(Document, {"stations": rows}, at_line).stations)


def _pairs(text: str, line: int, problems: list[str]) -> dict[str, str]:
    """`llm-craft=0.40 product-engineering=0.25` as a mapping."""
    pairs: dict[str, str] = {}
    for pair in re.split(r"[\s;,|]+", text.strip()) if text.strip() else []:
        slug, sign, value = pair.partition("=")
        if not sign or slug in pairs:
            problems.append(
                f"Line {line}: “{shown_text(pair)}” in measures should look like llm-craft=0.40, each once."
            )
        pairs[slug] = value
    return pairs
