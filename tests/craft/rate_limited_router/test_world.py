"""The router's world: same seed, same day; gold that another reading of the sheets confirms."""

import json
import re
from collections import Counter
from typing import Any

import pytest

from apps.craft.core.kit import World
from apps.craft.core.kits.rate_limited_router import KIT
from tests.craft.rate_limited_router.variants import proposal


def sheets_of(world: World) -> dict[str, dict[str, Any]]:
    [name] = [name for name in world.files if name not in ("data/day.json", "data/quotas.json")]
    found: dict[str, dict[str, Any]] = json.loads(world.files[name])
    return found


def hours_in(text: str) -> dict[str, int]:
    """Steps with hours, read from the text alone, without the words of the generator."""
    found = {}
    for line in text.split("\n"):
        if line.startswith("|"):
            step, _, _, hours = line.strip("|").split("|")
            found[step.replace("/", " ")] = int(hours.split()[0])
        elif match := re.search(r"(\d+) hours", line):
            [step] = re.findall(r"(?:The|the)(?: usual)? ([a-z]+ [a-z]+)", line)
            found[step] = int(match.group(1))
    return found


def test_same_seed_gives_the_same_world() -> None:
    of = proposal()
    for kind in ("dev", "same", "new", "shifted"):
        assert of.world(kind, 60) == of.world(kind, 60)


def test_dev_and_same_share_the_sheets_and_no_question() -> None:
    of = proposal()
    dev, same = of.world("dev", 400), of.world("same", 400)
    assert sheets_of(dev) == sheets_of(same)
    [sheet] = {name for item in dev.items for name in item["input"]} - {"arrives", "channel", "subject", "question"}

    def asked(world: World) -> set[tuple[str, frozenset[str]]]:
        found, sheets = set(), sheets_of(world)
        for item in world.items:
            name, question = item["input"][sheet], item["input"]["question"]
            found.add((name, frozenset(step for step in sheets[name]["steps"] if step in question)))
        return found

    assert not asked(dev) & asked(same)
    assert sheets_of(of.world("new", 60)) != sheets_of(dev)


@pytest.mark.parametrize("kind", ["dev", "new", "shifted"])
def test_gold_is_what_the_sheet_says(kind: str) -> None:
    of = proposal()
    world = of.world(kind, 200)
    sheets = sheets_of(world)
    for item in world.items:
        [name] = [value for value in item["input"].values() if value in sheets]
        hours = hours_in(str(sheets[name]["text"]))
        assert set(hours) == set(sheets[name]["steps"])
        named = [step for step in hours if step in item["input"]["question"]]
        assert len(named) == (2 if "hard" in item["tags"] else 1)
        assert item["target"] == f"{sum(hours[step] for step in named)} hours"


def test_flaws_lie_in_the_dev_items_only_as_far_as_told() -> None:
    clean, wrong, calm = proposal(), proposal(yardstick="wrong_gold"), proposal(yardstick="calm_dev")
    [before, after] = [of.world("dev", 400).items for of in (clean, wrong)]
    differing = sum(a["target"] != b["target"] for a, b in zip(before, after, strict=True))
    assert 10 <= differing <= 20
    assert wrong.world("same", 100) == clean.world("same", 100)

    def busiest(items: list[dict[str, float]]) -> int:
        return max(Counter(int(item["arrives"] // 2) for item in items).values())

    assert busiest(calm.world("dev", 400).items) < 0.75 * busiest(clean.world("dev", 400).items)


def test_arrivals_are_in_order_and_within_the_day() -> None:
    of = proposal()
    for kind in ("dev", "shifted"):
        world = of.world(kind, 240)
        day = json.loads(world.files["data/day.json"])
        arrivals = [item["arrives"] for item in world.items]
        assert arrivals == sorted(arrivals)
        assert arrivals[0] >= 0
        assert arrivals[-1] <= day["seconds"]
        assert all(item["by"] > item["arrives"] == item["input"]["arrives"] for item in world.items)


@pytest.mark.parametrize("surface", sorted(KIT.surfaces))
def test_every_surface_has_words_of_its_own(surface: str) -> None:
    steps = {(p, w) for p in KIT.surfaces[surface]["parts"] for w in KIT.surfaces[surface]["works"]}
    assert len(steps) == 40
    others = [KIT.surfaces[name]["words"]["sheet"] for name in KIT.surfaces if name != surface]
    assert KIT.surfaces[surface]["words"]["sheet"] not in others
