"""`manage.py craft`: from the list of kits to a graded submission, without a database."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from apps.craft.core.kits import KITS
from apps.craft.sandbox import Level, available
from tests.craft.engine.test_folder import craft
from tests.craft.minting import minted, solved, zipped

needs_room = pytest.mark.skipif(available()[0] is Level.NONE, reason=f"no safe room here: {available()[1]}")


def test_list_names_every_kit(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("craft", "list")
    out = capsys.readouterr().out
    assert all(f"{kit.id} " in out and kit.title in out for kit in KITS.values())


@needs_room
def test_mint_solve_submit_grade(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "variant"
    call_command("craft", "mint", "retrieval-qa", "--seed", "test", "--out", str(place))
    assert "retrieval-qa.zip" in capsys.readouterr().out
    folder = place / "retrieval-qa"
    for name, text in solved(minted()).items():
        (folder / name).write_text(text, encoding="utf-8")
    assert craft(folder, "submit").returncode == 0
    call_command("craft", "grade", str(place))
    out = capsys.readouterr().out
    assert "gain 1.00" in out
    assert "evidence, not a rating" in out
    call_command("craft", "grade", str(folder / "submission.zip"), "--json")
    assert json.loads(capsys.readouterr().out)["gain"]["value"] == 1.0


@needs_room
def test_doctor_prints_what_held(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("craft", "doctor")
    out = capsys.readouterr().out
    assert "Level of this machine" in out
    assert out.count("holds") > 10
    assert "FAILS" not in out


def test_bad_input_is_told_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "something").write_text("")
    with pytest.raises(CommandError, match=r"There is no kit 'chess'. There are: retrieval-qa"):
        call_command("craft", "mint", "chess", "--seed", "1", "--out", str(tmp_path / "x"))
    with pytest.raises(CommandError, match="not an empty folder"):
        call_command("craft", "mint", "retrieval-qa", "--seed", "1", "--out", str(tmp_path))
    with pytest.raises(CommandError, match=r"There is no submission\.zip"):
        call_command("craft", "grade", str(tmp_path))
    (tmp_path / "submission.zip").write_bytes(zipped({"a": "b"}))
    with pytest.raises(CommandError, match=r"record\.json cannot be read"):
        call_command("craft", "grade", str(tmp_path))
    (tmp_path / "record.json").write_text("[]")
    with pytest.raises(CommandError, match="is not a record"):
        call_command("craft", "grade", str(tmp_path))
