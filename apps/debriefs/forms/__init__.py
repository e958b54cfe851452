"""Forms of the debrief."""

from apps.debriefs.forms.decisions import DecisionForm
from apps.debriefs.forms.votes import VoteForm

__all__ = ["DecisionForm", "VoteForm"]
