"""Read a sheet that somebody filled in: whole, or every fault with its line."""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath

import yaml

from ..entries import LEVELS, MAX_EVIDENCE, MAX_MOMENT, MAX_NOTES, RatingEntry
from .values import (
    COLUMNS,
    INTERVIEW,
    MAX_BYTES,
    MAX_PROBLEMS,
    NONE,
    NOTES,
    OF_THE_CARD,
    RECOMMENDATION,
    RECOMMENDATIONS,
    REVISION,
    FilledSheet,
    Sheet,
    SheetError,
)
from .writing import FORMULA

FIELDS = ("level", "evidence", "moment")
MAX_NODES = 2000
MAX_DEPTH = 5
MAX_ROWS = 1000
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")
_YAML_START = re.compile(r"(#|---|(interview|revision|competencies|recommendation|private_notes)\s*:)", re.IGNORECASE)


@dataclass(frozen=True)
class _Cell:
    """A text and the line it stands on, from 1."""

    text: str
    line: int


@dataclass
class _Found:
    """What a file holds, before anything of it is judged."""

    of_card: dict[str, _Cell] = field(default_factory=dict)
    ratings: dict[str, tuple[int, dict[str, _Cell]]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def add(self, line: int, problem: str) -> None:
        self.problems.append(f"Line {line}: {problem}")
        if len(self.problems) >= MAX_PROBLEMS:
            raise SheetError([*self.problems, f"The first {MAX_PROBLEMS} faults are shown."])


def read(name: str, content: bytes, sheet: Sheet) -> FilledSheet:
    """The sheet filled in. Its format from the file's name, or (pasted: no name) from how it begins.

    `sheet` is what it is compared with: the interview and its competencies. Raises SheetError, and nothing else.
    """
    text = decode(content)
    suffix = PurePath(name.replace("\\", "/").replace("\0", "")).suffix.lower()
    is_yaml = suffix in (".yaml", ".yml") or (suffix not in (".csv", ".tsv") and bool(_YAML_START.match(text.lstrip())))
    return _judge(_of_yaml(text) if is_yaml else _of_csv(text, sheet), sheet)


def decode(content: bytes) -> str:
    """The file as text (UTF-8, or UTF-16 with its mark), without marks and with plain line ends."""
    if len(content) > MAX_BYTES:
        raise SheetError([f"This is larger than {MAX_BYTES // 1_000_000} MB; a sheet is not."])
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise SheetError(
            [f"Line {line}: this is not UTF-8. Save it again, in a spreadsheet as “CSV UTF-8”."]
        ) from error
    if "\0" in text:
        raise SheetError(["This is not a text file. In a spreadsheet, save it as “CSV UTF-8” first."])
    if not text.strip():
        raise SheetError(["The sheet is empty."])
    return text.replace("\r\n", "\n").replace("\r", "\n")


# ------------------------------------------------------------------------------------------------------------ CSV


def _of_csv(text: str, sheet: Sheet) -> _Found:
    heading = text.lstrip("\n").split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=heading.count), strict=True)
    found = _Found()
    columns: list[str] = []
    before = 0
    try:
        for values in reader:
            line, before = before + 1, reader.line_num
            if not any(value.strip() for value in values) or values[0].lstrip().startswith("#"):
                continue
            if not columns:
                columns = _columns(values, line)
            elif len(found.ratings) + len(found.problems) > MAX_ROWS:
                raise SheetError(["This has more lines than any scorecard."])
            else:
                _row(found, line, columns, values, {one.slug for one in sheet.lines})
    except csv.Error as error:
        raise SheetError(
            [*found.problems, f"Line {before + 1}: not CSV ({error}). Is a quotation mark left open?"]
        ) from error
    if not columns:
        raise SheetError([f"The first line with the columns {', '.join(COLUMNS)} is missing."])
    return found


def _columns(values: list[str], line: int) -> list[str]:
    columns = [value.strip().lower() for value in values]
    while columns and not columns[-1]:
        columns.pop()
    if missing := [name for name in COLUMNS if name not in columns]:
        raise SheetError([f"Line {line}: the column “{name}” is missing." for name in missing])
    if unknown := [name for name in columns if name not in COLUMNS]:
        raise SheetError([f"Line {line}: the column “{_short(name)}” is not known." for name in unknown])
    if len(set(columns)) != len(columns):
        raise SheetError([f"Line {line}: a column stands there twice."])
    return columns


def _row(found: _Found, line: int, columns: list[str], values: list[str], slugs: set[str]) -> None:
    if any(value.strip() for value in values[len(columns) :]):
        found.add(line, f"{len(values)} values for {len(columns)} columns. Is there a comma outside quotation marks?")
        return
    cells = dict.fromkeys(columns, "") | dict(zip(columns, values, strict=False))
    key = _plain(cells["key"].strip())
    inner = key.strip("()").strip().lower().replace(" ", "_")
    if inner in OF_THE_CARD and key not in slugs:
        if inner in found.of_card:
            found.add(line, f"“{inner}” stands on line {found.of_card[inner].line} already.")
            return
        found.of_card[inner] = _Cell(_plain(cells["answer"]), line)
        if cells["evidence"].strip() or cells["moment"].strip():
            found.add(line, f"“{inner}” takes an answer only; there is more beside it.")
    elif key in found.ratings:
        found.add(line, f"“{_short(key)}” stands on line {found.ratings[key][0]} already.")
    else:
        row = {name: _Cell(_plain(cells[column]), line) for name, column in zip(FIELDS, COLUMNS[2:], strict=True)}
        found.ratings[key] = (line, row)


def _plain(cell: str) -> str:
    """Without the apostrophe that kept a spreadsheet from taking the text for a formula."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell


# ----------------------------------------------------------------------------------------------------------- YAML


class _PlainLoader(yaml.BaseLoader):
    """Nodes only: without tags, anchors and aliases, few and shallow. Nothing expands, nothing is constructed."""

    nodes = 0
    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise SheetError([f"Line {line}: references (&name, *name) are not allowed here. Write it out."])
        if getattr(event, "tag", None) is not None:
            raise SheetError([f"Line {line}: tags (!name) are not allowed here. Write plain text."])
        self.nodes, self.depth = self.nodes + 1, self.depth + 1
        if self.nodes > MAX_NODES or self.depth > MAX_DEPTH:
            raise SheetError([f"Line {line}: this is more than any scorecard holds."])
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def _of_yaml(text: str) -> _Found:
    loader = None
    try:
        loader = _PlainLoader(text)
        root = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        line = f"Line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise SheetError([f"{line}not YAML ({error.problem or 'it cannot be read'})."]) from error
    except yaml.YAMLError as error:  # a character that YAML forbids
        raise SheetError([f"Not YAML ({str(error).splitlines()[0][:200]})."]) from error
    except (ValueError, OverflowError) as error:
        if isinstance(error, SheetError):
            raise
        raise SheetError(["Not YAML: an escaped character in it does not exist."]) from error
    finally:
        if loader is not None:
            loader.dispose()
    found = _Found()
    for key, node in _pairs(found, root, "the sheet"):
        if key.text in OF_THE_CARD:
            found.of_card[key.text] = _Cell(_scalar(found, node, key.text), node.start_mark.line + 1)
        elif key.text == "competencies":
            for slug, rating in _pairs(found, node, "competencies"):
                found.ratings[slug.text] = (slug.line, _rating(found, slug, rating))
        else:
            found.add(key.line, f"“{_short(key.text)}” is not known; known are {', '.join(OF_THE_CARD)}, competencies.")
    return found


def _rating(found: _Found, slug: _Cell, node: yaml.Node) -> dict[str, _Cell]:
    row = {}
    for key, value in _pairs(found, node, _short(slug.text)):
        if key.text in FIELDS:
            row[key.text] = _Cell(_scalar(found, value, key.text), value.start_mark.line + 1)
        else:
            found.add(key.line, f"“{_short(key.text)}” is not known; known are {', '.join(FIELDS)}.")
    return row


def _pairs(found: _Found, node: yaml.Node | None, of: str) -> list[tuple[_Cell, yaml.Node]]:
    """The keys of a mapping with their values, each key once. Nothing at all is an empty mapping."""
    if node is None or (isinstance(node, yaml.ScalarNode) and not node.value):
        return []
    if not isinstance(node, yaml.MappingNode):
        found.add(node.start_mark.line + 1, f"{of}: here belong lines of the form “name: value”.")
        return []
    pairs: dict[str, tuple[_Cell, yaml.Node]] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            found.add(line, f"{of}: a name must be a plain word.")
        elif key.value in pairs:
            found.add(line, f"“{_short(key.value)}” stands on line {pairs[key.value][0].line} already.")
        else:
            pairs[key.value] = (_Cell(key.value, line), value)
    return list(pairs.values())


def _scalar(found: _Found, node: yaml.Node, of: str) -> str:
    if isinstance(node, yaml.ScalarNode):
        return str(node.value)
    found.add(node.start_mark.line + 1, f"{of} must be a text. Put it in quotation marks, or after “|”.")
    return ""


# -------------------------------------------------------------------------------------------------------- judging


def _judge(found: _Found, sheet: Sheet) -> FilledSheet:
    """Compare with the interview it should be of. Of another interview, that is all there is to say."""
    its = found.of_card.get(INTERVIEW)
    if its is None:
        raise SheetError([*found.problems, "The line “interview” is missing; download the sheet again to see it."])
    if its.text.strip() != str(sheet.interview):
        raise SheetError([f"Line {its.line}: this sheet is of another interview ({_short(its.text)})."])
    entries = {}
    known = [line.slug for line in sheet.lines]
    for slug, (line, row) in found.ratings.items():
        if slug not in known:
            found.add(line, f"“{_short(slug)}” is not on this scorecard; on it are {', '.join(known)}.")
        else:
            entries[slug] = _entry(found, row)
    filled = FilledSheet(
        revision=_revision(found),
        entries=entries,
        recommendation=_recommendation(found),
        private_notes=_words(found, found.of_card, NOTES, MAX_NOTES),
    )
    found.problems += [
        f"“{slug}” is missing. Leave its level empty if you cannot say yet."
        for slug in known
        if slug not in found.ratings
    ]
    if found.problems:
        raise SheetError(found.problems)
    return filled


def _entry(found: _Found, row: Mapping[str, _Cell]) -> RatingEntry:
    cell = row.get("level", _Cell("", 0))
    level = cell.text.strip().lower()
    if level not in ("", NONE, "no evidence", *map(str, LEVELS)):
        found.add(cell.line, f"level must be 1, 2, 3, 4 or none, not {_short(cell.text)}.")
        level = ""
    return RatingEntry(
        level=int(level) if level.isdigit() else None,
        no_evidence=level in (NONE, "no evidence"),
        evidence=_words(found, row, "evidence", MAX_EVIDENCE),
        moment=_words(found, row, "moment", MAX_MOMENT),
    )


def _revision(found: _Found) -> int:
    cell = found.of_card.get(REVISION)
    if cell is None:
        found.problems.append("The line “revision” is missing; download the sheet again to see it.")
    elif re.fullmatch(r"[0-9]{1,9}", cell.text.strip()):
        return int(cell.text)
    else:
        found.add(cell.line, f"revision must be the number that was there, not {_short(cell.text)}.")
    return 0


def _recommendation(found: _Found) -> str:
    cell = found.of_card.get(RECOMMENDATION, _Cell("", 0))
    answer = cell.text.strip().lower().replace(" ", "_").replace("-", "_")
    if answer and answer not in RECOMMENDATIONS:
        found.add(cell.line, f"recommendation must be {', '.join(RECOMMENDATIONS)} or empty, not {_short(cell.text)}.")
        return ""
    return answer


def _words(found: _Found, row: Mapping[str, _Cell], name: str, most: int) -> str:
    cell = row.get(name, _Cell("", 0))
    if len(cell.text) > most:
        found.add(cell.line, f"{name} has {len(cell.text)} characters; the most is {most}.")
    if _UNSTORABLE.search(cell.text):
        found.add(cell.line, f"{name} holds a character that cannot be stored.")
    return cell.text


def _short(text: str) -> str:
    text = " ".join(_UNSTORABLE.sub("?", text).split())
    return text if len(text) <= 40 else f"{text[:39]}…"
