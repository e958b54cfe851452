"""A grader's report to what its page shows. Templates draw and speak, they do not compute.

A report is kept as the grader wrote it, for years and by several versions: a part that one does not have is left out.
"""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from apps.craft.translate.report.values import (
    DiffFile,
    DiffLine,
    Gain,
    Guard,
    Ledger,
    Metric,
    NullProbe,
    Overfit,
    Report,
    Run,
    Shifted,
    Slice,
    Tick,
    Usage,
)

LEAST, MOST = -0.5, 1.2  # the ends of the scale of a gain, as the grader clips it
MOST_DIFF_LINES = 600  # of one file on one page
_HUNK = re.compile(r"^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@")


def to_report(data: Mapping[str, Any]) -> Report:
    return Report(
        verdict=str(data.get("verdict", "")),
        reason=str(data.get("reason") or ""),
        gain=_gain(_part(data, "gain")),
        metric=_metric(_part(data, "metric")),
        slices=tuple(
            Slice(str(row.get("name", "")), _number(row, "start"), _number(row, "value"), _whole(row, "n"))
            for row in _rows(data, "slices")
        ),
        guards=tuple(
            Guard(
                str(row.get("name", "")),
                bool(row.get("most", True)),
                _number(row, "limit"),
                _number(row, "value"),
                _number(row, "start"),
                bool(row.get("held")),
            )
            for row in _rows(data, "guards")
        ),
        shifted=Shifted(_number(shifted, "start"), _number(shifted, "value"))
        if (shifted := _part(data, "shifted"))
        else None,
        overfit=_overfit(_part(data, "overfit")),
        editable=tuple(_file(row) for row in _rows(data, "editable")),
        frozen=tuple(_file(row) for row in _rows(data, "frozen")),
        ledger=_ledger(_part(data, "ledger")),
        usage=Usage(_whole(usage, "calls"), _whole(usage, "tokens"), _number(usage, "usd"), _whole(usage, "refused"))
        if (usage := _part(data, "usage"))
        else None,
        null_probe=NullProbe(_whole(probe, "answered") or 0, _whole(probe, "asked") or 0)
        if (probe := _part(data, "null_probe"))
        else None,
        repeats=bool(repeated.get("same")) if (repeated := _part(data, "repeated")) else None,
        foreign_canary=_is_foreign(_part(data, "canary")),
        seconds=_number(data, "seconds"),
        errors=str(data.get("errors") or ""),
        level=str(data.get("level") or ""),
        reproduced=data.get("stored_scores_reproduced") is not False,
    )


def place(value: float) -> float:
    """Where a gain stands in a drawing, per cent of its width: 6 to 94, so that numbers below its ends have room."""
    return 6 + 88 * (min(max(value, LEAST), MOST) - LEAST) / (MOST - LEAST)


def _gain(part: Mapping[str, Any]) -> Gain | None:
    value = _number(part, "value")
    if value is None:
        return None
    low, high = _number(part, "low"), _number(part, "high")
    low, high = value if low is None else low, value if high is None else high
    return Gain(
        value, low, high, drawn_at=place(value), drawn_low=place(low), drawn_high=place(high), start_at=place(0),
        reference_at=place(1), ticks=tuple(Tick(place(one), one) for one in (-0.5, 0, 0.5, 1)),
    )  # fmt: skip


def _metric(part: Mapping[str, Any]) -> Metric | None:
    if not part:
        return None
    names = ("start", "reference", "hidden", "low", "high")
    return Metric(str(part.get("name", "")), *(_number(part, name) for name in names))


def _overfit(part: Mapping[str, Any]) -> Overfit | None:
    dev, hidden = _number(part, "dev"), _number(part, "hidden")
    if dev is None or hidden is None:
        return None
    difference = _number(part, "difference")
    low, high = min(0.0, dev, hidden), max(0.1, dev, hidden)

    def at(value: float) -> float:
        return 4 + 92 * (value - low) / (high - low)

    return Overfit(
        dev, hidden, dev - hidden if difference is None else difference,
        dev_at=at(dev), hidden_at=at(hidden), zero_at=at(0.0),
    )  # fmt: skip


def _ledger(part: Mapping[str, Any]) -> Ledger | None:
    if not part:
        return None
    shots = _part(part, "called_shots")
    return Ledger(
        intact=bool(part.get("intact")),
        runs=tuple(
            Run(
                n=_whole(row, "n") or place_in_list,
                why=str(row.get("why") or ""),
                expected=_number(row, "expected"),
                before=_number(row, "before"),
                after=_number(row, "after"),
                usd=_number(row, "usd"),
                is_full=row.get("full") is not False,
                items=_whole(row, "items"),
            )
            for place_in_list, row in enumerate(_rows(part, "runs"), start=1)
        ),
        called=_whole(shots, "n") or 0,
        mean_error=_number(shots, "mean_error"),
    )


def _is_foreign(part: Mapping[str, Any]) -> bool:
    """Another variant's canary was found: something of another candidate's folder is in this one."""
    found = part.get("found")
    if not found or not part.get("expected"):
        return False
    every = [found] if isinstance(found, str) else list(found) if isinstance(found, list) else []
    return any(str(one) != str(part["expected"]) for one in every)


def _file(row: Mapping[str, Any]) -> DiffFile:
    lines = diff_lines(str(row.get("diff") or ""))
    return DiffFile(
        path=str(row.get("path", "")),
        lines=tuple(lines[:MOST_DIFF_LINES]),
        added=sum(line.kind == "add" for line in lines),
        taken=sum(line.kind == "take" for line in lines),
        left_out=max(len(lines) - MOST_DIFF_LINES, 0),
        is_cut=str(row.get("diff") or "").endswith("\n(cut here)\n"),
    )


def diff_lines(diff: str) -> list[DiffLine]:
    """A unified diff line by line, each with its number on either side."""
    found: list[DiffLine] = []
    old = new = 0
    in_hunk = False
    for text in diff.split("\n"):
        if hunk := _HUNK.match(text):
            if in_hunk:
                found.append(DiffLine("gap", None, None, ""))
            old, new, in_hunk = int(hunk[1]), int(hunk[2]), True
        elif not in_hunk or text.startswith("\\"):
            continue  # the names of the files, and "No newline at end of file"
        elif text.startswith("+"):
            found.append(DiffLine("add", None, new, text[1:]))
            new += 1
        elif text.startswith("-"):
            found.append(DiffLine("take", old, None, text[1:]))
            old += 1
        elif text.startswith(" "):
            found.append(DiffLine("same", old, new, text[1:]))
            old, new = old + 1, new + 1
    return found


def _part(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = data.get(name)
    return part if isinstance(part, dict) else {}


def _rows(data: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    rows = data.get(name)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _number(data: Mapping[str, Any], name: str) -> float | None:
    value = data.get(name)
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if is_number and value is not None else None


def _whole(data: Mapping[str, Any], name: str) -> int | None:
    value = _number(data, name)
    return None if value is None else round(value)
