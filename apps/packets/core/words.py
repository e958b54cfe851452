"""Running text as blocks: paragraphs and lists, so that a page can set them without looking into the words."""

import dataclasses
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

ENDLESS = re.compile(r"\S{200,}")
BREAK_EVERY = 20
ZERO_WIDTH_SPACE = "\u200b"
BULLETS = ("- ", "* ", "\u2022 ")


@dataclass(frozen=True)
class Block:
    """A paragraph (`text`), a list (`items`), or an exhibit whose `lines` keep their columns."""

    text: str = ""
    items: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()


Blocks = tuple[Block, ...]


def blocks(text: str) -> Blocks:
    """Blank lines part paragraphs, single line ends are only wrapping; lines that begin with a dash make a list."""
    found: list[Block] = []
    paragraph: list[str] = []
    items: list[str] = []

    def close() -> None:
        if paragraph:
            found.append(Block(text=" ".join(paragraph)))
        if items:
            found.append(Block(items=tuple(items)))
        paragraph.clear()
        items.clear()

    for raw in text.splitlines():
        line = raw.strip()
        if not line:
            close()
        elif line.startswith(BULLETS):
            if paragraph:
                close()
            items.append(line[2:].strip())
        elif items:
            items[-1] = f"{items[-1]} {line}".strip()
        else:
            paragraph.append(line)
    close()
    return tuple(found)


def blocks_or_exhibit(text: str) -> Blocks:
    """A text of several lines is laid out on purpose (a table, code, a log) and stays as it is."""
    lines = text.strip("\n").rstrip().splitlines()
    return (Block(lines=tuple(lines)),) if len(lines) > 1 else blocks(text)


def breakable(text: str) -> str:
    """Lets a line end inside words of 200 characters and more; layout time grows with the square of their length."""
    return ENDLESS.sub(_with_breaks, text)


def _with_breaks(word: re.Match[str]) -> str:
    text = word.group()
    return ZERO_WIDTH_SPACE.join(text[start : start + BREAK_EVERY] for start in range(0, len(text), BREAK_EVERY))


def in_every_text(value: Any, change: Callable[[str], str]) -> Any:
    """The same dataclasses and tuples with every text in them changed."""
    if type(value) is str:
        return change(value)
    if isinstance(value, tuple):
        return tuple(in_every_text(part, change) for part in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        changes = {field.name: in_every_text(getattr(value, field.name), change) for field in dataclasses.fields(value)}
        return dataclasses.replace(value, **changes)
    return value
