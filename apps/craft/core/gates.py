"""The release gates of a kit: what must hold over many minted seeds before candidates meet it."""

import json
import statistics
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from apps.craft.core import memory
from apps.craft.core.fitness import hidden
from apps.craft.core.grading import gained
from apps.craft.core.kits import KITS
from apps.craft.core.mint import Minted, archive, mint
from apps.craft.core.record import is_editable, unpacked
from apps.craft.core.shipped.simllm.model import Model
from apps.craft.core.variant import Variant, run, variant

ZIP_MOST = 300_000  # bytes
SPREAD_MOST = 0.03  # standard deviation of the reference over seeds
MEMORISER_MOST = 0.02
PORTABILITY_MOST = 0.35
OVERLAP_MOST = 0.05


@dataclass(frozen=True)
class Gate:
    """One thing a kit must keep: what was measured over all seeds, the limit, and whether it holds."""

    name: str
    value: float
    limit: str
    holds: bool


def check(kit_id: str, seeds: Iterable[str]) -> tuple[list[Gate], list[Minted]]:
    """Mint the seeds and hold every gate against them. Raises NoFitVariant if a seed gives nothing."""
    kit = KITS[kit_id]
    minted = [mint(kit_id, seed) for seed in seeds]
    bands = kit.manifest["mint"]
    measured = [made.record["measured"] for made in minted]
    gates = [
        _least("start, least", min(m["start"] for m in measured), bands["start"][0]),
        _most("start, most", max(m["start"] for m in measured), bands["start"][1]),
        _least("reference, least", min(m["reference"] for m in measured), bands["reference"][0]),
        _most("reference, most", max(m["reference"] for m in measured), bands["reference"][1]),
        _most("hidden reference, spread", _spread([m["hidden_reference"] for m in measured]), SPREAD_MOST),
        _least("a site alone costs, least", min(min(m["breaks"].values()) for m in measured), bands["min_site_gain"]),
        _most("blind search of the knobs, most", max(m["knobs"] for m in measured), bands["max_knob_only"]),
        _most(
            "large model within the guards, most",
            max((m["large"] for m in measured if not m["large_breaks"]), default=0.0),
            bands["max_large_model"],
        ),
        _least("tidying the decoy costs, least", min(m["decoy"] for m in measured), bands["min_decoy_loss"]),
        _most("memoriser of the dev items, mean gain", statistics.fmean(map(memoriser, minted)), MEMORISER_MOST),
        _most(
            "another variant's reference, mean gain",
            statistics.fmean(foreign(here, there) for here, there in pairwise([*minted, minted[0]])),
            PORTABILITY_MOST,
        ),
        _most("shared sentences of two variants, most", max(map(_shared, pairwise(minted)), default=0.0), OVERLAP_MOST),
        _most("zip, bytes", max(len(archive(made.files)) for made in minted), ZIP_MOST),
        _least("guide's lines that resolve", min(map(resolved, minted)), 1.0),
    ]
    return gates, minted


# Put behind the start system's `app/main.py`: answers of dev tasks from memory, everything else as before.
REMEMBERING = """

import json
_known = json.loads({known!r})
_run = run


def run(tasks):
    rest = []
    for task in tasks:
        key = json.dumps({{name: value for name, value in task.items() if name != "id"}}, sort_keys=True)
        if key in _known:
            yield {{**_known[key], "id": task["id"]}}
        else:
            rest.append(task)
    yield from _run(rest)
"""


def memoriser(made: Minted) -> float:
    """The gain of a submission that is the start system, and knows the reference's answers to all dev items."""
    of = _variant(made)
    dev = of.worlds["dev"]
    model = Model(of.persona("dev"), keep=False)
    tasks = [{"id": item["id"], **item["input"]} for item in dev.items]
    answers, _ = memory.answers({**of.files({}), **dev.files}, tasks, model)
    inputs = {item["id"]: json.dumps(item["input"], sort_keys=True) for item in dev.items}
    known = json.dumps({inputs[key]: {"answer": given.get("answer")} for key, given in answers.items()})
    files = of.files(of.planted)
    files["app/main.py"] += REMEMBERING.format(known=known)
    reached = hidden(of, files)
    return gained(reached.metric, made.record["measured"]["hidden_start"], made.record["measured"]["hidden_reference"])


def foreign(here: Minted, there: Minted) -> float:
    """The gain on one variant of another's reference solution, files dropped in as they are. A crash gains nothing."""
    of = _variant(here)
    rules = here.record["editable"]
    pristine = unpacked(here.record["vault"])["pristine"]
    theirs = unpacked(there.record["vault"])
    solution = {**theirs["pristine"], **theirs["reference"]}
    files = {name: text for name, text in pristine.items() if not is_editable(name, rules)}
    files |= {name: text for name, text in solution.items() if is_editable(name, rules)}
    try:
        value = run(of, files, world="same").metric
    except Exception:  # noqa: BLE001  # a foreign solution may fail in any way at all
        return 0.0
    scores = here.record["scores"]["same"]
    return gained(value, scores["start"], scores["reference"])


def resolved(made: Minted) -> float:
    """The share of the guide's places that are where it says: the line exists and is the text quoted."""
    marked = [site for site in made.record["sites"].values() if not site["file"].startswith("data/")]
    right = 0
    for site in marked:
        rows = made.files[site["file"]].decode().split("\n") if site["file"] in made.files else []
        right += 0 < site["line"] <= len(rows) and rows[site["line"] - 1].strip() == site["text"]
    return right / len(marked)


def _variant(made: Minted) -> Variant:
    return variant(KITS[made.kit], made.record["proposal"])


def _shared(pair: tuple[Minted, Minted]) -> float:
    """The share of the data's long sentences in one variant that another has too."""
    first, second = ({line for line in _data(made) if len(line) > 60} for made in pair)
    return len(first & second) / max(1, len(first))


def _data(made: Minted) -> list[str]:
    found = []
    for name, content in made.files.items():
        if name.startswith("data/"):
            found += content.decode().split("\n")
    return found


def _spread(values: list[float]) -> float:
    return statistics.pstdev(values)


def _least(name: str, value: float, limit: float) -> Gate:
    return Gate(name, value, f"at least {limit:g}", value >= limit - 1e-9)


def _most(name: str, value: float, limit: float) -> Gate:
    return Gate(name, value, f"at most {limit:g}", value <= limit + 1e-9)
