"""What goes into the room and what comes out of it."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How untrusted code can be held on this machine."""

    BUBBLEWRAP = "bubblewrap"
    FALLBACK = "fallback"
    NONE = "none"


class Verdict(StrEnum):
    """How a run ended. CRASH: it ended by itself, but not with exit code 0. REFUSED: it was never begun."""

    DONE = "done"
    TIME = "time"
    MEMORY = "memory"
    OUTPUT = "output"
    CRASH = "crash"
    REFUSED = "refused"


@dataclass(frozen=True)
class Limits:
    """What one run may use. `seconds` is wall time; memory counts for one process and for all of them together.

    `file_bytes` is for one file, `temporary_bytes` for all files in /tmp, `output_bytes` for stdout and stderr each.
    """

    seconds: float = 60
    cpu_seconds: int = 60
    memory_bytes: int = 1 << 30
    file_bytes: int = 1 << 20
    processes: int = 64
    open_files: int = 128
    output_bytes: int = 8 << 20
    temporary_bytes: int = 16 << 20


@dataclass(frozen=True)
class Outcome:
    """What a run left. `code` is None where we ended it; `reason` is a sentence for people, empty when it is done."""

    verdict: Verdict
    level: Level
    code: int | None
    output: bytes
    errors: str
    seconds: float
    reason: str


@dataclass(frozen=True)
class Attempt:
    """One thing the hostile script tried. `expected` and `got` are "blocked" or "allowed"."""

    name: str
    expected: str
    got: str
    held: bool
    detail: str
