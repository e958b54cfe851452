"""Proves what a level holds here: runs the hostile script inside and looks from outside at what got through."""

import functools
import json
import platform
import secrets
import select
import socket
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

from apps.craft.sandbox import levels, seccomp
from apps.craft.sandbox.room import run_at
from apps.craft.sandbox.values import Attempt, Level, Limits, Outcome, Verdict

HOSTILE = Path(__file__).with_name("hostile.py").read_text()
OURSELVES = Path(__file__).resolve().parent
ALLOWED, BLOCKED = "allowed", "blocked"

EXPECTED_ALLOWED = (
    "read the submission",
    "write a small temporary file",
    "ask the simulated model",
    "start a thread",
    "start a program",
)
EXPECTED_BLOCKED = (
    "read a file outside",
    "list a folder outside",
    "read the system's accounts",
    "see other processes",
    "signal a process outside",
    "find environment or open files of the grader",
    "change a file of the grader",
    "change the submission",
    "write beside /tmp",
    "reach a TCP server of the machine",
    "reach a UDP server of the machine",
    "reach an abstract socket",
    "reach a socket file outside",
    "reach the network beyond",
    "open a socket of another kind",
    "make a namespace with clone",
    "make a namespace with clone3",
)
CALLS = {
    "change mounts or the root": ("mount", "umount2", "pivot_root", "chroot", "open_tree", "move_mount", "fsopen",
                                  "fsconfig", "fsmount", "fspick", "mount_setattr", "open_tree_attr"),
    "make or enter a namespace": ("unshare", "setns"),
    "look into another process": ("ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "pidfd_getfd",
                                  "kcmp"),
    "use the kernel's key rings": ("keyctl", "add_key", "request_key"),
    "use bpf, perf, io_uring or userfaultfd": ("bpf", "perf_event_open", "io_uring_setup", "io_uring_enter",
                                               "io_uring_register", "userfaultfd"),
    "open files by handle": ("open_by_handle_at", "name_to_handle_at", "fanotify_init"),
    "hold memory that nobody counts": ("memfd_create", "memfd_secret", "shmget", "shmat", "semget", "msgget",
                                       "mq_open"),
}  # fmt: skip
MANAGES_THE_MACHINE = "manage the machine"
EXPECTED_LIMITS = (
    "share memory without a file",
    "start 500 processes",
    "take 4 GB of memory",
    "write a file of 50 MB",
    "fill the disk",
    "open 5,000 files",
)

# Says when it can be signalled, and ends when it is: by a signal that does nothing to any other process.
WAITS_FOR_A_SIGNAL = """
import os, signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGURG})
os.close(int(sys.argv[1]))
signal.sigwait({signal.SIGURG})
"""

# Runs of their own: what they do, the limits they meet, and the verdict they must end in.
ENDLESS = """
import os, signal, sys
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGXCPU): signal.signal(number, signal.SIG_IGN)
if os.fork() == 0:
    os.setsid()
    os.fork()
while True: pass
"""
FLOOD = """
import sys
while True: sys.stdout.buffer.write(b"x" * 65536)
"""
TOGETHER = """
import os, time
for number in range(6):
    if os.fork() == 0:
        held = bytearray(b"x") * (48 << 20)
        time.sleep(60)
time.sleep(60)
"""
RUNS = (
    ("run on for ever, deaf to signals", ENDLESS, Limits(seconds=0.5), Verdict.TIME, BLOCKED),
    ("write output without end", FLOOD, Limits(seconds=20, output_bytes=1 << 20), Verdict.OUTPUT, BLOCKED),
    ("take memory in many processes", TOGETHER, Limits(seconds=20, memory_bytes=160 << 20), Verdict.MEMORY, BLOCKED),
    ("be run after all this", "print('ready')", Limits(seconds=20), Verdict.DONE, ALLOWED),
)


def examine(level: Level, *, uid: int | None = None) -> list[Attempt]:
    """Run the hostile script inside a box of this level. One that cannot be had is one attempt that did not hold."""
    if level is Level.NONE or not sys.platform.startswith("linux"):
        reason = "Untrusted code is run on Linux only." if level is not Level.NONE else "There is nothing to examine."
        return [Attempt("enter the room", ALLOWED, BLOCKED, held=False, detail=reason)]
    try:
        levels.python(levels.unprivileged(uid))
    except levels.NoRoom as problem:
        return [Attempt("enter the room", ALLOWED, BLOCKED, held=False, detail=str(problem))]
    with _bait(uid) as bait:
        outcome = _run(level, HOSTILE, Limits(seconds=30), uid, given=bait.given(), model=bait.model)
        try:
            told: dict[str, tuple[str, str]] = json.loads(outcome.output) if outcome.verdict is Verdict.DONE else {}
        except ValueError:
            told = {}
        if not told:
            detail = outcome.reason or "The hostile script said nothing that can be read."
            return [Attempt("enter the room", ALLOWED, BLOCKED, held=False, detail=detail)]
        told |= bait.seen(told)
    attempts = [_judged(name, ALLOWED, told) for name in EXPECTED_ALLOWED]
    names = (*EXPECTED_BLOCKED, *CALLS, MANAGES_THE_MACHINE, *EXPECTED_LIMITS)
    attempts += [_judged(name, BLOCKED, told) for name in names]
    for name, text, limits, verdict, expected in RUNS:
        ended = _run(level, text, limits, uid)
        held = ended.verdict is verdict
        other = ALLOWED if expected == BLOCKED else BLOCKED
        attempts.append(Attempt(name, expected, expected if held else other, held, ended.reason))
    return attempts


@functools.cache
def proof(level: Level, uid: int | None) -> str:
    """Why this level may not be used; empty where everything held. Once per process."""
    broken = [attempt for attempt in examine(level, uid=uid) if not attempt.held]
    return "; ".join(f"{attempt.name}: {attempt.got} ({attempt.detail})" for attempt in broken)


def available(*, uid: int | None = None) -> tuple[Level, str]:
    """The level this machine has, proved, and in words why it is less than bubblewrap."""
    if not sys.platform.startswith("linux"):
        return Level.NONE, f"Untrusted code is run on Linux only, and this is {platform.system()}."
    reasons: list[str] = []
    for level in (Level.BUBBLEWRAP, Level.FALLBACK):
        problem = proof(level, uid)
        if not problem:
            return level, " ".join(reasons)
        reasons.append(f"{level.value.capitalize()} does not hold here: {problem}.".replace("..", "."))
    return Level.NONE, " ".join(reasons)


def run(
    folder: Path,
    *,
    entry: str,
    given: bytes,
    socket: Path | None,
    limits: Limits = Limits(),  # noqa: B008  # frozen
    environment: Mapping[str, str] = MappingProxyType({}),
    level: Level | None = None,
    uid: int | None = None,
) -> Outcome:
    """Run a submission and return when nothing of it is alive.

    In the box `folder` is /sub (read-only, and on the path), `socket` is /run/llm.sock, `given` is stdin. Only a level
    that has proved itself in this process is used; without one the verdict is REFUSED, and nothing was run.
    """
    if level is None:
        level, reason = available(uid=uid)
        held = level is not Level.NONE
    else:
        reason = proof(level, uid)
        held = not reason
    if not held:
        return Outcome(Verdict.REFUSED, level, None, b"", "", 0.0, reason)
    return run_at(
        level, folder, entry=entry, given=given, socket=socket, limits=limits, environment=environment, uid=uid
    )


def _judged(name: str, expected: str, told: Mapping[str, tuple[str, str]]) -> Attempt:
    got, detail = told.get(name, ("nothing", "The script did not get there."))
    return Attempt(name, expected, got, got == expected, detail)


def _run(
    level: Level, text: str, limits: Limits, uid: int | None, *, given: bytes = b"", model: Path | None = None
) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="hiringloop-hostile-") as folder:
        Path(folder, "main.py").write_text(text)
        return run_at(
            level,
            Path(folder),
            entry="main.py",
            given=given,
            socket=model,
            limits=limits,
            environment={},
            uid=uid,
        )


class _Bait:
    """What the hostile script should not reach, laid out so that only the box is in the way: all of it is open to
    every user of the machine. And a model that it should reach.
    """

    def __init__(self, folder: Path, uid: int | None) -> None:
        self._process = levels.bystander(uid, WAITS_FOR_A_SIGNAL)
        self._content = secrets.token_hex(16)
        self._abstract = f"hiringloop-{secrets.token_hex(8)}"
        folder.chmod(0o755)
        self._secret = folder / ".gold.json"
        self._secret.write_text(self._content)
        self._secret.chmod(0o666)
        self._outer = folder / "other.sock"
        self._tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._hidden = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._file = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._model = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.model = folder / "model.sock"
        self._model.bind(str(self.model))
        self._tcp.bind(("127.0.0.1", 0))
        self._udp.bind(("127.0.0.1", 0))
        self._hidden.bind("\0" + self._abstract)
        self._file.bind(str(self._outer))
        self._outer.chmod(0o666)
        for listener in (self._tcp, self._hidden, self._file, self._model):
            listener.listen()
        self._answering = threading.Thread(target=self._answer)
        self._answering.start()

    def _answer(self) -> None:
        """Answers each "ping" until the listener is shut down."""
        while True:
            try:
                caller = self._model.accept()[0]
            except OSError:
                return
            with caller:
                if caller.recv(10) == b"ping":
                    caller.sendall(b"pong")

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        self._model.shutdown(socket.SHUT_RDWR)
        self._answering.join()
        for one in (self._tcp, self._udp, self._hidden, self._file, self._model):
            one.close()

    def given(self) -> bytes:
        machine = platform.machine()
        numbers = {name: seccomp.number(name, machine) for name in seccomp.NUMBERS}
        column = 0 if machine == seccomp.X86_64 else 1
        numbers |= {"clone": seccomp.CLONE[column], "clone3": seccomp.CLONE3[column]}
        listed = {name for names in CALLS.values() for name in names}
        bait: dict[str, Any] = {
            "numbers": {name: number for name, number in numbers.items() if number is not None},
            "calls": CALLS | {MANAGES_THE_MACHINE: [name for name in seccomp.NUMBERS if name not in listed]},
            "secret": str(self._secret),
            "folders": [str(self._secret.parent), str(Path.home()), str(Path.cwd()), str(OURSELVES), "/home", "/root"],
            "process": self._process.pid,
            "tcp": self._tcp.getsockname(),
            "udp": self._udp.getsockname(),
            "abstract": self._abstract,
            "socket": str(self._outer),
        }
        return json.dumps(bait).encode()

    def seen(self, told: Mapping[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
        """What only the outside can tell: whether anything arrived, and whether the file is still what it was."""
        seen = {}
        for name, listener in (
            ("reach a TCP server of the machine", self._tcp),
            ("reach a UDP server of the machine", self._udp),
            ("reach an abstract socket", self._hidden),
            ("reach a socket file outside", self._file),
        ):
            arrived = bool(select.select([listener], [], [], 0)[0])
            detail = "It arrived." if arrived else f"Nothing arrived. {told.get(name, ('', ''))[1]}"
            seen[name] = (ALLOWED if arrived else BLOCKED, detail)
        if self._process.poll() is None:
            seen["signal a process outside"] = (BLOCKED, "It heard nothing.")
        else:
            seen["signal a process outside"] = (ALLOWED, "It was ended.")
        if self._secret.read_text() != self._content:
            seen["change a file of the grader"] = (ALLOWED, "The file is another one now.")
        return seen


@contextmanager
def _bait(uid: int | None) -> Iterator[_Bait]:
    with tempfile.TemporaryDirectory(prefix="hiringloop-bait-") as folder:
        bait = _Bait(Path(folder), uid)
        try:
            yield bait
        finally:
            bait.close()
