"""Reads the judge's words."""

import re

FORM = re.compile(r"VERDICT: *(A|B|tie)\b(?:, *margin *(\d+))?")


def read(said, unsaid):
    """The letter (A, B or tie) and the margin of a verdict; None where there is none. `unsaid`: a margin that is not named."""
    # [[site: parse]]


def as_lead(letter, margin, first):
    """By how much the next release leads, in steps of the margin. `first` is the release that was answer A."""
    if letter == "tie":
        return 0.0
    ahead = margin if letter == "A" else -margin
    return ahead if first == "next" else -ahead
