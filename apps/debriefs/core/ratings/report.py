"""The answer of `fit_ratings`: plain data, ready for JSON (docs/ratings.md)."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.special import ndtri

from apps.debriefs.core.classical.panel import Method as Classical
from apps.debriefs.core.classical.panel import PanelFit, fit_panel
from apps.debriefs.core.ratings.agreement import agreement_of
from apps.debriefs.core.ratings.calibrate import calibrate
from apps.debriefs.core.ratings.calibration import Calibration, Method
from apps.debriefs.core.ratings.data import RatingRow
from apps.debriefs.core.ratings.positions import Positions, positions
from apps.debriefs.core.ratings.priors import LEAST_CANDIDATES
from apps.debriefs.core.ratings.sampler import Progress

MODELS = ("hierarchical", "marginal", "joint")
_REACH = float(ndtri(0.95))


def fit_report(rows: Sequence[RatingRow], *, model: str = "hierarchical", progress: Progress | None = None) -> Any:
    """Everything `fit_ratings` prints. `model` is one of MODELS: ours, or what peers use, for comparison.

    The scale is 1 to 4, or wider where a level is outside of it. Raises ValueError for another model's name.
    """
    if model not in MODELS:
        raise ValueError(f"model is one of {', '.join(MODELS)}, not {model}")
    levels = [row.level for row in rows if row.level is not None]
    lowest, highest = min([*levels, 1]), max([*levels, 4])
    if 0 in levels:
        highest = max(levels)  # counted from 0: another scale than ours, as wide as it was used
    if model == "hierarchical":
        calibration = calibrate(rows, lowest=lowest, highest=highest, progress=progress)
        report = _hierarchical(rows, calibration)
    else:
        fit = _classical(rows, model, lowest=lowest, highest=highest)
        report = _of_peers(rows, fit)
    return {
        "model": model,
        "scale": [lowest, highest],
        "ratings": len(levels),
        "no_evidence": len(rows) - len(levels),
        **report,
        "agreement": agreement_of(rows),
    }


def _hierarchical(rows: Sequence[RatingRow], calibration: Calibration) -> dict[str, Any]:
    found = positions(calibration, rows)
    mean, covariance = found.mean, found.covariance
    se = found.se()
    overall, overall_se = mean.mean(axis=1), np.sqrt(covariance.mean(axis=(1, 2)))
    names = list(dict.fromkeys(row.candidate for row in rows))
    at = {name: place for place, name in enumerate(found.data.candidates)}
    competencies = list(dict.fromkeys(row.competency for row in rows))
    column = {name: place for place, name in enumerate(found.data.competencies)}
    candidates = []
    for name in names:
        place = at[name]
        candidates.append(_candidate(name, None, overall[place], overall_se[place]))
        candidates.extend(
            _candidate(name, competency, mean[place, column[competency]], se[place, column[competency]])
            for competency in competencies
        )
    variances = calibration.variances
    correlation = variances.candidate / np.sqrt(np.outer(np.diag(variances.candidate), np.diag(variances.candidate)))
    off = correlation[~np.eye(len(correlation), dtype=bool)]
    return {
        "method": calibration.method.value,
        "interviewers": [
            {
                "id": name,
                "severity": found_.severity,
                "se": found_.se,
                "low": found_.severity - _REACH * found_.se,
                "high": found_.severity + _REACH * found_.se,
                "n": found_.ratings,
                "candidates": found_.candidates,
                "infit": found_.infit,
                "outfit": found_.outfit,
                "discrimination": found_.discrimination,
                "withheld": found_.withheld and found_.withheld.value,
            }
            for name in dict.fromkeys(row.interviewer for row in rows)
            if (found_ := calibration.interviewers.get(name))
        ],
        "competencies": [
            {"id": name, "difficulty": one.difficulty, "se": one.se}
            for name in competencies
            if (one := calibration.competencies.get(name))
        ],
        "stations": [
            {"id": name, "difficulty": one.difficulty, "se": one.se} for name, one in calibration.stations.items()
        ],
        "thresholds": list(calibration.thresholds),
        "candidates": candidates,
        "reliability": _reliability(found),
        "variances": {
            "candidate_sd": float(np.sqrt(np.diag(variances.candidate).mean())) if len(correlation) else None,
            "correlation": float(off.mean()) if len(off) else None,
            "severity_sd": variances.severity,
            "halo_sd": variances.halo,
            "station_sd": variances.station,
            "discrimination_sd": variances.discrimination,
        },
        "rhat": calibration.rhat,
        "notes": _notes(calibration),
    }


def _candidate(name: str, competency: str | None, position: float, se: float) -> dict[str, Any]:
    position, se = float(position), float(se)
    return {
        "id": name,
        "competency": competency,
        "position": position,
        "se": se,
        "low": position - _REACH * se,
        "high": position + _REACH * se,
    }


def _reliability(found: Positions) -> float | None:
    """Of the overall position: its variance over candidates as a share of that plus the mean error variance."""
    if len(found.mean) < 2:
        return None
    overall = found.mean.mean(axis=1)
    error = float(found.covariance.mean(axis=(1, 2)).mean())
    spread = float(overall.var())
    return spread / (spread + error)


def _notes(calibration: Calibration) -> list[str]:
    notes = []
    if calibration.method is Method.LITERATURE:
        notes.append(
            f"Published variances are used: with {calibration.candidates} rated candidates there are too few to "
            f"estimate them ({LEAST_CANDIDATES} are needed)."
        )
    withheld = sum(found.withheld is not None for found in calibration.interviewers.values())
    if withheld:
        notes.append(
            f"{withheld} of {len(calibration.interviewers)} severities rest on fewer than five candidates or on people "
            "whom nothing links to the others; positions do not use them."
        )
    return notes


def _classical(rows: Sequence[RatingRow], model: str, *, lowest: int, highest: int) -> PanelFit:
    given = [row for row in rows if row.level is not None]
    stations = [row.station or "" for row in given]
    return fit_panel(
        candidate=[row.candidate for row in given],
        interviewer=[row.interviewer for row in given],
        competency=[row.competency for row in given],
        level=[row.level for row in given if row.level is not None],
        station=stations if len(set(stations)) > 1 else None,
        method=Classical(model),
        lowest=lowest,
        highest=highest,
    )


def _of_peers(rows: Sequence[RatingRow], fit: PanelFit) -> dict[str, Any]:
    def of(named: Any, what: str) -> list[dict[str, Any]]:
        return [
            {
                "id": one.label,
                what: one.measure.value,
                "se": one.measure.se,
                "n": one.measure.n,
                "infit": one.measure.infit,
                "outfit": one.measure.outfit,
            }
            for one in named
        ]

    return {
        "method": fit.method.value,
        "interviewers": of(fit.severities, "severity"),
        "competencies": of(fit.difficulties, "difficulty"),
        "stations": of(fit.stations, "difficulty"),
        "thresholds": [one.value for one in fit.thresholds[0]] if fit.thresholds else [],
        "candidates": [
            {"id": one.label, "competency": None, "position": one.measure.value, "se": one.measure.se}
            for one in fit.persons
        ],
        "reliability": fit.reliability,
        "candidate_sd": fit.sd,
        "deviance": fit.deviance,
        "notes": [] if fit.reason is None else [f"Not estimated: {fit.reason.value}."],
    }
