"""A variant: which world, laws, surface, models and planted sites one seed stands for, and what the files then are."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from apps.craft.core import memory
from apps.craft.core.kit import Kit, World, rendered
from apps.craft.core.shipped.simllm.chance import draw, pick
from apps.craft.core.shipped.simllm.model import Model
from apps.craft.core.shipped.simllm.persona import Persona, changed, persona

HIDDEN = ("same", "new", "shifted")


@dataclass(frozen=True)
class Variant:
    """What a seed stands for. `planted` maps a site to the number of its bad text (a decoy's "bad" is its tidy-up)."""

    kit: Kit
    seed: str
    surface: str
    laws: Mapping[str, str]
    planted: Mapping[str, int]
    yardstick: str
    decoy: str

    @property
    def surface_words(self) -> Mapping[str, Any]:
        return {**self.kit.surfaces[self.surface], "name": self.surface}

    @property
    def flaws(self) -> frozenset[str]:
        """Yardstick flaws that lie in the dev items, not in a file with a mark."""
        return frozenset({self.yardstick}) if self.kit.sites[self.yardstick].in_data else frozenset()

    def persona(self, purpose: str = "dev") -> Persona:
        """The models of a purpose: the hidden check has models of its own, with the same laws."""
        # The seed itself must not be in the candidate's folder: it leads to the hidden items.
        private = hashlib.blake2b(f"{self.seed}|{purpose}".encode(), digest_size=12).hexdigest()
        return persona(private, **self.kit.habits(self.laws))

    def world(self, kind: str, number: int) -> World:
        # The items of the same world are drawn apart from the dev items, over the same documents.
        place = "own" if kind in ("dev", "same") else kind
        return self.kit.make_world(
            f"{self.seed}|{place}",
            kind=kind,
            number=number,
            surface=self.surface_words,
            laws=self.laws,
            flaws=self.flaws if kind == "dev" else frozenset(),
        )

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """How many items each world has."""
        hidden = self.kit.manifest["hidden"]
        return {"dev": hidden["dev"], **{kind: hidden[kind] for kind in HIDDEN}}

    @cached_property
    def sound_files(self) -> dict[str, str]:
        """The files with nothing planted: the reference."""
        return self.files({})

    @cached_property
    def runs(self) -> "dict[int, Run]":
        """What was run before, by a hash of the files and the world: the mint asks for some systems more than once."""
        return {}

    @cached_property
    def worlds(self) -> dict[str, World]:
        return {kind: self.world(kind, number) for kind, number in self.numbers.items()}

    def files(self, planted: Mapping[str, int] | None = None, *, world: str = "dev") -> dict[str, str]:
        """The files of the folder, with the data of one of the worlds; `planted` None: as this variant is."""
        given = self.as_planted if planted is None else planted
        texts, _ = rendered(self.kit, laws=self.laws, surface=self.surface_words, planted=given)
        texts |= self.worlds[world].files
        if world == "dev":
            texts["data/dev.jsonl"] = "".join(json.dumps(item) + "\n" for item in self.worlds["dev"].items)
        texts["simllm/persona.json"] = json.dumps(self.persona().as_data(), indent=1)
        return texts

    @property
    def as_planted(self) -> dict[str, int]:
        found = dict(self.planted)
        if not self.kit.sites[self.yardstick].in_data:
            found[self.yardstick] = 0
        return found

    def places(self) -> dict[str, tuple[str, int]]:
        """Where each marked site lies in the files as handed out: file and line."""
        planted = self.as_planted
        return rendered(self.kit, laws=self.laws, surface=self.surface_words, planted=planted)[1]

    def without(self, *sites: str) -> "Variant":
        """The same variant with some sites repaired."""
        return replace(self, planted={key: n for key, n in self.planted.items() if key not in sites})


def variant(kit: Kit, seed: str) -> Variant:
    """What a seed proposes; whether it is fit to be handed out is for the mint to find out.

    One readable bug, `hidden_defects` hidden ones that do not cover each other, one flaw of the yardstick, one decoy.
    """
    laws = {law: pick(sorted(values), seed, "law", law) for law, values in kit.laws.items()}
    wanted = kit.manifest["mint"].get("hidden_defects", 2)
    planted: dict[str, int] = {}
    taken: set[str] = set()
    for kind, number in (("readable", 1), ("hidden", wanted)):
        left = number
        order = sorted(kit.sites_of(kind), key=lambda site: draw(seed, "site", site.key))
        for site in order:
            if left and site.key not in taken and not any(other in planted for other in site.clashes):
                planted[site.key] = int(draw(seed, "bad", site.key) * len(site.bad_texts(laws)))
                taken |= set(site.clashes)
                left -= 1
    return Variant(
        kit=kit,
        seed=seed,
        surface=pick(sorted(kit.surfaces), seed, "surface"),
        laws=laws,
        planted=planted,
        yardstick=pick([site.key for site in kit.sites_of("yardstick")], seed, "yardstick"),
        decoy=pick([site.key for site in kit.sites_of("decoy")], seed, "decoy"),
    )


@dataclass(frozen=True)
class Run:
    """One run of a system over one world, scored by the true yardstick."""

    metric: float
    rows: list[dict[str, Any]] = field(repr=False)
    slices: dict[str, tuple[int, float]]
    guards: dict[str, float]
    usd: float


def run(of: Variant, files: Mapping[str, str], *, world: str = "dev", card: Mapping[str, float] | None = None) -> Run:
    """Run files that we rendered ourselves over a world, in this process, scored by the true metrics of this variant.

    `card` multiplies fields of the models' cards, for what-ifs.
    """
    key = hash((tuple(sorted(files.items())), world, tuple(sorted((card or {}).items()))))
    if key not in of.runs:
        of.runs[key] = _run(of, files, world, card or {})
    return of.runs[key]


def _run(of: Variant, files: Mapping[str, str], world: str, card: Mapping[str, float]) -> Run:
    held = of.worlds[world]
    models = changed(of.persona("dev" if world == "dev" else "hidden"), dict(card))
    model = Model(models, keep=False)
    texts = {**files, **held.files}
    answers, backend = memory.answers(texts, [{"id": item["id"], **item["input"]} for item in held.items], model)
    return scored(of.sound_files, held.items, answers, model.usage(), backend)


def scored(
    judged_by: Mapping[str, str], items: list[dict[str, Any]], answers: Mapping[str, Any],
    usage: Mapping[str, Any], backend: Any,
) -> Run:  # fmt: skip
    """Score answers, wherever they came from, by the metrics of `judged_by`."""
    folder = memory.Folder(judged_by)
    metrics, scoring = folder.module("harness.metrics"), folder.module("harness.scoring")
    rows = scoring.rows(metrics.score, items, answers, usage, backend)
    usd = sum(row["usage"]["usd"] for row in rows)
    return Run(metrics.metric(rows), rows, metrics.slices(rows), metrics.guards(rows), usd)
