"""The offline sheet: one interview's scorecard as a file to fill in, CSV or YAML, and back.

`write_csv` and `write_yaml` make it, `read` takes it whole or names every fault with its line.
"""

from .reading import decode, read
from .values import MAX_BYTES, RECOMMENDATIONS, FilledSheet, Sheet, SheetError, SheetLevel, SheetLine
from .writing import write_csv, write_yaml

__all__ = [
    "MAX_BYTES",
    "RECOMMENDATIONS",
    "FilledSheet",
    "Sheet",
    "SheetError",
    "SheetLevel",
    "SheetLine",
    "decode",
    "read",
    "write_csv",
    "write_yaml",
]
