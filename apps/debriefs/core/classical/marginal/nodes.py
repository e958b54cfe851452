"""Where the integral over the candidates' abilities is summed."""

from dataclasses import dataclass

import numpy as np

from apps.debriefs.core.classical.design import Layout
from apps.debriefs.core.classical.fit import Floats

SPAN = 6.0  # standard deviations the nodes reach to either side
PER_SD = 5  # nodes per standard deviation, at least


@dataclass(frozen=True)
class Nodes:
    """Evenly spaced places of integration around the mean, in logits."""

    lowest: float
    highest: float
    count: int

    def __post_init__(self) -> None:
        if self.count < 3 or not self.lowest < 0 < self.highest:
            raise ValueError("there must be three nodes or more, on both sides of 0")

    @property
    def at(self) -> Floats:
        return np.linspace(self.lowest, self.highest, self.count)

    @property
    def spacing(self) -> float:
        return (self.highest - self.lowest) / (self.count - 1)


TAM_NODES = Nodes(-6.0, 6.0, 21)


def automatic(sd: float, layout: Layout) -> Nodes:
    """Wide enough for theta, close enough for the narrowest posterior.

    The evenly spaced sum over a normal curve of standard deviation s is off by about 2 exp(-2 (pi s / h)^2): with
    h = s, by a few parts in a thousand million. A rating's information is its variance; .6 squared levels is much
    for four levels.
    """
    sd = max(sd, 0.05)
    most = int(np.bincount(layout.ratings.person).max())
    narrowest = 1 / np.sqrt(1 / sd**2 + most * 0.6)
    h = min(sd / PER_SD, narrowest)
    span = SPAN * sd
    return Nodes(-span, span, min(2 * int(np.ceil(span / h)) + 1, 401))
