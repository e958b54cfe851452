"""Unattended runs from a CSV file: every fault with its line, and never half of the file."""

import csv
import datetime as dt
import io
from dataclasses import dataclass

from apps.craft.models.kits import LEAST_GAIN, MOST_GAIN

REQUIRED = ("assistant", "gain", "minutes", "on")
COLUMNS = (*REQUIRED, "version", "note")
MOST_BYTES = 512 * 1024
MOST_ROWS = 500
MOST_PROBLEMS = 30
LONGEST = {"assistant": 120, "version": 20, "note": 300}


class RunsError(ValueError):
    """The file cannot be imported. `problems` holds one sentence a fault, with its line where it has one."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class RunRow:
    """One run of an assistant alone. `version` is empty where it is the kit's present one."""

    assistant: str
    gain: float
    minutes: int
    on: dt.date
    version: str = ""
    note: str = ""


def parse_runs(content: bytes, *, today: dt.date) -> list[RunRow]:
    """Read a CSV file (UTF-8; comma, semicolon or tab; the first line names the columns).

    Raises RunsError with every fault found (up to 30).
    """
    if len(content) > MOST_BYTES:
        raise RunsError([f"The file is larger than {MOST_BYTES // 1024} kB. Split it into smaller ones."])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise RunsError([f"Line {line}: the file is not UTF-8. Save it again as “CSV UTF-8”."]) from error
    if "\x00" in text:
        raise RunsError(["This is not a text file. Save the sheet as CSV first."])
    if not text.strip():
        raise RunsError(["The file is empty."])
    heading = text.lstrip().splitlines()[0]
    reader = csv.reader(io.StringIO(text.lstrip()), delimiter=max(",;\t", key=heading.count), strict=True)
    try:
        lines = [(reader.line_num, values) for values in reader]
    except csv.Error as error:
        raise RunsError([f"Line {reader.line_num}: not CSV ({error}). Is a quotation mark left open?"]) from error
    return _rows(lines, today=today)


def _rows(lines: list[tuple[int, list[str]]], *, today: dt.date) -> list[RunRow]:
    columns = [name.strip().lower() for name in lines[0][1]]
    problems = [f"Line 1: the column “{name}” is missing." for name in REQUIRED if name not in columns]
    problems += [
        f"Line 1: the column “{name or '(empty)'}” is not known; known are {', '.join(COLUMNS)}."
        for name in columns
        if name not in COLUMNS
    ]
    if len(set(columns)) != len(columns):
        problems.append("Line 1: a column stands there twice.")
    if problems:
        raise RunsError(problems)
    rows = []
    for line, values in lines[1:]:
        if not any(value.strip() for value in values):
            continue
        if len(values) != len(columns):
            problems.append(f"Line {line}: {len(values)} values for {len(columns)} columns.")
            continue
        found = dict(zip(columns, (value.strip() for value in values), strict=True))
        row, faults = _row(found, today=today)
        problems += [f"Line {line}: {fault}" for fault in faults]
        if row is not None:
            rows.append(row)
        if len(rows) > MOST_ROWS:
            raise RunsError([f"The file has more than {MOST_ROWS} runs. Split it into smaller ones."])
    if not rows and not problems:
        problems.append("The file has column names but no runs.")
    if len(problems) > MOST_PROBLEMS:
        problems = [*problems[:MOST_PROBLEMS], f"The first {MOST_PROBLEMS} faults are shown."]
    if problems:
        raise RunsError(problems)
    return rows


def _row(values: dict[str, str], *, today: dt.date) -> tuple[RunRow | None, list[str]]:
    faults = []
    if not values["assistant"]:
        faults.append("the assistant is missing.")
    faults += [f"the {name} is too long." for name, most in LONGEST.items() if len(values.get(name, "")) > most]
    gain = _number(values["gain"])
    if gain is None or not LEAST_GAIN <= gain <= MOST_GAIN:
        faults.append(f"“{values['gain'][:40]}” is no gain: a number from {LEAST_GAIN} to {MOST_GAIN}.")
    minutes = int(values["minutes"]) if values["minutes"].isascii() and values["minutes"].isdecimal() else 0
    if not 0 < minutes <= 10_000:
        faults.append(f"“{values['minutes'][:40]}” is no number of minutes.")
    on = _day(values["on"])
    if on is None:
        faults.append(f"“{values['on'][:40]}” is no day (for example 2026-11-23).")
    elif on > today:
        faults.append(f"{on} is still to come.")
    if faults or gain is None or on is None:
        return None, faults
    return RunRow(values["assistant"], gain, minutes, on, values.get("version", ""), values.get("note", "")), []


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
