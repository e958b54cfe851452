"""A room at each level this machine has, a model outside, and a look at what is alive."""

import json
import os
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from apps.craft import sandbox
from apps.craft.sandbox import Level, Limits, Outcome, Verdict
from apps.craft.sandbox.examine import proof

ORDINARY = "import json, sys\nprint(json.dumps({'sum': sum(json.load(sys.stdin))}))\n"


class Room:
    """Hands in submissions as files and runs them, as the grader does."""

    def __init__(self, level: Level, folder: Path) -> None:
        self.level, self.folder = level, folder
        self._count = 0

    def submission(self, files: dict[str, str]) -> Path:
        self._count += 1
        folder = self.folder / f"submission-{self._count}"
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        return folder

    def run(self, text: str, *, given: bytes = b"", model: Path | None = None, **limits: Any) -> Outcome:
        folder = self.submission({"app/main.py": text})
        return self.run_folder(folder, given=given, model=model, **limits)

    def run_folder(self, folder: Path, *, given: bytes = b"", model: Path | None = None, **limits: Any) -> Outcome:
        limits = {"seconds": 30} | limits
        return sandbox.run(
            folder, entry="app/main.py", given=given, socket=model, limits=Limits(**limits), level=self.level
        )

    def told(self, text: str, **options: Any) -> Any:
        """What a submission that ends well prints as JSON."""
        outcome = self.run(text, **options)
        assert outcome.verdict is Verdict.DONE, outcome
        return json.loads(outcome.output)

    def runs_the_next(self) -> None:
        outcome = self.run(ORDINARY, given=b"[1, 2, 3]")
        assert (outcome.verdict, outcome.code, outcome.reason) == (Verdict.DONE, 0, ""), outcome
        assert json.loads(outcome.output) == {"sum": 6}


@pytest.fixture(params=[Level.BUBBLEWRAP, Level.FALLBACK], ids=str)
def room(request: pytest.FixtureRequest, tmp_path: Path) -> Room:
    level = request.param
    if problem := proof(level, None):
        pytest.skip(f"{level} is not to be had here: {problem}")
    return Room(level, tmp_path)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user of the machine may enter and write to: only the box is in the way."""
    with tempfile.TemporaryDirectory(prefix="hiringloop-test-") as folder:
        Path(folder).chmod(0o777)
        yield Path(folder)


@pytest.fixture
def alive() -> Callable[[str], bool]:
    """Whether a process with this word on its command line is alive, anywhere on the machine."""

    def found(word: str) -> bool:
        for number in filter(str.isdigit, os.listdir("/proc")):
            try:
                line = Path(f"/proc/{number}/cmdline").read_bytes()
            except OSError:
                continue
            if word.encode() in line.split(b"\0"):
                return True
        return False

    return found


class Model:
    """A model outside the box that answers each line with its length, and counts."""

    def __init__(self, path: Path) -> None:
        self.path, self.calls = path, 0
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        path.chmod(0o600)
        self._listener.listen()
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def _accept(self) -> None:
        while True:
            try:
                caller = self._listener.accept()[0]
            except OSError:
                return
            self._threads.append(threading.Thread(target=self._answer, args=(caller,)))
            self._threads[-1].start()

    def _answer(self, caller: socket.socket) -> None:
        try:
            with caller, caller.makefile("rb") as lines:
                for line in lines:
                    self.calls += 1
                    caller.sendall(b"%d\n" % len(line.strip()))
        except OSError:
            return  # the box has ended

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
        self._listener.close()


@pytest.fixture
def model(tmp_path: Path) -> Iterator[Model]:
    folder = tmp_path / "private"
    folder.mkdir(mode=0o700)
    model = Model(folder / "model.sock")
    yield model
    model.close()


def eventually(condition: Callable[[], bool], seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True
