"""Grades a submission: unpacks it, runs it in the room over hidden items, and scores outside what came out."""

import json
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from apps.craft.core.grading import Case, Room, answers_in
from apps.craft.core.shipped.simllm.model import Model
from apps.craft.core.shipped.simllm.server import UnixServer
from apps.craft.core.variant import Run
from apps.craft.sandbox.archive import BadArchive, unpack
from apps.craft.sandbox.examine import available, run
from apps.craft.sandbox.values import Level, Limits, Outcome, Verdict

ENTRY = "app/main.py"
LIMITS = Limits(seconds=40, cpu_seconds=40)
VERDICTS = {
    Verdict.TIME: "too_slow",
    Verdict.MEMORY: "too_much_memory",
    Verdict.OUTPUT: "too_much_output",
    Verdict.CRASH: "crashed",
}
TEXT_MOST = 400_000  # characters of one file


class NoSafeRoom(Exception):
    """This machine cannot run untrusted code safely. Nothing was run."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def grade(record: Mapping[str, Any], archive: bytes, *, level: Level | None = None) -> dict[str, Any]:
    """The report on a zip that a candidate handed in; JSON-able. Nothing a candidate did raises; NoSafeRoom does.

    A run that ended early still counts the answers it gave; `verdict` says how the first such run ended.
    """
    begin = time.monotonic()
    if level is None:
        level, reason = available()
        if level is Level.NONE:
            raise NoSafeRoom(reason)
    with tempfile.TemporaryDirectory(prefix="craft-") as place:
        top = Path(place)
        try:
            names = unpack(archive, top / "unpacked")
        except BadArchive as fault:
            return {**_nothing(record), "verdict": "unreadable", "reason": fault.reason}
        case = Case(record, _texts(top / "unpacked", names))
        runs: dict[str, Run] = {}
        answers: dict[str, dict[str, Any]] = {}
        verdict, told, errors = "graded", "", ""
        for room in case.rooms():
            outcome, model, backend = _held(case, room, top / room.name, level)
            if outcome.verdict is Verdict.REFUSED:
                raise NoSafeRoom(outcome.reason)
            if outcome.verdict is not Verdict.DONE and verdict == "graded" and room.name != "null":
                verdict, told, errors = VERDICTS[outcome.verdict], outcome.reason, outcome.errors[-4_000:]
            given = answers_in(outcome.output, {task["id"] for task in room.tasks})
            answers[room.name] = given
            runs[room.name] = case.scored(room, given, model, backend)
            if outcome.verdict is Verdict.TIME and room.name != "null":
                # One room that hangs is enough: the others would take as long again.
                for other in case.rooms():
                    if other.name not in runs:
                        answers[other.name] = {}
                        runs[other.name] = case.scored(
                            other, {}, Model(other.persona), case.backend(other, Model(other.persona))
                        )
                break
        report = case.report(runs, answers)
    return {
        **report, "verdict": verdict, "reason": told, "errors": errors, "level": level.value,
        "seconds": round(time.monotonic() - begin, 2),
    }  # fmt: skip


def _held(case: Case, room: Room, place: Path, level: Level) -> tuple[Outcome, Model, Any]:
    """One run in the room, with the model outside of it, on a socket."""
    folder = place / "submission"
    for name, text in room.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", errors="replace")
    model = room.model()
    backend = case.backend(room, model)
    socket = place / "llm.sock"
    server = UnixServer(model, str(socket), backend)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        given = "".join(json.dumps(task) + "\n" for task in room.tasks).encode()
        environment = {"CRAFT_BASE_URL": "unix:/run/llm.sock", "PYTHONIOENCODING": "utf-8", "PYTHONHASHSEED": "0"}
        outcome = run(
            folder, entry=ENTRY, given=given, socket=socket, limits=LIMITS, environment=environment, level=level
        )
    finally:
        server.shutdown()
        server.server_close()
    return outcome, model, backend


def _texts(top: Path, names: list[str]) -> dict[str, str]:
    """The submitted files as texts; what is not a text or too long is left out."""
    found = {}
    for name in names:
        path = top / name
        if path.is_file() and path.stat().st_size <= TEXT_MOST:
            try:
                found[name] = path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue
    return found


def _nothing(record: Mapping[str, Any]) -> dict[str, Any]:
    return {"kit": record["kit"], "version": record["version"], "errors": "", "level": "", "seconds": 0.0}
