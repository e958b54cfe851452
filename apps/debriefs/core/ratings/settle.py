"""What would settle it: the one further station that tells most about the bars still in doubt.

Before the station is held its ratings are unknown, but how much they would move a position is not: with the position
normal (mean m, variance v) and one more rating of reliability r, of precision r / ((1 - r) s^2) (s^2 the spread of
candidates; the same use of r as in the planner, shared/SCIENCE.md A.1), the variance becomes v' = 1 / (1/v + precision)
and the mean moves by a normal amount of variance v - v' (preposterior analysis, Raiffa & Schlaifer 1961). The
information in bits about "meets the bar" is the entropy now minus the expected entropy then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import entr, ndtr

from apps.debriefs.core.ratings.calibration import Calibration
from apps.debriefs.core.ratings.data import Floats
from apps.debriefs.core.ratings.reading import CompetencyReading, Reading

_NODES = np.linspace(-8, 8, 801)  # evenly spaced: the chance of being wrong has a kink
_WEIGHTS = np.exp(-_NODES * _NODES / 2)
_WEIGHTS = _WEIGHTS / _WEIGHTS.sum()


@dataclass(frozen=True, slots=True)
class FurtherStation:
    """A station that could still be held, with the reliability of one rating on each competency it measures."""

    station: str
    minutes: int
    reliability: Mapping[str, float]


@dataclass(frozen=True)
class Sharpened:
    """One competency: the chance of being wrong about its bar, deciding by what is more probable, now and then."""

    competency: str
    wrong_now: float
    wrong_then: float


@dataclass(frozen=True)
class Settles:
    """What one station would bring: `bits` in all over the competencies in question."""

    station: str
    minutes: int
    bits: float
    sharpened: tuple[Sharpened, ...]


def what_would_settle(
    calibration: Calibration, reading: Reading, stations: Sequence[FurtherStation]
) -> tuple[Settles, ...]:
    """All stations that would tell anything, the most telling first; ties by fewer minutes, then by name.

    In question are the must-pass competencies, or all where the role has none.
    """
    names = tuple(row.competency for row in reading.competencies)
    spread = dict(zip(names, np.diag(calibration.candidate_covariance(names)).tolist(), strict=True))
    asked = [row for row in reading.competencies if row.must_pass] or list(reading.competencies)
    asked = [row for row in asked if np.isfinite(row.bar)]
    found = [_settles(station, asked, spread) for station in stations]
    told = [one for one in found if one.bits > 1e-6]
    return tuple(sorted(told, key=lambda one: (-round(one.bits, 9), one.minutes, one.station)))


def _settles(station: FurtherStation, asked: Sequence[CompetencyReading], spread: Mapping[str, float]) -> Settles:
    bits, sharpened = 0.0, []
    for row in asked:
        reliability = station.reliability.get(row.competency, 0.0)
        if not reliability:
            continue
        after = 1 / (row.se**-2 + reliability / ((1 - reliability) * spread[row.competency]))
        moved = row.se**2 - after
        chance = ndtr((row.position + np.sqrt(moved) * _NODES - row.bar) / np.sqrt(after))
        bits += float(_bits(np.array([row.meets]))[0]) - float(_WEIGHTS @ _bits(chance))
        wrong = float(_WEIGHTS @ np.minimum(chance, 1 - chance))
        sharpened.append(Sharpened(row.competency, min(row.meets, 1 - row.meets), wrong))
    sharpened.sort(key=lambda one: (one.wrong_then - one.wrong_now, one.competency))
    return Settles(station.station, station.minutes, max(bits, 0.0), tuple(sharpened))


def _bits(chance: Floats) -> Floats:
    return np.asarray((entr(chance) + entr(1 - chance)) / np.log(2))
