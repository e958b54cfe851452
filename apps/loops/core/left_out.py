"""Why a station is not in a plan: what it would add, what it would break, and what exchanging it would cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from .check import Assessed, objective, violations
from .information import station_information
from .problem import Problem, RuleRef, StationOption

#: A gain in R2_loop below this is none.
NOTHING = 1e-6


class LeftOutReason(StrEnum):
    """The first of these that holds."""

    EXCLUDED = "excluded"
    NOT_IN_USE = "not_in_use"  # a draft, or retired
    PILOT = "pilot"  # chosen only if pinned
    TOO_FEW_PEOPLE = "too_few_people"
    MEASURES_NOTHING = "measures_nothing"  # that this role needs
    NO_ROOM = "no_room"  # adding it breaks a rule
    NOT_BETTER = "not_better"  # it fits, and adds nothing
    WOULD_HELP = "would_help"  # it fits, and adds something: the plan is not the best one


@dataclass(frozen=True)
class Swap:
    """One exchange: `out` leaves the plan for the station. change: of R2_loop; above 0 where the plan gets better."""

    out: str
    change: float


@dataclass(frozen=True)
class LeftOut:
    """One station outside a plan.

    gain: rise of R2_loop if it were simply added. breaks: rules that adding it would break and the plan keeps.
    best_swap: the exchange with one station of the plan that breaks nothing the plan keeps and loses least; None where
    every exchange breaks something.
    """

    station_id: str
    reason: LeftOutReason
    gain: float
    breaks: tuple[RuleRef, ...]
    best_swap: Swap | None


def left_out(problem: Problem, station_ids: Sequence[str], assessed: Assessed | None = None) -> tuple[LeftOut, ...]:
    """Every station of the problem that is not in the plan, those that would add most first.

    What the plan's stations assess stays as it is; an added one assesses what is worth most. Raises ValueError for an
    unknown or repeated station.
    """
    desk = _Desk(problem, station_ids, assessed)
    chosen = set(station_ids)
    found = [desk.of(station) for station in problem.stations if station.id not in chosen]
    return tuple(sorted(found, key=lambda one: (-one.gain, one.station_id)))


class _Desk:
    def __init__(self, problem: Problem, station_ids: Sequence[str], assessed: Assessed | None) -> None:
        self._problem = problem
        self._plan = list(station_ids)
        needed = [need.id for need in problem.competencies]
        options = {station.id: station for station in problem.stations}
        for name in station_ids:
            if name not in options:
                raise ValueError(f"station_ids names '{name}', which is not among the problem's stations.")
        self._assessed = {
            name: tuple(competency for competency in needed if competency in options[name].measures)
            if assessed is None
            else tuple(assessed.get(name, ()))
            for name in station_ids
        }
        self._value = objective(problem, self._plan, self._assessed)
        self._broken = self._rules_broken(self._plan, self._assessed)

    def of(self, station: StationOption) -> LeftOut:
        rated = self._worth_most(station)
        assessed = {**self._assessed, station.id: rated}
        gain = objective(self._problem, [*self._plan, station.id], assessed) - self._value
        breaks = self._rules_broken([*self._plan, station.id], assessed) - self._broken
        return LeftOut(
            station_id=station.id,
            reason=self._reason(station, rated, gain, breaks),
            gain=gain,
            breaks=tuple(sorted(breaks)),
            best_swap=self._best_swap(station, assessed),
        )

    def _reason(
        self, station: StationOption, rated: Sequence[str], gain: float, breaks: frozenset[RuleRef]
    ) -> LeftOutReason:
        pool = station.pool
        reasons = {
            LeftOutReason.EXCLUDED: station.id in self._problem.limits.excluded,
            LeftOutReason.NOT_IN_USE: not station.is_in_use,
            LeftOutReason.PILOT: station.is_pilot,
            LeftOutReason.TOO_FEW_PEOPLE: pool is not None and len(pool) < station.interviewers,
            LeftOutReason.MEASURES_NOTHING: not rated,
            LeftOutReason.NO_ROOM: bool(breaks),
            LeftOutReason.NOT_BETTER: gain <= NOTHING,
        }
        return next((reason for reason, holds in reasons.items() if holds), LeftOutReason.WOULD_HELP)

    def _best_swap(self, station: StationOption, assessed: dict[str, tuple[str, ...]]) -> Swap | None:
        best: Swap | None = None
        for out in self._plan:
            plan = [*(name for name in self._plan if name != out), station.id]
            change = objective(self._problem, plan, assessed) - self._value
            if best is not None and change <= best.change:
                continue
            if not self._rules_broken(plan, assessed) - self._broken:
                best = Swap(out, change)
        return best

    def _worth_most(self, station: StationOption) -> tuple[str, ...]:
        """What the station is asked to assess: all it measures, or the most allowed that add most one by one."""
        measured = [need.id for need in self._problem.competencies if need.id in station.measures]
        most = self._problem.limits.max_competencies_per_station
        if most is None or len(measured) <= most:
            return tuple(measured)
        alone = {
            competency: objective(
                self._problem, [*self._plan, station.id], {**self._assessed, station.id: (competency,)}
            )
            for competency in measured
        }
        best = sorted(measured, key=lambda name: (-alone[name], -station_information(station, name), name))[:most]
        return tuple(name for name in measured if name in best)

    def _rules_broken(self, plan: Sequence[str], assessed: Assessed) -> frozenset[RuleRef]:
        return frozenset(RuleRef(found.rule, found.subject) for found in violations(self._problem, plan, assessed))
