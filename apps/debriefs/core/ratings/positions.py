"""Candidates' positions given a calibration: milliseconds for one, well under a second for hundreds.

The Laplace approximation of each candidate's block conditional on the calibration. An interviewer's severity enters
with its uncertainty (as part of the prior variance of what they saw); somebody without a shown severity counts as an
average interviewer who may be as harsh or soft as interviewers are.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from apps.debriefs.core.ratings import priors
from apps.debriefs.core.ratings.blocks import Blocks, Given
from apps.debriefs.core.ratings.calibration import Calibration
from apps.debriefs.core.ratings.data import Floats, RatingData, RatingRow, rating_data


@dataclass(frozen=True)
class Positions:
    """Of each candidate in `data`: `mean` (N, C) and `covariance` (N, C, C) in logits, over `data.competencies`."""

    data: RatingData
    mean: Floats
    covariance: Floats

    def se(self) -> Floats:
        """(N, C)."""
        return np.sqrt(np.diagonal(self.covariance, axis1=1, axis2=2))


def positions(calibration: Calibration, rows: Sequence[RatingRow]) -> Positions:
    """Positions of all candidates in `rows`. Raises ValueError for a level outside the calibration's scale.

    These ratings may have been part of the calibration: one candidate tells so little about severities that counting
    it there as well moves no position by more than hundredths of a logit (a test holds it to that).
    """
    data = rating_data(rows, lowest=calibration.lowest, highest=calibration.highest)
    found = Blocks(data).modes(given_by(calibration, data))
    return Positions(data, found.theta, found.covariance)


def given_by(calibration: Calibration, data: RatingData) -> Given:
    """What the calibration says about every rating of `data`."""
    spread = calibration.variances
    shown = [calibration.shown(name) for name in data.interviewers]
    severity = np.array([found.severity if found else 0.0 for found in shown])
    variance = np.array([found.se**2 if found else spread.severity**2 for found in shown])
    slope = np.array([found.discrimination if found else 1.0 for found in shown])
    competencies = [calibration.competencies.get(name) for name in data.competencies]
    difficulty = np.array([found.difficulty if found else 0.0 for found in competencies])
    unsure = np.array([found.se**2 if found else priors.DIFFICULTY_SD**2 for found in competencies])
    stations = [calibration.stations.get(name) for name in data.stations]
    station = np.array([found.difficulty if found else 0.0 for found in stations])
    of_station = np.array([found.se**2 if found else spread.station**2 for found in stations])
    counts = np.bincount(data.pair, minlength=len(data.pair_interviewer))
    station_variance = np.bincount(data.pair, of_station[data.station], len(counts)) / np.maximum(counts, 1)
    return Given(
        offset=-difficulty[data.competency] - station[data.station],
        slope=slope[data.interviewer],
        thresholds=np.array(calibration.thresholds),
        centre=-severity[data.pair_interviewer],
        variance=spread.halo**2 + variance[data.pair_interviewer] + station_variance,
        precision=np.linalg.inv(calibration.candidate_covariance(data.competencies) + np.diag(unsure)),
    )
