"""What packets are made from, read together for those that are made together."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from apps.debriefs.actions import Once, PanelRows, panels_of
from apps.interviews.models import Candidacy
from apps.packets import queries
from apps.packets.core.source import Source
from apps.packets.translate import to_source

MOMENT = dt.timedelta(seconds=2)  # so old may a candidacy's own facts be when a packet's contents are put together
KEPT = dt.timedelta(minutes=1)  # and so old what is its role's and the library's


@dataclass(frozen=True)
class Held:
    """What is known of one candidacy. `panel` is None where it was not read with the others, or was not open to the
    person who asks both before and after it was read.
    """

    rows: Candidacy
    source: Source
    panel: PanelRows | None


class Shared:
    """Facts of roles and of the library, for as long as they may be old."""

    def __init__(self) -> None:
        self._once: tuple[dt.datetime, Once] | None = None

    def once(self, *, now: dt.datetime) -> Once:
        if self._once is None or not self._once[0] <= now <= self._once[0] + KEPT:
            self._once = (now, Once())
        return self._once[1]


class Sources:
    """A candidacy's own facts are shared by those of its packets that one person has made in the same moment.

    `shared`: with all whose packets are made in the same export.
    """

    def __init__(self, shared: Shared | None = None) -> None:
        self._read: dict[int, tuple[dt.datetime, int, Held | None]] = {}  # when, for whom, and what
        self._shared = shared or Shared()

    def read_together(self, candidacies: Collection[int], *, by: Any, now: dt.datetime, panels: bool) -> None:
        """In as many queries for several candidacies as for one; with what their panels wrote where `panels`.

        What was read before is forgotten.
        """
        self._read = {}
        self._add(candidacies, by=by, now=now, panels=panels)

    def of(self, candidacy: Candidacy, *, by: Any, now: dt.datetime) -> Held | None:
        """None where this person may not see the candidacy."""
        at, reader, held = self._read.get(candidacy.pk, (None, None, None))
        if at is None or reader != by.pk or not at <= now <= at + MOMENT:
            self._add([candidacy.pk], by=by, now=now, panels=False)
            *_, held = self._read[candidacy.pk]
        return held

    def once(self, *, now: dt.datetime) -> Once:
        return self._shared.once(now=now)

    def _add(self, candidacies: Collection[int], *, by: Any, now: dt.datetime, panels: bool) -> None:
        rows = _visible(candidacies, by)
        written = _open_panels(list(rows.values()), by) if panels else {}
        seen = {pk: Held(row, to_source(row, as_of=now), written.get(pk)) for pk, row in rows.items()}
        self._read |= {pk: (now, by.pk, seen.get(pk)) for pk in candidacies}


def _visible(candidacies: Collection[int], by: Any) -> dict[int, Candidacy]:
    if not by.is_active:
        return {}
    seen = Candidacy.objects.visible_to(by).filter(pk__in=candidacies)
    return {row.pk: row for row in queries.with_contents(seen)}


def _open_panels(candidacies: list[Candidacy], by: Any) -> dict[int, PanelRows]:
    """Asked before and after: whoever was given a seat in between gets a refusal, not a packet with holes."""

    def still_open(rows: Collection[Candidacy]) -> list[Candidacy]:
        found = Candidacy.objects.open_to(by).filter(pk__in=[row.pk for row in rows]).order_by("pk")
        known = set(found.values_list("pk", flat=True))
        return [row for row in rows if row.pk in known]

    before = still_open(candidacies)
    read = panels_of(before, user=by) if before else {}
    return {row.pk: read[row.pk] for row in still_open(before)}
