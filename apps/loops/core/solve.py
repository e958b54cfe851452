"""The proof: the best loop a problem allows, by outer approximation (SCIENCE.md A.1 and A.4).

1. Kelley's cutting planes on the linear relaxation give tangents, a bound and reduced costs, cheaply.
2. The stations with the smallest reduced costs make a small problem, whose optimum is found first.
3. Stations whose reduced cost proves that no plan with them is better are left out, and the rest is searched for
   anything better than the incumbent by more than the gap. Nothing there: proved.

Searching above a floor does the work of a hint: the incumbent itself need never be found again.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from .assemble import Budget, IntegerModel, Outcome, Relaxation, Relaxed, Tangent, rows_of
from .clash import find_clash
from .information import LoopValue, Vector, is_signal, reliability
from .order import order_stations
from .problem import Problem
from .relax import limits_of, relaxations
from .result import Coverage, PlanResult, PlanStatus
from .rules import Layout, Row, Rule, rules_of
from .signals import independent_signals

#: A plan is called optimal when no other can be better by more than this (R2_loop).
GAP = 1e-6
#: Kelley's iterations stop at this distance from the relaxation's optimum, or after so many.
RELAXATION_GAP, RELAXATION_ROUNDS = 1e-5, 100
#: How many stations make the small problem solved first.
CORE_STATIONS = 40
#: Reduced costs are trusted up to this error of the linear solver.
REDUCED_COST_ALLOWANCE = 1e-6
#: A station whose loss is below this adds nothing.
NOTHING = 1e-12


def solve(problem: Problem, *, time_limit_seconds: float = 10.0, seed: int = 0, explain: bool = True) -> PlanResult:
    """The plan with the greatest R2_loop that obeys every rule, with its proof, or the rules that clash.

    The same problem and seed give the same plan, also where the search is cut short: the limit is counted in CP-SAT's
    deterministic work (`assemble.WORK_PER_SECOND`), and the clock only guards against a machine many times slower.
    explain: whether to look for the clash and its relaxations where there is no plan, each within the same limit again.
    Raises ValueError if the limit is not positive.
    """
    if not time_limit_seconds > 0:
        raise ValueError(f"time_limit_seconds must be above 0, got {time_limit_seconds}.")
    rules = rules_of(problem)
    search = _OuterApproximation(problem, rules, Budget.of(time_limit_seconds), seed)
    outcome = search.run()
    if search.incumbent is None and outcome is Outcome.NONE:
        if not explain:
            return PlanResult(PlanStatus.INFEASIBLE)
        budget = Budget.of(time_limit_seconds)
        clash = find_clash(problem, rules, budget, seed)
        return PlanResult(
            PlanStatus.INFEASIBLE,
            clash=clash.rules,
            clash_irreducible=clash.irreducible,
            clash_limits=limits_of(problem, clash.rules),
            relaxations=relaxations(problem, clash.rules, Budget.of(time_limit_seconds), seed),
        )
    if search.incumbent is None:
        return PlanResult(PlanStatus.UNKNOWN, bound=search.bound)
    status = PlanStatus.OPTIMAL if outcome is not Outcome.CUT_SHORT else PlanStatus.FEASIBLE
    return _result(search, search.polished(search.incumbent), status)


class _OuterApproximation:
    """Incumbent, tangents and bound of one run."""

    def __init__(self, problem: Problem, rules: Sequence[Rule], budget: Budget, seed: int) -> None:
        self.layout = Layout(problem)
        self.rows: tuple[Row, ...] = rows_of(self.layout, rules)
        self.value = LoopValue.of(problem)
        self.budget = budget
        self.bound = 1.0
        self.objective = -1.0
        self.incumbent: tuple[int, ...] | None = None
        self._seed = seed
        self._tangents: list[Tangent] = []

    def run(self) -> Outcome:
        """NONE: no plan exists. OPTIMUM: the incumbent is proved. CUT_SHORT: neither was proved in time."""
        relaxed = self._kelley()
        stations = set(self.layout.stations)
        if relaxed is not None:
            core = self._core(relaxed)
            if len(core) < len(stations):
                self._search(stations - core, self.bound)
            stations -= self._hopeless(relaxed)
        outcome, bound = self._search(set(self.layout.stations) - stations, self.bound)
        self.bound = max(self.objective, min(self.bound, bound))
        if self.incumbent is not None and self.bound - self.objective <= GAP:
            return Outcome.OPTIMUM
        return outcome

    def information(self, values: Sequence[float] | Vector) -> Vector:
        """D_c of a (possibly fractional) plan, one entry per competency."""
        total = np.zeros(len(self.layout.problem.competencies))
        for (s, c), amount in self.layout.information.items():
            total[c] += amount * values[self.layout.assessed(s, c)]
        return total

    def _kelley(self) -> Relaxed | None:
        relaxation = Relaxation(self.layout, self.rows)
        for level in (0.0, 0.5, 1.5):
            information = np.full(len(self.layout.problem.competencies), level)
            self._tangents.append(Tangent.at(information, self.value, self.layout))
            relaxation.add(self._tangents[-1])
        relaxed: Relaxed | None = None
        for _ in range(RELAXATION_ROUNDS):
            solved = relaxation.solve()
            if solved is None:
                break
            relaxed = solved
            self.bound = min(self.bound, relaxed.bound + REDUCED_COST_ALLOWANCE)
            information = self.information(np.clip(relaxed.values, 0.0, 1.0))
            if relaxed.bound - self.value.at(information) <= RELAXATION_GAP:
                break
            self._tangents.append(Tangent.at(information, self.value, self.layout))
            relaxation.add(self._tangents[-1])
        return relaxed

    def _core(self, relaxed: Relaxed) -> set[int]:
        """Stations of the relaxed plan, the pinned, and those that come next by reduced cost."""
        pinned = set(self.layout.problem.limits.pinned)
        nearest = sorted(self.layout.stations, key=lambda s: (abs(relaxed.reduced_costs[s]), s))[:CORE_STATIONS]
        present = (s for s in self.layout.stations if relaxed.values[s] > NOTHING)
        wanted = (s for s in self.layout.stations if self.layout.problem.stations[s].id in pinned)
        return {*nearest, *present, *wanted}

    def _hopeless(self, relaxed: Relaxed) -> set[int]:
        """Stations that no plan better than the incumbent contains (reduced-cost fixing)."""
        room = relaxed.bound + REDUCED_COST_ALLOWANCE - self.objective
        if self.incumbent is None:
            return set()
        return {s for s in self.layout.stations if -relaxed.reduced_costs[s] > room and relaxed.values[s] < NOTHING}

    def _search(self, forbidden: Iterable[int], ceiling: float) -> tuple[Outcome, float]:
        """Improves the incumbent until no plan of the allowed stations beats it; says how it ended, and a bound."""
        model = IntegerModel(self.layout, self.rows)
        model.forbid(sorted(forbidden))
        model.maximize(ceiling)
        for tangent in self._tangents:
            model.add(tangent)
        bound = ceiling
        seen: set[tuple[int, ...]] = set()
        while True:
            floor = None if self.incumbent is None else self.objective + GAP
            search = model.search(self.budget, self._seed, floor=floor)
            if search.outcome is Outcome.NONE:
                return Outcome.NONE if floor is None else Outcome.OPTIMUM, 0.0 if floor is None else floor
            bound = min(bound, search.bound)
            new = [solution for solution in dict.fromkeys(search.solutions) if solution not in seen]
            seen.update(new)
            for solution in new:
                self._try(solution)
                self._tangents.append(Tangent.at(self.information(solution), self.value, self.layout))
                model.add(self._tangents[-1])
            if bound - self.objective <= GAP:
                return Outcome.OPTIMUM, bound
            if search.outcome is Outcome.CUT_SHORT or not new:
                return Outcome.CUT_SHORT, bound

    def _try(self, solution: tuple[int, ...]) -> None:
        objective = self.value.at(self.information(solution))
        if self.incumbent is None or objective > self.objective:
            self.incumbent, self.objective = solution, objective

    def polished(self, plan: Sequence[int]) -> list[int]:
        """The plan with every station assessing all it may, and without stations that neither add nor are needed."""
        layout, values = self.layout, list(plan)
        gradient = self.value.gradient(self.information(values))
        most = layout.problem.limits.max_competencies_per_station
        chosen = [s for s in layout.stations if values[s]]
        for s in chosen:
            if most is not None and layout.must_choose_what_to_assess(s):
                missing = [c for c in layout.measured_by(s) if not values[layout.assessed(s, c)]]
                missing.sort(key=lambda c: (-gradient[c] * layout.information[s, c], c))
                for c in missing[: most - (len(layout.measured_by(s)) - len(missing))]:
                    values[layout.assessed(s, c)] = 1
        for s in sorted(chosen, key=lambda s: (-layout.problem.stations[s].minutes, s)):
            if not layout.measured_by(s):
                without = list(values)
                for variable in (s, *layout.following(s)):
                    without[variable] = 0
                if all(row.holds(without) for row in self.rows):
                    values = without
        return values


def _result(search: _OuterApproximation, values: Sequence[int], status: PlanStatus) -> PlanResult:
    layout = search.layout
    needs, options = layout.problem.competencies, layout.problem.stations
    chosen = [s for s in layout.stations if values[s]]
    assessed = {s: [c for c in layout.measured_by(s) if values[layout.assessed(s, c)]] for s in chosen}
    limits = layout.problem.limits
    days = 1 if limits.day_minutes is None else limits.days
    timeline = order_stations([options[s] for s in chosen], days=days, day_minutes=limits.day_minutes)
    running = timeline.station_ids
    number_of = {options[s].id: s for s in chosen}
    information = search.information(values)
    coverage = {}
    for c, need in enumerate(needs):
        proven = [s for s in chosen if c in assessed[s] and options[s].is_active]
        signals = [options[s] for s in proven if is_signal(layout.information[s, c])]
        coverage[need.id] = Coverage(
            reliability=float(reliability(information[c])),
            # Of very many scarce stations the count is a lower bound, and the rule itself may have proved more.
            signals=max(independent_signals(signals), need.min_signals),
            information=float(information[c]),
            proven_information=sum(layout.information[s, c] for s in proven),
        )
    objective = search.value.at(information)
    return PlanResult(
        status=status,
        objective=objective,
        bound=max(objective, search.bound),
        stations=running,
        timeline=timeline,
        assessed={name: tuple(needs[c].id for c in assessed[number_of[name]]) for name in running},
        coverage=coverage,
        candidate_minutes=sum(options[s].minutes for s in chosen),
        interviewer_minutes=sum(options[s].interviewer_load for s in chosen),
    )
