"""How a box of each level is started: the command, what it is handed, and what is bound into it."""

import functools
import json
import os
import platform
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from apps.craft.sandbox import seccomp
from apps.craft.sandbox.stage import ROOT, SOCKET, SUBMISSION, readable_copy
from apps.craft.sandbox.values import Level, Limits

PYTHONS = (Path("/usr/bin/python3"), Path("/usr/local/bin/python3"))
OLDEST_PYTHON = (3, 10)
PROGRAMS = "/usr/bin:/usr/local/bin:/bin"
# Not /dev/zero: mapped, it is memory that nobody counts.
DEVICES = ("null", "full", "random", "urandom")
TEMPORARY_FILES = 4096
DEFAULT_UID = 61999

BOOTSTRAP = Path(__file__).with_name("bootstrap.py").read_text()
LAUNCHER = Path(__file__).with_name("launcher.py").read_text()
# Isolated from the environment, from site-packages and from the user; writes no byte code.
FLAGS = ("-I", "-S", "-B", "-c")
# The submission's: as isolated, because its environment is ours, but with the one variable that `-I` would not read.
INNER_FLAGS = ("-s", "-S", "-B", "-c")
INNER_ENVIRONMENT = {"PYTHONHASHSEED": "0"}


class NoRoom(Exception):
    """The room cannot be had here. The sentence says why."""


@dataclass(frozen=True)
class Started:
    """A box that has been started. `info` tells the number of its first process, `begun` that the submission runs.

    It waits for `go` before it runs anything of the submission's: so whoever watches it has hold of it by then.
    """

    process: subprocess.Popen[bytes]
    info: int
    begun: int
    go: Callable[[], None]


def unprivileged(uid: int | None) -> int | None:
    """The user to become before anything is started; None where we are an ordinary user already.

    For root it is `uid`, else HIRINGLOOP_SANDBOX_UID, else 61999: a number that needs no account. Never 0.
    """
    if os.geteuid() != 0:
        if os.getuid() == 0:
            raise NoRoom("The process has root as its real user. Start it as one user, root or not.")
        return None
    if uid is None:
        text = os.environ.get("HIRINGLOOP_SANDBOX_UID", str(DEFAULT_UID))
        if not (text.isascii() and text.isdigit()):
            raise NoRoom(f"HIRINGLOOP_SANDBOX_UID must be a number, not “{text}”.")
        uid = int(text)
    if not 0 < uid < 2**32 - 1:
        raise NoRoom("HIRINGLOOP_SANDBOX_UID must be the number of an unprivileged user, not root's.")
    return uid


@functools.cache
def python(uid: int | None) -> Path:
    """The first system Python of 3.10 or later that the box's user can run and that is in a folder of the box."""
    why = ""
    for path in (path.resolve() for path in PYTHONS if path.exists()):
        if not any(path.is_relative_to(folder) for folder in _system(path)[0]):
            continue
        check = [str(path), "-I", "-S", "-c", f"import sys; sys.exit(sys.version_info < {OLDEST_PYTHON})"]
        try:
            if _popen(check, uid, stdin=subprocess.DEVNULL).wait() == 0:
                return path
        except OSError as problem:
            why = f" ({problem})"
    places = " or ".join(map(str, PYTHONS))
    raise NoRoom(f"There is no Python 3.10 or later at {places} that the unprivileged user can run{why}.")


def bystander(uid: int | None, text: str) -> subprocess.Popen[bytes]:
    """A process of the box's user, but outside. It is ready when it has closed its descriptor; the caller ends it."""
    user = unprivileged(uid)
    ready, ready_in = os.pipe2(os.O_CLOEXEC)
    with os.fdopen(ready, "rb") as end:
        command = [str(python(user)), *FLAGS, text, str(ready_in)]
        process = _popen(command, user, stdin=subprocess.DEVNULL, passed=[ready_in])
        os.close(ready_in)
        end.read()
    return process


def bubblewrap() -> str:
    program = shutil.which("bwrap", path=PROGRAMS)
    if program is None:
        raise NoRoom("bubblewrap is not installed.")
    return program


@contextmanager
def started(
    level: Level,
    stage: Path,
    *,
    interpreter: Path,
    entry: str,
    given: bytes,
    socket: bool,
    limits: Limits,
    environment: Mapping[str, str],
    uid: int | None,
) -> Iterator[Started]:
    """Start a box and close what it was handed. It is up to the caller to end it."""
    open_here: list[int] = []
    open_streams = ExitStack()

    def handed(content: bytes) -> int:
        open_here.append(readable_copy(content))
        return open_here[-1]

    def pipe() -> tuple[int, int]:
        ends = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        open_here.extend(ends)
        return ends

    try:
        stdin = handed(given)
        (info, info_in), (begun, begun_in), (config, config_in) = pipe(), pipe(), pipe()
        os.set_blocking(config, True)
        settings = _config(entry, limits, environment)

        def go() -> None:
            open_here.remove(config_in)
            with os.fdopen(config_in, "wb") as file:
                file.write(settings)

        inner = [str(interpreter), *INNER_FLAGS, BOOTSTRAP, str(config), str(begun_in)]
        passed = [config, begun_in, info_in]
        if level is Level.BUBBLEWRAP:
            passed.append(handed(_filter()))
            command = _bubblewrap_command(stage, limits, inner, socket=socket, info=info_in, rules=passed[-1])
        else:
            passed.append(handed(_launcher_config(stage, limits, inner, socket=socket, info=info_in)))
            command = [str(interpreter), *FLAGS, LAUNCHER, str(passed[-1])]
        process = _popen(command, uid, stdin=stdin, passed=passed, capture=True)
        for pipe_end in (process.stdout, process.stderr):
            if pipe_end is not None:
                open_streams.callback(pipe_end.close)
        for descriptor in (*passed, stdin):
            open_here.remove(descriptor)
            os.close(descriptor)
        yield Started(process, info, begun, go)
    finally:
        open_streams.close()
        for descriptor in open_here:
            os.close(descriptor)


def _popen(
    command: list[str], uid: int | None, *, stdin: int, passed: list[int] | None = None, capture: bool = False
) -> subprocess.Popen[bytes]:
    """A process without our environment, descriptors, groups, terminal and, where we are root, without root."""
    out = subprocess.PIPE if capture else subprocess.DEVNULL
    return subprocess.Popen(
        command,
        stdin=stdin,
        stdout=out,
        stderr=out,
        pass_fds=passed or (),
        cwd="/",
        env={},
        start_new_session=True,
        umask=0o022,
        user=uid,
        group=uid,
        extra_groups=None if uid is None else [],
    )


def _filter() -> bytes:
    try:
        return seccomp.program()
    except KeyError:
        raise NoRoom(f"There is no list of system calls for this machine ({platform.machine()}).") from None


def _config(entry: str, limits: Limits, environment: Mapping[str, str]) -> bytes:
    resources = {
        "RLIMIT_CPU": limits.cpu_seconds,
        "RLIMIT_AS": limits.memory_bytes,
        "RLIMIT_FSIZE": limits.file_bytes,
        "RLIMIT_NPROC": limits.processes,
        "RLIMIT_NOFILE": limits.open_files,
        "RLIMIT_CORE": 0,
        "RLIMIT_MEMLOCK": 0,
        "RLIMIT_MSGQUEUE": 0,
    }
    inside = {"PATH": "/usr/bin", "HOME": "/tmp", "LANG": "C.UTF-8"} | dict(environment)  # noqa: S108  # the box's own
    return json.dumps({"entry": entry, "limits": resources, "environment": inside}).encode()


def _system(interpreter: Path) -> tuple[list[str], list[tuple[str, str]]]:
    """What of the system is bound: programs and libraries, and the links to them beside /usr.

    Not the whole of /usr: applications are put into /usr/src, and into /usr/local where Python is not from there.
    """
    local = ("/usr/local/bin", "/usr/local/lib") if interpreter.is_relative_to("/usr/local") else ()
    folders, links = [], []
    for name in ("/usr/bin", "/usr/lib", "/usr/lib64", "/usr/lib32", *local, "/bin", "/lib", "/lib64", "/lib32"):
        path = Path(name)
        if path.is_symlink():
            links.append((str(path.readlink()), name))
        elif path.is_dir():
            folders.append(name)
    return folders, links


def _bubblewrap_command(
    stage: Path, limits: Limits, inner: list[str], *, socket: bool, info: int, rules: int
) -> list[str]:
    """No /proc and no /dev/shm: Python needs neither, and both are doors. The root is made read-only last."""
    folders, links = _system(Path(inner[0]))
    command = [bubblewrap(), "--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent"]
    command += ["--new-session", "--hostname", "box", "--clearenv", "--info-fd", str(info), "--seccomp", str(rules)]
    for name, value in INNER_ENVIRONMENT.items():
        command += ["--setenv", name, value]
    for folder in folders:
        command += ["--ro-bind", folder, folder]
    for target, link in links:
        command += ["--symlink", target, link]
    for device in DEVICES:
        command += ["--dev-bind", f"/dev/{device}", f"/dev/{device}"]
    command += ["--size", str(limits.temporary_bytes), "--tmpfs", "/tmp"]  # noqa: S108  # the box's own
    command += ["--ro-bind", str(stage / SUBMISSION), "/sub", "--dir", "/run"]
    if socket:
        command += ["--ro-bind", str(stage / SOCKET), "/run/llm.sock"]
    return [*command, "--remount-ro", "/", "--chdir", "/tmp", "--", *inner]  # noqa: S108  # the box's own


def _launcher_config(stage: Path, limits: Limits, inner: list[str], *, socket: bool, info: int) -> bytes:
    folders, links = _system(Path(inner[0]))
    rules = _filter()
    column = 0 if platform.machine() == seccomp.X86_64 else 1
    config = {
        "root": str(stage / ROOT),
        "folders": [(folder, folder) for folder in folders] + [(str(stage / SUBMISSION), "/sub")],
        "links": links,
        "files": [(f"/dev/{device}", f"/dev/{device}") for device in DEVICES]
        + ([(str(stage / SOCKET), "/run/llm.sock")] if socket else []),
        "temporary_bytes": limits.temporary_bytes,
        "temporary_files": TEMPORARY_FILES,
        "pivot_root": seccomp.number("pivot_root", platform.machine()),
        "capset": seccomp.CAPSET[column],
        "filter": rules.hex(),
        "info_fd": info,
        "parent": os.getpid(),
        "command": inner,
        "environment": INNER_ENVIRONMENT,
    }
    return json.dumps(config).encode()
