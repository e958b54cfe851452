"""How tickets are scored. Frozen.

A ticket is worked on several times. It counts if every run leaves behind what should be there, and nothing else.
"""

from harness import scoring


def score(item, answer, use, backend):
    target, trials = item["target"], item["input"]["trials"]
    replies = answer.get("replies")
    replies = replies if isinstance(replies, list) else []
    states = [backend.state(item["id"], run) for run in range(trials)]
    right = []
    for run, state in enumerate(states):
        reply = replies[run] if run < len(replies) and isinstance(replies[run], str) else ""
        right.append(run_is_right(state, target, reply))
    value = worth(right)
    return {
        "value": value,
        "right": value == 1,
        "answer": {"runs": states, "replies": replies},
        "why": answer.get("error") or f"{sum(right)} of {trials} runs right",
        "doubles": sum(backend.double_refunds(item["id"], run) for run in range(trials)) / trials,
        "tool_calls": sum(backend.calls(item["id"], run) for run in range(trials)) / trials,
    }


def run_is_right(state, target, reply):
    """Whether one run ended as it should."""
    # [[site: final_sentence]]


def table(rows):
    """Rows in a form in which they can be compared."""
    # [[site: amount_ignored]]


def worth(right):
    """What a ticket counts, given which of its runs were right."""
    # [[site: pass_at_one]]


def metric(rows):
    return scoring.mean(row["value"] for row in rows)


def slices(rows):
    return scoring.by_tag(rows, metric)


def guards(rows):
    return {
        "double_refunds": scoring.mean(row["doubles"] for row in rows),
        "calls_per_ticket": scoring.mean(row["tool_calls"] for row in rows),
    }
