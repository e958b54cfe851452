"""Moving a candidacy to another plan: what would change, as facts.

What was held stays as it was held: its station version, its competencies, its people, all that was written. It stands
for the same station of the new plan, where there is one. What was not held yet follows the new plan.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum


@dataclass(frozen=True)
class Place:
    """One station in its place in a plan. `key` is the place's own; `assessed` holds competencies; minutes of one."""

    key: int
    plan: int
    station: int
    version: int
    minutes: int
    assessed: tuple[int, ...]

    def same_contents(self, other: "Place") -> bool:
        return self.version == other.version and set(self.assessed) == set(other.assessed)


@dataclass(frozen=True)
class Sitting:
    """One interview that is not cancelled. Held: it has begun by the schedule, or somebody wrote a word about it."""

    key: int
    place: Place
    is_held: bool
    starts_at: dt.datetime | None = None
    people: tuple[int, ...] = ()


@dataclass(frozen=True)
class Need:
    """What a role requires of one competency: weight 1 to 5, bar 1 to 4, least number of independent signals."""

    competency: int
    weight: int
    bar: int
    must_pass: bool
    min_signals: int


@dataclass(frozen=True)
class Standing:
    """A candidacy as it is. `rubrics`: competency -> pinned rubric; `rated`: competencies somebody has rated."""

    plan: int
    sittings: tuple[Sitting, ...]
    rubrics: Mapping[int, int]
    needs: tuple[Need, ...]
    weights_reason: str
    rated: frozenset[int]


@dataclass(frozen=True)
class Target:
    """The plan to move to, in its order, with the rubrics published and what the role requires now."""

    plan: int
    places: tuple[Place, ...]
    rubrics: Mapping[int, int]
    needs: tuple[Need, ...]
    weights_reason: str


class Fate(Enum):
    """What becomes of one interview, or of one station of the new plan."""

    HELD = "held"  # held, and in the new plan too: kept as it was held
    KEPT = "kept"  # held, and not in the new plan: kept as evidence
    STAYS = "stays"  # not held yet, the same in both plans
    CHANGED = "changed"  # not held yet, other contents from now on
    ADDED = "added"  # in the new plan only: to be scheduled
    CANCELLED = "cancelled"  # not held yet, and not in the new plan: its people are free


@dataclass(frozen=True)
class Line:
    """One interview, one place in the new plan, or both. Never neither."""

    fate: Fate
    sitting: Sitting | None
    place: Place | None

    @property
    def minutes(self) -> int:
        """The candidate's minutes of it after the move."""
        if self.fate is Fate.CANCELLED:
            return 0
        if self.sitting is not None and self.sitting.is_held:
            return self.sitting.place.minutes
        return self.place.minutes if self.place else 0


@dataclass(frozen=True)
class RubricLine:
    """A competency whose published rubric is not the pinned one. In use (rated, or held to be rated): it keeps its."""

    competency: int
    pinned: int | None
    published: int
    in_use: bool

    @property
    def changes(self) -> bool:
        return not self.in_use


@dataclass(frozen=True)
class NeedLine:
    """A requirement that differs: added (no `before`), dropped (no `after`), or changed."""

    before: Need | None
    after: Need | None


@dataclass(frozen=True)
class Move:
    """All that moving would change, and what it would keep. Minutes are the candidate's, of all that is not cancelled.

    `weights_reason` is the new one where it differs, else None.
    """

    plan: int
    to_plan: int
    lines: tuple[Line, ...]
    rubrics: tuple[RubricLine, ...]
    needs: tuple[NeedLine, ...]
    weights_reason: str | None
    minutes: int
    to_minutes: int

    def of(self, *fates: Fate) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.fate in fates)

    @property
    def fingerprint(self) -> str:
        """The same for the same list, and for no other: a confirmation carries it."""
        return hashlib.sha256(repr(self).encode()).hexdigest()


def plan_move(standing: Standing, target: Target) -> Move:
    """What would become of the candidacy in the target plan. In its own plan it keeps everything as it is."""
    stays_put = target.plan == standing.plan
    if stays_put:
        target = replace(target, rubrics={}, needs=standing.needs, weights_reason=standing.weights_reason)
    lines = _lines(standing.sittings, target.places)
    if stays_put:
        lines = [line for line in lines if line.fate is not Fate.ADDED]
    return Move(
        plan=standing.plan,
        to_plan=target.plan,
        lines=tuple(lines),
        rubrics=_rubrics(standing, target),
        needs=_needs(standing.needs, target.needs),
        weights_reason=target.weights_reason if target.weights_reason != standing.weights_reason else None,
        minutes=sum(sitting.place.minutes for sitting in standing.sittings),
        to_minutes=sum(line.minutes for line in lines),
    )


def _lines(sittings: Iterable[Sitting], places: Iterable[Place]) -> list[Line]:
    """The new plan's places in order, then what has no place in it: kept first, then cancelled."""
    by_place, rest = _seated(sittings, places)
    lines = [_line(by_place.get(place.key), place) for place in places]
    lines += [Line(Fate.KEPT, sitting, None) for sitting in rest if sitting.is_held]
    return lines + [Line(Fate.CANCELLED, sitting, None) for sitting in rest if not sitting.is_held]


def _line(sitting: Sitting | None, place: Place) -> Line:
    if sitting is None:
        return Line(Fate.ADDED, None, place)
    if sitting.is_held:
        return Line(Fate.HELD, sitting, place)
    return Line(Fate.STAYS if sitting.place.same_contents(place) else Fate.CHANGED, sitting, place)


def _seated(sittings: Iterable[Sitting], places: Iterable[Place]) -> tuple[dict[int, Sitting], list[Sitting]]:
    """Which interview stands for which place of the new plan, at most one for one; and the interviews left over.

    What was held goes first, for it stays anyway. Among equals: who stands in that very place, then who has its
    version, then the same station.
    """
    left = list(sittings)
    open_places = list(places)
    seated: dict[int, Sitting] = {}
    for held in (True, False):
        for attribute in ("key", "version", "station"):
            for place in list(open_places):
                wanted = getattr(place, attribute)
                found = [one for one in left if one.is_held == held and getattr(one.place, attribute) == wanted]
                if found:
                    seated[place.key] = min(found, key=lambda one: one.key)
                    left.remove(seated[place.key])
                    open_places.remove(place)
    return seated, left


def _rubrics(standing: Standing, target: Target) -> tuple[RubricLine, ...]:
    """Two ratings of one competency are on one scale: what is rated, or held and about to be, keeps its rubric."""
    held = {competency for one in standing.sittings if one.is_held for competency in one.place.assessed}
    in_use = standing.rated | held
    return tuple(
        RubricLine(
            competency=competency,
            pinned=standing.rubrics.get(competency),
            published=rubric,
            in_use=competency in in_use and competency in standing.rubrics,
        )
        for competency, rubric in sorted(target.rubrics.items())
        if standing.rubrics.get(competency) != rubric
    )


def _needs(before: Iterable[Need], after: Iterable[Need]) -> tuple[NeedLine, ...]:
    was = {need.competency: need for need in before}
    will_be = {need.competency: need for need in after}
    lines = [NeedLine(was.get(need.competency), need) for need in will_be.values() if was.get(need.competency) != need]
    return tuple(lines + [NeedLine(need, None) for need in was.values() if need.competency not in will_be])
