"""What a loop of any format ends as."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import BeforeValidator, Field

from .values import (
    MAX_NAME,
    MAX_STATIONS,
    ExistingLoop,
    ExistingLoopError,
    ExistingStation,
    Name,
    Skipped,
    Value,
    clean,
    or_nothing,
)

UNNAMED = "Pasted loop"


class Document(Value):
    """A YAML or JSON file of ours."""

    name: Annotated[Name | None, BeforeValidator(or_nothing)] = None
    stations: Annotated[tuple[ExistingStation, ...], Field(min_length=1, max_length=MAX_STATIONS)]


def loop_from(name: str, stations: Sequence[ExistingStation], skipped: Sequence[Skipped] = ()) -> ExistingLoop:
    return ExistingLoop(name=clean(name)[:MAX_NAME] or UNNAMED, stations=tuple(stations), skipped=tuple(skipped))


def require_text(text: str) -> None:
    if "\x00" in text:
        raise ExistingLoopError(["This is not text. Save the loop as CSV, YAML or JSON first."])
    if not text.strip("\r\n\t \ufeff"):
        raise ExistingLoopError(["There is nothing in it."])
