"""What counts: a right answer in time, by the log of the endpoint. Nothing that the app says about time is used. Frozen."""

from harness import scoring

NEVER = 30.0  # seconds that a request without an answer counts for


def score(item, given, use, backend):
    answer = given.get("answer")
    text = answer.strip() if isinstance(answer, str) else None
    started, ended = use.get("finished", {}).get(text, (None, None))
    took = taken(item, use, started, ended)
    right = ended is not None and text == item["target"] and started >= item["arrives"] - 0.001
    late = took > item["by"] - item["arrives"] + 0.001
    if text is None:
        why = given.get("error") or "no answer"
    elif ended is None:
        why = "no call of this item gave this answer"
    elif started < item["arrives"] - 0.001:
        why = "asked before it arrived"
    elif text != item["target"]:
        why = "wrong" + (", and late" if late else "")
    else:
        why = f"late by {took - (item['by'] - item['arrives']):.2f} s" if late else "right, in time"
    return {"answer": text, "value": float(right and not late), "right": right and not late, "why": why, "took": took}


def taken(item, use, started, ended):
    """Seconds that a request took."""
    if ended is None:
        return NEVER
    # [[site: clock_start]]


def metric(rows):
    """Goodput: the share of requests answered right and in time."""
    return scoring.mean(row["value"] for row in rows)


def slices(rows):
    return scoring.by_tag(rows, metric)


def guards(rows):
    return {
        "p99 seconds": percentile(rows, 0.99),
        "usd_per_1k": usd_per_1k(rows),
        "calls_per_item": scoring.calls_per_item(rows),
    }


def percentile(rows, share):
    # [[site: percentile]]
    return took[min(len(took) - 1, int(len(took) * share))] if took else 0.0


def usd_per_1k(rows):
    # [[site: bill]]
