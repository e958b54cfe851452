"""Other versions of Python on this machine: by their name on the path, or from a manager of versions."""

import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest


def other_python(version: str) -> str:
    """The interpreter of this version, as 3.12. Skips the test, saying so, where there is none."""
    for program in (shutil.which(f"python{version}"), *_managed(version)):
        if program and _runs(program):
            return program
    pytest.skip(f"Python {version} is not on this machine")


@cache
def _managed(version: str) -> tuple[str, ...]:
    manager = shutil.which("pyenv")
    if manager is None:
        return ()
    root, versions = (
        subprocess.run([manager, *words], check=True, capture_output=True, text=True).stdout.split()
        for words in (["root"], ["versions", "--bare", "--skip-aliases"])
    )
    return tuple(
        str(Path(root[0], "versions", name, "bin", "python")) for name in versions if name.startswith(f"{version}.")
    )


@cache
def _runs(program: str) -> bool:
    return subprocess.run([program, "-c", ""], check=False, capture_output=True).returncode == 0
