"""Write a sheet: for a spreadsheet (CSV), or for an editor (YAML).

In CSV what is about the whole card stands in brackets, for a competency's slug never does.
"""

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

import yaml

from ..entries import RatingEntry
from .values import COLUMNS, INTERVIEW, NONE, NOTES, RECOMMENDATION, RECOMMENDATIONS, REVISION, Sheet, SheetLine

#: What a spreadsheet may take for a formula. An apostrophe before it keeps it a text; `reading` takes one off again.
FORMULA = re.compile(r"'*[=+\-@\t\r]")
_LINE_ENDS = re.compile(r"[\r\x85\u2028\u2029]")


def write_csv(sheet: Sheet) -> str:
    """One row a competency; rows that begin with # are to be read. Begins with a byte order mark, for spreadsheets."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for comment in _introduction(sheet):
        writer.writerow([f"# {comment}"])
    writer.writerow([f"({INTERVIEW})", "leave as it is", sheet.interview])
    writer.writerow([f"({REVISION})", "leave as it is", sheet.revision])
    for line in sheet.lines:
        for comment in _anchors(line):
            writer.writerow([f"# {comment}"])
        entry = line.entry
        cells = [line.slug, line.name, _answer(entry), entry.evidence, entry.moment]
        writer.writerow([_as_text(cell) for cell in cells])
    writer.writerow([f"# {_recommendations()}"])
    writer.writerow([f"({RECOMMENDATION})", "Overall recommendation", sheet.recommendation])
    writer.writerow([f"({NOTES})", "Private notes, only you ever see them", _as_text(sheet.private_notes)])
    return "\ufeff" + out.getvalue()


def write_yaml(sheet: Sheet) -> str:
    """The same in YAML, with the anchors as comments."""
    lines = [f"# {comment}" for comment in _introduction(sheet)]
    lines += ["", f"{INTERVIEW}: {sheet.interview}  # leave as it is", f"{REVISION}: {sheet.revision}  # as it is", ""]
    lines.append("competencies:")
    for line in sheet.lines:
        lines += [f"  # {comment}" for comment in _anchors(line)]
        entry = line.entry
        values = {"level": entry.level or _answer(entry), "evidence": entry.evidence, "moment": entry.moment}
        lines += [f"  {text}" if text else "" for text in _dumped({line.slug: values})] + [""]
    lines += [f"# {_recommendations()}", *_dumped({RECOMMENDATION: sheet.recommendation}), ""]
    lines += ["# Only you ever see them.", *_dumped({NOTES: sheet.private_notes})]
    return "\n".join(lines) + "\n"


def _introduction(sheet: Sheet) -> Iterator[str]:
    yield _one_line(sheet.title)
    yield f"level: 1, 2, 3, 4 or {NONE} (no evidence). evidence: what you saw or heard. moment: where, if you like."
    yield "Level 1 and 4 need evidence." + (" So does every other level here." if sheet.reasons_required else "")
    yield "Uploading fills your draft; nothing is submitted by it."


def _recommendations() -> str:
    return f"{RECOMMENDATION}: {', '.join(RECOMMENDATIONS[:-1])} or {RECOMMENDATIONS[-1]}"


def _anchors(line: SheetLine) -> Iterator[str]:
    yield _one_line(line.name)
    for level in line.levels:
        yield _one_line(f"{level.number} {level.label}: {'; '.join(level.anchors)}")
    yield _one_line(f"{NONE}: {line.no_evidence_when}")


def _answer(entry: RatingEntry) -> str:
    return NONE if entry.no_evidence else str(entry.level or "")


def _one_line(text: str) -> str:
    """For a comment: one line, without what a YAML file cannot hold."""
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())


def _as_text(cell: str) -> str:
    return f"'{cell}" if FORMULA.match(cell) else cell


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as blocks, and nothing for an empty text: as somebody would type them."""


def _text(dumper: _Dumper, text: str) -> yaml.Node:
    if not text:
        return dumper.represent_scalar("tag:yaml.org,2002:null", "")
    # In a block, YAML would read some line ends as others.
    style = '"' if _LINE_ENDS.search(text) else "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)


def _dumped(values: dict[str, Any]) -> list[str]:
    dumped = yaml.dump(values, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=100)
    return dumped.split("\n")[:-1]
