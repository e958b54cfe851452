"""Variants for tests: minted once a process, and handed in as a candidate would."""

import io
import json
import zipfile
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from apps.craft.core.mint import Minted, mint
from apps.craft.core.record import unpacked


@lru_cache(maxsize=8)
def minted(kit: str = "retrieval-qa", seed: str = "test") -> Minted:
    return mint(kit, seed)


def written(made: Minted, folder: Path) -> Path:
    """The candidate's folder on disk."""
    for name, content in made.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def texts(made: Minted) -> dict[str, str]:
    return {name: content.decode() for name, content in made.files.items()}


def solved(made: Minted) -> dict[str, str]:
    """The folder with the reference solution in it."""
    return {**texts(made), **unpacked(made.record["vault"])["reference"]}


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in files.items():
            target.writestr(name, content)
    return buffer.getvalue()


def public(made: Minted) -> dict[str, object]:
    found: dict[str, object] = json.loads(made.files[".craft/kit.json"])
    return found
