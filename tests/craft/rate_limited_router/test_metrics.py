"""Goodput is what the endpoint's log says; nothing that the app tells about time or answers counts."""

from typing import Any

import pytest

from apps.craft.core import memory
from tests.craft.rate_limited_router.variants import proposal

ITEM: dict[str, Any] = {"id": "q1", "arrives": 10.0, "by": 15.0, "target": "9 hours", "tags": ["easy"], "input": {}}


def harness() -> tuple[Any, Any]:
    folder = memory.Folder(proposal().files({}))
    return folder.module("harness.metrics"), folder.module("harness.scoring")


def scored(given: dict[str, Any], **use: Any) -> dict[str, Any]:
    metrics, scoring = harness()
    usage = {"q1": {**scoring.NOTHING, **use}}
    [row] = scoring.rows(metrics.score, [ITEM], {"q1": {"id": "q1", **given}}, usage)
    found: dict[str, Any] = row
    return found


@pytest.mark.parametrize(
    ("given", "finished", "value", "why"),
    [
        ({"answer": "9 hours"}, {"9 hours": (11.0, 14.0)}, 1.0, "right, in time"),
        ({"answer": "9 hours"}, {"9 hours": (11.0, 15.5)}, 0.0, "late by 0.50 s"),
        ({"answer": "9 hours", "took": 0.1, "at": 10.1}, {"9 hours": (11.0, 15.5)}, 0.0, "late by 0.50 s"),
        ({"answer": "9 hours"}, {"8 hours": (11.0, 12.0)}, 0.0, "no call of this item gave this answer"),
        ({"answer": "8 hours"}, {"8 hours": (11.0, 12.0)}, 0.0, "wrong"),
        ({"answer": "9 hours"}, {"9 hours": (9.0, 9.5)}, 0.0, "asked before it arrived"),
        ({"answer": None}, {"9 hours": (11.0, 12.0)}, 0.0, "no answer"),
        ({"answer": ["9 hours"]}, {"9 hours": (11.0, 12.0)}, 0.0, "no answer"),
        ({}, {}, 0.0, "no answer"),
    ],
)
def test_only_an_answer_of_the_log_in_time_counts(
    given: dict[str, Any], finished: dict[str, Any], value: float, why: str
) -> None:
    row = scored(given, finished=finished, ended=16.0)
    assert (row["value"], row["why"]) == (value, why)


def test_time_counts_from_the_arrival() -> None:
    assert scored({"answer": "9 hours"}, finished={"9 hours": (14.0, 14.5)})["took"] == pytest.approx(4.5)


def test_the_slowest_percent_holds_late_answers_and_the_bill_holds_lost_calls() -> None:
    metrics, _ = harness()
    rows = [
        {"answer": "9 hours", "right": n > 1, "took": float(n), "value": 1.0, "usage": {"usd": 0.001, "calls": 1}}
        for n in range(100)
    ]
    rows[50] = {**rows[50], "answer": None, "right": False}
    rows[99] = {**rows[99], "right": False}
    guards = metrics.guards(rows)
    assert guards["p99 seconds"] == 99.0
    assert guards["usd_per_1k"] == pytest.approx(1.0)
