"""Verbs of the debrief."""

from apps.debriefs.actions.decisions import record_decision

__all__ = ["record_decision"]
