"""How sure a metric is: a bootstrap over items, repeatable to the digit. Frozen."""

import random


def interval(rows, metric, *, draws=400, level=0.9):
    """The middle `level` of the metric over resampled items (percentile bootstrap, Efron 1979)."""
    if not rows:
        return 0.0, 0.0
    chance = random.Random(len(rows))
    values = sorted(metric([rows[int(chance.random() * len(rows))] for _ in rows]) for _ in range(draws))
    edge = int(draws * (1 - level) / 2)
    return values[edge], values[-1 - edge]
