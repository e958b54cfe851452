"""The rating model against peers: accuracy, whether intervals hold the truth, time and memory, in one run.

The panels of SCIENCE.md B.2, drawn anew for every seed: A classical (one position, no halo), B realistic (six
correlated competencies, halo, discriminations), C as B but each interviewer on two or three competencies only.
raschpy is the peer that installs here; its standard errors of persons are those it prints. R's TAM is not run: the
lines in SCIENCE.md say what its nominal 95 % intervals cover (74 to 86 %).
"""

import csv
import json
import resource
import statistics
import subprocess
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np

SEEDS = 10


def ratings() -> None:
    """Ten seeds of A, B and C; then the background calibration's cost, the answers' cost, and 100,000 scorecards."""
    print(f"Rating model, mean over {SEEDS} seeds of 500 candidates, 60 interviewers, 5 each (SCIENCE.md B.2)")
    print(
        f"{'panel, method':<26}{'ratings':>9}{'seconds':>9}{'ability r':>11}{'severity r':>12}"
        f"{'90 % holds: competency':>24}{'overall':>9}{'severity':>10}"
    )
    for kind in "ABC":
        lines: dict[str, list[list[float]]] = {"hierarchical": [], "raschpy": [], "marginal": [], "raw mean": []}
        for seed in range(SEEDS):
            panel = _panel(kind, seed)
            lines["hierarchical"].append(_ours(panel))
            lines["marginal"].append(_marginal(panel))
            lines["raw mean"].append(_raw(panel))
            lines["raschpy"].append(_raschpy(panel))
        for method, rows in lines.items():
            mean = [statistics.fmean(column) for column in zip(*rows, strict=True)]
            print(
                f"{f'{kind} {method}':<26}{len(panel.rows):>9}{mean[0]:>9.2f}{mean[1]:>11.3f}{mean[2]:>12.3f}"
                f"{_share(mean[3]):>24}{_share(mean[4]):>9}{_share(mean[5]):>10}",
                flush=True,
            )
    _answers()
    _published_panel()
    _scorecards(100_000)
    print()


def _share(value: float) -> str:
    return "·" if np.isnan(value) else f"{value:.1%}"


def _panel(kind: str, seed: int) -> Any:
    from tests.debriefs.simulated import simulated

    return simulated(kind, seed)


def _line(
    panel: Any, seconds: float, ability: Any, severity: Any, cells: float, overall: float, severities: float
) -> list[float]:
    truth = panel.theta.mean(axis=1)
    return [
        seconds,
        float(np.corrcoef(ability, truth)[0, 1]),
        float(np.corrcoef(severity, panel.severity)[0, 1]),
        cells,
        overall,
        severities,
    ]


def _ours(panel: Any) -> list[float]:
    from apps.debriefs.core.ratings.calibrate import calibrate
    from apps.debriefs.core.ratings.positions import positions
    from tests.debriefs.simulated import coverage

    begin = time.perf_counter()
    calibration = calibrate(panel.rows)
    found = positions(calibration, panel.rows)
    seconds = time.perf_counter() - begin
    rows = np.argsort([int(name[1:]) for name in found.data.candidates])
    columns = np.argsort([int(name[1:]) for name in found.data.competencies])
    mean, se = found.mean[np.ix_(rows, columns)], found.se()[np.ix_(rows, columns)]
    overall_se = np.sqrt(found.covariance.mean(axis=(1, 2)))[rows]
    people = [calibration.interviewers[f"i{number}"] for number in range(len(panel.severity))]
    severity, severity_se = np.array([one.severity for one in people]), np.array([one.se for one in people])
    return _line(
        panel,
        seconds,
        mean.mean(axis=1),
        severity,
        coverage(mean, se, panel.theta),
        coverage(mean.mean(axis=1), overall_se, panel.theta.mean(axis=1)),
        coverage(severity, severity_se, panel.severity),
    )


def _marginal(panel: Any) -> list[float]:
    """One-dimensional marginal maximum likelihood, what TAM does; our own code for it."""
    from apps.debriefs.core.classical.panel import Method, fit_panel
    from tests.debriefs.simulated import coverage

    begin = time.perf_counter()
    fit = fit_panel(
        candidate=[row.candidate for row in panel.rows],
        interviewer=[row.interviewer for row in panel.rows],
        competency=[row.competency for row in panel.rows],
        level=[row.level for row in panel.rows],
        method=Method.MARGINAL,
    )
    seconds = time.perf_counter() - begin
    persons = {str(one.label): one.measure for one in fit.persons}
    raters = {str(one.label): one.measure for one in fit.severities}
    ability = np.array([persons[f"c{number}"].value for number in range(len(panel.theta))], float)
    ability_se = np.array([persons[f"c{number}"].se for number in range(len(panel.theta))], float)
    severity = np.array([raters[f"i{number}"].value for number in range(len(panel.severity))], float)
    severity_se = np.array([raters[f"i{number}"].se for number in range(len(panel.severity))], float)
    truth = panel.theta.mean(axis=1)
    return _line(
        panel,
        seconds,
        ability,
        severity,
        float("nan"),
        coverage(ability, ability_se, truth),
        coverage(severity, severity_se, panel.severity),
    )


def _raw(panel: Any) -> list[float]:
    begin = time.perf_counter()
    sums: dict[str, list[int]] = {}
    for row in panel.rows:
        sums.setdefault(row.candidate, []).append(row.level)
        sums.setdefault(row.interviewer, []).append(-row.level)
    seconds = time.perf_counter() - begin
    ability = [statistics.fmean(sums[f"c{number}"]) for number in range(len(panel.theta))]
    severity = [statistics.fmean(sums[f"i{number}"]) for number in range(len(panel.severity))]
    nothing = float("nan")
    return _line(panel, seconds, ability, severity, nothing, nothing, nothing)


def _raschpy(panel: Any) -> list[float]:
    import pandas as pd
    import raschpy

    from tests.debriefs.simulated import coverage

    table = pd.DataFrame(
        [(row.interviewer, row.candidate, row.competency, row.level - 1) for row in panel.rows],
        columns=["Rater", "Person", "Item", "Score"],
    ).pivot_table(index=["Rater", "Person"], columns="Item", values="Score")
    full = pd.MultiIndex.from_product([sorted(set(level)) for level in table.index.levels], names=["Rater", "Person"])
    begin = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = raschpy.MFRM(table.reindex(full), max_score=3)
        model.calibrate_global()
        model.person_estimates_global()
    seconds = time.perf_counter() - begin
    nothing = float("nan")
    severity = np.array([float(model.raters_global[f"i{number}"]) for number in range(len(panel.severity))])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.std_errors_global()
    errors = np.array([float(model.rater_se_global[f"i{number}"]) for number in range(len(panel.severity))])
    return _line(
        panel,
        seconds,
        [float(model.persons_global[f"c{number}"]) for number in range(len(panel.theta))],
        severity,
        nothing,
        nothing,
        coverage(severity, errors, panel.severity),
    )


def _answers() -> None:
    """From a stored calibration: positions of 500 candidates at once, and a whole reading of one."""
    from apps.debriefs.core.ratings.calibrate import calibrate
    from apps.debriefs.core.ratings.calibration import calibration_of
    from apps.debriefs.core.ratings.positions import positions
    from apps.debriefs.core.ratings.reading import Bar, read_panel

    panel = _panel("B", 0)
    calibration = calibration_of(calibrate(panel.rows).as_record())
    one = [row for row in panel.rows if row.candidate == "c0"]
    bars = [Bar(f"k{number}", 3, must_pass=True) for number in range(6)]
    print(
        f"From the stored calibration: 500 candidates {_fastest(lambda: positions(calibration, panel.rows)):.3f} s, "
        f"one candidate's positions {1000 * _fastest(lambda: positions(calibration, one)):.1f} ms, "
        f"with bars and the joint probability {1000 * _fastest(lambda: read_panel(calibration, bars, one)):.1f} ms"
    )


def _fastest(call: Any) -> float:
    times = []
    for _ in range(7):
        begin = time.perf_counter()
        call()
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def _published_panel() -> None:
    """Panel A as drawn for SCIENCE.md B.2, number for number: the ceiling there is .970 and .977."""
    from apps.debriefs.core.ratings.calibrate import calibrate
    from apps.debriefs.core.ratings.data import RatingRow
    from apps.debriefs.core.ratings.positions import positions

    folder = Path(__file__).resolve().parents[3] / "shared" / "data" / "sim"
    if not folder.exists():
        print("The published panel A is not here (shared/data/sim): left out.")
        return
    with (folder / "simA.csv").open() as file:
        rows = [RatingRow(r["cand"], r["rater"], r["crit"], int(r["y"])) for r in csv.DictReader(file)]
    truth = json.loads((folder / "simA_truth.json").read_text())
    begin = time.perf_counter()
    calibration = calibrate(rows)
    seconds = time.perf_counter() - begin
    found = positions(calibration, rows)
    ability = np.array(truth["theta"]).mean(axis=1)[[int(name) for name in found.data.candidates]]
    names = list(calibration.interviewers)
    severity = np.array(truth["alpha"])[[int(name) for name in names]]
    print(
        f"Published panel A: {len(rows)} ratings calibrated in {seconds:.0f} s; ability r "
        f"{np.corrcoef(found.mean.mean(axis=1), ability)[0, 1]:.4f}, severity r "
        f"{np.corrcoef([calibration.interviewers[name].severity for name in names], severity)[0, 1]:.4f}",
        flush=True,
    )


def _scorecards(number: int) -> None:
    """In a process of its own, so that its memory is its own."""
    child = subprocess.run(
        [sys.executable, "-c", f"from tests.bench.ratings import many_scorecards; many_scorecards({number})"],
        capture_output=True,
        text=True,
        check=True,
    )
    print(child.stdout.strip())


def many_scorecards(number: int) -> None:
    from apps.debriefs.core.ratings.calibrate import calibrate
    from tests.debriefs.simulated import simulated

    panel = simulated("B", 1, candidates=number // 4, interviewers=400, each=4, competencies=4)
    begin = time.perf_counter()
    calibrate(panel.rows)
    seconds = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 / 1024
    print(f"{number} scorecards ({len(panel.rows)} ratings): calibrated in {seconds:.0f} s, peak memory {peak:.2f} GB")
