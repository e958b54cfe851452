"""Proposals of the kit for its tests, under laws of our choice; not minted, so cheap."""

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from apps.craft.core.kits.rate_limited_router import KIT
from apps.craft.core.variant import Run, Variant, run, variant


@lru_cache(maxsize=16)
def proposal(seed: str = "test", laws: Iterable[tuple[str, str]] = (), yardstick: str = "bill") -> Variant:
    of = variant(KIT, seed)
    return replace(of, laws={**of.laws, **dict(laws)}, yardstick=yardstick)


@lru_cache(maxsize=128)
def reached(of_seed: str, laws: tuple[tuple[str, str], ...], planted: tuple[tuple[str, int], ...]) -> Run:
    """A run over the dev items with these sites planted into the reference."""
    of = proposal(of_seed, laws)
    return run(of, of.files(dict(planted)))
