"""How the judge is scored. Frozen.

Three people voted on every pair: next, current or tie. The judge is held against what they say together, by Cohen's
kappa: agreement beyond what chance would give (Cohen 1960). Reports are scored apart and are no part of kappa.
"""

from harness import scoring

SIDES = ("next", "current", "tie")
WIDEST = 0.32  # an interval that says less than this is of no use


def score(item, answer, use, backend):
    if "report" in item["tags"]:
        return score_report(item["target"], answer)
    given, expected = answer.get("answer"), people(item["target"])
    given = given if given in SIDES else "none"
    votes = ", ".join(item["target"].values())
    why = f"people voted {votes}" + (f"; {answer['error']}" if answer.get("error") else "")
    return {"value": int(given == expected), "right": given == expected, "answer": given, "target": expected, "why": why}


def people(votes):
    """What people say together."""
    # [[site: people]]


def score_report(share, answer):
    """Right if the interval holds the share that people turned out to prefer, and is not too wide to be of use."""
    values = [answer.get(name) for name in ("answer", "low", "high")]
    if not all(isinstance(value, (int, float)) and value == value for value in values):
        return {"value": 0, "right": False, "answer": None, "why": "needs the numbers answer (the share), low and high"}
    told, low, high = values
    right = low <= share <= high and low <= told <= high and high - low <= WIDEST
    why = f"people turned out to prefer next in {share:.3f}"
    return {"value": int(right), "right": right, "answer": f"{told:.3f} ({low:.3f} to {high:.3f})", "why": why}


def metric(rows):
    """Cohen's kappa over the pairs."""
    pairs = counted(rows)
    if not pairs:
        return 0.0
    said = [row["answer"] for row in pairs]
    meant = [row["target"] for row in pairs]
    agreed = sum(one == other for one, other in zip(said, meant)) / len(pairs)
    # [[site: by_chance]]
    return (agreed - chance) / (1 - chance) if chance < 1 else 0.0


def counted(rows):
    """The pairs that count."""
    # [[site: counted]]


def slices(rows):
    reports = [row for row in rows if "report" in row["item"]["tags"]]
    found = scoring.by_tag([row for row in rows if "report" not in row["item"]["tags"]], metric)
    return {**found, "report": (len(reports), scoring.mean(row["value"] for row in reports))}


def guards(rows):
    pairs = [row for row in rows if "report" not in row["item"]["tags"]]
    return {
        "usd_per_1k": scoring.usd_per_1k(pairs),
        "calls_per_item": scoring.calls_per_item(pairs),
        "undecided": scoring.mean(row["answer"] == "none" for row in pairs),
    }
