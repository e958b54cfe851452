"""The cheapest ways out of a request no plan can meet: which rules to loosen, and by how little.

Whatever makes a plan possible loosens at least one rule of every clash. So the rules of the clash at hand are tried
one by one; where no single one is enough, each is given up and the next clash is looked for. Every step of a rule is
at least as loose as the one before, so the smallest that works is found by halving. Each way out has been solved with.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .assemble import Budget, IntegerModel, Outcome, rows_of
from .clash import find_clash
from .problem import CompetencyNeed, Problem, RuleName, RuleRef, StationOption
from .result import Change, Relaxation
from .rules import Layout, rules_of

#: At most so many ways out, of at most so many changes each, found in at most so many attempts.
MOST_RELAXATIONS, MOST_CHANGES, MOST_ATTEMPTS = 5, 4, 100
#: Steps in which minutes, shares and targets are loosened.
CANDIDATE_STEP, INTERVIEWER_STEP, SHARE_STEP, TARGET_STEP = 5, 15, 0.05, 0.01
#: What one unit of a change costs, in units of 30 candidate minutes: only for comparing ways out with each other.
COSTS = {
    RuleName.CANDIDATE_MINUTES: 1 / 30,
    RuleName.DAY_MINUTES: 1 / 30,
    RuleName.INTERVIEWER_MINUTES: 1 / 60,
    RuleName.MAX_STATIONS: 0.5,
    RuleName.COMPETENCIES_PER_STATION: 0.75,
    RuleName.MAX_PER_KIND: 1.0,
    RuleName.REQUIRED_KIND: 2.0,
    RuleName.KIND_SHARE: 10.0,
    RuleName.MIN_SIGNALS: 1.5,
    RuleName.TARGET_RELIABILITY: 20.0,
    RuleName.PINNED: 1.5,
    RuleName.EXCLUDED: 1.5,
    RuleName.QUALIFIED_INTERVIEWERS: 1.5,
}


@dataclass(frozen=True)
class _Lever:
    """How one rule can be loosened: its value now, ever looser values, and the problem with any of them."""

    rule: RuleRef
    old: float
    steps: Sequence[float]
    at: Callable[[Problem, float], Problem]

    def change(self, new: float) -> Change:
        return Change(self.rule, self.old, new)


def relaxations(problem: Problem, clash: Sequence[RuleRef], budget: Budget, seed: int) -> tuple[Relaxation, ...]:
    """Ways out of `clash`, the cheapest first; none where its rules cannot be loosened or the budget runs out.

    Changes within one relaxation are as small as the others let them be.
    """
    desk = _Desk(problem, budget, seed)
    found = desk.ways_out(clash)
    found.sort(key=lambda relaxation: (relaxation.cost, [str(change.rule) for change in relaxation.changes]))
    return tuple(found[:MOST_RELAXATIONS])


def relaxed(problem: Problem, relaxation: Relaxation) -> Problem:
    """The problem with every change of a relaxation made."""
    for change in relaxation.changes:
        lever = _lever_of(problem, change.rule)
        if lever is None:
            raise ValueError(f"The rule {change.rule} cannot be loosened.")
        problem = lever.at(problem, change.new)
    return problem


def limits_of(problem: Problem, rules: Sequence[RuleRef]) -> dict[RuleRef, float]:
    """What each of these rules demands or allows, in its unit (see Change); rules without a number are left out."""
    without = (RuleName.PINNED, RuleName.EXCLUDED, RuleName.QUALIFIED_INTERVIEWERS)
    levers = (_lever_of(problem, rule) for rule in rules if rule.name not in without)
    return {lever.rule: lever.old for lever in levers if lever is not None}


class _Desk:
    def __init__(self, problem: Problem, budget: Budget, seed: int) -> None:
        self._problem = problem
        self._budget = budget
        self._seed = seed

    def ways_out(self, clash: Sequence[RuleRef]) -> list[Relaxation]:
        """All single changes that are enough; where there is none, sets of two; and so on."""
        found: list[Relaxation] = []
        waiting: list[tuple[_Lever, ...]] = [()]
        tried: set[frozenset[RuleRef]] = set()
        while waiting and not self._budget.spent:
            given_up = waiting.pop(0)
            if found and len(given_up) >= len(found[0].changes):
                break
            for lever in self._levers(given_up, clash):
                levers = (*given_up, lever)
                together = frozenset(one.rule for one in levers)
                if together in tried or len(together) < len(levers) or len(tried) >= MOST_ATTEMPTS:
                    continue
                tried.add(together)
                if self._possible(levers, [one.steps[-1] for one in levers]):
                    found.append(self._smallest(levers))
                elif len(levers) < MOST_CHANGES:
                    waiting.append(levers)
        return list(dict.fromkeys(found))

    def _levers(self, given_up: Sequence[_Lever], clash: Sequence[RuleRef]) -> Iterator[_Lever]:
        """The rules of the clash that is left once these are given up, as far as they can be loosened."""
        if given_up:
            loose = self._at(given_up, [one.steps[-1] for one in given_up])
            clash = find_clash(loose, rules_of(loose), self._budget, self._seed).rules
        untrained = (more for rule in clash for more in _untrained(self._problem, rule))
        for rule in (*clash, *untrained):
            lever = _lever_of(self._problem, rule)
            if lever is not None and lever.steps:
                yield lever

    def _smallest(self, levers: Sequence[_Lever]) -> Relaxation:
        """Each change as small as the others let it be, the dearest first."""
        values = [lever.steps[-1] for lever in levers]
        dearest = sorted(range(len(levers)), key=lambda n: -_cost(levers[n].change(values[n])))
        for number in dearest:
            lever = levers[number]

            def possible(value: float, number: int = number) -> bool:
                return self._possible(levers, [*values[:number], value, *values[number + 1 :]])

            least = bisect_left(range(len(lever.steps) - 1), x=True, key=lambda n: possible(lever.steps[n]))
            values[number] = lever.steps[least]
        for number in dearest:  # one that was needed while another was still wide may not be any more
            old = [*values[:number], levers[number].old, *values[number + 1 :]]
            if len(levers) > 1 and self._possible(levers, old):
                values = old
        changed = ((lever, value) for lever, value in zip(levers, values, strict=True) if value != lever.old)
        changes = tuple(lever.change(value) for lever, value in changed)
        return Relaxation(changes, sum(_cost(change) for change in changes))

    def _at(self, levers: Sequence[_Lever], values: Sequence[float]) -> Problem:
        problem = self._problem
        for lever, value in zip(levers, values, strict=True):
            problem = lever.at(problem, value)
        return problem

    def _possible(self, levers: Sequence[_Lever], values: Sequence[float]) -> bool:
        problem = self._at(levers, values)
        layout = Layout(problem)
        rows = rows_of(layout, rules_of(problem))
        return IntegerModel(layout, rows).search(self._budget, self._seed).outcome is Outcome.OPTIMUM


def _untrained(problem: Problem, rule: RuleRef) -> Iterator[RuleRef]:
    """Signals may be missing because too few people may hold a station that would give one."""
    if rule.name is RuleName.MIN_SIGNALS:
        for station in problem.stations:
            pool = station.pool
            if rule.subject in station.measures and pool is not None and len(pool) < station.interviewers:
                yield RuleRef(RuleName.QUALIFIED_INTERVIEWERS, station.id)


def _cost(change: Change) -> float:
    return COSTS[change.rule.name] * abs(change.new - change.old)


def _lever_of(problem: Problem, rule: RuleRef) -> _Lever | None:
    """How a rule can be loosened, or None for one that cannot (a draft or retired station, a pilot, an overlap)."""
    return next((lever for lever in _levers(problem, rule) if lever.rule == rule), None)


def _levers(problem: Problem, rule: RuleRef) -> Iterator[_Lever]:
    limits, name, subject = problem.limits, rule.name, rule.subject
    everything = sum(station.minutes for station in problem.stations)
    if name is RuleName.CANDIDATE_MINUTES and limits.candidate_minutes is not None:
        steps = _up(limits.candidate_minutes, everything, CANDIDATE_STEP)
        yield _Lever(rule, limits.candidate_minutes, steps, _limit("candidate_minutes"))
    elif name is RuleName.DAY_MINUTES and limits.day_minutes is not None:
        steps = _up(limits.day_minutes, everything, CANDIDATE_STEP)
        yield _Lever(rule, limits.day_minutes, steps, _limit("day_minutes"))
    elif name is RuleName.INTERVIEWER_MINUTES and limits.interviewer_minutes is not None:
        load = sum(station.interviewer_load for station in problem.stations)
        steps = _up(limits.interviewer_minutes, load, INTERVIEWER_STEP)
        yield _Lever(rule, limits.interviewer_minutes, steps, _limit("interviewer_minutes"))
    elif name is RuleName.MAX_STATIONS and limits.max_stations is not None:
        steps = _up(limits.max_stations, len(problem.stations), 1)
        yield _Lever(rule, limits.max_stations, steps, _limit("max_stations"))
    elif name is RuleName.COMPETENCIES_PER_STATION and limits.max_competencies_per_station is not None:
        widest = max((len(station.measures) for station in problem.stations), default=0)
        steps = _up(limits.max_competencies_per_station, widest, 1)
        yield _Lever(rule, limits.max_competencies_per_station, steps, _limit("max_competencies_per_station"))
    elif name is RuleName.MAX_PER_KIND and subject in limits.max_per_kind:
        there = sum(station.kind == subject for station in problem.stations)
        steps = _up(limits.max_per_kind[subject], there, 1)
        yield _Lever(rule, limits.max_per_kind[subject], steps, _kind_limit("max_per_kind", subject))
    elif name is RuleName.REQUIRED_KIND and subject in limits.required_kinds:
        steps = range(limits.required_kinds[subject] - 1, -1, -1)
        yield _Lever(rule, limits.required_kinds[subject], steps, _kind_limit("required_kinds", subject))
    elif name is RuleName.KIND_SHARE and subject in limits.kind_shares:
        share = limits.kind_shares[subject]
        yield _Lever(rule, share, _down(share, SHARE_STEP), _kind_limit("kind_shares", subject))
    elif name in (RuleName.PINNED, RuleName.EXCLUDED):
        yield _Lever(rule, 1, (0,), _named("pinned" if name is RuleName.PINNED else "excluded", subject))
    elif name is RuleName.QUALIFIED_INTERVIEWERS:
        station = next(station for station in problem.stations if station.id == subject)
        there = len(station.pool or ())
        yield _Lever(rule, there, (station.interviewers,), _trained(subject))
    else:
        yield from _of_need(problem, rule)


def _of_need(problem: Problem, rule: RuleRef) -> Iterator[_Lever]:
    need = next((need for need in problem.competencies if need.id == rule.subject), None)
    if need is None:
        return
    if rule.name is RuleName.MIN_SIGNALS:
        steps: Sequence[float] = range(need.min_signals - 1, -1, -1)
        yield _Lever(rule, need.min_signals, steps, _need(need.id, lambda old, new: replace(old, min_signals=int(new))))
    elif rule.name is RuleName.TARGET_RELIABILITY and need.target is not None:
        yield _Lever(rule, need.target, _down(need.target, TARGET_STEP), _need(need.id, _with_target))


def _up(now: int, most: int, step: int) -> Sequence[float]:
    """Multiples of `step` above `now`, the last one at least `most`."""
    return range((now // step + 1) * step, most + step, step) if now < most else ()


def _down(now: float, step: float) -> Sequence[float]:
    """Multiples of `step` below `now`, down to 0."""
    return [number * step for number in range(round(now / step), -1, -1) if number * step < now - 1e-9]


def _with_limits(problem: Problem, **limits: Any) -> Problem:
    return replace(problem, limits=replace(problem.limits, **limits))


def _limit(name: str) -> Callable[[Problem, float], Problem]:
    def at(problem: Problem, value: float) -> Problem:
        return _with_limits(problem, **{name: int(value)})

    return at


def _kind_limit(name: str, kind: str) -> Callable[[Problem, float], Problem]:
    def at(problem: Problem, value: float) -> Problem:
        number = value if name == "kind_shares" else int(value)
        return _with_limits(problem, **{name: {**getattr(problem.limits, name), kind: number}})

    return at


def _named(name: str, station_id: str) -> Callable[[Problem, float], Problem]:
    def at(problem: Problem, value: float) -> Problem:
        kept = tuple(other for other in getattr(problem.limits, name) if value or other != station_id)
        return _with_limits(problem, **{name: kept})

    return at


def _trained(station_id: str) -> Callable[[Problem, float], Problem]:
    """The problem once so many people may hold the station; who was trained for it so far still is."""

    def more(station: StationOption, people: int) -> StationOption:
        pool = station.qualified_interviewers
        if not isinstance(pool, frozenset):
            return replace(station, qualified_interviewers=people)
        return replace(station, qualified_interviewers=pool | {f"+{n}" for n in range(people - len(pool))})

    def at(problem: Problem, value: float) -> Problem:
        stations = tuple(more(one, int(value)) if one.id == station_id else one for one in problem.stations)
        return replace(problem, stations=stations)

    return at


def _need(
    competency: str, changed: Callable[[CompetencyNeed, float], CompetencyNeed]
) -> Callable[[Problem, float], Problem]:
    def at(problem: Problem, value: float) -> Problem:
        needs = (changed(need, value) if need.id == competency else need for need in problem.competencies)
        return replace(problem, competencies=tuple(needs))

    return at


def _with_target(need: CompetencyNeed, target: float) -> CompetencyNeed:
    if target <= 0:
        return replace(need, must_pass=False, target_reliability=None)
    return replace(need, target_reliability=target)
