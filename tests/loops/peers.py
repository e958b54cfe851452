"""What the planner is held against: a plain MIP of the same model, and choosing greedily. Neither uses its code."""

from itertools import product

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from apps.loops.core.check import objective, violations
from apps.loops.core.problem import Problem, StationOption


class PeerFailed(Exception):
    """HiGHS gave up on an instance."""


def _load(option: StationOption) -> int:
    if option.interviewer_minutes is None:
        return option.interviewers * (option.minutes + 15)
    return option.interviewer_minutes


def highs(problem: Problem) -> float:
    """The optimum by HiGHS: rows written out by hand, tangents at each of its own solutions."""
    needs, options, limits = problem.competencies, problem.stations, problem.limits
    info = np.zeros((len(options), len(needs)))
    for s, option in enumerate(options):
        for c, need in enumerate(needs):
            rho = option.measures.get(need.id, 0.0)
            aged = 2 ** (-option.age_months / (option.half_life_months or 1e9))
            info[s, c] = rho / (1 - rho) * 0.56 / (0.30 + 0.26 / option.interviewers) * aged
    weights = np.array([need.weight for need in needs])
    phi = np.full((len(needs), len(needs)), problem.correlation) + (1 - problem.correlation) * np.eye(len(needs))
    total = weights @ phi @ weights

    def unexplained(known: np.ndarray) -> np.ndarray:
        return np.linalg.solve(np.linalg.inv(phi) + np.diag(known), weights)

    def tangent(known: np.ndarray) -> tuple[np.ndarray, float, float]:
        rest = unexplained(known)
        value, slope = 1 - weights @ rest / total, rest**2 / total
        return np.r_[-(info @ slope), 1.0], value - slope @ known, value

    rows: list[tuple[np.ndarray, float, float]] = [
        (np.array([option.minutes for option in options]), -np.inf, limits.candidate_minutes or np.inf),
        (
            np.array([_load(option) for option in options]),
            -np.inf,
            limits.interviewer_minutes or np.inf,
        ),
        (np.array([option.kind == "ai_craft" for option in options]), 1, np.inf),
    ]
    for c, need in enumerate(needs):
        rows.append((info[:, c] >= 0.1, need.min_signals, np.inf))
        if need.must_pass:
            rows.append((info[:, c], 0.45 / 0.55, np.inf))
    points = [np.full(len(needs), level) for level in (0.0, 0.5, 1.5)]

    def optimum(whole: bool) -> tuple[np.ndarray, float]:
        cuts = [tangent(point) for point in points]
        constraints = LinearConstraint(
            np.array([*(np.r_[row.astype(float), 0.0] for row, _, _ in rows), *(cut[0] for cut in cuts)]),
            np.array([*(low for _, low, _ in rows), *(-np.inf for _ in cuts)]),
            np.array([*(high for _, _, high in rows), *(cut[1] for cut in cuts)]),
        )
        # On some of these instances HiGHS ends with "Solve error", with or without presolve, for one gap or the other.
        for presolve, relative_gap in product((True, False), (1e-9, 1e-7)):
            solved = milp(
                np.r_[np.zeros(len(options)), -1.0],
                constraints=constraints,
                bounds=Bounds(0, 1),
                integrality=np.r_[np.full(len(options), int(whole)), 0],
                options={"mip_rel_gap": relative_gap, "presolve": presolve},
            )
            if solved.x is not None and solved.fun is not None:
                return np.round(solved.x[:-1]) if whole else solved.x[:-1], -solved.fun
        raise PeerFailed(solved.message)

    best = -1.0
    for whole, gap in ((False, 1e-5), (True, 1e-7)):
        best, bound, again = -1.0, 1.0, False
        while bound - best > gap and not again:  # HiGHS' own tolerance of 1e-6 may bring a point again
            x, bound = optimum(whole)
            known = info.T @ x
            again = best > 0 and any(np.array_equal(known, point) for point in points)
            points.append(known)
            best = max(best, tangent(known)[2])
    return best


def greedy(problem: Problem, by_minute: bool) -> list[str]:
    """Adds the station that helps most until none fits: by gain in value, what is still missing counted in.

    As in SCIENCE.md A.4: while a rule is unmet, each unit less unmet is worth .15; `by_minute` divides by minutes.
    """
    limits = problem.limits
    chosen: list[str] = []
    while True:
        used = [option for option in problem.stations if option.id in chosen]
        minutes = (limits.candidate_minutes or 10**9) - sum(option.minutes for option in used)
        load = (limits.interviewer_minutes or 10**9) - sum(_load(option) for option in used)
        value, unmet = objective(problem, chosen), _unmet(problem, chosen)
        best, best_worth = "", 1e-12
        for option in problem.stations:
            if option.id in chosen or option.state != "active" or option.minutes > minutes or _load(option) > load:
                continue
            longer = [*chosen, option.id]
            worth = objective(problem, longer) - value
            if unmet > 0:
                worth += 0.15 * (unmet - _unmet(problem, longer))
            worth /= option.minutes if by_minute else 1
            if worth > best_worth:
                best, best_worth = option.id, worth
        if not best:
            return chosen
        chosen.append(best)


def _unmet(problem: Problem, chosen: list[str]) -> float:
    """How much is missing from what a plan needs at least: signals, information, stations of a kind."""
    return sum(max(0.0, found.limit - found.actual) for found in violations(problem, chosen))
