"""Reads of the debrief. Ratings only through `visible_to`."""

from apps.debriefs.queries.debriefs import debriefs_ready

__all__ = ["debriefs_ready"]
