"""Making a calibration from ratings: a background job over all settled panels, or one file."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from apps.debriefs.core.classical.fit import fit_statistics
from apps.debriefs.core.ratings.calibration import (
    LEAST_HISTORY,
    Calibration,
    Difficulty,
    InterviewerEstimate,
    Method,
    Withheld,
    before_any_rating,
)
from apps.debriefs.core.ratings.data import Floats, RatingData, RatingRow, rating_data
from apps.debriefs.core.ratings.graph import components
from apps.debriefs.core.ratings.joint import joint_mode
from apps.debriefs.core.ratings.leaving_out import without_their_interviewer
from apps.debriefs.core.ratings.priors import LEAST_CANDIDATES, Variances, published_variances
from apps.debriefs.core.ratings.sampler import Draws, Progress, sample

SWEEPS, BURN_IN, SEED = 1000, 400, 20261123
_MANY_RATINGS = 40_000  # beyond, fewer draws do: every one of them knows more


def calibrate(
    rows: Sequence[RatingRow],
    *,
    lowest: int | None = None,
    highest: int | None = None,
    progress: Progress | None = None,
) -> Calibration:
    """From all ratings. Below 30 rated candidates with published variances, else with variances estimated here.

    The same ratings give the same calibration, whatever people are called. Raises ValueError for levels off the scale.
    """
    data = rating_data(rows, lowest=lowest, highest=highest)
    if not data.size:
        return before_any_rating()
    rated = len(np.unique(data.candidate))
    if rated < LEAST_CANDIDATES or len(np.unique(data.interviewer)) < 2:
        found = _with_published_variances(data, rated)
    else:
        sweeps = max(150, round(SWEEPS * min(1.0, _MANY_RATINGS / data.size)))
        burn_in = max(150, round(BURN_IN * min(1.0, _MANY_RATINGS / data.size)))
        found = _from_draws(data, sample(data, sweeps=sweeps, burn_in=burn_in, seed=SEED, progress=progress), rated)
    return _with_fit(found, data)


def _with_published_variances(data: RatingData, rated: int) -> Calibration:
    variances = published_variances(len(data.competencies))
    joint = joint_mode(data, variances)
    return Calibration(
        method=Method.LITERATURE,
        lowest=data.lowest,
        categories=data.categories,
        thresholds=tuple(joint.thresholds.tolist()),
        variances=variances,
        competencies=_difficulties(data.competencies, joint.difficulty, joint.difficulty_se),
        stations=_difficulties(data.stations, joint.station, joint.station_se),
        interviewers=_interviewers(data, joint.severity, joint.severity_se, np.ones(len(data.interviewers))),
        candidates=rated,
        ratings=data.size,
    )


def _from_draws(data: RatingData, draws: Draws, rated: int) -> Calibration:
    # Severities and stations are told against their means, thresholds against their middle: difficulties take it up.
    means = [part.mean(axis=1, keepdims=True) for part in (draws.severity, draws.station, draws.thresholds)]
    severity, station, thresholds = draws.severity - means[0], draws.station - means[1], draws.thresholds - means[2]
    difficulty = draws.difficulty + means[0] + means[1] + means[2]
    return Calibration(
        method=Method.ESTIMATED,
        lowest=data.lowest,
        categories=data.categories,
        thresholds=tuple(thresholds.mean(axis=0).tolist()),
        variances=Variances(
            candidate=draws.covariance.mean(axis=0),
            severity=float(np.sqrt((draws.severity_sd**2).mean())),
            halo=float(np.sqrt((draws.halo_sd**2).mean())),
            station=float(np.sqrt((draws.station_sd**2).mean())),
            discrimination=float(draws.slope_sd.mean()),
        ),
        competencies=_difficulties(data.competencies, difficulty.mean(axis=0), difficulty.std(axis=0)),
        stations=_difficulties(data.stations, station.mean(axis=0), station.std(axis=0)),
        interviewers=_interviewers(
            data, severity.mean(axis=0), severity.std(axis=0), np.exp(draws.log_slope.mean(axis=0))
        ),
        candidates=rated,
        ratings=data.size,
        rhat=max(_split_rhat(values) for values in (draws.halo_sd, draws.severity_sd, draws.covariance[:, 0, 0])),
    )


def _split_rhat(values: Floats) -> float:
    """Gelman and Rubin's R-hat of the two halves of one chain; 1 where both tell the same."""
    half = len(values) // 2
    halves = np.stack([values[:half], values[half : 2 * half]])
    within = float(halves.var(axis=1, ddof=1).mean())
    between = half * float(halves.mean(axis=1).var(ddof=1))
    return float(np.sqrt((half - 1) / half + between / (half * within))) if within > 0 else 1.0


def _difficulties(names: Sequence[str], value: Floats, se: Floats) -> dict[str, Difficulty]:
    return {
        name: Difficulty(float(one), float(error)) for name, one, error in zip(names, value, se, strict=True) if name
    }


def _interviewers(data: RatingData, severity: Floats, se: Floats, slope: Floats) -> dict[str, InterviewerEstimate]:
    part = components(data)
    ratings = np.bincount(data.interviewer, minlength=len(data.interviewers))
    candidates = np.bincount(data.pair_interviewer, minlength=len(data.interviewers))
    out = {}
    for at, name in enumerate(data.interviewers):
        withheld = None
        if part[at] != 0 or len(data.interviewers) == 1:
            withheld = Withheld.NOT_CONNECTED
        elif candidates[at] < LEAST_HISTORY:
            withheld = Withheld.SHORT_HISTORY
        out[name] = InterviewerEstimate(
            severity=float(severity[at]),
            se=float(se[at]),
            discrimination=float(slope[at]),
            ratings=int(ratings[at]),
            candidates=int(candidates[at]),
            infit=None,
            outfit=None,
            part=part[at],
            withheld=withheld,
        )
    return out


def _with_fit(calibration: Calibration, data: RatingData) -> Calibration:
    """Infit and outfit of every interviewer: how their ratings scatter around what the other interviewers' ratings of
    the same candidates, and their own severity, predict. Whoever rates as the model expects has 1."""
    expected, variance = np.zeros(data.size), np.zeros(data.size)
    count = np.arange(data.categories, dtype=float)
    for predicted in without_their_interviewer(data, calibration):
        mean = count @ predicted.chance
        expected[predicted.rating] = mean
        variance[predicted.rating] = (count * count) @ predicted.chance - mean * mean
    fits = fit_statistics(data.level, expected, variance, data.interviewer, groups=len(data.interviewers))
    interviewers = {
        name: replace(calibration.interviewers[name], infit=fit.infit, outfit=fit.outfit)
        for name, fit in zip(data.interviewers, fits, strict=True)
    }
    return replace(calibration, interviewers=interviewers)
