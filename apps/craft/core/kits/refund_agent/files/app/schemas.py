"""What the model is told about the tools."""

import json

from harness import files

TOPICS = json.loads(files.text("data/shop.json"))["topics"]
ORDER = {"type": "string", "description": "The number of the __order__, with its letters."}
LINE = {"type": "integer", "description": "The line of the __order__."}


def tool(name, description, **fields):
    parameters = {"type": "object", "properties": fields, "required": list(fields)}
    return {"type": "function", "function": {"name": name, "description": description, "parameters": parameters}}


TOOLS = [
    tool(
        "find___orders__",
        "Everything that a customer bought, one line each.",
        customer={"type": "string", "description": "The customer's number."},
    ),
    tool(
        "look_up_policy",
        "The rules for a kind of complaint.",
        # [[site: topic_enum]]
    ),
    tool(
        "refund",
        "Refund money for a line.",
        order=ORDER,
        line=LINE,
        amount={"type": "string", "description": "How much, in euros, for example 12.50."},
    ),
    tool(
        "coupon",
        "Give a coupon for a line.",
        order=ORDER,
        line=LINE,
        # [[site: coupon_schema]]
    ),
    tool(
        "escalate",
        "Escalate a line to a person who may decide.",
        order=ORDER,
        line=LINE,
        to={"type": "string", "enum": ["finance", "team_lead", "duty_desk"], "description": "Who decides."},
    ),
    tool(
        "leave_note",
        "Leave a note on a line: how it ended.",
        order=ORDER,
        line=LINE,
        outcome={"type": "string", "enum": ["refunded", "coupon", "escalated", "declined"]},
    ),
]
