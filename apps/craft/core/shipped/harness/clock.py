"""Time for apps that work on many requests at once (asyncio). Frozen.

Simulated time: nothing ever waits. When every request of the app waits for something, the clock jumps to the next thing
that happens. An answer of the simulated models says how long it took, and the caller sleeps that long. So a minute of
load takes a second, and takes the same course each time. `asyncio.sleep`, `asyncio.wait_for`, locks and queues work as
always; files, sockets and threads of your own do not belong here.

Real time: with CRAFT_REAL_TIME=1, and from the first answer on that does not say how long it took (a real endpoint).
"""

import asyncio
import contextvars
import heapq
import os
import selectors
import time
import traceback

from harness import client

_item = contextvars.ContextVar("item", default="")
_notes = contextvars.ContextVar("notes", default=None)


class _Selector(selectors.DefaultSelector):
    """Looks for sockets only in real time."""

    real = False

    def select(self, timeout=None):
        return super().select(timeout) if self.real else []


class Loop(asyncio.SelectorEventLoop):
    def __init__(self, real=False):
        self._simulated, self._begun, self._selector_used = 0.0, time.monotonic(), _Selector()
        self.real = self._selector_used.real = real
        super().__init__(self._selector_used)

    def become_real(self):
        if not self.real:
            self._begun = time.monotonic() - self._simulated
            self.real = self._selector_used.real = True

    def time(self):
        return time.monotonic() - self._begun if self.real else self._simulated

    def _run_once(self):
        """One round. In simulated time nothing comes from outside: only timers, the next of them at once."""
        if self.real:
            return super()._run_once()
        timers, ready = self._scheduled, self._ready
        while timers and (timers[0].cancelled() or not ready or timers[0].when() <= self._simulated):
            timer = heapq.heappop(timers)
            timer._scheduled = False
            if not timer.cancelled():
                self._simulated = max(self._simulated, timer.when())
                ready.append(timer)
        if not ready:
            raise RuntimeError("Every request waits for something that nothing will bring about.")
        for _ in range(len(ready)):
            handle = ready.popleft()
            if not handle.cancelled():
                handle._run()
        return None


def now():
    """Seconds since the first moment of the run."""
    return asyncio.get_running_loop().time()


async def sleep(seconds):
    await asyncio.sleep(max(0.0, seconds))


async def together(*coroutines):
    """The results of coroutines that work at the same time, in their order."""
    return await asyncio.gather(*coroutines)


def note(stage, **what):
    """For the trace of the request being worked on: what a stage of the app saw or decided."""
    held = _notes.get()
    if held is not None:
        held.append({"stage": stage, "at": round(now(), 3), **what})


async def chat(model, messages, *, timeout=None, **options):
    """The endpoint's answer to one chat request, as data. Raises ModelError, and Timeout after `timeout` seconds.

    A call that was given up goes on at the endpoint: it is counted, billed, and open there until it is done.
    """
    loop = asyncio.get_running_loop()
    body = {"model": os.environ.get("CRAFT_MODEL") or model, "messages": messages, **options}
    headers = {"X-Craft-Item": _item.get(), "X-Sim-Time": f"{loop.time():.6f}"}
    if loop.real:
        call = loop.run_in_executor(None, client.send, "/chat/completions", body, headers)
        try:
            status, got, data = await asyncio.wait_for(call, timeout)
        except asyncio.TimeoutError:
            raise client.Timeout(f"no answer within {timeout:.1f} s") from None
    else:
        status, got, data = client.send("/chat/completions", body, headers)
        if "x-sim-latency" in got:
            seconds = float(got["x-sim-latency"])
            if timeout is not None and seconds > timeout:
                await sleep(timeout)
                raise client.Timeout(f"no answer within {timeout:.1f} s")
            await sleep(seconds)
        elif status == 200:
            loop.become_real()
    if status != 200:
        fault = data.get("error", data) if isinstance(data, dict) else {}
        raise client.ModelError(status, fault.get("code"), fault.get("message"), got)
    return data


def serve(tasks, answer):
    """Works on every task from the moment it arrives (`task["arrives"]`, in seconds), all at the same time.

    `answer(task)` is a coroutine that returns the fields of the answer. Gives the answers in the order of the tasks.
    """
    tasks = list(tasks)
    given = {}

    async def one(task):
        _item.set(task["id"])
        _notes.set([])
        try:
            fields = await answer(task)
        except Exception as fault:
            fields = {"error": f"{type(fault).__name__}: {fault}"}
            note("error", traceback=traceback.format_exc(limit=-4))
        given[task["id"]] = {"id": task["id"], **fields, "trace": _notes.get()}

    async def everything():
        working = []
        for task in sorted(tasks, key=lambda task: float(task.get("arrives", 0))):
            await sleep(float(task.get("arrives", 0)) - now())
            working.append(asyncio.ensure_future(one(task)))
        await asyncio.gather(*working)

    run(everything())
    return [given[task["id"]] for task in tasks]


def run(coroutine):
    """The result of a coroutine, in a loop of its own."""
    outer = asyncio._get_running_loop()  # none, unless the caller is itself asynchronous
    asyncio._set_running_loop(None)
    loop = Loop(real=os.environ.get("CRAFT_REAL_TIME") == "1")
    try:
        return loop.run_until_complete(coroutine)
    finally:
        for left in asyncio.all_tasks(loop):
            left.cancel()
        loop.close()
        asyncio._set_running_loop(outer)
