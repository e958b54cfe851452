"""What is asked of the planner: competencies, station options and limits, as frozen values that validate themselves.

Every error is a ValueError whose sentence names the field and the id that offends.
"""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Literal, get_args

#: Least reliability of a must-pass competency when none is given (SCIENCE.md A.1: .45 to .60).
DEFAULT_TARGET_RELIABILITY = 0.45
#: Minutes each interviewer writes after a station; part of the default interviewer minutes.
WRITE_UP_MINUTES = 15
#: The highest target reliability, correlation and weight ratio the arithmetic is made for.
HIGHEST_TARGET, HIGHEST_CORRELATION, HIGHEST_WEIGHT = 0.99, 0.99, 1e6

StationState = Literal["draft", "pilot", "active", "retired"]
STATES: tuple[str, ...] = get_args(StationState)
#: The parts of a whole a share of minutes is counted in.
SHARE_PARTS = 1000


class RuleName(StrEnum):
    """Machine-readable names of the hard rules; the subject is named in parentheses."""

    CANDIDATE_MINUTES = "candidate_minutes"  # (whole loop)
    DAY_MINUTES = "day_minutes"  # (whole loop)
    INTERVIEWER_MINUTES = "interviewer_minutes"  # (whole loop)
    MAX_STATIONS = "max_stations"  # (whole loop)
    REQUIRED_KIND = "required_kind"  # (kind)
    MAX_PER_KIND = "max_per_kind"  # (kind)
    KIND_SHARE = "kind_share"  # (kind)
    TARGET_RELIABILITY = "target_reliability"  # (competency)
    MIN_SIGNALS = "min_signals"  # (competency)
    PINNED = "pinned"  # (station)
    EXCLUDED = "excluded"  # (station)
    PILOT_NOT_PINNED = "pilot_not_pinned"  # (station)
    NOT_IN_USE = "not_in_use"  # (station)
    QUALIFIED_INTERVIEWERS = "qualified_interviewers"  # (station)
    COMPETENCIES_PER_STATION = "competencies_per_station"  # (whole loop; in a violation: station)
    OVERLAP = "overlap"  # (number of the overlap, from "1")


@dataclass(frozen=True, order=True)
class RuleRef:
    """Names one rule of one problem. `subject` is a competency, kind or station id, "" for the whole loop."""

    name: RuleName
    subject: str = ""


@dataclass(frozen=True)
class CompetencyNeed:
    """A competency the role requires.

    weight: relative importance in the hiring composite, above 0; only ratios matter.
    must_pass: adds a target reliability of .45 unless another is given.
    target_reliability: least R_c the plan must reach, above 0 and at most .99; it binds whenever it is given.
    min_signals: least number of independent signals (different stations held by different people).
    """

    id: str
    weight: float = 1.0
    must_pass: bool = False
    target_reliability: float | None = None
    min_signals: int = 0

    def __post_init__(self) -> None:
        _require_id("CompetencyNeed", self.id)
        where = f"of competency '{self.id}'"
        if not (_is_number(self.weight) and 0 < self.weight <= HIGHEST_WEIGHT):
            raise ValueError(
                f"weight {where} must be a number above 0 and at most {HIGHEST_WEIGHT:g}, got {self.weight}."
            )
        target = self.target_reliability
        if target is not None and not (_is_number(target) and 0 < target <= HIGHEST_TARGET):
            raise ValueError(f"target_reliability {where} must be above 0 and at most {HIGHEST_TARGET}, got {target}.")
        _require_whole("min_signals", where, self.min_signals, least=0)

    @property
    def target(self) -> float | None:
        """The reliability the plan must reach, or None when nothing is demanded."""
        if self.target_reliability is None and self.must_pass:
            return DEFAULT_TARGET_RELIABILITY
        return self.target_reliability


@dataclass(frozen=True)
class StationOption:
    """A station version the plan may use.

    minutes: the candidate's time. interviewers: raters in the room.
    interviewer_minutes: all interviewers' time together; None stands for interviewers * (minutes + 15).
    measures: competency id -> single-rating reliability rho, 0 < rho < 1. Competencies the role does not need
    may be listed; they are ignored.
    age_months: months since the last review; half_life_months: None if the station does not age.
    state: "active"; "pilot" (chosen only if pinned, and no "at least" rule relies on it); "draft" or "retired"
    (never chosen).
    qualified_interviewers: ids of the trained people, or only their number, or None if unknown (then never scarce).
    Where only numbers are known, the pools are taken as nested (the smaller inside the larger), the worst case.
    """

    id: str
    kind: str
    minutes: int
    interviewers: int = 1
    interviewer_minutes: int | None = None
    measures: Mapping[str, float] = field(default_factory=dict, hash=False)
    age_months: float = 0.0
    half_life_months: float | None = None
    state: StationState = "active"
    qualified_interviewers: int | Collection[str] | None = None
    heavy: bool = False

    def __post_init__(self) -> None:
        _require_id("StationOption", self.id)
        where = f"of station '{self.id}'"
        if not self.kind:
            raise ValueError(f"kind {where} must not be empty.")
        _require_whole("minutes", where, self.minutes, least=1)
        _require_whole("interviewers", where, self.interviewers, least=1)
        if self.interviewer_minutes is not None:
            _require_whole("interviewer_minutes", where, self.interviewer_minutes, least=0)
        for competency, rho in self.measures.items():
            if not (_is_number(rho) and 0 < rho < 1):
                raise ValueError(f"measures {where} must lie between 0 and 1, got {rho} for '{competency}'.")
        if not (_is_number(self.age_months) and self.age_months >= 0):
            raise ValueError(f"age_months {where} must be 0 or more, got {self.age_months}.")
        half_life = self.half_life_months
        if half_life is not None and not (_is_number(half_life) and half_life > 0):
            raise ValueError(f"half_life_months {where} must be above 0, got {half_life}.")
        if self.state not in STATES:
            raise ValueError(f"state {where} must be one of {', '.join(STATES)}, got '{self.state}'.")
        qualified = self.qualified_interviewers
        if isinstance(qualified, str):  # a text is a collection too: of letters
            reason = f"qualified_interviewers {where} must be a number or a collection of ids, not one text."
            raise ValueError(reason)  # every refusal here is a ValueError
        if isinstance(qualified, Collection):
            object.__setattr__(self, "qualified_interviewers", frozenset(qualified))
        elif qualified is not None:
            _require_whole("qualified_interviewers", where, qualified, least=0)
        object.__setattr__(self, "measures", MappingProxyType(dict(self.measures)))

    @property
    def interviewer_load(self) -> int:
        """Minutes all interviewers together spend, the write-up included."""
        if self.interviewer_minutes is None:
            return self.interviewers * (self.minutes + WRITE_UP_MINUTES)
        return self.interviewer_minutes

    @property
    def is_pilot(self) -> bool:
        return self.state == "pilot"

    @property
    def is_active(self) -> bool:
        """Whether the rules that ask for at least something may rely on the station."""
        return self.state == "active"

    @property
    def is_in_use(self) -> bool:
        return self.state in ("pilot", "active")

    @property
    def pool(self) -> frozenset[str] | None:
        """Ids of the people who may hold the station, stand-in ids where only a number is known, None if unknown."""
        qualified = self.qualified_interviewers
        if isinstance(qualified, int):
            return frozenset(f"#{number}" for number in range(qualified))
        return None if qualified is None else frozenset(qualified)


@dataclass(frozen=True)
class Overlap:
    """How much a plan has in common with a given set of stations: for repairs and for alternatives.

    at_least, at_most: how many of `stations` are in the plan. others_at_most: how many stations outside the set are.
    """

    stations: tuple[str, ...]
    at_least: int = 0
    at_most: int | None = None
    others_at_most: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "stations", tuple(self.stations))
        _require_whole("at_least", "of an overlap", self.at_least, least=0)
        for name in ("at_most", "others_at_most"):
            if getattr(self, name) is not None:
                _require_whole(name, "of an overlap", getattr(self, name), least=0)
        _require_different("stations of an overlap", list(self.stations))


@dataclass(frozen=True)
class Limits:
    """Hard limits of the loop; None means no limit. Minutes are minutes of one candidate's loop.

    day_minutes: most candidate minutes on one day, without breaks, over at most `days` days (1 or 2).
    required_kinds: kind -> least number of active stations. max_per_kind: kind -> greatest number of stations.
    kind_shares: kind -> least share of the candidate's minutes spent in active stations of it, 0 to 1 in thousandths.
    pinned, excluded: station ids (a station in both is a clash the solver reports, not an error).
    max_competencies_per_station: how many competencies one station may be asked to assess.
    """

    candidate_minutes: int | None = None
    interviewer_minutes: int | None = None
    max_stations: int | None = None
    required_kinds: Mapping[str, int] = field(default_factory=dict, hash=False)
    max_per_kind: Mapping[str, int] = field(default_factory=dict, hash=False)
    pinned: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    max_competencies_per_station: int | None = None
    day_minutes: int | None = None
    days: int = 2
    kind_shares: Mapping[str, float] = field(default_factory=dict, hash=False)
    overlaps: tuple[Overlap, ...] = ()

    def __post_init__(self) -> None:
        for name in ("candidate_minutes", "interviewer_minutes", "max_stations", "day_minutes"):
            value = getattr(self, name)
            if value is not None:
                _require_whole(name, "of the limits", value, least=0)
        if self.max_competencies_per_station is not None:
            _require_whole("max_competencies_per_station", "of the limits", self.max_competencies_per_station, least=1)
        if self.days not in (1, 2) or isinstance(self.days, bool):
            raise ValueError(f"days of the limits must be 1 or 2, got {self.days!r}.")
        for name in ("required_kinds", "max_per_kind"):
            for kind, number in getattr(self, name).items():
                _require_whole(name, f"for kind '{kind}'", number, least=0)
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))
        for kind, share in self.kind_shares.items():
            if not (_is_number(share) and 0 <= share <= 1):
                raise ValueError(f"kind_shares for kind '{kind}' must be from 0 to 1, got {share}.")
        object.__setattr__(self, "kind_shares", MappingProxyType(dict(self.kind_shares)))
        for name in ("pinned", "excluded", "overlaps"):
            object.__setattr__(self, name, tuple(getattr(self, name)))


@dataclass(frozen=True)
class Problem:
    """One planning question. `correlation` is that of any two competencies' true scores (Phi off the diagonal)."""

    competencies: tuple[CompetencyNeed, ...]
    stations: tuple[StationOption, ...]
    limits: Limits = field(default_factory=Limits)
    correlation: float = 0.3

    def __post_init__(self) -> None:
        object.__setattr__(self, "competencies", tuple(self.competencies))
        object.__setattr__(self, "stations", tuple(self.stations))
        if not self.competencies:
            raise ValueError("competencies of the problem must not be empty.")
        _require_different("competencies", [need.id for need in self.competencies])
        _require_different("stations", [station.id for station in self.stations])
        known = {station.id for station in self.stations}
        named = {"pinned": self.limits.pinned, "excluded": self.limits.excluded}
        named["overlaps"] = tuple(name for overlap in self.limits.overlaps for name in overlap.stations)
        for name, station_ids in named.items():
            for station_id in station_ids:
                if station_id not in known:
                    raise ValueError(f"{name} of the limits names '{station_id}', which is not among the stations.")
        if not (_is_number(self.correlation) and 0 <= self.correlation <= HIGHEST_CORRELATION):
            raise ValueError(
                f"correlation of the problem must be from 0 to {HIGHEST_CORRELATION}, got {self.correlation}."
            )


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _require_id(owner: str, value: object) -> None:
    if not (isinstance(value, str) and value):
        raise ValueError(f"id of a {owner} must be a text that is not empty, got {value!r}.")


def _require_whole(name: str, where: str, value: object, *, least: int) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise ValueError(f"{name} {where} must be a whole number of at least {least}, got {value!r}.")


def _require_different(name: str, ids: list[str]) -> None:
    seen: set[str] = set()
    for value in ids:
        if value in seen:
            raise ValueError(f"{name} of the problem lists '{value}' twice.")
        seen.add(value)
