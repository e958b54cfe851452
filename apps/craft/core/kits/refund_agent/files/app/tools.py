"""The tools behind the model's calls. What must not go wrong is settled here, not in the prompt."""

from app import money, observe, settings, shop

KINDS = {
    "find___orders__": "look-up",
    "look_up_policy": "look-up",
    "refund": "change",
    "coupon": "change",
    "escalate": "change",
    "leave_note": "note",
}


class Run:
    """One run of a ticket: what it found out, as far as the tools need it."""

    def __init__(self, ticket, number, text):
        self.ticket, self.number, self.text = ticket, number, text
        self.prices = {}  # (order, line) -> price, as the shop writes it
        self.limit = None


def carried_out(run, calls):
    """The results of a turn's calls, as texts, in the order of the calls."""
    results, failed = [], set()
    for place, call in enumerate(calls):
        about = f"{call.given.get('order')} {call.given.get('line')}"
        if place >= settings.whole("agent", "calls_per_turn"):
            results.append("not run: too many calls at once. Ask for it in the next turn.")
            failed.add(about)
            continue
        # [[site: note_first]]
        try:
            results.append(TOOLS[call.name](run, call))
        except shop.Refused as refusal:
            results.append(told(refusal))
            failed.add(about)
        except (KeyError, TypeError, ValueError):
            results.append(f"error: {call.name} does not take {call.given}. See its schema.")
            failed.add(about)
    return results


def told(refusal):
    """What the model reads of a refusal."""
    # [[site: plain_errors]]


def find___orders__(run, call):
    found = shop.looked_up(run, "find___orders__", customer=call.given["customer"])["orders"]
    for order in found:
        for line in order["lines"]:
            run.prices[order["order"], line["line"]] = line["price"]
    return observe.orders(found, run.text)


def look_up_policy(run, call):
    found = shop.looked_up(run, "look_up_policy", topic=call.given["topic"])
    run.limit = found["limit"]
    return observe.policy(found)


def refund(run, call):
    order, line = call.given["order"], call.given["line"]
    if needs_approval(run, order, line):
        raise shop.Refused(f"above the limit of {run.limit}, not refunded. Escalate the line to {{law: approver}}.")
    amount = money.payable(money.cents(call.given["amount"]))
    shop.changed(run, "refund", order=order, line=line, amount=amount, key=key(run, call))
    return f"Refund of {call.given['amount']} recorded."


def key(run, call):
    """What tells the shop that a refund is the same one as before."""
    # [[site: refund_key]]


def needs_approval(run, order, line):
    """Whether somebody else decides about refunds of a line; see the README."""
    price = run.prices.get((order, line))
    if price is None or run.limit is None:
        return True
    # [[site: limit_as_text]]


def coupon(run, call):
    order, line = call.given["order"], call.given["line"]
    amount = money.cents(call.given["value"])
    shop.changed(run, "coupon", order=order, line=line, amount=amount, key=f"{run.ticket}-{order}-{line}")
    return f"Coupon over {call.given['value']} sent."


def escalate(run, call):
    shop.changed(run, "escalate", order=call.given["order"], line=call.given["line"], to=call.given["to"])
    return f"Handed to {call.given['to']}."


def leave_note(run, call):
    shop.changed(run, "leave_note", order=call.given["order"], line=call.given["line"], outcome=call.given["outcome"])
    return "Note written."


TOOLS = {
    "find___orders__": find___orders__,
    "look_up_policy": look_up_policy,
    "refund": refund,
    "coupon": coupon,
    "escalate": escalate,
    "leave_note": leave_note,
}
