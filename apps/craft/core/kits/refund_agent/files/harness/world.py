"""The shop behind the tools. Frozen: the check runs its own copy, outside of the agent's process.

Every run of every ticket has a shop of its own, so tickets do not touch each other. A tool is called as
`/tools/RUN/NAME` with a JSON body (see harness/shop.py). Now and then the shop does not answer (503); where that
concerns a change, the change may have taken place.
"""

import json

from simllm.chance import draw
from simllm.model import Reply

SILENT_READ = 0.05  # share of look-ups without an answer
SILENT_BEFORE = 0.04  # share of changes without an answer that did not take place
LOST = 12  # of changes that did take place as many answers are lost as are slow (`tail` of the models), times this


def open_world(model, text):
    lost = LOST * model.persona.models["sim-small"].tail
    return Shop(json.loads(text("data/world.json")), model.persona.seed, lost)


class Fault(Exception):
    def __init__(self, status, code, message):
        super().__init__(message)
        self.reply = Reply(status, {"error": {"code": code, "message": message}})


def silence():
    return Reply(503, {"error": {"code": "no_answer", "message": "The shop does not answer."}})


class Table:
    """What one run of one ticket has left behind so far."""

    def __init__(self):
        self.refunds, self.coupons, self.escalations, self.notes = [], [], [], []
        self.keys = {}
        self.calls = 0


class Shop:
    def __init__(self, data, seed, lost):
        self.seed, self.lost = seed, lost
        self.settings = data["settings"]
        self.policies = data["policies"]
        self.customers = {}
        self.lines = {}
        for order in data["orders"]:
            self.customers.setdefault(order["customer"], []).append(order)
            for line in order["lines"]:
                self.lines[order["order"], line["line"]] = line
        self.tables = {}
        self.tools = {
            "find___orders__": self._find, "look_up_policy": self._policy, "refund": self._refund,
            "coupon": self._coupon, "escalate": self._escalate, "leave_note": self._note,
        }  # fmt: skip

    def table(self, item, run):
        key = item, str(run)
        if key not in self.tables:
            self.tables[key] = Table()
        return self.tables[key]

    def state(self, item, run):
        """What a run of a ticket left behind, as rows: [order, line, cents], [order, line, to], [order, line, outcome]."""
        table = self.table(item, run)
        return {
            "refunds": sorted([order, line, cents] for order, line, cents in table.refunds),
            "coupons": sorted([order, line, cents] for order, line, cents in table.coupons),
            "escalations": sorted(map(list, set(table.escalations))),
            "notes": sorted(map(list, set(table.notes))),
        }

    def double_refunds(self, item, run):
        """Refunds of a line that had been refunded in the same run."""
        refunds = self.table(item, run).refunds
        return len(refunds) - len({(order, line) for order, line, _ in refunds})

    def calls(self, item, run):
        return self.table(item, run).calls

    def call(self, name, body, *, item=""):
        run, _, tool = name.partition("/")
        work = self.tools.get(tool)
        if work is None or not run.isdigit() or len(run) > 3 or not isinstance(body, dict):
            return Fault(404, "unknown_tool", f"There is no tool {tool!r} for such a body in run {run!r}.").reply
        table = self.table(item, run)
        table.calls += 1
        chance = draw(self.seed, item, run, table.calls, tool)
        reads = tool in ("find___orders__", "look_up_policy")
        if chance < (SILENT_READ if reads else SILENT_BEFORE):
            return silence()
        try:
            done = work(table, body)
        except Fault as fault:
            return fault.reply
        if not reads and chance > 1 - self.lost:
            return silence()
        return Reply(200, done)

    def _find(self, table, body):
        found = self.customers.get(str(body.get("customer")))
        if found is None:
            raise Fault(404, "unknown_customer", f"No customer {body.get('customer')!r}; numbers look like C-12345.")
        return {"orders": found}

    def _policy(self, table, body):
        rules = self.policies.get(str(body.get("topic")))
        if rules is None:
            raise Fault(404, "unknown_topic", f"No policy under {body.get('topic')!r}.")
        return {"topic": body["topic"], "rules": rules, "limit": self.settings["limit"]}

    def _refund(self, table, body):
        order, number, line = self._line(body)
        key = self._key("refund", body)
        if key in table.keys:  # a repetition: the answer of the first time
            return table.keys[key]
        cents = self._cents(body.get("amount"))
        if line.get("refunded"):
            return self._conflict(f"{order} line {number} was already refunded on {line['refunded']}.")
        if cents > round(float(line["price"]) * 100):
            raise Fault(422, "too_much", f"That is more than was paid ({line['price']}).")
        table.refunds.append((order, number, cents))
        done = {"accepted": True, "refund": f"R{len(table.refunds)}"}
        if key:
            table.keys[key] = done
        return done

    def _coupon(self, table, body):
        order, number, _ = self._line(body)
        key = self._key("coupon", body)
        if key not in table.keys:
            table.coupons.append((order, number, self._cents(body.get("amount"))))
        if key:
            table.keys[key] = True
        return {"accepted": True}

    def _escalate(self, table, body):
        order, number, _ = self._line(body)
        if body.get("to") not in ("finance", "team_lead", "duty_desk"):
            raise Fault(422, "unknown_desk", "`to` must be one of: finance, team_lead, duty_desk.")
        table.escalations.append((order, number, body["to"]))
        return {"accepted": True}

    def _note(self, table, body):
        order, number, _ = self._line(body)
        if body.get("outcome") not in ("refunded", "coupon", "escalated", "declined"):
            raise Fault(422, "unknown_outcome", "`outcome` must be one of: refunded, coupon, escalated, declined.")
        table.notes.append((order, number, body["outcome"]))
        return {"accepted": True}

    def _line(self, body):
        key = (body.get("order"), body.get("line"))
        if not isinstance(key[0], str) or not isinstance(key[1], int) or key not in self.lines:
            raise Fault(404, "unknown_line", f"There is no line {key[1]!r} in {key[0]!r}.")
        return key[0], key[1], self.lines[key]

    def _key(self, tool, body):
        """What tells a repetition from a new change, where the caller gives it."""
        key = body.get("key")
        if key is None:
            return None
        if not isinstance(key, str) or not 0 < len(key) <= 200:
            raise Fault(422, "bad_key", "`key` must be a text of at most 200 characters.")
        return tool, key

    def _cents(self, amount):
        """A sum as the shop takes it: in cents."""
        if isinstance(amount, bool) or not isinstance(amount, int) or amount <= 0:
            raise Fault(422, "bad_amount", "`amount` must be a whole number of cents.")
        return amount

    def _conflict(self, message):
        if self.settings["conflict"] == "status":
            raise Fault(409, "conflict", message)
        return {"accepted": False, "message": message}
