"""Simulated time: jumps, time-outs that are billed, real time on request, and no wait for ever."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import pytest

from apps.craft.core import memory
from apps.craft.core.kits.rate_limited_router import KIT
from apps.craft.core.shipped.simllm.limits import Busy
from apps.craft.core.shipped.simllm.model import Model
from apps.craft.core.shipped.simllm.persona import persona
from apps.craft.core.shipped.simllm.server import endpoint_of

MESSAGES = [{"role": "user", "content": "The gate check needs 4 hours.\nHours of the gate check?"}]


def clock_of(model: Model | None = None, *, tell_latency: bool = True) -> Any:
    """The module as a candidate has it, connected to a model without a network."""
    folder = memory.Folder(KIT.templates)
    if model is not None:
        endpoint: Callable[..., Any] = endpoint_of(model, None)

        def send(path: str, body: Any, headers: Mapping[str, str]) -> tuple[int, dict[str, str], Any]:
            reply = endpoint("/v1" + path, body, headers["X-Craft-Item"], float(headers["X-Sim-Time"]))
            got = {name.lower(): value for name, value in reply.headers.items() if tell_latency}
            return reply.status, got, reply.body

        folder.module("harness.client").send = send
    return folder.module("harness.clock")


def model_of(**every: Any) -> Model:
    models = persona("clock", every={"tail": 0.0, **every})
    made = Model(models, keep=False)
    made.gate = Busy(models, "d", 1e6, outage=10.0)
    return made


def test_an_hour_of_sleep_takes_no_time_and_keeps_the_order() -> None:
    clock = clock_of()
    order: list[tuple[str, float]] = []

    async def wait(name: str, seconds: float) -> None:
        await clock.sleep(seconds)
        order.append((name, clock.now()))

    async def all_of_them() -> None:
        await clock.together(wait("late", 3600), wait("early", 1), wait("middle", 60.5))

    begun = time.monotonic()
    clock.run(all_of_them())
    assert time.monotonic() - begun < 5
    assert order == [("early", 1.0), ("middle", 60.5), ("late", 3600.0)]


def test_wait_for_and_locks_work_in_simulated_time() -> None:
    clock = clock_of()

    async def held() -> float:
        lock = asyncio.Lock()
        async with lock:
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(lock.acquire(), 7)
        return float(clock.now())

    assert clock.run(held()) == 7.0


def test_waiting_for_nothing_is_an_error_and_not_a_hang() -> None:
    clock = clock_of()

    async def never() -> None:
        await asyncio.get_running_loop().create_future()

    with pytest.raises(RuntimeError, match="nothing will bring about"):
        clock.run(never())


def test_a_call_that_is_given_up_takes_the_time_out_and_is_billed() -> None:
    model = model_of(latency=9.0, spread=0.0)
    clock = clock_of(model)
    client = memory.Folder(KIT.templates).module("harness.client")

    async def answer(task: dict[str, Any]) -> dict[str, Any]:
        try:
            await clock.chat("sim-small", MESSAGES, timeout=2.0)
        except Exception as fault:  # noqa: BLE001  # the module's own exception class
            return {"fault": type(fault).__name__, "at": clock.now()}
        return {}

    [given] = clock.serve([{"id": "q1", "arrives": 10.0}], answer)
    assert (given["fault"], given["at"]) == (client.Timeout.__name__, 12.0)
    assert model.usage()["q1"]["usd"] > 0
    assert model.usage()["q1"]["ended"] == pytest.approx(19.0, abs=0.2)


def test_requests_are_worked_on_at_the_same_time_with_notes_of_their_own() -> None:
    model = model_of(latency=2.0, spread=0.0)
    clock = clock_of(model)

    async def answer(task: dict[str, Any]) -> dict[str, Any]:
        clock.note("begin", what=task["id"])
        if task["id"] == "q2":
            raise ValueError("broken")
        await clock.chat("sim-large", MESSAGES)
        return {"answer": clock.now()}

    given = clock.serve([{"id": f"q{n}", "arrives": 1.0 + n / 10} for n in range(4)], answer)
    assert [row["id"] for row in given] == ["q0", "q1", "q2", "q3"]
    assert given[3]["answer"] == pytest.approx(3.3, abs=0.2)
    assert given[2]["error"] == "ValueError: broken"
    assert [row["trace"][0]["what"] for row in given] == ["q0", "q1", "q2", "q3"]
    assert {call.item for call in model.log} == {"q0", "q1", "q3"}


def real(clock: Any, coroutine: Coroutine[Any, Any, None]) -> float:
    begun = time.monotonic()
    clock.run(coroutine)
    return time.monotonic() - begun


def test_real_time_is_real(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = clock_of()
    monkeypatch.setenv("CRAFT_REAL_TIME", "1")
    assert real(clock, clock.sleep(0.05)) >= 0.05


def test_an_endpoint_that_does_not_tell_its_latency_is_taken_in_real_time() -> None:
    clock = clock_of(model_of(), tell_latency=False)

    async def ask_twice() -> None:
        for _ in range(2):
            reply = await clock.chat("sim-small", MESSAGES, timeout=5.0)
            assert reply["choices"][0]["message"]["content"] == "4 hours"
        await clock.sleep(0.05)

    assert real(clock, ask_twice()) >= 0.05


def test_a_loop_that_runs_already_is_left_as_it_was() -> None:
    clock = clock_of()

    async def outside() -> bool:
        clock.run(clock.sleep(5))
        return asyncio.get_running_loop().is_running()

    assert asyncio.run(outside())
