"""The independent checker: does a plan obey every rule, and what is it worth?

It shares no code with the solver. The formulas of SCIENCE.md A.1 are derived again in plain Python, in another way
where there is one: the inverse comes from the Sherman-Morrison formula instead of a linear solver, and whether
signals can be held by different people from Hall's theorem instead of a matching.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from .problem import CompetencyNeed, Problem, RuleName, StationOption

Assessed = Mapping[str, Collection[str]]

#: How far a reliability target, in information, and the signal threshold may be missed by rounding.
TARGET_SLACK, SIGNAL_SLACK = 1e-6, 1e-9


@dataclass(frozen=True)
class Violation:
    """A broken rule: its name, its subject (see RuleName), what the plan has and what the rule demands."""

    rule: RuleName
    subject: str
    actual: float
    limit: float


def objective(problem: Problem, station_ids: Sequence[str], assessed: Assessed | None = None) -> float:
    """R2_loop of a plan, 0 to 1; pilots count. Without `assessed`, every station assesses all it measures.

    Competencies with the common correlation r have Phi^-1 = I/(1-r) - k 11' with k = r/((1-r)(1+(C-1)r)), so that
    M = (Phi^-1 + diag D)^-1 = B + k B11'B/(1 - k sum b) with b_c = 1/(1/(1-r) + D_c).
    Raises ValueError for an unknown station or a competency the station does not measure.
    """
    plan = _Plan(problem, station_ids, assessed)
    largest = max(need.weight for need in problem.competencies)
    weights = [need.weight / largest for need in problem.competencies]
    r, number = problem.correlation, len(weights)
    k = r / ((1 - r) * (1 + (number - 1) * r))
    b = [1 / (1 / (1 - r) + plan.information(need.id)) for need in problem.competencies]
    crossed = sum(x * w for x, w in zip(b, weights, strict=True))
    unexplained = sum(x * w * w for x, w in zip(b, weights, strict=True)) + k * crossed**2 / (1 - k * sum(b))
    total = (1 - r) * sum(w * w for w in weights) + r * sum(weights) ** 2
    return 1 - unexplained / total


def violations(problem: Problem, station_ids: Sequence[str], assessed: Assessed | None = None) -> tuple[Violation, ...]:
    """Every rule a plan breaks, loop-wide rules first; empty for a plan that may be used.

    Raises ValueError for an unknown or repeated station, or a competency the station does not measure.
    """
    plan = _Plan(problem, station_ids, assessed)
    limits, found = problem.limits, list[Violation]()

    def at_most(rule: RuleName, subject: str, actual: float, limit: float | None) -> None:
        if limit is not None and actual > limit:
            found.append(Violation(rule, subject, actual, limit))

    def at_least(rule: RuleName, subject: str, actual: float, limit: float, slack: float = 0.0) -> None:
        if actual < limit - slack:
            found.append(Violation(rule, subject, actual, limit))

    at_most(RuleName.CANDIDATE_MINUTES, "", sum(station.minutes for station in plan.stations), limits.candidate_minutes)
    if limits.day_minutes is not None:
        at_most(RuleName.DAY_MINUTES, "", _longest_day(plan.stations, limits.days), limits.day_minutes)
    spent = sum(
        station.interviewers * (station.minutes + 15)
        if station.interviewer_minutes is None
        else station.interviewer_minutes
        for station in plan.stations
    )
    at_most(RuleName.INTERVIEWER_MINUTES, "", spent, limits.interviewer_minutes)
    at_most(RuleName.MAX_STATIONS, "", len(plan.stations), limits.max_stations)
    for kind, number in limits.required_kinds.items():
        has = sum(station.kind == kind and station.state == "active" for station in plan.stations)
        at_least(RuleName.REQUIRED_KIND, kind, has, number)
    for kind, number in limits.max_per_kind.items():
        at_most(RuleName.MAX_PER_KIND, kind, sum(station.kind == kind for station in plan.stations), number)
    total = sum(station.minutes for station in plan.stations)
    for kind, share in limits.kind_shares.items():
        there = sum(station.minutes for station in plan.stations if station.kind == kind and station.state == "active")
        if there * 1000 < round(share * 1000) * total:
            found.append(Violation(RuleName.KIND_SHARE, kind, there / total, share))
    for need in problem.competencies:
        target = 0.45 if need.target_reliability is None and need.must_pass else need.target_reliability
        if target is not None:
            known = plan.information(need.id, pilots=False)
            at_least(RuleName.TARGET_RELIABILITY, need.id, known, target / (1 - target), TARGET_SLACK)
        at_least(RuleName.MIN_SIGNALS, need.id, plan.signals(need), need.min_signals)
    chosen = set(station_ids)
    for name in dict.fromkeys(limits.pinned):
        at_least(RuleName.PINNED, name, name in chosen, 1)
    for name in dict.fromkeys(limits.excluded):
        at_most(RuleName.EXCLUDED, name, name in chosen, 0)
    for number, overlap in enumerate(limits.overlaps, start=1):
        shared = len(chosen & set(overlap.stations))
        at_least(RuleName.OVERLAP, str(number), shared, overlap.at_least)
        at_most(RuleName.OVERLAP, str(number), shared, overlap.at_most)
        at_most(RuleName.OVERLAP, str(number), len(chosen) - shared, overlap.others_at_most)
    for station in plan.stations:
        if station.state in ("draft", "retired"):
            found.append(Violation(RuleName.NOT_IN_USE, station.id, 1, 0))
        if station.state == "pilot" and station.id not in limits.pinned:
            found.append(Violation(RuleName.PILOT_NOT_PINNED, station.id, 1, 0))
        people = station.qualified_interviewers
        if people is not None:
            trained = people if isinstance(people, int) else len(people)
            at_least(RuleName.QUALIFIED_INTERVIEWERS, station.id, trained, station.interviewers)
        rated = len(plan.assessed[station.id])
        at_most(RuleName.COMPETENCIES_PER_STATION, station.id, rated, limits.max_competencies_per_station)
    return tuple(found)


def _longest_day(stations: Sequence[StationOption], days: int) -> int:
    """The least length of the longest day, over all ways to part the stations: every sum the first day can have."""
    total = sum(station.minutes for station in stations)
    if days == 1:
        return total
    sums = {0}
    for station in stations:
        sums |= {length + station.minutes for length in sums}
    return min(max(length, total - length) for length in sums)


class _Plan:
    """A plan with its stations looked up and its assessments made explicit."""

    def __init__(self, problem: Problem, station_ids: Sequence[str], assessed: Assessed | None) -> None:
        options = {station.id: station for station in problem.stations}
        if len(set(station_ids)) < len(station_ids):
            raise ValueError(f"station_ids names a station twice: {', '.join(station_ids)}.")
        for name in station_ids:
            if name not in options:
                raise ValueError(f"station_ids names '{name}', which is not among the problem's stations.")
        self.stations = [options[name] for name in station_ids]
        needed = {need.id for need in problem.competencies}
        self.assessed: dict[str, set[str]] = {}
        for station in self.stations:
            measured = needed & set(station.measures)
            rated = measured if assessed is None else set(assessed.get(station.id, ()))
            for competency in sorted(rated - measured):
                raise ValueError(f"assessed of station '{station.id}' names '{competency}', which it does not measure.")
            self.assessed[station.id] = rated

    def information(self, competency: str, *, pilots: bool = True) -> float:
        return sum(
            _information(station, competency)
            for station in self.stations
            if competency in self.assessed[station.id] and (pilots or station.state == "active")
        )

    def signals(self, need: CompetencyNeed) -> int:
        """How many independent signals the plan has for a competency, counted no further than the need asks."""
        informative = [
            station
            for station in self.stations
            if need.id in self.assessed[station.id]
            and station.state == "active"
            and _information(station, need.id) >= 0.10 - SIGNAL_SLACK
        ]
        for number in range(min(need.min_signals, len(informative)), 1, -1):
            if any(_hall(some) for some in combinations(informative, number)):
                return number
        return min(1, len(informative))


def _information(station: StationOption, competency: str) -> float:
    """p / (ps + pr,e/n) for variance shares with p = rho and ps : pr,e = .30 : .26, times 2^(-age/half-life)."""
    person = station.measures[competency]
    occasion, residual = (1 - person) * 30 / 56, (1 - person) * 26 / 56
    aged = 0.0 if station.half_life_months is None else station.age_months / station.half_life_months
    return float(person / (occasion + residual / station.interviewers) * 0.5**aged)


def _hall(stations: Sequence[StationOption]) -> bool:
    """Hall's theorem: all seats get different people if and only if no group of stations has too few people."""
    limited = [station for station in stations if station.qualified_interviewers is not None]
    pools: dict[str, set[str]] = {}
    for station in limited:
        people = station.qualified_interviewers
        if people is not None:
            pools[station.id] = {f"#{n}" for n in range(people)} if isinstance(people, int) else set(people)
    return all(
        len(set().union(*(pools[station.id] for station in group))) >= sum(station.interviewers for station in group)
        for size in range(1, len(limited) + 1)
        for group in combinations(limited, size)
    )
