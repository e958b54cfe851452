"""A loop plan on one page. It holds no person's data: whoever takes part in hiring may read it."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

DENSE = 15  # stations and competencies together


@dataclass(frozen=True)
class SheetStation:
    """One station in its place. Minutes of the day are counted from its beginning; `freshness` is a share (0 to 1).

    `adds`: the share of what the role needs that would no longer be explained without it.
    """

    place: int
    name: str
    kind: str
    is_ai_craft: bool
    is_pilot: bool
    day: int
    begins: int
    ends: int
    minutes: int
    interviewers: int
    interviewer_minutes: int
    adds: float
    freshness: float
    reviewed_on: dt.date | None
    is_stale: bool


@dataclass(frozen=True)
class SheetCompetency:
    """One competency of the role: the reliability each station has for it today (None: not measured), and together.

    `signals` of `min_signals` independent ones; `is_short`: its target or its least signals are missed.
    """

    name: str
    weight: int
    bar: int
    must_pass: bool
    cells: tuple[float | None, ...]
    reliability: float
    target: float | None
    signals: int
    min_signals: int
    is_short: bool

    @property
    def is_measured(self) -> bool:
        return any(cell is not None for cell in self.cells)


@dataclass(frozen=True)
class LoopSheet:
    """The plan as its page computes it on `made_on`. `violations` are the page's lines (texts and numbers
    only) without those about a competency: `not_measured` and `thin` say them.

    `interviewer_minutes` with their preparation; `gap_points`: how many points more a better loop could explain at
    most, None where nothing is proved.
    """

    role: str
    number: int
    state: str
    made_on: dt.date
    stations: tuple[SheetStation, ...]
    competencies: tuple[SheetCompetency, ...]
    days: int
    candidate_minutes: int
    candidate_limit: int
    interviewer_minutes: int
    interviewer_limit: int
    explained: float
    expected_validity: float
    staleness_loss: float
    proof: str
    gap_points: float | None
    violations: tuple[Any, ...]

    @property
    def is_dense(self) -> bool:
        """So much that the lines have to stand closer to fit on one page."""
        return len(self.stations) + len(self.competencies) > DENSE

    @property
    def not_measured(self) -> tuple[SheetCompetency, ...]:
        return tuple(line for line in self.competencies if not line.is_measured)

    @property
    def thin(self) -> tuple[SheetCompetency, ...]:
        """Measured, and still below what the role asks for."""
        return tuple(line for line in self.competencies if line.is_measured and (line.is_short or not line.signals))

    @property
    def ai_craft(self) -> tuple[SheetStation, ...]:
        return tuple(station for station in self.stations if station.is_ai_craft)

    @property
    def ai_craft_minutes(self) -> int:
        return sum(station.minutes for station in self.ai_craft)

    @property
    def stale(self) -> tuple[SheetStation, ...]:
        return tuple(station for station in self.stations if station.is_stale)
