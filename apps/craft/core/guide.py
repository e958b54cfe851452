"""The interviewer's guide of one variant: made from its record, so that every line in it is about these very files."""

from collections.abc import Mapping
from typing import Any

from apps.craft.core.kits import KITS

RUBRIC = ("diagnosis", "measurement", "change", "communication")


def guide(record: Mapping[str, Any]) -> dict[str, Any]:
    """Facts and kit texts of the guide, JSON-able. Sites come with the largest repair first."""
    kit = KITS[record["kit"]]
    written = kit.guide
    sites = [{"key": key, **site} for key, site in record["sites"].items()]
    defects = [site for site in sites if site["kind"] in ("readable", "hidden")]
    defects.sort(key=lambda site: -(site["loss"] or 0.0))
    by_kind = {site["kind"]: site for site in sites}
    return {
        "title": kit.title,
        "kit": kit.id,
        "version": record["version"],
        "metric": record["metric"],
        "surface": record["surface"],
        "laws": record["laws"],
        "scores": record["scores"],
        "measured": record["measured"],
        "guards": record["guards"],
        "sites": defects,
        "yardstick": by_kind["yardstick"],
        "decoy": by_kind["decoy"],
        "path": written["path"],
        "wrong_turns": written["wrong_turns"],
        "hints": written["hint"],
        "questions": written["question"],
        "what_ifs": record["what_ifs"],
        "rubric": [{"name": name, "levels": written["rubric"][name]} for name in RUBRIC],
    }


def as_text(made: Mapping[str, Any]) -> str:
    """The guide as Markdown, for the terminal and for a file beside a minted folder."""
    measured, scores = made["measured"], made["scores"]["dev"]
    lines = [
        f"# {made['title']}: guide to this variant", "",
        "For the interviewer alone. It names what is planted in the very folder this candidate has.", "",
        "## Read this in five minutes", "",
        f"* {made['metric']}: starts at {scores['start']:.2f} on the dev items, the reference at "
        f"{scores['reference']:.2f}; on hidden items {measured['hidden_start']:.2f} and "
        f"{measured['hidden_reference']:.2f}.",
        f"* Turning knobs blindly gains {measured['knobs']:.0%} of that way; "
        f"the large model alone {measured['large']:.0%}"
        + (f" and breaks {', '.join(measured['large_breaks'])}." if measured["large_breaks"] else "."),
    ]  # fmt: skip
    for site in made["sites"]:
        lines += _site(site, f"costs {site['loss']:.2f} alone; repairing only this gains {site['repair']:.2f}")
    lines += ["", "## The yardstick", *_site(made["yardstick"], "worth nothing on the metric, a lot in the rubric")]
    tidied = f"tidying it costs {measured['decoy']:.2f} on hidden items"
    lines += ["", "## The decoy: looks wrong, is right", *_site(made["decoy"], tidied)]
    lines += ["", "## A good path", "", *[f"{n}. {step}" for n, step in enumerate(made["path"], 1)]]
    lines += ["", "## Usual wrong turns", "", *[f"* {turn}" for turn in made["wrong_turns"]]]
    lines += ["", "## Hints, and what each costs", ""]
    lines += [f'* Minute {hint["minute"]}: "{hint["hint"]}" {hint["cost"]}' for hint in made["hints"]]
    lines += ["", "## Questions for the debrief", ""]
    for asked in made["questions"]:
        lines += [f"* **{asked['question']}**", f"  * good: {asked['good']}", f"  * weak: {asked['weak']}"]
    lines += ["", "## What if: first the prediction, then the run", ""]
    for asked in made["what_ifs"]:
        lines += [f"* {asked['change']} (`python craft.py eval --whatif {asked['option']}`)"]
        for name in ("start", "reference"):
            was, then = asked[name]["before"], asked[name]["after"]
            moved = f"{made['metric']} {was['metric']:.2f} becomes {then['metric']:.2f}"
            guards = [f"{key} {was[key]:.3g} becomes {then[key]:.3g}" for key in made["guards"]]
            lines += [f"  * {name}: {'; '.join([moved, *guards])}"]
    lines += ["", "## Rubric", ""]
    for row in made["rubric"]:
        lines += [f"* {row['name']}", *[f"  {n}. {text}" for n, text in enumerate(row["levels"], 1)]]
    return "\n".join(lines) + "\n"


def _site(site: Mapping[str, Any], size: str) -> list[str]:
    place = f"{site['file']}:{site['line']}" if site["line"] else site["file"]
    return [
        "", f"### {site['title']} ({site['kind']}, `{place}`)", "", f"{site['what']} ({size})", "",
        *([f"    {site['text']}", ""] if site["text"] else []),
        f"Cheapest evidence: {site['evidence']}" + (f" Slice: {site['slice']}." if site["slice"] else ""),
    ]  # fmt: skip
