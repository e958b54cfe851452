"""What came out of a sandbox, as the database takes it."""

import math
from typing import Any


def storable(value: Any) -> Any:
    """The same value without what JSON in the database refuses: NUL characters, lone surrogates, numbers without end.

    A candidate's own files stand in a report, so any of these may.
    """
    if isinstance(value, str):
        return value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, dict):
        return {storable(str(key)): storable(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [storable(part) for part in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
