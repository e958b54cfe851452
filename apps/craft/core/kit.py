"""A kit as it lies in its folder: manifest, sites, laws, surfaces, guide, the candidate's files, and its world."""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from importlib.resources import files as package_files
from typing import Any, Protocol

SHIPPED = "apps.craft.core.shipped"


@dataclass(frozen=True)
class Site:
    """A place in the candidate's files where something may be planted.

    `good` is the text of the reference, `bad` the planted alternatives. Where they depend on a law, both are given per
    value of that law. For a decoy `good` looks wrong and is right; `bad` is what tidying it makes of it. A yardstick
    flaw whose file lies in `data/` has no texts: the kit's world plants it into the dev items.
    """

    key: str
    kind: str  # readable, hidden, yardstick, decoy
    file: str
    title: str
    what: str  # what is wrong, and what it does
    evidence: str  # the cheapest way to see it
    slice: str = ""  # which slice shows it
    law: str = ""
    good: "str | dict[str, str]" = ""
    bad: "list[str] | dict[str, list[str]]" = field(default_factory=list)
    clashes: tuple[str, ...] = ()  # sites whose symptoms would cover each other

    @property
    def in_data(self) -> bool:
        """Planted by the kit's world into the dev items, not at a mark in a file."""
        return self.file.startswith("data/")

    def good_text(self, laws: Mapping[str, str]) -> str:
        return self.good[laws[self.law]] if isinstance(self.good, dict) else self.good

    def bad_texts(self, laws: Mapping[str, str]) -> list[str]:
        return self.bad[laws[self.law]] if isinstance(self.bad, dict) else self.bad


@dataclass(frozen=True)
class World:
    """What a variant is about: its data files, and the items that are asked about it."""

    files: dict[str, str]
    items: list[dict[str, Any]]  # id, input, target, tags


class WorldMaker(Protocol):
    """`kind` is dev, same, new or shifted; `number` of items; `flaws` are yardstick flaws to plant into dev items."""

    def __call__(
        self, seed: str, *, kind: str, number: int, surface: Mapping[str, Any], laws: Mapping[str, str],
        flaws: frozenset[str],
    ) -> World: ...  # fmt: skip


@dataclass(frozen=True)
class Kit:
    """One kit. `make_world` and `habits` are its code; everything else is read from its folder."""

    package: str
    make_world: WorldMaker
    habits: Callable[[Mapping[str, str]], dict[str, dict[str, Any]]]  # laws -> what holds for the models (persona)

    @cached_property
    def manifest(self) -> dict[str, Any]:
        return self._toml("kit.toml")

    @property
    def id(self) -> str:
        return str(self.manifest["kit"]["id"])

    @property
    def title(self) -> str:
        return str(self.manifest["kit"]["title"])

    @property
    def version(self) -> str:
        return str(self.manifest["kit"]["version"])

    @property
    def summary(self) -> str:
        return str(self.manifest["kit"]["summary"])

    @property
    def minutes(self) -> int:
        return int(self.manifest["kit"]["minutes"])

    @property
    def reviewed(self) -> date:
        day: date = self.manifest["kit"]["reviewed"]
        return day

    @property
    def competencies(self) -> Sequence[str]:
        return tuple(self.manifest["competencies"])

    @cached_property
    def sites(self) -> dict[str, Site]:
        rows = self._toml("sites.toml")["site"]
        found = [Site(**{**row, "clashes": tuple(row.get("clashes", ()))}) for row in rows]
        return {site.key: site for site in found}

    def sites_of(self, kind: str) -> list[Site]:
        return [site for site in self.sites.values() if site.kind == kind]

    @cached_property
    def laws(self) -> dict[str, dict[str, str]]:
        """Per law its values, each with the words by which the brief tells it (empty: to be found out)."""
        return self._toml("laws.toml")

    @cached_property
    def surfaces(self) -> dict[str, dict[str, Any]]:
        return self._toml("surfaces.toml")

    @cached_property
    def guide(self) -> dict[str, Any]:
        return self._toml("guide.toml")

    @cached_property
    def templates(self) -> dict[str, str]:
        """The candidate's files, with marks for sites, laws and surface; shared ones and the kit's own."""
        found = _texts(SHIPPED) | {}
        found |= {name.removeprefix("files/"): text for name, text in _texts(self.package, "files").items()}
        return found

    def _toml(self, name: str) -> dict[str, Any]:
        return tomllib.loads(package_files(self.package).joinpath(name).read_text(encoding="utf-8"))


def _texts(package: str, folder: str = "") -> dict[str, str]:
    top = package_files(package)
    start = top.joinpath(folder) if folder else top
    found: dict[str, str] = {}

    def walk(place: Any, name: str) -> None:
        for child in place.iterdir():
            inner = f"{name}/{child.name}" if name else child.name
            if child.name == "__pycache__" or inner == "__init__.py":
                continue
            if child.is_dir():
                walk(child, inner)
            else:
                found[inner] = child.read_text(encoding="utf-8")

    walk(start, folder)
    return found


MARK = re.compile(r"^(?P<indent>[ \t]*)(?:#|;|<!--) \[\[site: (?P<key>[a-z_]+)\]\](?: -->)?\n", re.MULTILINE)
LAW = re.compile(r"\{\{law: ([a-z_]+)\}\}")


def rendered(
    kit: Kit, *, laws: Mapping[str, str], surface: Mapping[str, Any], planted: Mapping[str, int]
) -> tuple[dict[str, str], dict[str, tuple[str, int]]]:
    """The candidate's files, with the planted sites bad and the others good, and where each site came to lie.

    `planted` maps a site to the number of its bad text. Positions are (file, line counted from 1).
    """
    texts: dict[str, str] = {}
    places: dict[str, tuple[str, int]] = {}
    for template, raw in kit.templates.items():
        name = with_surface(template, surface)

        def law_text(match: re.Match[str]) -> str:
            return kit.laws[match.group(1)][laws[match.group(1)]]

        text = LAW.sub(law_text, raw)
        out: list[str] = []
        end = 0
        for match in MARK.finditer(text):
            out.append(text[end : match.start()])
            site = kit.sites[match["key"]]
            places[site.key] = (name, "".join(out).count("\n") + 1)
            which = planted.get(site.key)
            snippet = site.good_text(laws) if which is None else site.bad_texts(laws)[which]
            lines = snippet.strip("\n").split("\n") if snippet.strip("\n") else []
            out += [(match["indent"] + line).rstrip() + "\n" for line in lines]
            end = match.end()
        out.append(text[end:])
        texts[name] = with_surface("".join(out), surface)
    return texts, places


def with_surface(text: str, surface: Mapping[str, Any]) -> str:
    """Every `__word__` the surface has a word for, replaced."""
    for key, word in surface["words"].items():
        text = text.replace(f"__{key}__", word)
    return text
