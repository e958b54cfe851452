"""The text of a mail with placeholders: `{candidate}` and the like. Values in, values out."""

import re
import unicodedata
from collections.abc import Mapping

PLACEHOLDERS = ("candidate", "role", "reader", "link", "expires", "sender")
_BRACES = re.compile(r"\{([^{}]*)\}")
# Besides control characters: what some programs take for the end of a line.
_LINE_ENDS = frozenset("\u2028\u2029")


def placeholders_in(text: str) -> set[str]:
    """Whatever stands between braces, known or not."""
    return set(_BRACES.findall(text))


def unknown_placeholders(text: str) -> list[str]:
    """In the order of the text, each once."""
    return [name for name in dict.fromkeys(_BRACES.findall(text)) if name not in PLACEHOLDERS]


def fill(text: str, values: Mapping[str, str]) -> str:
    """Every placeholder replaced in one pass: a value that looks like a placeholder itself stays as it is.

    Raises KeyError for a placeholder without a value.
    """
    return _BRACES.sub(lambda found: values[found[1]], text)


def is_one_line(text: str) -> bool:
    """Whether it could stand in a header of a mail: no line end of any kind and no other control character."""
    return not any(_ends_a_line(char) for char in text)


def one_line(text: str) -> str:
    """The text as a header takes it: line ends and control characters become spaces, spaces in a row one."""
    return " ".join("".join(" " if _ends_a_line(char) else char for char in text).split())


def _ends_a_line(char: str) -> bool:
    return unicodedata.category(char) == "Cc" or char in _LINE_ENDS
