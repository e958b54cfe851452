"""Whether a proposed variant is fit: start, reference, every repair and a blind search lie where the kit wants them."""

from collections.abc import Mapping
from dataclasses import dataclass

from apps.craft.core import memory
from apps.craft.core.kit import Kit
from apps.craft.core.knobs import blind_search, with_large_model
from apps.craft.core.variant import HIDDEN, Run, Variant, run


@dataclass(frozen=True)
class Measured:
    """What the mint measured of a proposal: the metric over the dev items and, as `hidden`, over the graded worlds."""

    start: float
    reference: float
    hidden_start: float
    hidden_reference: float
    repairs: dict[str, float]  # what repairing this one site of the start, and nothing else, gains on the dev items
    breaks: dict[str, float]  # what planting this one site into the reference loses on the dev items
    knobs: float  # share of the gap that a blind search of the knobs gains
    large: float  # share of the gap that the large model gains
    large_breaks: list[str]  # the guards it breaks
    decoy: float  # what tidying the decoy loses in the reference, on the hidden items


def unfit(of: Variant) -> tuple[str, Measured | None]:
    """Why a proposal cannot be handed out, with the cheapest questions first; else what was measured of it."""
    bands = of.kit.manifest["mint"]
    reference = run(of, of.files({}))
    if not bands["reference"][0] <= reference.metric <= bands["reference"][1]:
        return f"the reference is too {'low' if reference.metric < bands['reference'][0] else 'high'}", None
    start = run(of, of.files(of.planted))
    if broken(of.kit, reference.guards, start.guards):
        return "the reference breaks a guard", None
    if not bands["start"][0] <= start.metric <= bands["start"][1]:
        return f"the start is too {'low' if start.metric < bands['start'][0] else 'high'}", None
    gap = reference.metric - start.metric
    breaks, repairs = {}, {}
    for key, which in of.planted.items():
        breaks[key] = reference.metric - run(of, of.files({key: which})).metric
        if breaks[key] < bands["min_site_gain"]:
            return f"{key} is too small", None
        repairs[key] = run(of, of.files(of.without(key).planted)).metric - start.metric
    large = run(of, with_large_model(of, of.files(of.planted)))
    large_share = (large.metric - start.metric) / gap
    large_breaks = broken(of.kit, large.guards, start.guards)
    if large_share > bands["max_large_model"] and not large_breaks:
        return "the large model is enough", None
    hidden_reference, hidden_start = hidden(of, of.files({})), hidden(of, of.files(of.planted))
    if hidden_reference.metric < max(bands["reference"][0] - 0.05, hidden_start.metric):
        return "the hidden reference is off", None
    if broken(of.kit, hidden_reference.guards, hidden_start.guards):
        return "the reference breaks a guard", None
    decoy = hidden_reference.metric - hidden(of, of.files({of.decoy: 0})).metric
    if decoy < bands["min_decoy_loss"]:
        return f"tidying {of.decoy} costs nothing", None
    enough = start.metric + bands["max_knob_only"] * gap
    knobs = (blind_search(of, enough=enough) - start.metric) / gap
    if knobs > bands["max_knob_only"]:
        return "the knobs are enough", None
    return "", Measured(
        start.metric, reference.metric, hidden_start.metric, hidden_reference.metric, repairs, breaks, knobs,
        large_share, large_breaks, decoy,
    )  # fmt: skip


def hidden(of: Variant, files: Mapping[str, str]) -> Run:
    """A system over the graded hidden worlds (same and new), pooled."""
    runs = [run(of, files, world=kind) for kind in HIDDEN[:2]]
    rows = [row for part in runs for row in part.rows]
    metrics = memory.Folder(of.files({})).module("harness.metrics")
    return Run(metrics.metric(rows), rows, metrics.slices(rows), metrics.guards(rows), sum(part.usd for part in runs))


def broken(kit: Kit, reached: Mapping[str, float], start: Mapping[str, float]) -> list[str]:
    """The guards that do not hold. A rule reads `<=0.2` or `>=0.9`; `>=start-0.02` starts from the start system."""
    found = []
    for name, rule in kit.manifest["guards"].items():
        limit = guard_limit(rule, start.get(name, 0.0))
        held = reached[name] <= limit + 1e-9 if rule.startswith("<=") else reached[name] >= limit - 1e-9
        if not held:
            found.append(name)
    return found


def guard_limit(rule: str, start: float) -> float:
    """The number a guard's rule stands for."""
    text = rule[2:].strip()
    if not text.startswith("start"):
        return float(text)
    return start + float(text.removeprefix("start") or 0)
