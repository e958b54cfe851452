"""The guide of one variant as its page shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.craft.core.guide import guide


class GuideGone(Exception):
    """The kit has moved on since this variant was minted: its guide cannot be made from what is kept."""


@dataclass(frozen=True)
class GuideSite:
    """A place in this candidate's files. `loss`: what it costs alone; `repair`: what repairing only this gains."""

    title: str
    place: str
    text: str
    what: str
    evidence: str
    slice: str
    is_readable: bool
    loss: float | None
    repair: float | None


@dataclass(frozen=True)
class WhatIf:
    """A change of the world; each line is a quantity with its value before and after, at the start and repaired."""

    change: str
    option: str
    lines: Sequence["WhatIfLine"]


@dataclass(frozen=True)
class WhatIfLine:
    name: str
    start_before: float | None
    start_after: float | None
    reference_before: float | None
    reference_after: float | None


@dataclass(frozen=True)
class Hint:
    minute: int
    hint: str
    cost: str


@dataclass(frozen=True)
class Question:
    question: str
    good: str
    weak: str


@dataclass(frozen=True)
class RubricLine:
    name: str
    levels: Sequence[str]


@dataclass(frozen=True)
class GuidePage:
    title: str
    version: str
    metric: str
    surface: str
    dev_start: float | None
    dev_reference: float | None
    hidden_start: float | None
    hidden_reference: float | None
    knobs: float | None
    large: float | None
    large_breaks: Sequence[str]
    sites: Sequence[GuideSite]
    yardstick: GuideSite
    decoy: GuideSite
    decoy_costs: float | None
    path: Sequence[str]
    wrong_turns: Sequence[str]
    hints: Sequence[Hint]
    questions: Sequence[Question]
    what_ifs: Sequence[WhatIf]
    rubric: Sequence[RubricLine]


def to_guide(record: Mapping[str, Any]) -> GuidePage:
    """From the mint's record. Raises GuideGone where the kit of today cannot read it any more."""
    try:
        return _page(guide(record))
    except (LookupError, TypeError, AttributeError, ValueError) as error:
        raise GuideGone from error


def _page(made: Mapping[str, Any]) -> GuidePage:
    measured, dev = made["measured"], made["scores"]["dev"]
    return GuidePage(
        title=made["title"],
        version=made["version"],
        metric=made["metric"],
        surface=made["surface"],
        dev_start=dev["start"],
        dev_reference=dev["reference"],
        hidden_start=measured["hidden_start"],
        hidden_reference=measured["hidden_reference"],
        knobs=measured["knobs"],
        large=measured["large"],
        large_breaks=tuple(measured["large_breaks"]),
        sites=[_site(site) for site in made["sites"]],
        yardstick=_site(made["yardstick"]),
        decoy=_site(made["decoy"]),
        decoy_costs=measured["decoy"],
        path=tuple(made["path"]),
        wrong_turns=tuple(made["wrong_turns"]),
        hints=[Hint(one["minute"], one["hint"], one["cost"]) for one in made["hints"]],
        questions=[Question(one["question"], one["good"], one["weak"]) for one in made["questions"]],
        what_ifs=[_what_if(one, made["guards"]) for one in made["what_ifs"]],
        rubric=[RubricLine(one["name"], tuple(one["levels"])) for one in made["rubric"]],
    )


def _site(site: Mapping[str, Any]) -> GuideSite:
    return GuideSite(
        title=site["title"],
        place=f"{site['file']}:{site['line']}" if site["line"] else site["file"],
        text=site["text"],
        what=site["what"],
        evidence=site["evidence"],
        slice=site["slice"],
        is_readable=site["kind"] == "readable",
        loss=site["loss"],
        repair=site["repair"],
    )


def _what_if(asked: Mapping[str, Any], guards: Mapping[str, Any]) -> WhatIf:
    start, reference = asked["start"], asked["reference"]
    return WhatIf(
        change=asked["change"],
        option=asked["option"],
        lines=[
            WhatIfLine(
                name, start["before"][name], start["after"][name], reference["before"][name], reference["after"][name]
            )
            for name in ("metric", *guards)
        ],
    )
