"""What of the sample stands in a packet."""

import dataclasses
import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

from tests.packets.redaction.sample import Marker, Sample


def values_in(value: Any) -> Iterator[Any]:
    """Every text, number and moment inside dataclasses, tuples and dictionaries."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        for found in dataclasses.fields(value):
            yield from values_in(getattr(value, found.name))
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from values_in(key)
            yield from values_in(part)
    elif isinstance(value, list | tuple | set | frozenset):
        for part in value:
            yield from values_in(part)
    elif value is not None:
        yield value


def found_in(contents: Any, sample: Sample) -> set[Marker]:
    """The markers that stand in contents. Times are looked for in UTC, which is every clock of the sample."""
    texts, moments, days, numbers = [], set(), set(), set()
    for value in values_in(contents):
        if isinstance(value, dt.datetime):
            moments.add(value.replace(tzinfo=dt.UTC))
            days.add(value.date())
        elif isinstance(value, dt.date):
            days.add(value)
        elif isinstance(value, int | float):
            numbers.add(value)
        else:
            texts.append(str(value))
    text = "\n".join(texts)
    return {
        marker
        for marker in sample.markers
        if (isinstance(marker.value, str) and marker.value in text)
        or (isinstance(marker.value, dt.datetime) and marker.value in moments)
        or (type(marker.value) is dt.date and marker.value in days)
        or (type(marker.value) is int and (marker.value in numbers or re.search(rf"\b{marker.value}\b", text)))
    }


def words_on(page: str, sample: Sample) -> set[Marker]:
    """The texts among the markers that can be read on a page, however its lines end."""
    closed_up = re.sub(r"[\s\u200b\u00ad]+", "", page)
    return {marker for marker in sample.markers if isinstance(marker.value, str) and marker.value in closed_up}
