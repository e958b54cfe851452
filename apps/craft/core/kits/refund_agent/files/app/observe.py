"""What the model gets to see of the shop's answers."""

import json
import re

from app import dates, settings


def orders(found, ticket):
    """A customer's lines, one to a row, as many as there is room for."""
    rows, words = [], set(re.findall(r"\w+", ticket.lower()))
    for order in found:
        if not shown(order):
            continue
        when = {"delivered": order["delivered"], "days_since_delivery": dates.days_since(order["delivered"])}
        rows += [{"order": order["order"], **line, **when} for line in order["lines"]]
    # [[site: row_order]]
    return cut(map(json.dumps, rows), settings.whole("context", "result_chars"))


def shown(order):
    """Whether the model may see this __order__."""
    # [[site: held]]


def fit(row, words):
    """How well a row fits the words of a ticket."""
    named = words.intersection(row["item"].lower().split())
    return len(named) + 2 * (row["order"].split("-")[-1] in words)


def policy(found):
    """The rules of a policy."""
    rules = found["rules"]
    # [[site: policy_cut]]


def cut(rows, room):
    """As many rows as there is room for, in characters; a row is shown whole or not at all."""
    kept, length = [], 0
    for row in rows:
        length += len(row) + 1
        if length > room:
            kept.append("(and more rows)")
            break
        kept.append(row)
    return "\n".join(kept)
