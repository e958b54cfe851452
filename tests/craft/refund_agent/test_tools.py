"""How the model goes about tools: each habit shows in the direction that is published."""

import json
from typing import Any

import pytest

from apps.craft.core.shipped.simllm.persona import CARDS
from apps.craft.core.shipped.simllm.tools import act

SMALL = CARDS["sim-small"]
SYSTEM = (
    "Find the orders and look up the policy. Do what it says. Leave a note. Then you are done: answer in a sentence."
)
TICKET = "customer: C-12345\n\nHello, the oak lamp arrived broken. Please help."
LAMP = {"order": "FL-10001", "line": 2, "item": "oak lamp", "price": "38.57", "days_since_delivery": 9}
STOOL = {"order": "FL-10002", "line": 1, "item": "oak stool", "price": "20.00", "days_since_delivery": 9}
POLICY = "Within 21 days: refund the price less 4.50 for postage.\nAfter 21 days: give a coupon over 7.30."
RUNS = range(60)


def tool(name: str, description: str, **fields: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "function",
        "function": {"name": name, "description": description, "parameters": {"properties": fields}},
    }


TEXT: dict[str, Any] = {"type": "string", "description": ""}
EUROS: dict[str, Any] = {"type": "string", "description": "In euros, for example 12.50."}
TOPIC: dict[str, Any] = {"type": "string", "enum": ["late_delivery", "arrived_damaged"]}


def tools(topic: dict[str, Any] = TOPIC, amount: dict[str, Any] = EUROS) -> list[dict[str, Any]]:
    line = {"order": TEXT, "line": {"type": "integer"}}
    return [
        tool("find_orders", "Everything a customer bought.", customer=TEXT),
        tool("look_up_policy", "The rules for a complaint.", topic=topic),
        tool("refund", "Refund money for a line.", **line, amount=amount),
        tool("coupon", "Give a coupon for a line.", **line, value=EUROS),
        tool("escalate", "Escalate a line to a person.", **line, to={"type": "string", "enum": ["finance", "desk"]}),
        tool("leave_note", "Leave a note.", **line, outcome={"type": "string", "enum": ["refunded", "escalated"]}),
    ]


def start(system: str = SYSTEM) -> list[dict[str, Any]]:
    return [{"role": "system", "content": system}, {"role": "user", "content": TICKET}]


def went_on(messages: list[dict[str, Any]], results: dict[str, str], **given: Any) -> list[dict[str, Any]]:
    """The conversation after one more turn of the model, with results by the tool's name."""
    said = answered(messages, **given)
    told = [
        {"role": "tool", "tool_call_id": call["id"], "content": results[call["function"]["name"]]}
        for call in said["tool_calls"]
    ]
    return [*messages, {"role": "assistant", **said}, *told]


def answered(messages: list[dict[str, Any]], *, seed: str = "s", **given: Any) -> dict[str, Any]:
    return act(SMALL, "sim-small", messages, tools(**given), seed=seed)


def calls(said: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (call["function"]["name"], json.loads(call["function"]["arguments"])) for call in said.get("tool_calls") or []
    ]


def looked_up(*rows: dict[str, Any], **given: Any) -> list[dict[str, Any]]:
    listing = "\n".join(json.dumps(row) for row in rows)
    return went_on(start(), {"find_orders": listing, "look_up_policy": POLICY}, **given)


def test_first_it_looks_things_up_both_at_once() -> None:
    assert calls(answered(start())) == [
        ("find_orders", {"customer": "C-12345"}),
        ("look_up_policy", {"topic": "arrived_damaged"}),
    ]


def test_without_a_list_in_the_schema_it_asks_in_the_customers_words() -> None:
    assert calls(answered(start(), topic=TEXT))[1] == ("look_up_policy", {"topic": "broken"})


def test_a_name_nobody_knows_is_followed_by_another_one() -> None:
    results = {"find_orders": json.dumps(LAMP), "look_up_policy": "error: No policy under that name."}
    again = calls(answered(went_on(start(), results, topic=TEXT), topic=TEXT))
    assert [name for name, _ in again] == ["look_up_policy"]
    assert again[0][1]["topic"] != "broken"


def test_an_error_that_lists_what_is_allowed_is_corrected_at_once() -> None:
    results = {"find_orders": json.dumps(LAMP), "look_up_policy": "error: must be one of: lateness, damage, breakage."}
    assert calls(answered(went_on(start(), results, topic=TEXT), topic=TEXT))[0][1]["topic"] == "breakage"


def test_it_does_what_the_fitting_rule_says_with_the_record_that_is_meant() -> None:
    assert calls(answered(looked_up(STOOL, LAMP))) == [
        ("refund", {"order": "FL-10001", "line": 2, "amount": "34.07"}),
        ("leave_note", {"order": "FL-10001", "line": 2, "outcome": "refunded"}),
    ]


@pytest.mark.parametrize(
    ("schema", "amount"),
    [
        (EUROS, "34.07"),
        ({"type": "integer", "description": "In cents."}, 3407),
        ({"type": "integer", "description": "How much."}, 34),
    ],
)
def test_sums_come_as_the_schema_asks_for_them(schema: dict[str, Any], amount: object) -> None:
    assert calls(answered(looked_up(LAMP, amount=schema), amount=schema))[0][1]["amount"] == amount


def test_an_error_that_names_another_tool_leads_there() -> None:
    told = {"refund": "error: above the limit. Escalate the line to finance.", "leave_note": "not run: call before it"}
    after = calls(answered(went_on(looked_up(LAMP), told)))
    assert after[0] == ("escalate", {"order": "FL-10001", "line": 2, "to": "finance"})
    assert after[1][1]["outcome"] == "escalated"


def test_an_unclear_error_is_repeated_as_it_was_and_then_success_is_claimed() -> None:
    messages = looked_up(LAMP)
    asked = []
    for _ in range(6):
        said = answered(messages)
        if not said.get("tool_calls"):
            break
        asked += [call for call in calls(said) if call[0] == "refund"]
        messages = went_on(messages, {"refund": "error: the call failed.", "leave_note": "Note written."})
    assert len(asked) == 3
    assert asked[0] == asked[1] == asked[2]
    assert said["content"] == "The oak lamp: refunded."


def test_a_result_whose_call_was_trimmed_away_is_not_understood() -> None:
    whole = looked_up(LAMP)
    orphaned = [message for message in whole if message["role"] != "assistant"]
    assert [name for name, _ in calls(answered(orphaned))] == ["find_orders", "look_up_policy"]


def test_told_when_it_is_done_it_ends_more_often() -> None:
    def ended(system: str) -> int:
        messages = looked_up(LAMP)
        messages = went_on(messages, {"refund": "Refund recorded.", "leave_note": "Note written."})
        messages[0] = {"role": "system", "content": system}
        letters = [{"role": "user", "content": TICKET.replace("Hello", f"Hello number {run}")} for run in RUNS]
        return sum(not answered([messages[0], letter, *messages[2:]]).get("tool_calls") for letter in letters)

    vague = "Find the orders and look up the policy. Leave a note."
    assert ended(SYSTEM) >= 57
    assert ended(vague) < ended(SYSTEM) - 5


@pytest.mark.parametrize("words", ["Where two rules fit, the later one holds.", "The last rule that fits counts."])
def test_told_so_it_follows_the_later_of_two_rules(words: str) -> None:
    both = "Within 21 days: refund the full price.\nIn general: give a coupon over 7.30."
    messages = went_on(start(f"{SYSTEM}\n{words}"), {"find_orders": json.dumps(LAMP), "look_up_policy": both})
    assert calls(answered(messages))[0][0] == "coupon"
    messages[0] = {"role": "system", "content": SYSTEM}
    assert calls(answered(messages))[0][0] == "refund"


def test_the_same_request_gets_the_same_answer_and_other_seeds_others() -> None:
    filler = [{**STOOL, "item": f"oak thing {n}", "order": f"FL-2{n:04}"} for n in range(12)]
    messages = looked_up(*filler[:6], LAMP, *filler[6:])
    assert answered(messages, seed="a") == answered(messages, seed="a")
    assert len({str(calls(answered(messages, seed=f"s{run}"))) for run in range(600)}) > 1


def test_a_record_in_the_middle_of_a_long_list_is_overlooked_more_often() -> None:
    filler = [{**STOOL, "item": f"brass thing {n}", "order": f"FL-3{n:04}"} for n in range(14)]

    def seen(place: int) -> int:
        rows = [*filler[:place], LAMP, *filler[place:]]
        return sum(bool(calls(answered(looked_up(*rows), seed=f"s{run}"))) for run in range(300))

    assert seen(0) == 300
    assert 200 < seen(7) < 298


@pytest.mark.parametrize(
    "given",
    [
        {"tools": ["x", {"function": 3}, {"function": {"name": "refund", "parameters": []}}]},
        {"tools": [{"function": {"name": "find", "parameters": {"properties": {"a": 1, "b": {"enum": 2}}}}}]},
        {"messages": [{"role": "assistant", "tool_calls": "x"}, {"role": "tool", "tool_call_id": ["y"]}]},
        {"messages": [{"role": "assistant", "tool_calls": [3, {"function": "f"}]}]},
    ],
)
def test_a_malformed_request_gets_some_answer(given: dict[str, Any]) -> None:
    said = act(SMALL, "sim-small", [*start(), *given.get("messages", [])], given.get("tools", tools()), seed="s")
    assert said.get("content") or said.get("tool_calls")
