"""What several debriefs have in common, read once for those that are read one after another."""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

Found = TypeVar("Found")


class Once:
    """Facts of a role and of the library: never what somebody wrote about a candidate, nor who may read it.

    Whoever makes many debriefs keeps one of these for as long as such facts may be old.
    """

    def __init__(self) -> None:
        self._kept: dict[Hashable, Any] = {}

    def read(self, key: Hashable, how: Callable[[], Found]) -> Found:
        """What `how` gave the first time it was asked for under this key."""
        if key not in self._kept:
            self._kept[key] = how()
        found: Found = self._kept[key]
        return found
