"""The mint: finds a fit variant for a seed, and makes the candidate's folder and the secret record of it.

A proposal is kept only if the start, the reference, every repair and a blind search of the knobs lie where the kit's
manifest wants them, so that every candidate gets a task of the same size.
"""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.craft.core.fitness import Measured, guard_limit, unfit
from apps.craft.core.kits import KITS
from apps.craft.core.record import record
from apps.craft.core.shipped.simllm.chance import draw
from apps.craft.core.variant import Variant, run, variant

TRIES = 40
STAMP = (2026, 1, 1, 0, 0, 0)  # of every file in an archive: same files, same bytes


class NoFitVariant(Exception):
    """No proposal of this seed lies within the bands of the manifest. `reasons` counts why."""

    def __init__(self, seed: str, reasons: Mapping[str, int]) -> None:
        super().__init__(f"No variant of {TRIES} proposals for seed {seed!r} is fit: {dict(reasons)}.")
        self.reasons = reasons


@dataclass(frozen=True)
class Minted:
    """One candidate's variant. The record is secret: it names the defects and holds the hidden items."""

    kit: str
    version: str
    seed: str
    files: dict[str, bytes]
    record: dict[str, Any]


def mint(kit_id: str, seed: str, *, tries: int = TRIES) -> Minted:
    """The first fit variant of a seed. Takes seconds. Raises KeyError (no such kit) and NoFitVariant."""
    kit = KITS[kit_id]
    reasons: dict[str, int] = {}
    for attempt in range(tries):
        proposal = variant(kit, f"{seed}|{attempt}")
        fault, measured = unfit(proposal)
        if measured is not None:
            return _made(proposal, seed, measured)
        reasons[fault] = reasons.get(fault, 0) + 1
    raise NoFitVariant(seed, reasons)


def _made(of: Variant, seed: str, measured: Measured) -> Minted:
    kit = of.kit
    start_guards = run(of, of.files(of.planted)).guards
    canary = f"craft-canary-{int(draw(seed, 'canary', 1) * 16**12):012x}-{int(draw(seed, 'canary', 2) * 16**12):012x}"
    texts = of.files()
    public = {
        "kit": kit.id,
        "version": kit.version,
        "title": kit.title,
        "entry": "app/main.py",
        "editable": kit.manifest["contract"]["editable"],
        "metric": kit.manifest["metric"]["name"],
        "guards": {
            name: f"{rule[:2]} {guard_limit(rule, start_guards.get(name, 0.0)):g}"
            for name, rule in kit.manifest["guards"].items()
        },
        "budget": kit.manifest["budget"],
        "canary": canary,
    }
    texts["README.md"] = texts["README.md"].rstrip("\n") + f"\n\n<!-- {canary} -->\n"
    texts[".craft/kit.json"] = json.dumps(public, indent=1)
    texts[".craft/pristine.json"] = json.dumps({name: text for name, text in texts.items() if name[0] != "."})
    files = {name: text.encode() for name, text in texts.items()}
    made = record(of, seed=seed, measured=measured, texts=texts, canary=canary, start_guards=start_guards)
    return Minted(kit.id, kit.version, seed, files, made)


def archive(files: Mapping[str, bytes]) -> bytes:
    """The zip of a folder. Same files, same bytes; everything lies in one folder named after the kit."""
    top = json.loads(files[".craft/kit.json"])["kit"]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"{top}/{name}", STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            target.writestr(entry, files[name])
    return buffer.getvalue()
