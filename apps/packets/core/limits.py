"""How much one packet may hold. What is beyond it would keep a worker busy for minutes and nobody would read it."""

import dataclasses
from collections.abc import Iterator
from typing import Any

MOST_ROWS = 2_000
MOST_CHARACTERS = 1_000_000


class TooMuch(Exception):
    """`field` names what is too long; `count` of the `most` that is laid out, in `unit`."""

    def __init__(self, field: str, *, count: int, most: int, unit: str) -> None:
        super().__init__(f"{field}: {count} {unit}, at most {most}")
        self.field, self.count, self.most, self.unit = field, count, most, unit


def check_size(contents: Any, *, longest_text: int) -> None:
    """Raises TooMuch for a list with more than 2,000 entries, or for more than a million characters in all.

    A single text counts with `longest_text` characters at most: what is longer is cut where it is printed.
    """
    characters: dict[str, int] = {}
    for field, value in _parts(contents, ""):
        if isinstance(value, tuple):
            if len(value) > MOST_ROWS:
                raise TooMuch(field, count=len(value), most=MOST_ROWS, unit="entries")
        else:
            characters[field] = characters.get(field, 0) + min(len(value), longest_text)
    total = sum(characters.values())
    if total > MOST_CHARACTERS:
        longest = max(characters, key=lambda field: characters[field])
        raise TooMuch(longest, count=total, most=MOST_CHARACTERS, unit="characters in all")


def _parts(value: Any, field: str) -> Iterator[tuple[str, Any]]:
    """Every tuple and every text in it, with the name of the field it stands in."""
    if isinstance(value, str):
        yield field, value
    elif isinstance(value, tuple):
        yield field, value
        for part in value:
            yield from _parts(part, field)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for one in dataclasses.fields(value):
            name = one.name.replace("_", " ")
            yield from _parts(getattr(value, one.name), f"{field}, {name}" if field else name)
