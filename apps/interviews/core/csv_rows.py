"""Candidates from a CSV file: every fault with its line, and never half of the file."""

import csv
import io
import re
import zoneinfo
from dataclasses import dataclass
from functools import cache

REQUIRED_COLUMNS = ("name", "email")
COLUMNS = (*REQUIRED_COLUMNS, "time_zone", "source")
MAX_BYTES = 2 * 1024 * 1024
MAX_ROWS = 1000
MAX_PROBLEMS = 30
_EMAIL = re.compile(r"^[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]{2,}$")


@cache
def _time_zones() -> frozenset[str]:
    """Listing them takes 13 ms: once, not once a row."""
    return frozenset(zoneinfo.available_timezones())


class CsvError(ValueError):
    """The file cannot be imported. `problems` holds one sentence a fault, with its line where it has one."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class CandidateRow:
    """One candidate as the file gives it; `line` counts from 1, the heading being line 1."""

    line: int
    name: str
    email: str
    time_zone: str
    source: str


def parse_candidates(content: bytes) -> list[CandidateRow]:
    """Read a CSV file (UTF-8, comma or semicolon or tab, first line the column names).

    Raises CsvError with every fault found (up to 30).
    """
    return _rows(lines_of(content, most_bytes=MAX_BYTES))


def lines_of(content: bytes, *, most_bytes: int) -> list[tuple[int, list[str]]]:
    """The lines of a CSV file with their numbers, the heading first. Raises CsvError where it cannot be read."""
    if len(content) > most_bytes:
        most = f"{most_bytes // 1024**2} MB" if most_bytes >= 1024**2 else f"{most_bytes // 1024} kB"
        raise CsvError([f"The file is larger than {most}. Split it into smaller ones."])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise CsvError([f"Line {line}: the file is not UTF-8. Save it again as “CSV UTF-8”."]) from error
    if "\x00" in text:
        raise CsvError(["This is not a text file. Save the sheet as CSV first."])
    if not text.strip():
        raise CsvError(["The file is empty."])
    heading = text.lstrip().splitlines()[0]
    reader = csv.reader(io.StringIO(text), delimiter=max(",;\t", key=heading.count), strict=True)
    try:
        return [(reader.line_num, values) for values in reader]
    except csv.Error as error:
        raise CsvError([f"Line {reader.line_num}: not CSV ({error}). Is a quotation mark left open?"]) from error


def check_columns(columns: list[str], *, required: tuple[str, ...], known: tuple[str, ...]) -> None:
    """Raises CsvError with every fault of a heading."""
    problems = [f"Line 1: the column “{name}” is missing." for name in required if name not in columns]
    problems += [
        f"Line 1: the column “{name or '(empty)'}” is not known; known are {', '.join(known)}."
        for name in columns
        if name not in known
    ]
    if len(set(columns)) != len(columns):
        problems.append("Line 1: a column stands there twice.")
    if problems:
        raise CsvError(problems)


def _rows(lines: list[tuple[int, list[str]]]) -> list[CandidateRow]:
    columns = [name.strip().lower().replace(" ", "_").replace("-", "_") for name in lines[0][1]]
    columns = ["email" if name == "e_mail" else name for name in columns]
    check_columns(columns, required=REQUIRED_COLUMNS, known=COLUMNS)
    problems: list[str] = []
    rows: list[CandidateRow] = []
    seen: dict[str, int] = {}
    for line, values in lines[1:]:
        if not any(value.strip() for value in values):
            continue
        if len(values) != len(columns):
            problems.append(f"Line {line}: {len(values)} values for {len(columns)} columns.")
        else:
            row = _row(line, dict(zip(columns, (value.strip() for value in values), strict=True)), seen, problems)
            rows.append(row)
        if len(problems) >= MAX_PROBLEMS:
            raise CsvError([*problems, f"The first {MAX_PROBLEMS} faults are shown."])
        if len(rows) > MAX_ROWS:
            raise CsvError([f"The file has more than {MAX_ROWS} candidates. Split it into smaller ones."])
    if not rows and not problems:
        problems.append("The file has column names but no candidates.")
    if problems:
        raise CsvError(problems)
    return rows


def _row(line: int, values: dict[str, str], seen: dict[str, int], problems: list[str]) -> CandidateRow:
    name, email = values["name"], values["email"].lower()
    time_zone = values.get("time_zone") or "UTC"
    source = values.get("source", "")
    if not name:
        problems.append(f"Line {line}: the name is missing.")
    if len(name) > 160 or len(source) > 120 or len(email) > 254:
        problems.append(f"Line {line}: a value is too long.")
    if not _EMAIL.match(email):
        problems.append(f"Line {line}: “{email[:60]}” is not an e-mail address.")
    elif email in seen:
        problems.append(f"Line {line}: {email} stands on line {seen[email]} already.")
    if time_zone not in _time_zones():
        problems.append(f"Line {line}: “{time_zone[:60]}” is not a time zone (for example Europe/Berlin).")
    seen.setdefault(email, line)
    return CandidateRow(line=line, name=name, email=email, time_zone=time_zone, source=source)
