"""A loop as a company runs it today, as values that validate themselves."""

import datetime as dt
import unicodedata
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Any, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from apps.library.core.documents import StationDocument

MAX_STATIONS = 40
MAX_NAME = 200
MIN_MINUTES, MAX_MINUTES = 5, 480
MAX_INTERVIEWERS = 10
MAX_PREPARATION = 120
#: What a station costs that does not say and is not in the library; one that is takes the library's.
DEFAULT_MINUTES, DEFAULT_INTERVIEWERS = 60, 1
KINDS: tuple[str, ...] = get_args(StationDocument.model_fields["kind"].annotation)
#: What people write for nothing, in a cell or as a YAML value (values are read as texts).
NOTHING = ("", "~", "null", "none", "-")
#: Overriding direction marks have no place in a name.
_DIRECTION_MARKS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class ExistingLoopError(ValueError):
    """The loop cannot be read. `problems` holds one sentence a fault, with its line or place where it has one."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = list(problems)


class Source(StrEnum):
    """Where a loop came from."""

    TYPED = "typed"
    CSV = "csv"
    YAML = "yaml"
    GREENHOUSE = "greenhouse"
    PLAN = "plan"


class WhySkipped(StrEnum):
    """Why something in a Greenhouse file is no station of the loop."""

    INACTIVE = "inactive"
    NOT_SCHEDULABLE = "not schedulable"
    NO_INTERVIEWS = "no interviews"


def clean(text: str) -> str:
    """One line without control characters, lone surrogates and direction overrides."""
    unwanted = (unicodedata.category(sign) in ("Cc", "Cs") or sign in _DIRECTION_MARKS for sign in text)
    return " ".join("".join(" " if bad else sign for sign, bad in zip(text, unwanted, strict=True)).split())


def or_nothing(value: Any) -> Any:
    return None if isinstance(value, str) and value.strip().lower() in NOTHING else value


def _known_kind(kind: str) -> str:
    if kind not in KINDS:
        raise ValueError(f"must be one of {', '.join(KINDS)}")
    return kind


def _filled(text: str) -> str:
    if not text:
        raise ValueError("must not be empty")
    return text


Name = Annotated[str, Field(max_length=MAX_NAME), AfterValidator(clean), AfterValidator(_filled)]
Note = Annotated[str, Field(max_length=1000), AfterValidator(clean)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=50)]
Minutes = Annotated[int, Field(ge=MIN_MINUTES, le=MAX_MINUTES)]
Preparation = Annotated[int, Field(ge=0, le=MAX_PREPARATION)]
People = Annotated[int, Field(ge=1, le=MAX_INTERVIEWERS)]
Reliability = Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False)]


class Value(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ExistingStation(Value):
    """One station of the loop.

    minutes, interviewers: None for what the library says, or for 60 minutes and one. preparation_minutes: each
    interviewer's, None for the library's, or for 15. station: a slug of the library.
    measures: competency -> single-rating reliability; where given, it counts instead of the library's. reviewed_on:
    the day of its last review, None for the library's.
    """

    name: Name
    minutes: Annotated[Minutes | None, BeforeValidator(or_nothing)] = None
    interviewers: Annotated[People | None, BeforeValidator(or_nothing)] = None
    preparation_minutes: Annotated[Preparation | None, BeforeValidator(or_nothing)] = None
    station: Annotated[Slug | None, BeforeValidator(or_nothing)] = None
    kind: Annotated[Annotated[str, AfterValidator(_known_kind)] | None, BeforeValidator(or_nothing)] = None
    measures: Annotated[
        dict[Slug, Reliability],
        BeforeValidator(lambda value: {} if or_nothing(value) is None else value),
        Field(max_length=20),
    ] = Field(default_factory=dict)
    reviewed_on: Annotated[dt.date | None, BeforeValidator(or_nothing)] = None
    note: Annotated[Note, BeforeValidator(lambda value: value or "")] = ""


class Skipped(Value):
    """A stage or interview of a Greenhouse file that is no station of the loop."""

    name: Name
    why: WhySkipped


class ExistingLoop(Value):
    """The loop: its stations in order, and what its file had besides."""

    name: Name
    stations: Annotated[tuple[ExistingStation, ...], Field(min_length=1, max_length=MAX_STATIONS)]
    skipped: tuple[Skipped, ...] = ()
