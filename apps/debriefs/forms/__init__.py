"""Forms of the debrief."""

from apps.debriefs.forms.decisions import DecisionForm

__all__ = ["DecisionForm"]
