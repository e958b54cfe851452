"""The random libraries on which SCIENCE.md A.4 compares methods."""

import numpy as np

from apps.loops.core.problem import CompetencyNeed, Limits, Problem, StationOption


def published_instance(seed: int, stations: int = 60, competencies: int = 8) -> Problem:
    """One library drawn as there, number for number: information scaled by minutes, panel and age; 300 or 360 minutes.

    Information is written as the reliability of one rating, and the interviewers' minutes as they were drawn.
    """
    rng = np.random.default_rng(seed)
    information = np.zeros((stations, competencies))
    for s in range(stations):
        number = rng.choice([1, 2, 3, 4], p=[0.2, 0.4, 0.3, 0.1])
        measured = rng.choice(competencies, number, replace=False)
        rho = np.clip(rng.normal(0.40, 0.12, number) - 0.04 * (number - 1), 0.08, 0.7)
        information[s, measured] = rho / (1 - rho)
    minutes = rng.choice([30, 45, 60, 75, 90], stations, p=[0.2, 0.3, 0.35, 0.1, 0.05])
    information *= np.sqrt(minutes / 50)[:, None]
    panel = rng.choice([1, 2], stations, p=[0.8, 0.2])
    information *= np.where(panel == 2, 1.3, 1.0)[:, None]
    load = panel * (minutes + 15) + rng.choice([0, 15, 30], stations)
    information *= (np.exp(-rng.integers(0, 900, stations) / 900) ** 0.3)[:, None]
    craft = rng.random(stations) < 0.15
    craft[rng.integers(0, stations, 3)] = True
    weights = rng.integers(1, 6, competencies).astype(float)
    must = rng.random(competencies) < 0.3
    must[np.argmax(weights)] = True
    options = [
        StationOption(
            f"s{s:03d}",
            "ai_craft" if craft[s] else "talk",
            int(minutes[s]),
            interviewer_minutes=int(load[s]),
            measures={f"c{c}": float(amount / (1 + amount)) for c, amount in enumerate(information[s]) if amount > 0},
        )
        for s in range(stations)
    ]
    needs = [
        CompetencyNeed(f"c{c}", weights[c], must_pass=bool(must[c]), min_signals=2 if weights[c] >= 4 else 1)
        for c in range(competencies)
    ]
    budget = (300, 480) if competencies <= 8 else (360, 600)
    return Problem(tuple(needs), tuple(options), Limits(*budget, required_kinds={"ai_craft": 1}))
