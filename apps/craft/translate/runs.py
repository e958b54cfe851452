"""Unattended runs from a CSV file: every fault with its line, and never half of the file."""

import datetime as dt
from dataclasses import dataclass

from apps.craft.models.kits import LEAST_GAIN, MOST_GAIN
from apps.interviews.core.csv_rows import CsvError, check_columns, lines_of

REQUIRED = ("assistant", "gain", "minutes", "on")
COLUMNS = (*REQUIRED, "version", "note")
MOST_BYTES = 512 * 1024
MOST_ROWS = 500
MOST_PROBLEMS = 30
LONGEST = {"assistant": 120, "version": 20, "note": 300}


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

    Raises CsvError with every fault found (up to 30).
    """
    return _rows(lines_of(content, most_bytes=MOST_BYTES), today=today)


def _rows(lines: list[tuple[int, list[str]]], *, today: dt.date) -> list[RunRow]:
    columns = [name.strip().lower() for name in lines[0][1]]
    check_columns(columns, required=REQUIRED, known=COLUMNS)
    problems: list[str] = []
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
            raise CsvError([f"The file has more than {MOST_ROWS} runs. Split it into smaller ones."])
    if not rows and not problems:
        problems.append("The file has column names but no runs.")
    if len(problems) > MOST_PROBLEMS:
        problems = [*problems[:MOST_PROBLEMS], f"The first {MOST_PROBLEMS} faults are shown."]
    if problems:
        raise CsvError(problems)
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
