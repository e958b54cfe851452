"""What is wrong with a loop, in one sentence a fault."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from .values import MAX_STATIONS, ExistingLoopError, ExistingStation, clean

MAX_PROBLEMS = 30
Model = TypeVar("Model", bound=BaseModel)
#: Says where in the file a fault stands, from pydantic's path to it.
Place = Callable[[Sequence[str | int]], str]


def validated(model: type[Model], raw: Mapping[str, Any], place: Place) -> Model:
    """The values, or ExistingLoopError with a sentence for each fault; `place` says where it stands."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        faults = error.errors(include_url=False)
        # A list of which nothing could be used counts as empty too: that says nothing more.
        faults = [fault for fault in faults if fault["type"] != "too_short"] or faults
        raise ExistingLoopError(first_of([_sentence(fault, place) for fault in faults])) from error
    except RecursionError as error:
        raise ExistingLoopError(["Lists stand inside lists too deep to be a loop."]) from error


def in_order(loc: Sequence[str | int]) -> str:
    """`Station 3, minutes` for ("stations", 2, "minutes"); stations and stages are counted from 1."""
    if len(loc) >= 2 and loc[0] in ("stations", "stages") and isinstance(loc[1], int):
        word = "Station" if loc[0] == "stations" else "Stage"
        inner = [str(part + 1) if isinstance(part, int) else shown_text(str(part)) for part in loc[2:]]
        return f"{word} {loc[1] + 1}: " + "".join(f"{part} " for part in inner)
    return "".join(f"{shown_text(str(part))} " for part in loc)


def _sentence(fault: Any, place: Place) -> str:
    """One fault in words."""
    loc, context = fault["loc"], fault.get("ctx", {})
    where = place(loc)
    given = fault.get("input")
    shown = f", not “{shown_text(str(given))}”" if isinstance(given, (str, int, float)) else ""
    match fault["type"]:
        case "extra_forbidden":
            field = shown_text(str(loc[-1]))
            return f"{place(loc[:-1])}“{field}” is not known; known are {', '.join(ExistingStation.model_fields)}."
        case "missing":
            return f"{where}is missing."
        case "too_long" if loc == ("stations",):
            return f"A loop has at most {MAX_STATIONS} stations here; this one has more."
        case "too_short" if loc == ("stations",):
            return "The loop has no station."
        case "greater_than_equal":
            return f"{where}must be at least {context['ge']}{shown}."
        case "less_than_equal":
            return f"{where}must be at most {context['le']}{shown}."
        case "greater_than" | "less_than":
            return f"{where}must lie between 0 and 1{shown}."
        case "too_long":
            return f"{where}has more than {context['max_length']} entries."
        case "string_too_long":
            return f"{where}is longer than {context['max_length']} characters."
        case "string_pattern_mismatch":
            return f"{where}must be a name in the library's form, like first-call-screen{shown}."
        case "value_error":
            return f"{where}{context['error']}{shown}."
        case kind if kind.startswith("int"):
            return f"{where}must be a whole number{shown}."
        case kind if kind.startswith(("float", "finite")):
            return f"{where}must be a number{shown}."
        case kind if kind.startswith("date"):
            return f"{where}must be a date like 2026-11-22{shown}."
        case "string_type":
            return f"{where}must be a text."
        case "bool_parsing" | "bool_type":
            return f"{where}must be true or false{shown}."
        case "list_type" | "tuple_type":
            return f"{where}must be a list."
        case "model_type" | "dict_type" | "model_attributes_type":
            return f"{where}must have named fields{shown}."
        case _:
            return f"{where}cannot be used{shown}."


def shown_text(text: str) -> str:
    return clean(text)[:60]


def first_of(problems: list[str]) -> list[str]:
    """The problems, each once, without more than anybody reads."""
    problems = list(dict.fromkeys(problems))
    if len(problems) > MAX_PROBLEMS:
        return [*problems[:MAX_PROBLEMS], f"The first {MAX_PROBLEMS} of {len(problems)} faults are shown."]
    return problems


def refuse(problems: list[str]) -> None:
    if problems:
        raise ExistingLoopError(first_of(problems))
