"""Fields for the texts of the library, and what its documents' rules say in words."""

from collections.abc import Mapping
from typing import Any

from django import forms

MOST_CHARACTERS = 20_000
MOST_ON_A_LINE = 60


class PlainTextField(forms.CharField):
    """A text of several lines, with line ends as files have them."""

    def __init__(self, *, rows: int = 3, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": rows})
        super().__init__(**{"required": False, "max_length": MOST_CHARACTERS, "widget": widget, **kwargs})
        widget.attrs.pop("maxlength", None)  # the browser would cut off what is pasted, without a word

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return text.replace("\r\n", "\n").replace("\r", "\n")


class LinesField(PlainTextField):
    """A list, one entry a line; empty lines do not count."""

    def prepare_value(self, value: Any) -> Any:
        """Long entries wrap: an empty line between them shows where one ends."""
        if not isinstance(value, list | tuple):
            return value
        return ("\n\n" if any(len(line) > MOST_ON_A_LINE for line in value) else "\n").join(value)

    def clean(self, value: Any) -> Any:
        return [line.strip() for line in super().clean(value).split("\n") if line.strip()]


_SENTENCES = {
    "missing": "Fill this in.",
    "string_too_short": "Fill this in.",
    "string_type": "Fill this in.",
    "int_type": "Fill this in.",
    "float_type": "Fill this in.",
    "greater_than_equal": "At least {ge}.",
    "less_than_equal": "At most {le}.",
    "too_short": "At least {min_length}, there are {actual_length}.",
    "too_long": "At most {max_length}, there are {actual_length}.",
    "string_too_long": "At most {max_length} characters.",
    "string_pattern_mismatch": "Small letters, digits and single hyphens between them, as in “my-station”.",
    "literal_error": "Choose one.",
    "slug_reserved": "This address belongs to another page of the library. Choose another one.",
    "kit_only_ai_craft": "Only an AI craft station has a kit.",
    "guide_forward": "The guide begins at minute 0, and no two steps have the same minute.",
    "guide_in_time": "The guide's last step begins before the station ends.",
    "anchor_twice": "The same anchor stands in two levels.",
}


def in_words(fault: Mapping[str, Any]) -> str:
    """One fault that a document's rules found, as a sentence for whoever typed it."""
    sentence = _SENTENCES.get(fault["type"])
    return sentence.format(**fault.get("ctx", {})) if sentence else f"{fault['msg']}."


def place_of(loc: tuple[int | str, ...]) -> str:
    """The line within a field of lines: "Line 3: ", or nothing."""
    return f"Line {loc[1] + 1}: " if len(loc) > 1 and isinstance(loc[1], int) else ""
