"""The way to one model: requests wait here for quota, for a free slot, and for the end of a pause.

After some failures in a row nobody calls the model for a while; then one call at a time does, until one works.
"""

import asyncio
import heapq
from itertools import count

from harness import clock

from app import settings
from app.quota import Quota


class Lane:
    def __init__(self, model):
        self.model = model
        self.quota = Quota(**settings.quotas[model])
        self.usual = settings.USUAL[model]
        self.open = 0
        self.paused_until = 0.0
        self.failures = 0
        self.on_trial = False
        self._waiting = []
        self._number = count()
        self._timer = None

    async def turn(self, ask):
        """Waits until a call of this request may go out. False when it could no longer be in time."""
        granted = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (*self._rank(ask), next(self._number), ask, granted))
        self._advance()
        return await granted

    def done(self):
        """A call is over; its slot is free."""
        self.open -= 1
        self._advance()

    def pause(self, seconds):
        """No call for a while."""
        self.paused_until = max(self.paused_until, clock.now() + seconds)
        self._advance()

    def failed(self):
        """A call timed out, or the model said that it cannot."""
        self.failures += 1
        if self.failures >= settings.failures:
            self.on_trial = True
            self.pause(settings.pause)

    def worked(self):
        # [[site: worked]]

    def is_down(self):
        """Whether somebody who has another way should take that."""
        return self.on_trial and (self.open > 0 or clock.now() < self.paused_until)

    def _rank(self, ask):
        """Who goes first when several wait."""
        # [[site: rank]]

    def _too_late(self, ask, now):
        return now + self.usual > ask.until

    def _advance(self):
        """Lets through whoever may go now, turns away who is too late, and sets a timer for the next look."""
        now = clock.now()
        while self._waiting:
            ask, granted = self._waiting[0][-2:]
            if self._too_late(ask, now):
                heapq.heappop(self._waiting)
                granted.set_result(False)
                continue
            full = self.open >= (1 if self.on_trial else settings.in_flight)
            ready = max(self.paused_until, self.quota.free_at(now, ask.tokens))
            if full or ready > now + 1e-6:
                late = ask.until - self.usual + 0.01
                self._look_again(max(now + 0.01, late if full else min(ready, late)))
                return
            heapq.heappop(self._waiting)
            self.quota.take(now, ask.tokens, since=self.paused_until)
            self.open += 1
            granted.set_result(True)

    def _look_again(self, at):
        if self._timer is None or self._timer.when() > at:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = asyncio.get_running_loop().call_at(at, self._on_timer)

    def _on_timer(self):
        self._timer = None
        self._advance()
