"""A level is used only after it has proved itself; without one nothing is run."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from apps.craft import sandbox
from apps.craft.sandbox import Level, Verdict, levels, seccomp
from apps.craft.sandbox.examine import proof
from tests.craft.sandbox.conftest import Room

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has another user to become")


@pytest.fixture
def anew() -> Iterator[None]:
    """What was found out about this machine is forgotten, before and after."""
    proof.cache_clear()
    levels.python.cache_clear()
    yield
    proof.cache_clear()
    levels.python.cache_clear()


def tried(folder: Path) -> sandbox.Outcome:
    (folder / "main.py").write_text("open('/tmp/ran', 'w')\nprint('ran')")
    return sandbox.run(folder, entry="main.py", given=b"", socket=None)


def test_every_attempt_holds_and_says_so(room: Room) -> None:
    attempts = sandbox.examine(room.level)
    assert [attempt for attempt in attempts if not attempt.held] == []
    assert {attempt.expected for attempt in attempts} == {"allowed", "blocked"}
    assert all(attempt.got == attempt.expected and attempt.name for attempt in attempts)
    assert len({attempt.name for attempt in attempts}) == len(attempts) >= 39


def test_best_level_is_the_one_that_is_used(room: Room, tmp_path: Path) -> None:
    level, reason = sandbox.available()
    assert (level is Level.BUBBLEWRAP) == (reason == "")
    (tmp_path / "new").mkdir()
    assert tried(tmp_path / "new").level is level


def test_fallback_says_why_it_is_used(anew: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    if proof(Level.FALLBACK, None):
        pytest.skip("the fallback is not to be had here")
    proof.cache_clear()
    monkeypatch.setattr(levels, "PROGRAMS", str(tmp_path))
    level, reason = sandbox.available()
    assert level is Level.FALLBACK
    assert "bubblewrap is not installed" in reason
    assert tried(tmp_path).level is Level.FALLBACK


def test_machine_without_a_python_for_the_box_refuses(
    anew: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(levels, "PYTHONS", (tmp_path / "python3",))
    level, reason = sandbox.available()
    assert level is Level.NONE
    assert "no Python 3.10 or later" in reason
    outcome = tried(tmp_path)
    assert (outcome.verdict, outcome.output, outcome.reason) == (Verdict.REFUSED, b"", reason)


def test_machine_without_a_list_of_calls_refuses(anew: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(seccomp.platform, "machine", lambda: "riscv64")
    assert sandbox.available()[0] is Level.NONE
    assert "riscv64" in tried(tmp_path).reason


def test_filter_that_lets_a_call_through_is_found_out(
    anew: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The proof is worth something only if it fails when a wall is missing."""
    if proof(Level.BUBBLEWRAP, None) and proof(Level.FALLBACK, None):
        pytest.skip("no level is to be had here")
    proof.cache_clear()
    whole = seccomp.NUMBERS
    monkeypatch.setattr(seccomp, "NUMBERS", {name: whole[name] for name in whole if name != "keyctl"})
    held = seccomp.program()
    monkeypatch.setattr(seccomp, "NUMBERS", whole)
    monkeypatch.setattr(seccomp, "program", lambda: held)
    level, reason = sandbox.available()
    assert level is Level.NONE
    assert "use the kernel's key rings: allowed (keyctl)" in reason
    assert tried(tmp_path).verdict is Verdict.REFUSED


def test_folder_of_the_answers_in_a_bound_folder_is_found_out(
    anew: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """An application installed among the system's libraries would be readable in the box."""
    if proof(Level.BUBBLEWRAP, None) and proof(Level.FALLBACK, None):
        pytest.skip("no level is to be had here")
    proof.cache_clear()
    monkeypatch.chdir("/usr/lib")
    level, reason = sandbox.available()
    assert level is Level.NONE
    assert "list a folder outside: allowed" in reason


def test_other_systems_refuse(anew: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(levels.platform, "system", lambda: "Darwin")
    assert sandbox.available() == (Level.NONE, "Untrusted code is run on Linux only, and this is Darwin.")
    assert tried(tmp_path).verdict is Verdict.REFUSED
    for level in Level:
        assert [attempt.held for attempt in sandbox.examine(level)] == [False]


@as_root
@pytest.mark.parametrize("text", ["0", "-1", "root", "", " 5", "4294967295", "٣"])
def test_user_that_is_root_or_none_is_refused(
    anew: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str
) -> None:
    monkeypatch.setenv("HIRINGLOOP_SANDBOX_UID", text)
    outcome = tried(tmp_path)
    assert (outcome.verdict, outcome.level) == (Verdict.REFUSED, Level.NONE)
    assert "HIRINGLOOP_SANDBOX_UID must be" in outcome.reason


@as_root
def test_user_is_the_one_that_is_set(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HIRINGLOOP_SANDBOX_UID", "54321")
    assert room.told("import json, os; print(json.dumps(os.getresuid()))") == [54321, 54321, 54321]
