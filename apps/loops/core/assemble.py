"""The rules as two models: a linear relaxation (GLOP) and an integer model (CP-SAT), with safe rounding.

Both bound the concave objective by tangents: z <= f(D0) + g'(D - D0) (outer approximation, Kelley 1960; Duran &
Grossmann 1986). The integer model rounds so that nothing it calls feasible breaks a rule and no bound is too low.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from ortools.linear_solver import pywraplp
from ortools.sat.python import cp_model

from .information import LoopValue, Vector
from .rules import Layout, Row, Rule

#: Integer units per unit of information, of R2 and of a tangent coefficient relative to R2.
INFORMATION_UNITS = 10**9
VALUE_UNITS = 10**7
TANGENT_UNITS = 1000
#: CP-SAT's deterministic work units allowed per second of the time limit (measured: 3 to 6 s per unit on 2 slow
#: cores). This limit ends a search, so that even one cut short ends the same everywhere.
WORK_PER_SECOND = 0.2
#: The clock ends a search only where it takes this many times the limit: on a machine out of the ordinary.
CLOCK_GUARD = 10
#: How many of a search's improving solutions are handed back (the best last).
KEPT_SOLUTIONS = 8


@dataclass(frozen=True)
class Tangent:
    """z <= constant + sum of coefficient * variable, for every plan."""

    constant: float
    terms: tuple[tuple[int, float], ...]

    @classmethod
    def at(cls, information: Vector, value: LoopValue, layout: Layout) -> "Tangent":
        """The tangent of R2_loop at `information`. As z <= 1, no coefficient need exceed 1 - constant."""
        gradient = value.gradient(information)
        constant = max(0.0, value.at(information) - float(gradient @ information))
        most = max(0.0, 1.0 - constant)
        gains: dict[int, float] = {}
        for (s, c), amount in layout.information.items():
            variable = layout.assessed(s, c)
            gains[variable] = gains.get(variable, 0.0) + float(gradient[c]) * amount
        return cls(constant, tuple((variable, min(gain, most)) for variable, gain in gains.items() if gain > 0))


@dataclass
class Budget:
    """What is left of the time limit: CP-SAT's deterministic work units, and the seconds of the guard."""

    seconds: float
    work: float

    @classmethod
    def of(cls, seconds: float) -> "Budget":
        return cls(seconds * CLOCK_GUARD, seconds * WORK_PER_SECOND)

    @property
    def spent(self) -> bool:
        return self.seconds <= 0 or self.work <= 0

    def charge(self, solver: cp_model.CpSolver) -> None:
        self.seconds -= solver.wall_time
        self.work -= solver.response_proto.deterministic_time


@dataclass(frozen=True)
class Relaxed:
    """An optimum of the relaxation: its value (a bound), the variables and their reduced costs."""

    bound: float
    values: Vector
    reduced_costs: Vector


class Relaxation:
    """The linear relaxation; tangents are added between solves and the basis is kept."""

    def __init__(self, layout: Layout, rows: Iterable[Row]) -> None:
        self._solver = pywraplp.Solver.CreateSolver("GLOP")
        rows = tuple(rows)
        self._variables = [self._solver.NumVar(0.0, 1.0, "") for _ in range(layout.size)]
        self._z = self._solver.NumVar(0.0, 1.0, "z")
        for row in rows:
            self._add(row.terms, row.lower, row.upper)
        self._solver.Maximize(self._z)

    def add(self, tangent: Tangent) -> None:
        row = self._add(tuple((variable, -gain) for variable, gain in tangent.terms), None, tangent.constant)
        row.SetCoefficient(self._z, 1.0)

    def solve(self) -> Relaxed | None:
        """The optimum, or None when the relaxation has none (the integer model then has the last word)."""
        if self._solver.Solve() != pywraplp.Solver.OPTIMAL:
            return None
        return Relaxed(
            bound=self._z.solution_value(),
            values=np.array([variable.solution_value() for variable in self._variables], dtype=np.float64),
            reduced_costs=np.array([variable.reduced_cost() for variable in self._variables], dtype=np.float64),
        )

    def _add(self, terms: Sequence[tuple[int, float]], lower: float | None, upper: float | None) -> pywraplp.Constraint:
        infinity = self._solver.infinity()
        row = self._solver.Constraint(-infinity if lower is None else lower, infinity if upper is None else upper)
        for variable, coefficient in terms:
            row.SetCoefficient(self._variables[variable], float(coefficient))
        return row


class Outcome(Enum):
    """How a search ended."""

    OPTIMUM = "optimum"
    NONE = "none"  # proved: nothing is feasible above the floor
    CUT_SHORT = "cut short"


@dataclass(frozen=True)
class Search:
    """One search's end: improving solutions (values of all variables, best last) and a bound on R2_loop."""

    outcome: Outcome
    solutions: tuple[tuple[int, ...], ...]
    bound: float


class IntegerModel:
    """The integer model. One worker and linearization level 2: the setting that proves (SCIENCE.md A.3)."""

    def __init__(self, layout: Layout, rows: Iterable[Row]) -> None:
        self._model = cp_model.CpModel()
        rows = tuple(rows)
        self._variables = [self._model.new_bool_var("") for _ in range(layout.size)]
        self._z: cp_model.IntVar | None = None
        for row in rows:
            self._add(row)

    def forbid(self, variables: Iterable[int]) -> None:
        for variable in variables:
            self._model.add(self._variables[variable] == 0)

    def maximize(self, ceiling: float) -> None:
        """Maximises R2_loop, which is known to be at most `ceiling`."""
        self._z = self._model.new_int_var(0, math.ceil(min(1.0, ceiling) * VALUE_UNITS) + 1, "z")
        self._model.maximize(self._z)

    def add(self, tangent: Tangent) -> None:
        if self._z is None:
            raise RuntimeError("A tangent needs an objective: call maximize first.")
        scale = VALUE_UNITS * TANGENT_UNITS
        gains = [math.ceil(gain * scale) for _, gain in tangent.terms]
        total = cp_model.LinearExpr.weighted_sum([self._variables[variable] for variable, _ in tangent.terms], gains)
        self._model.add(TANGENT_UNITS * self._z <= math.ceil(tangent.constant * scale) + 1 + total)

    def search(self, budget: Budget, seed: int, *, floor: float | None = None) -> Search:
        """Searches for plans whose bound z is at least `floor`; without an objective, for any feasible plan."""
        if floor is not None and self._z is not None:
            self._model.add(self._z >= math.floor(floor * VALUE_UNITS))
        if budget.spent:
            return Search(Outcome.CUT_SHORT, (), 1.0)
        solver = cp_model.CpSolver()
        # Else the solver takes SIGINT from the process and gives it back as "end at once": Ctrl+C would leave orphans.
        solver.parameters.catch_sigint_signal = False
        solver.parameters.num_workers = 1
        solver.parameters.linearization_level = 2
        solver.parameters.random_seed = seed
        solver.parameters.max_time_in_seconds = budget.seconds
        solver.parameters.max_deterministic_time = budget.work
        collector = _Collector(self._variables)
        status = solver.solve(self._model, collector)
        budget.charge(solver)
        if status == cp_model.INFEASIBLE:
            return Search(Outcome.NONE, (), 1.0)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE, cp_model.UNKNOWN):
            raise RuntimeError(f"CP-SAT refused the model: {solver.status_name(status)}.")
        outcome = Outcome.OPTIMUM if status == cp_model.OPTIMAL else Outcome.CUT_SHORT
        proved = self._z is not None and status != cp_model.UNKNOWN  # UNKNOWN comes with a bound of 0, proved or not
        bound = solver.best_objective_bound / VALUE_UNITS if proved else 1.0
        return Search(outcome, tuple(collector.solutions[-KEPT_SOLUTIONS:]), bound)

    def _add(self, row: Row) -> None:
        variables = [self._variables[variable] for variable, _ in row.terms]
        coefficients = [coefficient for _, coefficient in row.terms]
        if all(float(coefficient).is_integer() for coefficient in coefficients):
            lower, upper = row.lower, row.upper
            scaled = [int(coefficient) for coefficient in coefficients]
        else:  # amounts of information: rounded down, what is demanded of them rounded up
            if row.lower is None or row.upper is not None or min(coefficients) < 0:
                raise ValueError("A row of amounts must have a lower side only, and no negative amount.")
            lower, upper = math.ceil(row.lower * INFORMATION_UNITS), None
            scaled = [
                lower if coefficient >= row.lower else math.floor(coefficient * INFORMATION_UNITS)
                for coefficient in coefficients
            ]
        total = cp_model.LinearExpr.weighted_sum(variables, scaled)
        if lower is not None:
            self._model.add(total >= math.ceil(lower))
        if upper is not None:
            self._model.add(total <= math.floor(upper))


class _Collector(cp_model.CpSolverSolutionCallback):
    """Keeps every improving solution: each gives a tangent where the search looked."""

    def __init__(self, variables: Sequence[cp_model.IntVar]) -> None:
        super().__init__()
        self._variables = variables
        self.solutions: list[tuple[int, ...]] = []

    def on_solution_callback(self) -> None:
        self.solutions.append(tuple(self.value(variable) for variable in self._variables))


def rows_of(layout: Layout, rules: Iterable[Rule]) -> tuple[Row, ...]:
    """All rows of these rules and of the layout. Call before a model is made: rules may add variables."""
    rows = [row for rule in rules for row in rule.rows(layout)]
    return (*layout.structure(), *rows)
