"""From leads to a decision: next, current or tie; None where no verdict could be read."""

from app import settings

LEAST = settings.number("decide", "least")

# By how many figures a release has to lead, half a figure below the whole number people were told.
# [[site: bands]]


def better(leads):
    """Which release answered better."""
    if not leads:
        return None
    lead = together([lead if abs(lead) >= LEAST else 0.0 for lead in leads])
    if lead > NEXT_LEADS:
        return "next"
    return "current" if lead < -CURRENT_LEADS else "tie"


def together(leads):
    """One lead from the leads of both orders."""
    # [[site: together]]
