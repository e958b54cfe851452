"""Puts items, answers and usage side by side, so that a metric needs nothing else. Frozen."""

NOTHING = {"calls": 0, "prompt_tokens": 0, "completion_tokens": 0, "usd": 0.0, "refused": 0}


def rows(score, items, answers, usage, backend=None):
    """One row for each item: item, target, answer, value, right, why, usage. `score` is the kit's."""
    found = []
    for item in items:
        given = answers.get(item["id"]) or {}
        use = usage.get(item["id"], NOTHING)
        got = score(item, given, use, backend)
        found.append({"item": item, "target": item.get("target"), "usage": use, **got})
    return found


def mean(values):
    values = list(values)
    return sum(values) / len(values) if values else 0.0


def by_tag(rows, metric):
    """For each tag, in the order of the alphabet: number of items and the metric over them."""
    tags = sorted({tag for row in rows for tag in row["item"]["tags"]})
    parts = {tag: [row for row in rows if tag in row["item"]["tags"]] for tag in tags}
    return {tag: (len(part), metric(part)) for tag, part in parts.items()}


def usd_per_1k(rows):
    return 1000 * sum(row["usage"]["usd"] for row in rows) / max(1, len(rows))


def calls_per_item(rows):
    return sum(row["usage"]["calls"] for row in rows) / max(1, len(rows))
