"""How answers are scored. Frozen.

An answer is right if it is the expected one: the value with its unit, or the agreed words where the pages do not answer.
"""

from harness import scoring


def score(item, answer, use, backend):
    given, expected = answer.get("answer"), item["target"]
    given = given if isinstance(given, str) else ""
    right = same(given, expected, "no answer" in item["tags"])
    why = "as expected" if right else f"expected {expected!r}" + (f"; {answer['error']}" if answer.get("error") else "")
    return {"value": int(right), "right": right, "answer": given, "why": why}


def same(given, expected, is_refusal):
    """Whether an answer is the expected one."""
    # [[site: lenient_refusal]]
    # [[site: units]]


def plain(text):
    return " ".join(text.lower().strip(" .!?").split())


def metric(rows):
    return scoring.mean(row["value"] for row in rows)


def slices(rows):
    return scoring.by_tag(rows, metric)


def guards(rows):
    absent = [row for row in rows if "no answer" in row["item"]["tags"]]
    return {
        "usd_per_1k": scoring.usd_per_1k(rows),
        "unanswerable": metric(absent),
        "calls_per_item": scoring.calls_per_item(rows),
    }
