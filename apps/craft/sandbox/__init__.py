"""The room in which candidates' code is run for grading, and the unpacking of what they hand in.

Untrusted code runs under bubblewrap, or under a fallback of our own, or not at all: a level is used only after the
hostile script has proved that it holds here. What a candidate must not reach (the answers, the model, the result) is
outside. See docs/sandbox.md.
"""

from apps.craft.sandbox.archive import BadArchive, Caps, unpack
from apps.craft.sandbox.examine import available, examine, run
from apps.craft.sandbox.values import Attempt, Level, Limits, Outcome, Verdict

__all__ = [
    "Attempt",
    "BadArchive",
    "Caps",
    "Level",
    "Limits",
    "Outcome",
    "Verdict",
    "available",
    "examine",
    "run",
    "unpack",
]
