"""Answers one request: picks a model, calls it within quota and deadline, and goes to the other one where that fails."""

import re

from harness import clock
from harness.client import ModelError, Timeout, said

from app import settings, waits
from app.asks import Ask
from app.lane import Lane

MODELS = ("sim-small", "sim-large")


class Service:
    def __init__(self):
        self.lanes = {model: Lane(model) for model in MODELS}

    async def answer(self, task):
        ask = Ask(task)
        first = settings.hard if ask.is_hard else settings.easy
        order = [first, *(model for model in MODELS if model != first)]
        clock.note("route", names=ask.names, tokens=ask.tokens, order=order, by=round(ask.by, 2))
        # [[site: both]]
        clock.note("given up", left=round(ask.by - clock.now(), 2))
        return {"answer": None}

    async def _ask(self, model, ask):
        """The answer of one model, or None where it fails or would be too late."""
        lane = self.lanes[model]
        for attempt in range(settings.attempts):
            if lane.is_down() and not ask.is_hard:
                clock.note("skipped", model=model, why="down")
                return None
            if not await lane.turn(ask):
                clock.note("skipped", model=model, why="too late")
                return None
            try:
                reply = await self._call(model, ask)
            except Timeout:
                clock.note("timed out", model=model)
                lane.failed()
                return None
            except ModelError as fault:
                if fault.status >= 500:
                    lane.failed()
                if fault.status != 429:
                    clock.note("failed", model=model, status=fault.status)
                    return None
                wait = waits.told(fault)
                clock.note("refused", model=model, attempt=attempt, wait=round(wait, 2), headers=fault.headers)
                # [[site: after_refusal]]
            else:
                lane.worked()
                text = said(reply).strip()
                if self._plausible(text, ask):
                    return text
                clock.note("not taken", model=model, text=text)
                return None
        return None

    async def _call(self, model, ask):
        """One call. It holds a slot of the lane until it is over."""
        lane = self.lanes[model]
        clock.note("call", model=model, left=round(ask.by - clock.now(), 2), open=lane.open)
        timeout = min(settings.timeouts[model], ask.until - clock.now())
        # [[site: slot]]

    def _plausible(self, text, ask):
        """Whether an answer may go out; anything else is for the other model."""
        found = re.fullmatch(r"(\d+) hours", text)
        # [[site: plausible]]
