"""Rate limits, latency and outages of the endpoint. A gate decides before the model is asked.

What is imitated: quotas on requests and on tokens that fill up by the second, with `Retry-After` in one of the forms
that providers use (RFC 9110, 10.2.3; the text of the message elsewhere); early callers wait longer, since refused calls
count as well (the rate-limit guides of large providers); latency with a heavy tail (Dean and Barroso 2013, "The Tail at
Scale"); an outage that refuses, or one that only hangs (Huang et al. 2017, "Gray Failure").
"""

import math
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from functools import lru_cache

from .chance import draw, normal
from .persona import Card, Persona

DAWN = datetime(2026, 6, 1, 8, 0, tzinfo=timezone.utc)  # what second 0 of simulated time is called in a date


class Gate:
    """Lets every call through at once. A kit about operations brings a stricter one."""

    def moment(self, at: float) -> float:
        """The time of a call that says it is made at `at`."""
        return at

    def refuses(
        self, model: str, tokens: int, at: float, *, card: "Card | None" = None, body: "dict | None" = None
    ) -> "tuple[int, str, str, float, dict[str, str]] | None":
        """None: go on. Else status, code, message, seconds until the refusal is there, headers."""
        return None

    def latency(self, model: str, card: Card, at: float, *, item: str = "") -> float:
        """Seconds until the answer is there."""
        return 0.0


class Door:
    """The state of one model behind a busy gate."""

    def __init__(self, card: Card, burst: float) -> None:
        self.requests = card.requests_per_minute / 60  # in a second
        self.tokens = card.tokens_per_minute / 60
        self.burst = burst
        self.requests_left, self.tokens_left = self.requests * burst, self.tokens * burst
        self.seen = 0.0
        self.closed_at = self.closed_until = 0.0
        self.ends: list[float] = []  # of the calls that are open
        self.asked: dict[str, int] = {}  # calls by item

    def fill(self, at: float, share: float, after: float) -> None:
        if self.closed_until and at >= self.closed_until:
            self.requests_left, self.tokens_left = self.requests * after, self.tokens * after
            self.seen, self.closed_until = self.closed_until, 0.0
        passed = (at - self.seen) * share
        self.requests_left = min(self.requests * self.burst, self.requests_left + passed * self.requests)
        self.tokens_left = min(self.tokens * self.burst, self.tokens_left + passed * self.tokens)
        self.seen = at
        self.ends = [end for end in self.ends if end > at]


class Busy(Gate):
    """Quotas, a limit of open calls, queueing, tails, and one outage, over a day of some simulated seconds.

    Its clock never runs backwards: a call that claims an earlier time than one already seen is taken at the later one.
    `day` is a name; the times of the outage and of other users' load are drawn from it and from the models' seed.
    `outage` is how many seconds it lasts, about; on a rough day it comes early.
    """

    BURST = 2.0  # seconds of quota that may be saved up
    OPEN = 8  # calls of one model that may be open
    EARLY = 1.0  # seconds that a call within the time of a refusal adds to it
    SHORTEST = 2.0  # seconds that a refusal lasts at least
    AFTER = 0.5  # seconds of quota that are there when it ends; what would have filled up meanwhile is lost
    LONGEST = 10.0  # seconds that early calls can make of it
    SHUT = 4.0  # seconds that a model is shut after too many open calls
    LEFT, CROWDED = 0.85, 0.64  # share of the quota that other users of the account leave, and at their busy times
    KNEE = 4  # open calls beyond which every one slows the others

    def __init__(self, persona: Persona, day: str, seconds: float, *, outage: float, rough: bool = False) -> None:
        self.persona, self.day, self.seconds = persona, day, seconds
        self.now = 0.0
        self.doors = {name: Door(card, self.BURST) for name, card in persona.models.items()}
        place = 0.10 if rough else 0.48
        begin = seconds * (place + 0.14 * self._draw("outage"))
        self.outage = (begin, begin + outage * (0.9 + 0.2 * self._draw("lasts")))
        begins = [seconds * (base + 0.08 * self._draw("crowd", base)) for base in (0.12, 0.76)]
        self.crowds = [(begin, begin + 0.14 * seconds) for begin in begins]

    def _draw(self, *parts: object) -> float:
        return draw(self.persona.seed, "gate", self.day, *parts)

    def moment(self, at: float) -> float:
        if math.isfinite(at):
            self.now = max(self.now, at)
        return self.now

    def refuses(
        self, model: str, tokens: int, at: float, *, card: "Card | None" = None, body: "dict | None" = None
    ) -> "tuple[int, str, str, float, dict[str, str]] | None":
        card = card or self.persona.models[model]
        door = self.doors[model]
        door.fill(at, self.share(at), self.AFTER)
        if card.counts == "reserved":
            tokens += asked_for(body)
        if at < door.closed_until:
            door.closed_until = max(
                door.closed_until, min(door.closed_at + self.LONGEST, door.closed_until + self.EARLY)
            )
            return self._told(card, door, at, "rate_limit_exceeded", "Rate limit reached, and called again too early.")
        if len(door.ends) >= self.OPEN:
            door.closed_at, door.closed_until = at, at + self.SHUT
            return self._told(card, door, at, "too_many_connections", f"More than {self.OPEN} open calls to {model}.")
        short = max((1 - door.requests_left) / door.requests, (tokens - door.tokens_left) / door.tokens)
        if short > 0:
            door.closed_at, door.closed_until = at, at + max(self.SHORTEST, short)
            what = "requests" if door.requests_left < 1 else "tokens"
            return self._told(card, door, at, "rate_limit_exceeded", f"Rate limit reached for {model} on {what}.")
        door.requests_left -= 1
        door.tokens_left -= tokens
        if card.outage and self.outage[0] <= at < self.outage[1]:
            if card.outage == "refuses":
                return 503, "overloaded", "The service is temporarily unavailable.", 0.2, {}
            seconds = self.outage[1] - at + 1.0
            door.ends.append(at + seconds)
            return 504, "gateway_timeout", "The model did not answer in time.", seconds, {}
        return None

    def _told(
        self, card: Card, door: Door, at: float, code: str, message: str
    ) -> "tuple[int, str, str, float, dict[str, str]]":
        """A refusal, and how long to wait, in the form of this provider."""
        wait = door.closed_until - at
        if card.retry_after == "message":
            return 429, code, f"{message} Please try again in {math.ceil(wait * 1000)}ms.", 0.03, {}
        if card.retry_after == "date":
            again = DAWN + timedelta(seconds=math.ceil(door.closed_until))
            now = DAWN + timedelta(seconds=math.floor(at))
            dates = {"Date": format_datetime(now, usegmt=True), "Retry_After": format_datetime(again, usegmt=True)}
            return 429, code, message, 0.03, dates
        return 429, code, message, 0.03, {"Retry_After": str(math.ceil(wait))}

    def latency(self, model: str, card: Card, at: float, *, item: str = "") -> float:
        """Log-normal around the card's median, now and then twelve times as long, and longer the more calls are open.

        What happens to one call of an item depends on the item and on how many calls it has made, never on the order.
        """
        door = self.doors[model]
        turn = door.asked[item] = door.asked.get(item, 0) + 1
        seconds = card.latency * stretch(self.persona.seed, self.day, item, model, turn, card.spread, card.tail)
        seconds *= 1 + 0.25 * max(0, len(door.ends) - self.KNEE)
        door.ends.append(at + seconds)
        return seconds

    def share(self, at: float) -> float:
        """How much of the quota other users of the same account leave."""
        return self.CROWDED if any(begin <= at < end for begin, end in self.crowds) else self.LEFT


@lru_cache(maxsize=20_000)
def stretch(seed: str, day: str, item: str, model: str, turn: int, spread: float, tail: float) -> float:
    """How many times the median one call takes."""
    what = (seed, "latency", day, item, model, turn)
    return math.exp(spread * normal(*what)) * (12 if draw("tail", *what) < tail else 1)


def asked_for(body: "dict | None") -> int:
    """The tokens of answer that a request reserves."""
    wanted = (body or {}).get("max_tokens")
    return min(4096, wanted) if isinstance(wanted, int) and wanted > 0 else 256
