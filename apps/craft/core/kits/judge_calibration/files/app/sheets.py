"""What is true: the sheets of the __desk__, with the figures of every __thing__ by season."""

import json
from functools import lru_cache

from harness import files

SHEETS = json.loads(files.text("data/__sheets__.json"))


def reference(task):
    """The figures that hold for a task, one a line, and the season they are of."""
    sheet = SHEETS[task["__thing__"]]
    # [[site: tariff]]
    name = season(sheet["periods"], int(day[5:7]))
    return name, lines(task["__thing__"], name)


@lru_cache(maxsize=None)
def lines(__thing__, name):
    """The sheet of one season as the judge reads it."""
    rows = SHEETS[__thing__]["figures"][name]
    return [f"- {row['name']}: {written(row['amount'])} {row['unit']}" for row in rows]


def season(periods, month):
    """The season a month lies in. A season may go over the turn of the year."""
    for name, (first, last) in periods.items():
        if first <= month <= last if first <= last else month >= first or month <= last:
            return name
    raise ValueError(f"No season has month {month}: {periods}")


def written(amount):
    """An amount in digits, with decimals only where there are any."""
    text = f"{amount:,.2f}" if amount != int(amount) else f"{int(amount):,}"
    # [[site: figures]]
    return text.translate(str.maketrans({",": thousands, ".": point}))
