"""Instants as their reader's clock shows them. The zone is always named: a time without one is a guess."""

import datetime as dt
import zoneinfo
from dataclasses import dataclass

UTC = "UTC"


def zone_or_utc(name: str) -> zoneinfo.ZoneInfo:
    """The named zone; UTC where there is none of that name, so that a misspelt profile never shifts a time unseen."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        return zoneinfo.ZoneInfo(UTC)


@dataclass(frozen=True)
class Moment:
    """One instant on a wall clock: `local` is naive on purpose, `zone` and `offset` say where the clock hangs."""

    local: dt.datetime
    zone: str
    offset: str


@dataclass(frozen=True)
class Slot:
    """From one instant to another on the same clock; `ends` may fall on the next day."""

    begins: Moment
    ends: Moment

    @property
    def ends_another_day(self) -> bool:
        return self.begins.local.date() != self.ends.local.date()


def moment(instant: dt.datetime, zone_name: str) -> Moment:
    """An aware instant in the named zone. Raises ValueError for an instant that does not say when it is."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs its zone")
    zone = zone_or_utc(zone_name)
    local = instant.astimezone(zone)
    offset = local.strftime("%z")
    return Moment(
        local=local.replace(tzinfo=None),
        zone=zone.key,
        offset="" if zone.key == UTC else f"UTC{offset[:3]}:{offset[3:5]}",
    )


def slot(begins: dt.datetime | None, ends: dt.datetime | None, zone_name: str) -> Slot | None:
    """None where there is no appointment yet."""
    if begins is None or ends is None:
        return None
    return Slot(begins=moment(begins, zone_name), ends=moment(ends, zone_name))
