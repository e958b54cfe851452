"""The world of the router: sheets with steps and their hours, and a minute of questions about them, with a burst.

Facts come first, as (sheet, step, hours); texts are written from them, so every gold answer is exact. A question about
one step is easy; one about two steps together is hard, which can be told from the question alone.
"""

import hashlib
import json
import math
import random
from collections.abc import Mapping
from typing import Any

from apps.craft.core.kit import World

LETTERS = "BCDFGHJKLMNPRSTVWXZ"
PACE = 7.1  # requests in a second, on the average of a day
HARD, HARD_SHIFTED = 0.36, 0.42
URGENT = 0.5
WITHIN = {"urgent": 5.0, "patient": 14.0}  # seconds from arrival; README.md says the same
OUTAGE = {"large": 0.19, "small": 0.13}  # share of the day; without the small model more is lost in the same time
SHEETS = 40
QUOTAS = {
    "prompt": {
        "sim-small": {"requests_per_minute": 675, "tokens_per_minute": 124_000},
        "sim-large": {"requests_per_minute": 360, "tokens_per_minute": 67_500},
    },
    "reserved": {
        "sim-small": {"requests_per_minute": 675, "tokens_per_minute": 147_000},
        "sim-large": {"requests_per_minute": 360, "tokens_per_minute": 80_000},
    },
}
SAID = [
    "The {s} needs {n} hours.",
    "For the {s} we plan {n} hours.",
    "Allow {n} hours for the {s}.",
    "The usual {s} needs {n} hours.",
]
PADS = [
    "Ask the front office before moving anything.",
    "Keys hang behind the counter.",
    "Materials arrive with the morning round.",
    "The owner wishes to be called beforehand.",
    "Photographs belong into the shared folder.",
    "Report damage to the person in charge.",
    "Nothing leaves the house without a signature.",
    "Two people work on heavy parts.",
]
CREWS = ["crew/north", "crew/south", "crew/harbour", "crew/upper-hall", "crew/lower-hall", "crew/evening"]
EASY = ["How long is the {a}?", "How long will the {a} be?", "The {a}, please: how long is it?"]
EASY_ANEW = ["Could you look up the hours of the {a}?", "The {a}: how many hours is that?"]
PAIR = ["How many hours do the {a} and the {b} need together?", "What do the {a} and the {b} need in total, in hours?"]
PAIR_ANEW = ["How many hours are the {a} and the {b} altogether?", "The {a} and the {b}, added up: how many hours?"]
BARE = ["Question about {id}", "{id}, quick question", "Planning for {id}"]


def habits(laws: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """What the laws fix for the models, and what this kit fixes: reading is reliable, adding up is not; quotas."""
    who, how = laws["outage"].split("_")
    every: dict[str, Any] = {
        "retry_after": laws["retry_after"],
        "counts": laws["counts"],
        "depth": 0.05,
        "reading": 0.99,
    }
    quotas = QUOTAS[laws["counts"]]
    small: dict[str, Any] = {"reasoning": 0.3, "latency": 0.4, "tail": 0.025, **quotas["sim-small"]}
    large: dict[str, Any] = {"reasoning": 0.97, "latency": 1.0, "tail": 0.025, **quotas["sim-large"]}
    (small if who == "small" else large)["outage"] = how
    return {"every": every, "sim_small": small, "sim_large": large}


def world(
    seed: str, *, kind: str, number: int, surface: Mapping[str, Any], laws: Mapping[str, str], flaws: frozenset[str]
) -> World:
    """Sheets and a day of questions. On a shifted day wordings are new, more is hard, and the burst comes late."""
    chance = random.Random(seed)
    sheets = _sheets(chance, surface, longer=kind == "shifted")
    chance = random.Random(f"{seed}|{kind}")
    seconds = number / PACE
    arrivals = _arrivals(chance, number, seconds, late=kind == "shifted", calm="calm_dev" in flaws)
    items = [
        _item(chance, place, arrives, sheets, kind, surface, laws, tag)
        for place, (arrives, tag) in enumerate(arrivals, 1)
    ]
    if "wrong_gold" in flaws:
        _spoil(chance, items)
    rough = kind == "shifted"
    lasts = seconds * OUTAGE[laws["outage"].split("_")[0]] * (1.25 if rough else 1.0)
    day = {"day": f"{chance.randrange(16**8):08x}", "seconds": seconds, "outage": round(lasts, 2), "rough": rough}
    sheet = surface["words"]["sheet"]
    public = {name: {"steps": list(steps), "text": text} for name, (steps, text, _) in sheets.items()}
    return World(
        {
            f"data/{sheet}s.json": json.dumps(public, indent=0),
            "data/day.json": json.dumps(day),
            "data/quotas.json": json.dumps(QUOTAS[laws["counts"]], indent=1),
        },
        items,
    )


def _sheets(
    chance: random.Random, surface: Mapping[str, Any], *, longer: bool
) -> dict[str, tuple[dict[str, int], str, str]]:
    """Per sheet its steps with hours, its text, and whether that is prose or a table."""
    names: set[str] = set()
    while len(names) < SHEETS:
        names.add(f"{chance.choice(LETTERS)}{chance.choice(LETTERS)}-{chance.randrange(10, 100)}")
    found = {}
    every = [(part, work) for part in surface["parts"] for work in surface["works"]]
    for place, name in enumerate(sorted(names)):
        table = place % 10 < (5 if longer else 4)
        picked = chance.sample(every, 34 if table else 8)
        steps = {f"{part} {work}": chance.randrange(2, 60) for part, work in picked}
        found[name] = (steps, _table(chance, steps) if table else _prose(chance, steps), "table" if table else "prose")
    return found


def _prose(chance: random.Random, steps: Mapping[str, int]) -> str:
    lines = [chance.choice(SAID).format(s=step, n=hours) for step, hours in steps.items()]
    lines += chance.sample(PADS, 4)
    chance.shuffle(lines)
    return "\n".join(lines)


def _table(chance: random.Random, steps: Mapping[str, int]) -> str:
    rows = [
        f"|{step.replace(' ', '/')}|{chance.choice(CREWS)}|bay-{chance.choice(LETTERS)}|{hours} hours|"
        for step, hours in steps.items()
    ]
    return "\n".join(rows)


def _arrivals(chance: random.Random, number: int, seconds: float, *, late: bool, calm: bool) -> list[tuple[float, str]]:
    """When requests come, and whether in the burst; a Poisson stream whose rate more than doubles for a while."""
    begin = seconds * ((0.72 if late else 0.10) + 0.06 * chance.random())
    end = begin + seconds * (0.18 if late else 0.16)
    often = 1.0 if calm else 3.5

    def weight(upto: float) -> float:
        return upto + (often - 1) * (min(end, max(begin, upto)) - begin)

    steps = [-math.log(1 - chance.random()) for _ in range(number + 1)]
    scale, passed, found = weight(seconds) / sum(steps), 0.0, []
    for step in steps[:-1]:
        passed += step * scale
        if passed <= begin:
            at = passed
        elif passed <= begin + often * (end - begin):
            at = begin + (passed - begin) / often
        else:
            at = passed - (often - 1) * (end - begin)
        found.append((round(at, 2), "burst" if begin <= at < end and not calm else "no burst"))
    return found


def _side(kind: str, seed: str, *parts: str) -> bool:
    """Whether a question may be asked in this kind: dev and same share the sheets and no question."""
    if kind not in ("dev", "same"):
        return True
    half = hashlib.blake2b("|".join((seed, *sorted(parts))).encode(), digest_size=1).digest()[0] % 2
    return half == (kind == "same")


def _item(
    chance: random.Random, place: int, arrives: float, sheets: Mapping[str, tuple[dict[str, int], str, str]],
    kind: str, surface: Mapping[str, Any], laws: Mapping[str, str], tag: str,
) -> dict[str, Any]:  # fmt: skip
    name = chance.choice(list(sheets))
    steps, _, form = sheets[name]
    hard = chance.random() < (HARD_SHIFTED if kind == "shifted" else HARD)
    for _ in range(200):
        a, b = chance.sample(list(steps), 2)
        if _side(kind, name, a, b) if hard else _side(kind, name, a):
            break
    wordings = (PAIR + PAIR_ANEW if hard else EASY + EASY_ANEW) if kind == "shifted" else PAIR if hard else EASY
    question = chance.choice(wordings).format(a=a, b=b)
    others = chance.sample([step for step in steps if step not in (a, b)], chance.randrange(1, 3))
    told = [a, *([b] if hard else []), *others]
    chance.shuffle(told)
    subject = f"{name}: {', '.join(told)}" if chance.random() < 0.65 else chance.choice(BARE).format(id=name)
    urgent = chance.random() < URGENT
    words = surface["words"]
    fast, slow = (words["one"], words["two"]) if laws["urgent"] == "one" else (words["two"], words["one"])
    within = WITHIN["urgent" if urgent else "patient"]
    tags = ["hard" if hard else "easy", fast if urgent else slow, form, tag]
    return {
        "id": f"q{place:03}",
        "input": {
            "arrives": arrives, "channel": fast if urgent else slow, words["sheet"]: name, "subject": subject,
            "question": question,
        },
        "target": f"{steps[a] + (steps[b] if hard else 0)} hours",
        "arrives": arrives,
        "by": round(arrives + within, 2),
        "tags": [*tags, f"from {10 * int(arrives // 10):02} s"],
    }  # fmt: skip


def _spoil(chance: random.Random, items: list[dict[str, Any]]) -> None:
    """A flaw of the yardstick: one gold answer in twenty is another item's."""
    for place in chance.sample(range(1, len(items)), len(items) // 20):
        items[place]["target"] = items[place - 1]["target"]
