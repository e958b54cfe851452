"""The loop: the model asks for tools, we carry them out and tell it what came of it, until it answers in words."""

import json
import zlib

from app import history, schemas, settings, tools
from harness import client, files, loop

SYSTEM = files.text("prompts/agent.txt")
UNFINISHED = "I could not settle this; a colleague will look at it."


def work(ticket_id, ticket, number):
    """One run of a ticket: what the customer is told in the end."""
    run = tools.Run(ticket_id, number, ticket)
    turns = history.History(SYSTEM, ticket)
    for turn in range(settings.whole("agent", "max_turns")):
        try:
            said = ask(turns.messages(), seed=zlib.crc32(f"{ticket_id}:{number}".encode()))
        except client.ModelError as refused:
            loop.note("model refused", run=number, turn=turn, status=refused.status, code=refused.code)
            return UNFINISHED
        calls = [Call(given) for given in said.get("tool_calls") or []]
        if not calls:
            loop.note("ends", run=number, turn=turn, text=said["content"])
            return said["content"]
        results = tools.carried_out(run, calls)
        turns.add(said, answered(calls, results))
        loop.note("turn", run=number, turn=turn, calls=[f"{c} -> {r}" for c, r in zip(calls, results)])
    loop.note("ends", run=number, text="out of turns")
    return UNFINISHED


def ask(messages, *, seed):
    """The model's next message."""
    response = client.chat(
        settings.text("model", "model"),
        messages,
        tools=schemas.TOOLS,
        temperature=settings.number("model", "temperature"),
        seed=seed,
    )
    return response["choices"][0]["message"]


class Call:
    """A tool call, as the model asked for it."""

    def __init__(self, given):
        self.id = given["id"]
        self.name = given["function"]["name"]
        try:
            self.given = dict(json.loads(given["function"]["arguments"]))
        except (TypeError, ValueError):
            self.given = {}

    def __str__(self):
        return f"{self.name}({', '.join(f'{name}={value!r}' for name, value in self.given.items())})"


def answered(calls, results):
    """The messages that hand the results to the model: each result to the call that it belongs to."""
    # [[site: parallel_results]]
