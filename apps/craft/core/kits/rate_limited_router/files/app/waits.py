"""How long the provider asks us to wait after a refusal."""

import re
from email.utils import parsedate_to_datetime

LONGEST = 10.0


def told(fault):
    """Seconds, from a refused call (429)."""
    # [[site: told]]
    return min(LONGEST, max(0.0, seconds))
