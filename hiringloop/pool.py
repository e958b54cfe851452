"""The worker's pool of processes, made to survive the death of one of them at any moment.

With a broker that has no event loop (the file-system one) Celery uses billiard's pool, whose processes share one queue
of tasks: whoever waits for the next task holds a semaphore while it waits. Killed then (by SIGKILL, or by the kernel
when memory is short), it never gives it back, and every other process of that worker waits for ever. A lock on a file
ends with the process that holds it.
"""

import fcntl
import tempfile
from typing import Any

from billiard.pool import Pool
from celery.concurrency.prefork import TaskPool as PreforkPool


class LockOfProcess:
    """Between processes, not threads; given back when its holder dies. Waits as long as it takes."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  # open as long as the pool lives, in its children too

    def acquire(self) -> bool:
        fcntl.lockf(self._file, fcntl.LOCK_EX)
        return True

    def release(self) -> None:
        fcntl.lockf(self._file, fcntl.LOCK_UN)

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *raised: object) -> None:
        self.release()


class SurvivingPool(Pool):
    """A child that dies while it reads a task or writes a result leaves both queues to the others."""

    def _setup_queues(self) -> None:
        super()._setup_queues()
        self._inqueue._rlock = LockOfProcess()
        self._outqueue._wlock = LockOfProcess()


class TaskPool(PreforkPool):
    """Celery's own, but for the pool that is used with a broker without an event loop."""

    BlockingPool: Any = SurvivingPool
