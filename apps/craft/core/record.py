"""The secret record of a minted variant: what was planted where, what was measured, and all that grading needs later.

It holds the hidden items and the pristine files themselves, so that a variant can be graded after the kit has moved on.
"""

import base64
import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from apps.craft.core.fitness import Measured
from apps.craft.core.kit import with_surface
from apps.craft.core.variant import HIDDEN, Run, Variant, run


def record(
    of: Variant, *, seed: str, measured: Measured, texts: Mapping[str, str], canary: str,
    start_guards: Mapping[str, float],
) -> dict[str, Any]:  # fmt: skip
    """Everything about a variant that the candidate must not see, as JSON-able data."""
    kit = of.kit
    places = of.places()
    sites = {}
    for key in [*of.planted, of.yardstick, of.decoy]:
        site = kit.sites[key]
        file, line = places.get(key, (site.file, 0))
        said = {name: with_surface(getattr(site, name), of.surface_words) for name in ("title", "what", "evidence")}
        sites[key] = {
            "kind": site.kind, **said, "slice": site.slice,
            "file": file, "line": line, "text": _line(texts, file, line),
            "repair": measured.repairs.get(key), "loss": measured.breaks.get(key),
        }  # fmt: skip
    worlds = {kind: of.worlds[kind] for kind in HIDDEN}
    vault = {
        "pristine": dict(texts),
        "reference": _edited(of.files({}), texts, kit.manifest["contract"]["editable"]),
        "metrics": {name: text for name, text in of.files({}).items() if name.startswith("harness/")},
        "persona": of.persona("hidden").as_data(),
        "dev_persona": of.persona("dev").as_data(),
        "dev": {"files": of.worlds["dev"].files, "items": of.world("dev", of.numbers["dev"]).items},
        "worlds": {kind: {"files": world.files, "items": world.items} for kind, world in worlds.items()},
    }
    return {
        "kit": kit.id,
        "version": kit.version,
        "seed": seed,
        "proposal": of.seed,
        "surface": of.surface,
        "laws": dict(of.laws),
        "planted": dict(of.planted),
        "yardstick": of.yardstick,
        "decoy": of.decoy,
        "canary": canary,
        "sites": sites,
        "measured": asdict(measured),
        "scores": {
            kind: {
                "start": run(of, of.files(of.planted), world=kind).metric,
                "reference": run(of, of.files({}), world=kind).metric,
            }
            for kind in ("dev", *HIDDEN)
        },
        "start_guards": dict(start_guards),
        "guards": dict(kit.manifest["guards"]),
        "metric": kit.manifest["metric"]["name"],
        "editable": kit.manifest["contract"]["editable"],
        "what_ifs": [_what_if(of, asked) for asked in kit.guide["what_if"]],
        "vault": packed(vault),
    }


def _what_if(of: Variant, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What a change of the models does to start and reference on the dev items: the true result of a live what-if."""

    def told(of_run: Run) -> dict[str, float]:
        return {"metric": of_run.metric, **of_run.guards}

    found: dict[str, Any] = {
        "change": asked["change"],
        "option": ",".join(f"{name}={times:g}" for name, times in asked["card"].items()),
    }
    for name, planted in (("start", of.planted), ("reference", {})):
        files = of.files(planted)
        found[name] = {"before": told(run(of, files)), "after": told(run(of, files, card=asked["card"]))}
    return found


def _line(texts: Mapping[str, str], file: str, line: int) -> str:
    rows = texts.get(file, "").split("\n")
    return rows[line - 1].strip() if 0 < line <= len(rows) else ""


def _edited(reference: Mapping[str, str], start: Mapping[str, str], editable: list[str]) -> dict[str, str]:
    """The reference solution: the editable files of it that differ from those handed out."""
    return {name: text for name, text in reference.items() if is_editable(name, editable) and start.get(name) != text}


def is_editable(name: str, rules: list[str]) -> bool:
    """Whether a candidate may change a file; a rule is a name, or a folder as `app/**`."""
    return any(name == rule or (rule.endswith("/**") and name.startswith(rule[:-2])) for rule in rules)


def packed(data: object) -> str:
    """Data as a short text, for the record."""
    return base64.b85encode(zlib.compress(json.dumps(data, sort_keys=True).encode(), 9)).decode()


def unpacked(text: str) -> Any:
    return json.loads(zlib.decompress(base64.b85decode(text)))
