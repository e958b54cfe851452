"""The hostile script: tries every way out of the box and prints, as JSON, what happened to each attempt.

It is the submission of `examine`, run inside the box by its Python (3.10 or later), never imported. What it should
reach for comes on stdin. "blocked" means the kernel refused; what can only be seen from outside is judged there.
"""

import ctypes
import errno
import json
import mmap
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

ANY_NAMESPACE = (0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000)
FOREIGN_FAMILIES = (16, 17, 38, 40)  # netlink, packet, kernel crypto, vsock
CHILD_SIGNAL = 17

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
results: dict[str, tuple[str, str]] = {}


def attempt(name: str, tried: Callable[[], Any]) -> None:
    try:
        results[name] = ("allowed", str(tried())[:120])
    except (OSError, MemoryError, RuntimeError, subprocess.SubprocessError) as problem:
        results[name] = ("blocked", f"{type(problem).__name__}: {problem}"[:120])


def call(number: int, *arguments: int) -> int:
    result = int(libc.syscall(ctypes.c_long(number), *map(ctypes.c_long, arguments)))
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result


def refused(tried: Callable[[], Any]) -> bool:
    """Refused as such. Any other error would mean that the call was looked at, so the filter let it through."""
    try:
        tried()
    except OSError as problem:
        return problem.errno in (errno.EPERM, errno.ENOSYS, errno.EAFNOSUPPORT)
    return False


def all_refused(tries: Mapping[str, Callable[[], Any]]) -> str:
    """Raises if every one was refused, else names those that were not."""
    through = [name for name, tried in tries.items() if not refused(tried)]
    if not through:
        raise PermissionError(f"all {len(tries)} refused")
    return ", ".join(through)


def read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read(40)


def write(path: str, content: bytes = b"forged") -> int:
    with open(path, "wb") as file:
        return file.write(content)


def first_that_works(tries: Sequence[Callable[[], Any]]) -> Any:
    for tried in tries[:-1]:
        try:
            return tried()
        except OSError:
            continue
    return tries[-1]()


def say_to(family: int, kind: int, address: Any) -> str:
    with socket.socket(family, kind) as connection:
        connection.settimeout(1)
        connection.connect(address)
        connection.send(b"out")
        return "sent"


def ask_the_model() -> str:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(5)
        connection.connect("/run/llm.sock")
        connection.sendall(b"ping")
        answer = connection.recv(10)
    if answer != b"pong":
        raise ConnectionError("no answer")
    return "answered"


def clone(number: int, flag: int) -> int:
    child = call(number, flag | CHILD_SIGNAL, 0, 0, 0, 0)
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    return child


def many_processes() -> int:
    children: list[int] = []
    try:
        for _ in range(500):
            child = os.fork()
            if child == 0:
                time.sleep(60)
                os._exit(0)
            children.append(child)
        return len(children)
    finally:
        for child in children:
            os.kill(child, 9)
            os.waitpid(child, 0)


def fill_the_disk() -> int:
    names = [f"/tmp/fill-{number}" for number in range(256)]  # noqa: S108  # the box's own
    try:
        return sum(write(name, bytes(1 << 20)) for name in names)
    finally:
        for name in names:
            if os.path.exists(name):
                os.unlink(name)


def many_files() -> int:
    handles: list[int] = []
    try:
        for _ in range(5000):
            handles.append(os.dup(0))
        return len(handles)
    finally:
        for handle in handles:
            os.close(handle)


def handed_down() -> str:
    known = {"PATH", "HOME", "LANG", "LC_CTYPE"}
    strange = [name for name in os.environ if name not in known]
    for descriptor in range(3, 1024):
        try:
            os.fstat(descriptor)
        except OSError:
            continue
        strange.append(f"descriptor {descriptor}")
    if not strange:
        raise PermissionError("nothing was handed down")
    return ", ".join(strange)


def signal_everyone(process: int) -> str:
    """With a signal that nobody minds who does not wait for it: a number may mean another process in here."""
    for number in (-1, process, -process):
        try:
            os.kill(number, signal.SIGURG)
        except OSError:
            continue
    return "sent"


def thread() -> str:
    said: list[str] = []
    worker = threading.Thread(target=said.append, args=("ran",))
    worker.start()
    worker.join()
    return said[0]


def program() -> str:
    command = [sys.executable, "-I", "-S", "-c", "print('ran')"]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout


def main() -> None:
    bait = json.load(sys.stdin)
    numbers: dict[str, int] = bait["numbers"]
    attempt("read the submission", lambda: read("/sub/main.py"))
    attempt("write a small temporary file", lambda: write("/tmp/note"))  # noqa: S108  # the box's own
    attempt("ask the simulated model", ask_the_model)
    attempt("start a thread", thread)
    attempt("start a program", program)

    attempt("read a file outside", lambda: read(bait["secret"]))
    attempt("list a folder outside", lambda: first_that_works([partial(os.listdir, path) for path in bait["folders"]]))
    attempt("read the system's accounts", lambda: read("/etc/passwd"))
    attempt("see other processes", lambda: os.listdir("/proc"))
    attempt("signal a process outside", lambda: signal_everyone(bait["process"]))
    attempt("find environment or open files of the grader", handed_down)
    attempt("change a file of the grader", lambda: write(bait["secret"]))
    attempt("change the submission", lambda: write("/sub/main.py"))
    places = ("/usr/forged", "/forged", "/dev/forged", "/dev/shm/forged", "/run/forged")  # noqa: S108  # in the box
    attempt("write beside /tmp", lambda: first_that_works([partial(write, path) for path in places]))

    tcp, udp = socket.SOCK_STREAM, socket.SOCK_DGRAM
    attempt("reach a TCP server of the machine", lambda: say_to(socket.AF_INET, tcp, tuple(bait["tcp"])))
    attempt("reach a UDP server of the machine", lambda: say_to(socket.AF_INET, udp, tuple(bait["udp"])))
    attempt("reach an abstract socket", lambda: say_to(socket.AF_UNIX, tcp, "\0" + bait["abstract"]))
    attempt("reach a socket file outside", lambda: say_to(socket.AF_UNIX, tcp, bait["socket"]))
    attempt("reach the network beyond", lambda: say_to(socket.AF_INET, tcp, ("192.0.2.1", 80)))
    families = {str(family): partial(socket.socket, family, udp) for family in FOREIGN_FAMILIES}
    attempt("open a socket of another kind", lambda: all_refused(families))

    clones = {hex(flag): partial(clone, numbers["clone"], flag) for flag in ANY_NAMESPACE}
    attempt("make a namespace with clone", lambda: all_refused(clones))
    attempt("make a namespace with clone3", lambda: all_refused({"clone3": lambda: call(numbers["clone3"], 0, 0)}))
    for title, names in bait["calls"].items():
        calls = {name: partial(call, numbers[name], 0, 0, 0, 0, 0, 0) for name in names if name in numbers}
        attempt(title, partial(all_refused, calls))

    attempt("share memory without a file", lambda: len(mmap.mmap(-1, 1 << 20)))
    attempt("start 500 processes", many_processes)
    attempt("take 4 GB of memory", lambda: len(bytearray(4 << 30)))
    attempt("write a file of 50 MB", lambda: write("/tmp/large", bytes(50 << 20)))  # noqa: S108  # the box's own
    if os.path.exists("/tmp/large"):  # noqa: S108  # the box's own
        os.unlink("/tmp/large")  # noqa: S108  # the box's own
    attempt("fill the disk", fill_the_disk)
    attempt("open 5,000 files", many_files)
    json.dump(results, sys.stdout)


if __name__ == "__main__":
    main()
