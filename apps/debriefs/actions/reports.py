"""The whole debrief as one value, for whoever sets it on paper."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from apps.debriefs import translate
from apps.interviews.models import Candidacy


@dataclass(frozen=True)
class DebriefReport:
    """What the debrief's page shows. `reading` is None where there is nothing to read, or nobody asked for it."""

    page: translate.DebriefPage
    meeting: translate.Meeting
    parity: translate.ParityPage
    reading: translate.PanelReading | None


def debrief_report(*, candidacy: Candidacy, user: Any, now: dt.datetime, reads: bool = True) -> DebriefReport:
    """For somebody who may see what the panel wrote (`Candidacy.objects.open_to`); the caller has asked that.

    `reads`: with the rating model's reading, which takes about half a second.
    """
    page = translate.debrief_page(candidacy=candidacy, user=user)
    return DebriefReport(
        page=page,
        meeting=translate.meeting_of(candidacy=candidacy, user=user, now=now),
        parity=translate.parity_page(candidacy=candidacy),
        reading=translate.panel_reading(page=page, user=user, now=now) if reads else None,
    )
