"""Rows to the cores' values, and their answers to the debrief's pages. Ratings only through `visible_to`."""

from apps.debriefs.translate.matrix import (
    DebriefPage,
    DebriefRow,
    OtherRow,
    debrief_page,
    to_needs,
    to_observations,
)

__all__ = ["DebriefPage", "DebriefRow", "OtherRow", "debrief_page", "to_needs", "to_observations"]
