"""The strict gate: quotas, forms of refusal, open calls, outages, and a clock that never runs backwards."""

from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.craft.core.shipped.simllm.limits import Busy
from apps.craft.core.shipped.simllm.model import Model, Reply
from apps.craft.core.shipped.simllm.persona import persona


def model(*, day: str = "d", seconds: float = 1e6, small: dict[str, Any] | None = None, **every: Any) -> Model:
    """Models behind a gate on a day so long that neither outage nor other users come up, unless asked for."""
    quota = {"requests_per_minute": 120, "tokens_per_minute": 1e9, "tail": 0.0}
    models = persona("limits", every={**quota, **every}, sim_small=small or {})
    made = Model(models, keep=False)
    made.gate = Busy(models, day, seconds, outage=10.0)
    made.gate.LEFT = 1.0
    return made


TEXT = "The gate check needs 4 hours.\nHours of the gate check?"


def ask(of: Model, at: float, item: str = "q", text: str = TEXT, **more: Any) -> Reply:
    body = {"model": "sim-small", "messages": [{"role": "user", "content": text}], **more}
    return of.answer("/v1/chat/completions", body, item=item, at=at)


def test_requests_beyond_the_quota_are_refused_and_fill_up_again() -> None:
    of = model()
    replies = [ask(of, 0.0, f"q{n}") for n in range(6)]
    assert [reply.status for reply in replies] == [200] * 4 + [429] * 2  # two seconds of two a second
    assert ask(of, 30.0).status == 200


def test_tokens_beyond_the_quota_are_refused() -> None:
    of = model(tokens_per_minute=600.0)
    assert ask(of, 0.0, text="word " * 60 + "?").status == 429
    assert ask(of, 30.0, text="word?").status == 200


def test_reserved_tokens_count_where_the_law_says_so() -> None:
    for counts, status in (("prompt", 200), ("reserved", 429)):
        of = model(tokens_per_minute=6000.0, counts=counts)
        assert ask(of, 0.0, max_tokens=1000).status == status


def test_a_call_within_the_wait_makes_it_longer() -> None:
    of = model(retry_after="message")

    def told(reply: Reply) -> int:
        return int(reply.body["error"]["message"].split("again in ")[1].split("ms")[0])

    for n in range(4):
        ask(of, 0.0, f"q{n}")
    first = told(ask(of, 0.0))
    assert told(ask(of, 0.5)) > first - 500
    quiet = model(retry_after="message")
    for n in range(5):
        ask(quiet, 0.0, f"q{n}")
    assert ask(quiet, first / 1000 + 0.001).status == 200
    assert ask(of, first / 1000 + 0.001).status == 429


@pytest.mark.parametrize("form", ["seconds", "date", "message"])
def test_the_wait_is_told_in_the_form_of_the_law_and_is_enough(form: str) -> None:
    of = model(retry_after=form)
    for n in range(4):
        ask(of, 3.0, f"q{n}")
    reply = ask(of, 3.2)
    assert reply.status == 429
    if form == "seconds":
        wait = float(reply.headers["Retry-After"])
    elif form == "date":
        again, sent = (parsedate_to_datetime(reply.headers[name]) for name in ("Retry-After", "Date"))
        assert isinstance(again, datetime)
        wait = (again - sent).total_seconds()
    else:
        assert "Retry-After" not in reply.headers
        wait = int(reply.body["error"]["message"].split("again in ")[1].split("ms")[0]) / 1000
    assert 0 < wait <= 8
    assert ask(of, 3.2 + wait).status == 200


def test_too_many_open_calls_shut_the_model() -> None:
    of = model(requests_per_minute=6000, latency=30.0)
    replies = [ask(of, 0.1 * n, f"q{n}") for n in range(12)]
    assert [reply.status for reply in replies].count(200) == Busy.OPEN
    assert replies[Busy.OPEN].body["error"]["code"] == "too_many_connections"


@pytest.mark.parametrize(("how", "status"), [("refuses", 503), ("hangs", 504)])
def test_the_outage_refuses_at_once_or_fails_late(how: str, status: int) -> None:
    of = model(seconds=100.0, small={"outage": how})
    assert isinstance(of.gate, Busy)
    begin, end = of.gate.outage
    assert ask(of, begin - 1).status == 200
    reply = ask(of, begin + 0.5)
    assert reply.status == status
    late = float(reply.headers["X-Sim-Latency"])
    assert late < 1 if how == "refuses" else begin + 0.5 + late > end
    assert ask(of, end + 10).status == 200


def test_other_users_take_part_of_the_quota() -> None:
    assert Busy.CROWDED < Busy.LEFT < 1
    of = model(seconds=100.0)
    assert isinstance(of.gate, Busy)
    begin, end = of.gate.crowds[0]
    assert of.gate.share((begin + end) / 2) == Busy.CROWDED


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=30))
def test_the_clock_never_runs_backwards(claimed: list[float]) -> None:
    of = model()
    seen = [of.gate.moment(at) for at in claimed if of.gate is not None]
    assert seen == sorted(seen)
    for at in claimed:
        ask(of, at)
    started = [call.started for call in of.log]
    assert started == sorted(started)


def test_latency_depends_on_the_item_and_not_on_the_order() -> None:
    forwards, backwards = model(), model()
    there = {n: ask(forwards, 10.0 * n, f"q{n}").headers["X-Sim-Latency"] for n in range(5)}
    back = {n: ask(backwards, 10.0 * (9 - n), f"q{n}").headers["X-Sim-Latency"] for n in reversed(range(5))}
    assert there == back
    assert len(set(there.values())) == 5


def test_one_call_in_some_takes_twelve_times_as_long() -> None:
    of = model(tail=0.1, latency=1.0, spread=0.1)
    seconds = sorted(float(ask(of, 60.0 * n, f"q{n}").headers["X-Sim-Latency"]) for n in range(200))
    assert 0.9 < seconds[100] < 1.1
    assert 8 <= sum(second > 8 for second in seconds) <= 36


def test_usage_says_when_an_answer_was_finished() -> None:
    of = model()
    ask(of, 5.0, "q")
    use = of.usage()["q"]
    started, ended = use["finished"]["4 hours"]
    assert started == use["started"] == 5.0
    assert ended == use["ended"] > 5.0


def test_without_a_gate_nothing_is_said_about_time() -> None:
    of = Model(persona("limits"), keep=False)
    reply = ask(of, 5.0)
    assert "X-Sim-Latency" not in reply.headers
    assert "finished" not in of.usage()["q"]
