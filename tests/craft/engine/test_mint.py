"""Minting: one seed is one variant, nothing secret lies in the candidate's files, and the guide is true of them."""

import io
import json
import zipfile

import pytest

from apps.craft.core import gates
from apps.craft.core import mint as minting
from apps.craft.core.guide import as_text, guide
from apps.craft.core.kit import LAW, MARK
from apps.craft.core.kits import KITS
from apps.craft.core.mint import NoFitVariant, archive, mint
from apps.craft.core.record import is_editable, unpacked
from apps.craft.core.variant import variant
from tests.craft.minting import minted, texts

EVERY = pytest.mark.parametrize("kit", list(KITS))


@EVERY
def test_one_seed_is_one_variant_to_the_byte(kit: str) -> None:
    made = minted(kit)
    again = mint(kit, "test")
    assert again.record == made.record
    assert archive(again.files) == archive(made.files)


@EVERY
def test_the_archive_is_small_and_in_one_folder(kit: str) -> None:
    content = archive(minted(kit).files)
    assert len(content) < gates.ZIP_MOST
    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    assert {name.split("/")[0] for name in names} == {kit}
    assert {f"{kit}/README.md", f"{kit}/MODELS.md", f"{kit}/NOTES.md", f"{kit}/craft.py", f"{kit}/app/main.py"} <= set(
        names
    )


@EVERY
def test_nothing_secret_is_in_the_folder(kit: str) -> None:
    made = minted(kit)
    everything = "\n".join(texts(made).values())
    for site in made.record["sites"].values():
        assert site["title"] not in everything
        assert site["what"] not in everything
    assert made.record["proposal"] not in everything
    hidden = unpacked(made.record["vault"])["worlds"]
    dev = {json.dumps(item["input"]) for item in unpacked(made.record["vault"])["dev"]["items"]}
    asked = [json.dumps(item["input"]) for world in hidden.values() for item in world["items"]]
    assert not dev & set(asked)
    assert not [question for question in asked if question in everything]


@EVERY
def test_no_mark_and_no_placeholder_is_left(kit: str) -> None:
    words = {f"__{word}__" for surface in KITS[kit].surfaces.values() for word in surface["words"]}
    for name, text in texts(minted(kit)).items():
        assert not MARK.search(text), name
        assert not LAW.search(text), name
        assert not [word for word in words if word in text], name
    told = as_text(guide(minted(kit).record))
    for name_of_pythons_own in ("__main__", "__init__", "__name__"):
        told = told.replace(name_of_pythons_own, "")
    assert "__" not in told


@EVERY
def test_the_guide_quotes_the_lines_of_this_very_folder(kit: str) -> None:
    made = minted(kit)
    told = guide(made.record)
    assert gates.resolved(made) == 1.0
    assert {site["key"] for site in told["sites"]} == set(made.record["planted"])
    for site in [*told["sites"], told["decoy"]]:
        assert f"`{site['file']}:{site['line']}`" in as_text(told)
        assert is_editable(site["file"], made.record["editable"])
    assert json.loads(json.dumps(told)) == told


@EVERY
def test_every_site_has_a_place_and_differs_from_its_good_text(kit: str) -> None:
    of = variant(KITS[kit], "anything")
    places = of.places()
    for site in KITS[kit].sites.values():
        if site.in_data:
            assert site.kind == "yardstick"
            continue
        assert site.key in places, site.key
        assert site.bad_texts(of.laws), site.key
        assert site.good_text(of.laws) not in site.bad_texts(of.laws), site.key


@EVERY
def test_every_law_and_every_bad_text_compiles(kit: str) -> None:
    for number in range(12):
        of = variant(KITS[kit], f"laws-{number}")
        for site in KITS[kit].sites.values():
            for which in range(0 if site.in_data else len(site.bad_texts(of.laws))):
                for name, text in of.files({site.key: which}).items():
                    if name.endswith(".py"):
                        compile(text, name, "exec")


@EVERY
def test_a_kit_is_as_rich_as_was_asked_for(kit: str) -> None:
    held = KITS[kit]
    assert len(held.surfaces) >= 5
    assert len(held.sites_of("readable") + held.sites_of("hidden")) >= 8
    assert len(held.sites_of("yardstick")) >= 3
    assert len(held.sites_of("decoy")) >= 2
    assert 3 <= len(held.laws) <= 6
    assert all(len(values) >= 2 for values in held.laws.values())
    assert len(held.manifest["knobs"]) >= 5


@EVERY
def test_variants_differ_in_what_is_right(kit: str) -> None:
    found = [variant(KITS[kit], f"many-{number}") for number in range(60)]
    assert {of.surface for of in found} == set(KITS[kit].surfaces)
    for law, values in KITS[kit].laws.items():
        assert {of.laws[law] for of in found} == set(values)
    planted = {key for of in found for key in of.planted}
    assert planted == {site.key for kind in ("readable", "hidden") for site in KITS[kit].sites_of(kind)}


def test_a_seed_without_a_fit_variant_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KITS["retrieval-qa"].manifest["mint"], "reference", [1.1, 1.2])
    with pytest.raises(NoFitVariant, match="the reference is too low"):
        mint("retrieval-qa", "never", tries=2)
    assert minting.TRIES > 10
