"""One run of a submission in a box: starts it, feeds it, watches it, and returns when nothing of it is alive."""

import os
import re
import select
import selectors
import signal
import time
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath

from apps.craft.sandbox import levels
from apps.craft.sandbox.relay import Relay
from apps.craft.sandbox.stage import SOCKET, SUBMISSION, staged
from apps.craft.sandbox.values import Level, Limits, Outcome, Verdict

ERRORS_KEPT = 64 << 10
LOOK_EVERY = 0.05  # seconds between two looks at the clock, the memory and the files
PATIENCE = 10  # seconds to wait for the kernel to finish what it was told to kill
CHUNK = 256 << 10
FILLED = re.compile(r"^(?:RssAnon|RssShmem|VmSwap):\s+(\d+) kB$", re.MULTILINE)


def run_at(
    level: Level,
    folder: Path,
    *,
    entry: str,
    given: bytes,
    socket: Path | None,
    limits: Limits,
    environment: Mapping[str, str],
    uid: int | None,
) -> Outcome:
    """Run at a level whose enforcement the caller has proved. Raises nothing for what a submission can cause."""
    begin = time.monotonic()

    def early(verdict: Verdict, reason: str) -> Outcome:
        return Outcome(verdict, level, None, b"", "", time.monotonic() - begin, reason)

    try:
        user = levels.unprivileged(uid)
        interpreter = levels.python(user)
        with staged(folder, user) as stage, selectors.DefaultSelector() as selector:
            if not _is_entry(stage / SUBMISSION, entry):
                return early(Verdict.CRASH, f"The submission has no file “{entry}”.")
            relay = None if socket is None else Relay(selector, inner=stage / SOCKET, outer=socket, group=user)
            try:
                with levels.started(
                    level,
                    stage,
                    interpreter=interpreter,
                    entry=entry,
                    given=given,
                    socket=relay is not None,
                    limits=limits,
                    environment=environment,
                    uid=user,
                ) as box:
                    return _Watch(level, box, selector, limits).outcome()
            finally:
                if relay is not None:
                    relay.close()
    except levels.NoRoom as problem:
        return early(Verdict.REFUSED, str(problem))
    except OSError as problem:
        return early(Verdict.REFUSED, f"The room could not be prepared: {problem}")


def _is_entry(submission: Path, entry: str) -> bool:
    path = PurePosixPath(entry)
    if "\0" in entry or not path.parts or path.is_absolute() or ".." in path.parts:
        return False
    return (submission / path).is_file() and not (submission / path).is_symlink()


class _Watch:
    """Follows one box. The first reason to end it becomes the verdict; what it says afterwards changes nothing."""

    def __init__(self, level: Level, box: levels.Started, selector: selectors.BaseSelector, limits: Limits) -> None:
        self._level, self._box, self._selector, self._limits = level, box, selector, limits
        self._begin = time.monotonic()
        self._next_look = self._begin + LOOK_EVERY
        self._output, self._errors, self._errors_seen = bytearray(), b"", 0
        self._info = b""
        self._begun = self._ended = False
        # The first process in the box: its number, and a handle that cannot come to mean another process.
        self._first: tuple[int, int] | None = None
        self._stopped: tuple[Verdict, str] | None = None

    def outcome(self) -> Outcome:
        process = self._box.process
        stdout, stderr = process.stdout, process.stderr
        if stdout is None or stderr is None:
            raise levels.NoRoom("The output of the room cannot be read.")
        handle = os.pidfd_open(process.pid)
        readers = (
            (stdout.fileno(), self._take_output),
            (stderr.fileno(), self._take_errors),
            (self._box.info, self._take_info),
            (self._box.begun, self._take_begun),
        )
        try:
            for descriptor, take in readers:
                os.set_blocking(descriptor, False)
                self._selector.register(descriptor, selectors.EVENT_READ, self._reader(descriptor, take))
            self._selector.register(handle, selectors.EVENT_READ, self._take_end)
            while not self._ended and not self._stopped:
                for key, events in self._selector.select(LOOK_EVERY):
                    key.data(events)
                self._look()
        finally:
            self._end_everything(handle)
            os.close(handle)
            if self._first is not None:
                os.close(self._first[1])
        for descriptor, take in readers:
            # Every writer is dead by now; what is left in the pipe is the end of it.
            while not self._stopped and (chunk := _read(descriptor)):
                take(chunk)
        return self._judged(process.returncode)

    def _reader(self, descriptor: int, take: Callable[[bytes], None]) -> Callable[[int], None]:
        def ready(_events: int) -> None:
            chunk = _read(descriptor)
            if chunk:
                take(chunk)
            elif chunk is not None:
                self._selector.unregister(descriptor)

        return ready

    def _take_output(self, chunk: bytes) -> None:
        self._output += chunk
        if len(self._output) > self._limits.output_bytes:
            self._stop(Verdict.OUTPUT, f"It wrote more than {self._limits.output_bytes:,} bytes of output.")

    def _take_errors(self, chunk: bytes) -> None:
        self._errors_seen += len(chunk)
        self._errors = (self._errors + chunk)[-ERRORS_KEPT:]
        if self._errors_seen > self._limits.output_bytes:
            self._stop(Verdict.OUTPUT, f"It wrote more than {self._limits.output_bytes:,} bytes of error messages.")

    def _take_info(self, chunk: bytes) -> None:
        self._info += chunk
        found = re.search(rb'"child-pid": *(\d+)\D', self._info)
        if found and self._first is None:
            number = int(found[1])
            try:
                self._first = (number, os.pidfd_open(number))
            except ProcessLookupError:
                return  # it could not make the room, and has said why
            self._box.go()

    def _take_begun(self, _chunk: bytes) -> None:
        self._begun = True

    def _take_end(self, _events: int) -> None:
        self._ended = True

    def _stop(self, verdict: Verdict, reason: str) -> None:
        if self._stopped is None:
            self._stopped = (verdict, reason)

    def _look(self) -> None:
        now = time.monotonic()
        if now < self._next_look:
            return
        self._next_look = now + LOOK_EVERY
        if now - self._begin > self._limits.seconds:
            self._stop(Verdict.TIME, f"It took longer than {self._limits.seconds:g} s.")
        if self._first is None:
            return
        first = self._first[0]
        if sum(map(_resident, _family(first))) > self._limits.memory_bytes:
            self._stop(Verdict.MEMORY, f"Its processes together took more than {self._limits.memory_bytes:,} bytes.")
        # Before the submission has begun, its root may still be the machine's.
        if self._begun and _files_in_tmp(first) > levels.TEMPORARY_FILES:
            self._stop(Verdict.OUTPUT, f"It made more than {levels.TEMPORARY_FILES:,} temporary files.")

    def _end_everything(self, handle: int) -> None:
        """With its first process the whole process namespace dies; the handle is ready when the last of it is gone."""
        if self._first is not None:
            _kill(self._first[1])
            _dead(self._first[1], PATIENCE)
        else:
            # Not even the room was ready. Its processes have asked the kernel to die with this one.
            _kill(handle)
        if not _dead(handle, PATIENCE):
            _kill(handle)
        self._box.process.wait()

    def _judged(self, code: int) -> Outcome:
        if self._stopped is not None:
            verdict, reason = self._stopped
        elif not self._begun:
            verdict, reason = Verdict.REFUSED, f"The room could not be prepared: {self._last_line() or code}"
        elif code == 0:
            verdict, reason = Verdict.DONE, ""
        elif code == 128 + signal.SIGXCPU:
            verdict, reason = Verdict.TIME, f"It used more than {self._limits.cpu_seconds} s of processor time."
        elif self._last_line().startswith("MemoryError"):
            verdict, reason = Verdict.MEMORY, f"A process asked for more than {self._limits.memory_bytes:,} bytes."
        elif code > 128:
            verdict, reason = Verdict.CRASH, f"It was ended by signal {code - 128}."
        else:
            verdict, reason = Verdict.CRASH, f"It ended with exit code {code}."
        return Outcome(
            verdict=verdict,
            level=self._level,
            code=code if self._begun and self._stopped is None else None,
            output=bytes(self._output[: self._limits.output_bytes]),
            errors=self._errors.decode(errors="replace"),
            seconds=time.monotonic() - self._begin,
            reason=reason,
        )

    def _last_line(self) -> str:
        return self._errors.decode(errors="replace").strip().rpartition("\n")[2]


def _read(descriptor: int) -> bytes | None:
    """What is there; empty at the end, None where there is nothing yet."""
    try:
        return os.read(descriptor, CHUNK)
    except BlockingIOError:
        return None


def _kill(handle: int) -> None:
    try:
        signal.pidfd_send_signal(handle, signal.SIGKILL)
    except ProcessLookupError:
        pass  # it was quicker


def _dead(handle: int, seconds: float) -> bool:
    """A process handle becomes readable when its process has ended."""
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    return bool(poll.poll(seconds * 1000))


def _family(first: int) -> list[int]:
    """A process of the box and all below it. In a process namespace no orphan ever leaves the family."""
    family = [first]
    for number in family:
        try:
            for task in os.listdir(f"/proc/{number}/task"):
                with open(f"/proc/{number}/task/{task}/children") as file:
                    family += map(int, file.read().split())
        except OSError:
            continue  # it has ended between two looks
    return family


def _resident(number: int) -> int:
    """Bytes of memory that it fills, also where they are swapped out: all but the pages of files."""
    try:
        with open(f"/proc/{number}/status") as file:
            return sum(int(size) << 10 for size in FILLED.findall(file.read()))
    except OSError:
        return 0


def _files_in_tmp(first: int) -> int:
    """bubblewrap's temporary folder has a limit of bytes only. The fallback's has both, and may not be looked into."""
    try:
        state = os.statvfs(f"/proc/{first}/root/tmp")
    except OSError:
        return 0
    return state.f_files - state.f_ffree
