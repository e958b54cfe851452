"""The states of a station and the steps between them: draft, pilot, active, retired.

A new station is tried out before loops rely on it, and one that comes back from retirement is tried out again.
"""

STEPS: dict[str, tuple[str, ...]] = {
    "draft": ("pilot",),
    "pilot": ("active", "retired"),
    "active": ("retired",),
    "retired": ("pilot",),
}


def may_become(state: str, to: str) -> bool:
    return to in STEPS[state]
