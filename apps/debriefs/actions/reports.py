"""The whole debrief as one value, for whoever sets it on paper."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from apps.debriefs import queries, translate
from apps.interviews.models import Candidacy


@dataclass(frozen=True)
class DebriefReport:
    """What the debrief's page shows. `reading` is None where there is nothing to read, or nobody asked for it."""

    panel: queries.PanelRows
    page: translate.DebriefPage
    meeting: translate.Meeting
    parity: translate.ParityPage
    reading: translate.PanelReading | None


def debrief_report(
    *,
    candidacy: Candidacy,
    user: Any,
    now: dt.datetime,
    panel: queries.PanelRows,
    reads: bool = True,
    once: translate.Once | None = None,
) -> DebriefReport:
    """For somebody who may see what the panel wrote (`Candidacy.objects.open_to`); the caller has asked that.

    `panel`: what it wrote, as far as they may see it. `reads`: with the rating model's reading. `once`: what the
    debriefs made before this one have read already.
    """
    page = translate.debrief_page(candidacy=candidacy, user=user, panel=panel)
    return DebriefReport(
        panel=panel,
        page=page,
        meeting=translate.meeting_of(candidacy=candidacy, user=user, now=now, panel=panel),
        parity=translate.parity_page(candidacy=candidacy, panel=panel, once=once),
        reading=translate.panel_reading(page=page, user=user, now=now, once=once) if reads else None,
    )
