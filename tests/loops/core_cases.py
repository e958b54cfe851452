"""Small problems and slow, obvious answers for the planner's tests. Uses the checker, never the solver."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, combinations, product

import numpy as np
from hypothesis import strategies as st

from apps.loops.core.check import objective, violations
from apps.loops.core.problem import CompetencyNeed, Limits, Overlap, Problem, RuleName, RuleRef, StationOption

Plan = tuple[tuple[str, ...], dict[str, tuple[str, ...]]]


def station(name: str, minutes: int = 60, kind: str = "talk", **fields: object) -> StationOption:
    """A station whose name says most: `a` measures `x` at .44 unless told otherwise."""
    fields.setdefault("measures", {"x": 0.44})
    return StationOption(name, kind, minutes, **fields)  # type: ignore[arg-type]  # fields are StationOption's


def worked_loop(limits: Limits | None = None, correlation: float = 0.3) -> Problem:
    """The five-station loop of SCIENCE.md A.1."""
    rows = {
        "s1": (60, {"a": 0.44, "b": 0.30}),
        "s2": (60, {"b": 0.44, "c": 0.30}),
        "s3": (45, {"a": 0.35, "d": 0.40}),
        "s4": (60, {"c": 0.44, "d": 0.25}),
        "s5": (45, {"a": 0.50}),
    }
    return Problem(
        tuple(CompetencyNeed(name, weight) for name, weight in zip("abcd", (4, 3, 2, 1), strict=True)),
        tuple(StationOption(name, "talk", minutes, measures=measures) for name, (minutes, measures) in rows.items()),
        limits or Limits(),
        correlation,
    )


def subsets(problem: Problem) -> Iterator[tuple[str, ...]]:
    names = [option.id for option in problem.stations]
    return chain.from_iterable(combinations(names, number) for number in range(len(names) + 1))


def plans(problem: Problem) -> Iterator[Plan]:
    """Every selection with every full use of the number of competencies a station may assess."""
    most = problem.limits.max_competencies_per_station
    options = {option.id: option for option in problem.stations}
    for names in subsets(problem):
        choices = []
        for name in names:
            measured = [need.id for need in problem.competencies if need.id in options[name].measures]
            choices.append(list(combinations(measured, len(measured) if most is None else min(most, len(measured)))))
        for choice in product(*choices):
            yield names, dict(zip(names, choice, strict=True))


def brute_force(problem: Problem) -> float | None:
    """The best R2_loop of all plans that break no rule, or None."""
    fine = (objective(problem, *plan) for plan in plans(problem) if not violations(problem, *plan))
    return max(fine, default=None)


def broken_rules(problem: Problem) -> list[frozenset[RuleRef]]:
    """For every selection, each station assessing all it measures, the rules it breaks."""
    return [
        frozenset(
            RuleRef(found.rule, "" if found.rule is RuleName.COMPETENCIES_PER_STATION else found.subject)
            for found in violations(problem, names)
        )
        for names in subsets(problem)
    ]


def random_library(seed: int, stations: int = 60, competencies: int = 8) -> Problem:
    """Like the instances of SCIENCE.md A.4: minutes, panels, ages, one AI craft station at least."""
    rng = np.random.default_rng(seed)
    names = [f"c{c}" for c in range(competencies)]
    options = []
    for s in range(stations):
        measured = rng.choice(competencies, rng.choice([1, 2, 3, 4], p=[0.2, 0.4, 0.3, 0.1]), replace=False)
        rho = np.clip(rng.normal(0.40, 0.12, len(measured)) - 0.04 * (len(measured) - 1), 0.08, 0.7)
        craft = s < 3 or rng.random() < 0.15
        options.append(
            StationOption(
                f"s{s:03d}",
                "ai_craft" if craft else "talk",
                int(rng.choice([30, 45, 60, 75, 90], p=[0.2, 0.3, 0.35, 0.1, 0.05])),
                interviewers=int(rng.choice([1, 2], p=[0.8, 0.2])),
                measures={names[c]: float(r) for c, r in zip(measured, rho, strict=True)},
                age_months=float(rng.integers(0, 30)),
                half_life_months=6.0 if craft else 48.0,
            )
        )
    weights = rng.integers(1, 6, competencies)
    must = rng.random(competencies) < 0.3
    needs = [
        CompetencyNeed(name, float(w), must_pass=bool(m), min_signals=2 if w >= 4 else 1)
        for name, w, m in zip(names, weights, must, strict=True)
    ]
    minutes = (300, 480) if competencies <= 8 else (360, 600)
    return Problem(tuple(needs), tuple(options), Limits(*minutes, required_kinds={"ai_craft": 1}))


@st.composite
def small_problems(draw: st.DrawFn, most_stations: int = 8, capped: bool = False) -> Problem:
    """Problems small enough for brute force, tight enough that many have no plan."""
    names = "xyz"[: draw(st.integers(1, 3))]
    kinds = ("ai_craft", "talk", "screen")
    rho = st.sampled_from([0.08, 1 / 11, 0.2, 0.3, 0.44, 0.5, 0.6, 0.95])
    pool = st.none() | st.integers(0, 3) | st.sets(st.sampled_from(["ann", "bea", "col"])).map(frozenset)
    options = [
        StationOption(
            f"s{number}",
            draw(st.sampled_from(kinds)),
            draw(st.sampled_from([15, 30, 45, 60, 90])),
            interviewers=draw(st.sampled_from([1, 1, 1, 2])),
            interviewer_minutes=draw(st.none() | st.integers(0, 200)),
            measures=draw(st.dictionaries(st.sampled_from(names), rho, max_size=3)),
            age_months=draw(st.sampled_from([0.0, 3.0, 12.0])),
            half_life_months=draw(st.sampled_from([None, 6.0, 48.0])),
            state=draw(st.sampled_from(["active", "active", "active", "pilot"])),
            qualified_interviewers=draw(pool),
        )
        for number in range(draw(st.integers(1, most_stations)))
    ]
    ids = st.lists(st.sampled_from([option.id for option in options]), max_size=1)
    needs = [
        CompetencyNeed(
            name,
            draw(st.sampled_from([0.5, 1.0, 1.0, 4.0])),
            must_pass=draw(st.sampled_from([False, False, True])),
            target_reliability=draw(st.sampled_from([None, None, None, 0.3, 0.44, 0.6])),
            min_signals=draw(st.sampled_from([0, 0, 1, 2, 3])),
        )
        for name in names
    ]
    limits = Limits(
        candidate_minutes=draw(st.none() | st.integers(20, 240)),
        interviewer_minutes=draw(st.none() | st.integers(20, 400)),
        max_stations=draw(st.none() | st.integers(0, 6)),
        required_kinds=draw(st.dictionaries(st.sampled_from(kinds), st.integers(0, 2), max_size=1)),
        max_per_kind=draw(st.dictionaries(st.sampled_from(kinds), st.integers(0, 3), max_size=2)),
        pinned=tuple(draw(ids)),
        excluded=tuple(draw(ids)),
        max_competencies_per_station=draw(st.integers(1, 2)) if capped else None,
    )
    return Problem(tuple(needs), tuple(options), limits, draw(st.sampled_from([0.0, 0.3, 0.8])))


@st.composite
def limited_problems(draw: st.DrawFn, most_stations: int = 7) -> Problem:
    """Small problems with the rarer rules: days, shares of a kind, overlaps, stations not in use."""
    base = draw(small_problems(most_stations=most_stations))
    states = st.sampled_from(["active", "active", "active", "draft", "retired", "pilot"])
    stations = tuple(replace(option, state=draw(states)) for option in base.stations)
    names = [option.id for option in stations]
    overlaps = st.builds(
        Overlap,
        st.lists(st.sampled_from(names), unique=True).map(tuple),
        at_least=st.integers(0, 2),
        at_most=st.none() | st.integers(0, 4),
        others_at_most=st.none() | st.integers(0, 3),
    )
    limits = replace(
        base.limits,
        day_minutes=draw(st.none() | st.integers(20, 150)),
        days=draw(st.sampled_from([1, 2])),
        kind_shares=draw(
            st.dictionaries(st.sampled_from(["ai_craft", "talk"]), st.sampled_from([0.0, 0.2, 1 / 3, 0.5, 1.0]))
        ),
        overlaps=tuple(draw(st.lists(overlaps, max_size=2))),
    )
    return replace(base, stations=stations, limits=limits)
