"""Grading without running anything: what of a submission counts, and what its answers are worth.

The score rests on hidden items of the same world and of a new one; a shifted world is shown beside it. Systems are
compared over the same items, so that the interval is of the difference and not of luck with the items.
"""

import difflib
import json
import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.craft.core import memory
from apps.craft.core.fitness import guard_limit
from apps.craft.core.record import is_editable, unpacked
from apps.craft.core.shipped.harness import ledger
from apps.craft.core.shipped.simllm.model import Model
from apps.craft.core.shipped.simllm.persona import Persona, from_data
from apps.craft.core.shipped.simllm.reader import REFUSAL
from apps.craft.core.variant import HIDDEN, Run, scored

GRADED = HIDDEN[:2]
WORST, BEST, CAPPED = -0.5, 1.2, 0.5  # a gain is kept between the first two; a broken guard caps it at the third
DRAWS, LEVEL = 400, 0.9
DIFF_MOST = 60_000  # characters of one file's diff
LINES_MOST = 200  # of a ledger
CANARY = re.compile(r"craft-canary-[0-9a-f]{12}-[0-9a-f]{12}")
NULL_ITEMS = 30


class NullModel(Model):
    """A model that knows nothing and says so: what still comes out right did not come through the model."""

    def _say(self, *given: Any) -> dict[str, Any]:
        return {"content": REFUSAL}


@dataclass(frozen=True)
class Room:
    """One run that grading asks for: what lies in the folder, what is asked, and the models behind the endpoint."""

    name: str  # dev, same, new, shifted, again, null
    world: str
    files: dict[str, str]
    tasks: list[dict[str, Any]]
    persona: Persona
    null: bool = False

    def model(self) -> Model:
        return (NullModel if self.null else Model)(self.persona, keep=False)


class Case:
    """One submission against the record of its variant."""

    def __init__(self, record: Mapping[str, Any], submitted: Mapping[str, str]) -> None:
        self.record = record
        self.vault = unpacked(record["vault"])
        self.pristine: dict[str, str] = self.vault["pristine"]
        self.submitted = at_top(submitted)
        self.editable: list[str] = record["editable"]

    @property
    def files(self) -> dict[str, str]:
        """The folder that is run: the pristine one with the candidate's editable files in the place of its own."""
        mine = {name: text for name, text in self.submitted.items() if is_editable(name, self.editable)}
        kept = {name: text for name, text in self.pristine.items() if not is_editable(name, self.editable) or not mine}
        return {name: text for name, text in {**kept, **mine}.items() if name not in ("data/dev.jsonl",)}

    def rooms(self) -> list[Room]:
        """Every run that is needed, the graded ones first."""
        files = {name: text for name, text in self.files.items() if not name.startswith(".craft/")}
        found = [self._room(kind, kind, files) for kind in HIDDEN]
        found.append(self._room("dev", "dev", files))
        found.append(self._room("again", "same", files))
        null = self._room("null", "same", files)
        found.append(Room("null", "same", null.files, null.tasks[:NULL_ITEMS], null.persona, null=True))
        return found

    def _room(self, name: str, world: str, files: Mapping[str, str]) -> Room:
        held = self.held(world)
        tasks = [{"id": item["id"], **item["input"]} for item in held["items"]]
        persona = self.vault["dev_persona" if world == "dev" else "persona"]
        return Room(name, world, {**files, **held["files"]}, tasks, from_data(persona))

    def held(self, world: str) -> dict[str, Any]:
        found: dict[str, Any] = self.vault["dev"] if world == "dev" else self.vault["worlds"][world]
        return found

    def backend(self, room: Room, model: Model) -> Any:
        """The kit's world behind the endpoint; of the pristine files, never of the candidate's."""
        return memory.opened(memory.Folder({**self.pristine, **room.files, **self.vault["metrics"]}), model)

    def scored(self, room: Room, answers: Mapping[str, Any], model: Model, backend: Any) -> Run:
        items = self.held(room.world)["items"][: len(room.tasks)]
        return scored({**self.pristine, **self.vault["metrics"]}, items, answers, model.usage(), backend)

    def own(self, files: Mapping[str, str], kind: str) -> Run:
        """A system of ours (start, reference) over a hidden world, in this process."""
        room = self._room(kind, kind, files)
        model = room.model()
        given, backend = memory.answers(room.files, room.tasks, model)
        return self.scored(room, given, model, backend)

    def start_files(self) -> dict[str, str]:
        return self.pristine

    def reference_files(self) -> dict[str, str]:
        return {**self.pristine, **self.vault["reference"]}

    def metrics(self) -> Any:
        return memory.Folder({**self.pristine, **self.vault["metrics"]}).module("harness.metrics")

    def report(self, runs: Mapping[str, Run], answers: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        """All that is known of a submission, as JSON-able facts; `runs` and `answers` by the name of their room."""
        metrics = self.metrics()
        start = {kind: self.own(self.start_files(), kind) for kind in HIDDEN}
        reference = {kind: self.own(self.reference_files(), kind) for kind in HIDDEN}
        rows, start_rows, reference_rows = (
            [row for kind in GRADED for row in part[kind].rows] for part in (runs, start, reference)
        )
        hidden, at_start, at_reference = (metrics.metric(part) for part in (rows, start_rows, reference_rows))
        guards = self._guards(metrics.guards(rows), metrics.guards(start_rows))
        broken = not all(guard["held"] for guard in guards)
        gain = gained(hidden, at_start, at_reference, capped=broken)
        low, high, metric_low, metric_high = intervals(rows, start_rows, reference_rows, metrics.metric, capped=broken)
        slices = metrics.slices(rows)
        before = metrics.slices(start_rows)
        dev = runs["dev"].metric
        dev_start = self.record["scores"]["dev"]["start"]
        usage = [row["usage"] for row in rows]
        canaries = {found for text in self.submitted.values() for found in CANARY.findall(text)}
        return {
            "kit": self.record["kit"],
            "version": self.record["version"],
            "gain": {"value": gain, "low": low, "high": high, "capped": broken},
            "metric": {
                "name": self.record["metric"], "start": at_start, "reference": at_reference, "hidden": hidden,
                "low": metric_low, "high": metric_high, "items": len(rows),
            },
            "slices": [
                {"name": name, "n": count, "value": value, "start": before.get(name, (0, 0.0))[1]}
                for name, (count, value) in slices.items()
            ],
            "guards": guards,
            "shifted": {"start": start["shifted"].metric, "value": runs["shifted"].metric,
                        "reference": reference["shifted"].metric},
            "overfit": {
                "dev": dev - dev_start, "hidden": hidden - at_start,
                "difference": (dev - dev_start) - (hidden - at_start),
            },
            "editable": self._diffs(editable=True),
            "frozen": self._diffs(editable=False),
            "ledger": self._ledger(),
            "usage": {
                "calls": sum(use["calls"] for use in usage),
                "tokens": sum(use["prompt_tokens"] + use["completion_tokens"] for use in usage),
                "usd": sum(use["usd"] for use in usage),
                "refused": sum(use["refused"] for use in usage),
            },
            "null_probe": {
                "answered": sum(bool(row["right"]) for row in runs["null"].rows), "asked": len(runs["null"].rows),
            },
            "repeated": {"same": _plain(answers["again"]) == _plain(answers["same"])},
            "canary": {"expected": self.record["canary"], "found": sorted(canaries)},
            "stored_scores_reproduced": all(
                start[kind].metric == self.record["scores"][kind]["start"]
                and reference[kind].metric == self.record["scores"][kind]["reference"]
                for kind in HIDDEN
            ),
        }  # fmt: skip

    def _guards(self, reached: Mapping[str, float], start: Mapping[str, float]) -> list[dict[str, Any]]:
        found = []
        for name, rule in self.record["guards"].items():
            limit = guard_limit(rule, start.get(name, 0.0))
            most = rule.startswith("<=")
            held = reached[name] <= limit + 1e-9 if most else reached[name] >= limit - 1e-9
            found.append(
                {"name": name, "most": most, "limit": limit, "value": reached[name], "start": start[name], "held": held}
            )
        return found

    def _diffs(self, *, editable: bool) -> list[dict[str, str]]:
        found = []
        for name in sorted(set(self.pristine) | set(self.submitted)):
            if name.startswith(".craft/") or is_editable(name, self.editable) != editable:
                continue
            before, after = self.pristine.get(name), self.submitted.get(name)
            if before == after or (after is None and not editable):
                continue
            rows = difflib.unified_diff(
                (before or "").splitlines(keepends=True), (after or "").splitlines(keepends=True),
                f"given/{name}", f"theirs/{name}",
            )  # fmt: skip
            text = "".join(row if row.endswith("\n") else row + "\n" for row in rows)
            found.append({"path": name, "diff": text[:DIFF_MOST] + ("\n(cut here)\n" if len(text) > DIFF_MOST else "")})
        return found

    def _ledger(self) -> dict[str, Any]:
        entries, intact = ledger.read(self.submitted.get(".craft/ledger.jsonl", ""))
        runs = [_ledger_row(entry) for entry in entries[:LINES_MOST]]
        shots = [
            abs(run["expected"] - (run["after"] - run["before"]))
            for run in runs
            if run["full"] and None not in (run["expected"], run["before"], run["after"])
        ]
        mean_error = sum(shots) / len(shots) if shots else None
        return {"intact": intact, "runs": runs, "called_shots": {"n": len(shots), "mean_error": mean_error}}


def at_top(files: Mapping[str, str]) -> dict[str, str]:
    """The files as from the top of the candidate's folder, whether or not the folder itself was zipped."""
    tops = {name.split("/", 1)[0] for name in files}
    if len(tops) == 1 and "craft.py" not in files and all("/" in name for name in files):
        return {name.split("/", 1)[1]: text for name, text in files.items()}
    return dict(files)


def gained(value: float, start: float, reference: float, *, capped: bool = False) -> float:
    """The share of the way from start to reference, kept between WORST and BEST (RE-Bench's normalisation)."""
    share = (value - start) / (reference - start) if reference != start else 0.0
    return min(CAPPED if capped else BEST, max(WORST, share))


def intervals(
    rows: Sequence[Any], start: Sequence[Any], reference: Sequence[Any], metric: Callable[[Any], float], *, capped: bool
) -> tuple[float, float, float, float]:
    """The 90 % bootstrap interval of the gain, over the same items for all three systems, and of the metric itself."""
    chance = random.Random(len(rows))
    gains, values = [], []
    for _ in range(DRAWS):
        places = [int(chance.random() * len(rows)) for _ in rows]
        at, before, best = (metric([part[place] for place in places]) for part in (rows, start, reference))
        values.append(at)
        gains.append(gained(at, before, best, capped=capped))
    gains.sort()
    values.sort()
    edge = int(DRAWS * (1 - LEVEL) / 2)
    return gains[edge], gains[-1 - edge], values[edge], values[-1 - edge]


def answers_in(output: bytes, ids: set[str]) -> dict[str, dict[str, Any]]:
    """The answers in what a submission wrote: one JSON object a line, of items that were asked; the rest is nothing."""
    found: dict[str, dict[str, Any]] = {}
    for row in output.split(b"\n"):
        try:
            given = json.loads(row)
        except (ValueError, RecursionError):
            continue
        if isinstance(given, dict) and isinstance(given.get("id"), str) and given["id"] in ids:
            found.setdefault(given["id"], given)
    return found


def _plain(answers: Mapping[str, Any]) -> str:
    kept = {key: {name: value for name, value in given.items() if name != "trace"} for key, given in answers.items()}
    return json.dumps(kept, sort_keys=True)


def _ledger_row(entry: Mapping[str, Any]) -> dict[str, Any]:
    """A line of a ledger as data we can trust to be of its kind; what it says is still the candidate's."""

    def number(name: str) -> float | None:
        value = entry.get(name)
        return float(value) if isinstance(value, int | float) and abs(value) < 1e9 else None

    return {
        "n": number("n"), "why": str(entry.get("why") or "")[:500], "expected": number("expected"),
        "before": number("before"), "after": number("after"), "usd": number("usd") or 0.0,
        "items": number("items"), "full": entry.get("full") is True, "at": str(entry.get("at") or "")[:40],
        "endpoint": str(entry.get("endpoint") or "")[:20],
    }  # fmt: skip
