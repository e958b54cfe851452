"""A loop from a file: CSV, YAML, or the job stages of Greenhouse's Harvest API.

A file is taken whole or not at all.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePath
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, Field

from .document import UNNAMED, Document, loop_from, require_text
from .sentences import in_order, validated
from .tables import column_of, parse_csv
from .values import (
    MAX_INTERVIEWERS,
    MAX_NAME,
    ExistingLoop,
    ExistingLoopError,
    ExistingStation,
    Name,
    Skipped,
    Source,
    WhySkipped,
    clean,
)

MAX_BYTES = 200_000
#: How a YAML text begins that is no table, whatever commas it has.
_YAML_START = re.compile(r"""[-#%{\[]|["']?(name|stations)["']?\s*:""")


class _GreenhouseInterview(BaseModel):
    name: Name
    schedulable: bool = True
    estimated_minutes: Annotated[int, Field(ge=0)] | None = None
    default_interviewer_users: list[Any] | None = None


class _GreenhouseStage(BaseModel):
    """`GET /v1/jobs/{id}/stages` of Greenhouse's Harvest API (developers.greenhouse.io/harvest.html, "Job Stages").

    Fields their API has besides, and will have, are left alone.
    """

    name: Name
    active: bool = True
    priority: int | None = None
    interviews: list[_GreenhouseInterview]


class _Stages(BaseModel):
    stages: list[_GreenhouseStage]


class _PlainLoader(yaml.BaseLoader):
    """YAML whose values are all texts, without tags, merges or aliases: nothing expands, nothing is constructed."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark
            raise ExistingLoopError([f"Line {mark.line + 1}: references (*name) are not allowed here. Write it out."])
        return super().compose_node(parent, index)


def parse(name: str, content: bytes) -> tuple[ExistingLoop, Source]:
    """Read a loop from a file (its format from its name, else from what it looks like) and say what format it was.

    `name` may be empty for pasted text. Raises ExistingLoopError, and nothing else, for whatever cannot be read.
    """
    text = _decode(content)
    path = PurePath(name.replace("\\", "/").replace("\0", ""))
    stem = clean(path.stem)[:MAX_NAME] or UNNAMED
    source = _format_of(path.suffix.lower(), text)
    return _PARSERS[source](text, stem), source


def parse_yaml(text: str, name: str = UNNAMED) -> ExistingLoop:
    """A mapping with `name` and `stations`, or the bare list of stations. JSON of that shape is YAML too."""
    require_text(text)
    try:
        raw = yaml.load(text, Loader=_PlainLoader)  # noqa: S506  # a BaseLoader: texts, lists and mappings only
    except yaml.MarkedYAMLError as error:
        line = f"Line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise ExistingLoopError([f"{line}not YAML ({error.problem or 'it cannot be read'})."]) from error
    except (yaml.YAMLError, ValueError) as error:
        if isinstance(error, ExistingLoopError):
            raise
        raise ExistingLoopError([f"Not YAML ({str(error).splitlines()[0][:200]})."]) from error
    except RecursionError as error:
        raise ExistingLoopError(["Lists stand inside lists too deep to be a loop."]) from error
    if isinstance(raw, list):
        raw = {"stations": raw}
    if not isinstance(raw, dict):
        raise ExistingLoopError(["A loop is a list of stations, each with its name; there is no list here."])
    document = validated(Document, raw, in_order)
    return loop_from(document.name or name, document.stations)


def parse_greenhouse(text: str, name: str = UNNAMED) -> ExistingLoop:
    """The job stages of one job, as Greenhouse's Harvest API gives them: the list, or one stage.

    Every interview of an active stage that can be scheduled is a station; what is left out is in `skipped`. An
    interview has as many interviewers as it has default interviewers, one where none is named.
    """
    require_text(text)
    raw = _json(text)
    if isinstance(raw, dict) and "interviews" in raw:
        raw = [raw]
    if not (isinstance(raw, list) and raw and all(isinstance(stage, dict) for stage in raw)):
        raise ExistingLoopError(["This JSON is no list of job stages with their interviews."])
    stages = validated(_Stages, {"stages": raw}, in_order).stages
    stages.sort(key=lambda stage: (stage.priority is None, stage.priority or 0))
    stations, skipped = list[dict[str, Any]](), list[Skipped]()
    for stage in stages:
        if not stage.active:
            skipped.append(Skipped(name=stage.name, why=WhySkipped.INACTIVE))
        elif not stage.interviews:
            skipped.append(Skipped(name=stage.name, why=WhySkipped.NO_INTERVIEWS))
        else:
            for interview in stage.interviews:
                if interview.schedulable:
                    stations.append(_station_of_greenhouse(stage, interview))
                else:
                    skipped.append(Skipped(name=interview.name, why=WhySkipped.NOT_SCHEDULABLE))
    if not stations:
        raise ExistingLoopError(["No stage is active and has an interview that can be scheduled."])
    loop = validated(Document, {"stations": stations}, in_order)
    return loop_from(name, loop.stations, skipped)


def stations_of(rows: Iterable[Mapping[str, Any]]) -> tuple[ExistingStation, ...]:
    """Rows of a form or of the database as stations. Raises ExistingLoopError with the row of every fault."""
    return validated(Document, {"stations": list(rows)}, in_order).stations


def _station_of_greenhouse(stage: _GreenhouseStage, interview: _GreenhouseInterview) -> dict[str, Any]:
    people = len(interview.default_interviewer_users or ())
    return {
        "name": interview.name,
        "minutes": interview.estimated_minutes or None,
        "interviewers": min(people, MAX_INTERVIEWERS) or None,
        "note": "" if stage.name == interview.name else stage.name,
    }


def _decode(content: bytes) -> str:
    if len(content) > MAX_BYTES:
        raise ExistingLoopError([f"This is larger than {MAX_BYTES // 1000} kB. A loop is a short list."])
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ExistingLoopError([f"Line {line}: this is not UTF-8. Save it again as UTF-8."]) from error


def _format_of(suffix: str, text: str) -> Source:
    """By the name's ending; without one that says it, by the first signs."""
    start = text.lstrip("\r\n\t \ufeff")
    looks_like_json = start.startswith(("[", "{"))
    if suffix == ".json" or (looks_like_json and suffix not in (".csv", ".tsv")):
        return Source.YAML if _is_document(text) else Source.GREENHOUSE
    if suffix in (".yaml", ".yml"):
        return Source.YAML
    if suffix in (".csv", ".tsv"):
        return Source.CSV
    heading = start.splitlines()[0] if start else ""
    columns = [column_of(column) for column in re.split(r"[,;\t]", heading)]
    if {"name", "station"} & set(columns) and ":" not in heading:
        return Source.CSV
    is_table = re.search(r"[,;\t]", heading if ":" in heading else start) and not _YAML_START.match(start)
    return Source.CSV if is_table else Source.YAML


def _is_document(text: str) -> bool:
    """Whether JSON (or the flow style of YAML) is a loop of ours and not Greenhouse's."""
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError):
        return False
    if isinstance(raw, list):
        return bool(raw) and all(isinstance(row, dict) and "interviews" not in row for row in raw)
    return isinstance(raw, dict) and "stations" in raw


def _json(text: str) -> Any:
    try:
        return json.loads(text.lstrip("\ufeff"))
    except json.JSONDecodeError as error:
        raise ExistingLoopError([f"Line {error.lineno}: not JSON ({error.msg})."]) from error
    except ValueError as error:  # a number of thousands of digits
        raise ExistingLoopError(["A number in this JSON is too long."]) from error
    except RecursionError as error:
        raise ExistingLoopError(["Lists stand inside lists too deep to be a loop."]) from error


_PARSERS: Mapping[Source, Callable[[str, str], ExistingLoop]] = {
    Source.CSV: parse_csv,
    Source.YAML: parse_yaml,
    Source.GREENHOUSE: parse_greenhouse,
}
