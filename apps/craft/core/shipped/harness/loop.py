"""Runs the app: tasks come in as lines of JSON, answers go out as lines of JSON. Frozen."""

import json
import sys
import traceback

from harness import client

_notes = []


def note(stage, **what):
    """For the trace of the item being worked on: what a stage of the app saw or decided."""
    _notes.append({"stage": stage, **what})


def each(answer):
    """An app that answers one task after another: `answer(task)` returns the fields of the answer."""

    def run(tasks):
        for task in tasks:
            client.item = task["id"]
            del _notes[:]
            try:
                given = answer(task)
            except Exception as fault:
                given = {"error": f"{type(fault).__name__}: {fault}"}
                note("error", traceback=traceback.format_exc(limit=-4))
            yield {"id": task["id"], **given, "trace": list(_notes)}

    return run


def main(run):
    """Lines in, lines out. What the app itself prints goes to the error stream, so that it cannot break a line."""
    out, sys.stdout = sys.stdout, sys.stderr
    tasks = [json.loads(line) for line in sys.stdin if line.strip()]
    for given in run(tasks):
        out.write(json.dumps(given) + "\n")
        out.flush()
