"""A planning problem as a JSON document, read and written.

Values in, values out: reading files and the clock are the caller's. Whatever is not understood is refused, with the
path to the field.
"""

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    ValidationError,
)

from ..problem import (
    HIGHEST_CORRELATION,
    HIGHEST_TARGET,
    HIGHEST_WEIGHT,
    CompetencyNeed,
    Limits,
    Problem,
    StationOption,
    StationState,
)

#: Days of a month: 365.25 / 12.
DAYS_PER_MONTH = 30.4375
#: A document is not longer than this many characters, and names at most so many stations and competencies.
MOST_CHARACTERS, MOST_STATIONS, MOST_COMPETENCIES, MOST_PEOPLE = 5_000_000, 2_000, 100, 1_000
MOST_PROBLEMS_SAID = 20


class DocumentRefused(ValueError):
    """A document that is no planning problem. `problems` holds one sentence a fault, with the path to its field."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


def _iso_day(value: object) -> dt.date:
    if isinstance(value, str):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            pass  # said below
    raise ValueError('must be a day such as "2026-11-22"')


def _different(values: list[str]) -> list[str]:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise ValueError(f"names '{value}' twice")
        seen.add(value)
    return values


Id = Annotated[str, StringConstraints(min_length=1, max_length=200, strict=True)]
Day = Annotated[dt.date, BeforeValidator(_iso_day)]
Count = Annotated[int, Field(strict=True, ge=0, le=MOST_STATIONS)]
Minutes = Annotated[int, Field(strict=True, ge=0, le=1_000_000)]
Share = Annotated[float, Field(strict=True, ge=0, le=1)]
Ids = Annotated[list[Id], Field(max_length=MOST_STATIONS), AfterValidator(_different)]


#: A number of people or their ids; which of the two is meant decides what is said of a fault in it.
Pool = Annotated[
    Annotated[Annotated[int, Field(strict=True, ge=0, le=MOST_PEOPLE)], Tag("number")] | Annotated[Ids, Tag("ids")],
    Discriminator(lambda value: "ids" if isinstance(value, list) else "number"),
]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, regex_engine="python-re")


class CompetencyPart(_Part):
    id: Id
    weight: Annotated[float, Field(strict=True, gt=0, le=HIGHEST_WEIGHT)] = 1.0
    must_pass: Annotated[bool, Field(strict=True)] = False
    target_reliability: Annotated[float, Field(strict=True, gt=0, le=HIGHEST_TARGET)] | None = None
    min_signals: Annotated[int, Field(strict=True, ge=0, le=12)] = 0


class StationPart(_Part):
    id: Id
    minutes: Annotated[int, Field(strict=True, ge=1, le=10_000)]
    measures: dict[Id, Annotated[float, Field(strict=True, ge=0, lt=1)]]
    kind: Id = "other"
    interviewers: Annotated[int, Field(strict=True, ge=1, le=100)] = 1
    interviewer_minutes: Minutes | None = None
    reviewed_on: Day | None = None
    half_life_months: Annotated[float, Field(strict=True, gt=0, le=1200)] | None = None
    state: StationState = "active"
    qualified_interviewers: Pool | None = None


class LimitsPart(_Part):
    candidate_minutes: Minutes | None = None
    interviewer_minutes: Minutes | None = None
    day_minutes: Minutes | None = None
    days: Annotated[int, Field(strict=True, ge=1, le=2)] = 2
    max_stations: Count | None = None
    required_kinds: dict[Id, Count] = {}
    max_per_kind: dict[Id, Count] = {}
    kind_shares: dict[Id, Share] = {}
    max_competencies_per_station: Annotated[int, Field(strict=True, ge=1, le=MOST_COMPETENCIES)] | None = None
    pinned: Ids = []
    excluded: Ids = []


class ProblemDocument(_Part):
    """The whole document. Defaults are those of docs/planning.md."""

    today: Day | None = None
    competencies: list[CompetencyPart] = Field(min_length=1, max_length=MOST_COMPETENCIES)
    stations: list[StationPart] = Field(max_length=MOST_STATIONS)
    limits: LimitsPart = LimitsPart()
    correlation: Annotated[float, Field(strict=True, ge=0, le=HIGHEST_CORRELATION)] = 0.3

    def problem(self, today: dt.date) -> Problem:
        """The planner's question. `today` is used where the document names no day of its own.

        Raises DocumentRefused for what only shows where parts meet: an id twice, a pin of no station, a review to come.
        """
        today = self.today or today
        _refuse(self._contradictions(today))
        limits = self.limits.model_dump()
        return Problem(
            competencies=tuple(CompetencyNeed(**part.model_dump()) for part in self.competencies),
            stations=tuple(_option(part, today) for part in self.stations),
            limits=Limits(**limits),
            correlation=self.correlation,
        )

    def _contradictions(self, today: dt.date) -> Iterable[str]:
        ids = {"competencies": [part.id for part in self.competencies], "stations": [part.id for part in self.stations]}
        for name, given in ids.items():
            seen: dict[str, int] = {}
            for number, one in enumerate(given):
                if one in seen:
                    yield f"{name}[{number}].id: '{one}' is {name}[{seen[one]}] already"
                seen.setdefault(one, number)
        known = {part.id for part in self.stations}
        for name in ("pinned", "excluded"):
            for number, station_id in enumerate(getattr(self.limits, name)):
                if station_id not in known:
                    yield f"limits.{name}[{number}]: '{station_id}' is not among the stations"
        for number, part in enumerate(self.stations):
            if part.reviewed_on is not None and part.reviewed_on > today:
                yield f"stations[{number}].reviewed_on: {part.reviewed_on} is after today, {today}"


def _option(part: StationPart, today: dt.date) -> StationOption:
    fields = part.model_dump(exclude={"reviewed_on", "measures"})
    age = 0.0 if part.reviewed_on is None else (today - part.reviewed_on).days / DAYS_PER_MONTH
    measures = {competency: rho for competency, rho in part.measures.items() if rho > 0}
    return StationOption(**fields, measures=measures, age_months=age)


def read_problem(text: str) -> ProblemDocument:
    """The document, or DocumentRefused with the path to every fault (of very many, the first)."""
    if len(text) > MOST_CHARACTERS:
        raise DocumentRefused([f"the document: longer than {MOST_CHARACTERS:,} characters"])
    try:
        raw = json.loads(text, parse_constant=_no_number, object_pairs_hook=_keys_once)
    except RecursionError:
        raise DocumentRefused(["the document: nested too deeply"]) from None
    except json.JSONDecodeError as error:
        raise DocumentRefused([f"line {error.lineno}, column {error.colno}: not JSON ({error.msg})"]) from error
    except ValueError as error:  # NaN, a key twice, or a number of thousands of digits
        raise DocumentRefused([f"the document: {error}"]) from error
    if not isinstance(raw, dict):
        raise DocumentRefused(["the document: must be an object with competencies and stations"])
    try:
        return ProblemDocument.model_validate(raw)
    except ValidationError as error:
        raise DocumentRefused(_sentences(error)) from error


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no number a plan can be made with")


def _keys_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = sorted(key for key, _ in pairs)
    for one, other in pairwise(keys):
        if one == other:
            raise ValueError(f"the key '{one[:200]}' stands twice in one object")
    return dict(pairs)


def _refuse(problems: Iterable[str]) -> None:
    found = list(problems)
    if found:
        raise DocumentRefused(_first(found))


def _first(problems: list[str]) -> list[str]:
    more = len(problems) - MOST_PROBLEMS_SAID
    return problems if more <= 0 else [*problems[:MOST_PROBLEMS_SAID], f"and {more} more"]


def _sentences(error: ValidationError) -> list[str]:
    """One sentence a field. A field with several types is said once, as the best of its messages."""
    found: dict[str, str] = {}
    for fault in error.errors(include_url=False, include_context=False, include_input=True):
        path = _path(fault["loc"])
        message = fault["msg"].removeprefix("Value error, ")
        if fault["type"] == "extra_forbidden":
            message = "unknown field"
        elif fault["type"] == "missing":
            message = "is missing"
        else:
            message = f"{message[:1].lower()}{message[1:]}, got {_shown(fault['input'])}"
        found.setdefault(path, message)
    return _first([f"{path}: {message}" for path, message in found.items()])


def _path(location: Sequence[int | str]) -> str:
    """`stations[3].measures.llm-craft`; which kind of pool was meant, and that a key is one, is left out."""
    path = ""
    for before, part in pairwise(["", *location]):
        if isinstance(part, int):
            path += f"[{part}]"
        elif before != "qualified_interviewers" and part != "[key]":
            path += f".{part[:200]}"
    return path.lstrip(".") or "the document"


def _shown(value: object) -> str:
    text = json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."


def write_problem(problem: Problem, today: dt.date) -> dict[str, Any]:
    """A problem as a document that reads back to the same plan. Ages become review days, to the day."""
    stations = [
        {
            "id": option.id,
            "kind": option.kind,
            "minutes": option.minutes,
            "interviewers": option.interviewers,
            "interviewer_minutes": option.interviewer_load,
            "measures": dict(option.measures),
            "reviewed_on": str(today - dt.timedelta(days=round(option.age_months * DAYS_PER_MONTH))),
            "half_life_months": option.half_life_months,
            "state": option.state,
            "qualified_interviewers": sorted(option.qualified_interviewers)
            if isinstance(option.qualified_interviewers, frozenset)
            else option.qualified_interviewers,
        }
        for option in problem.stations
    ]
    needs = [
        {
            "id": need.id,
            "weight": need.weight,
            "must_pass": need.must_pass,
            "target_reliability": need.target_reliability,
            "min_signals": need.min_signals,
        }
        for need in problem.competencies
    ]
    names = [name for name in LimitsPart.model_fields if getattr(problem.limits, name) not in (None, (), {})]
    limits = {name: _plain(getattr(problem.limits, name)) for name in names}
    return {
        "today": str(today),
        "competencies": needs,
        "stations": stations,
        "limits": limits,
        "correlation": problem.correlation,
    }


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    return list(value) if isinstance(value, tuple) else value
