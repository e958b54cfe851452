"""The files of this folder, wherever it was unpacked. Frozen."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def text(name: str) -> str:
    """A file's text, by its name from the top of the folder."""
    return (ROOT / name).read_text(encoding="utf-8")
