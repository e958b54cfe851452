"""What the debrief page asks every few seconds: has anything changed since it was last drawn?"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q

from apps.debriefs.models import Debrief, Vote
from apps.interviews.models import Candidacy, Interview, Seat


@dataclass(frozen=True)
class LiveMark:
    """One word per part of the page that can change. Counts only: a mark tells nothing of what somebody wrote."""

    agenda: str
    votes: str
    cards: str
    is_over: bool

    @property
    def text(self) -> str:
        return f"{self.agenda}.{self.votes}.{self.cards}"

    def changed(self, seen: str) -> frozenset[str]:
        """The parts that differ from a mark in writing; all of them where that cannot be read."""
        parts = {"agenda": self.agenda, "votes": self.votes, "cards": self.cards}
        known = seen.split(".")
        if len(known) != len(parts):
            return frozenset(parts)
        return frozenset(name for (name, now), before in zip(parts.items(), known, strict=True) if now != before)


def live_mark(*, pk: int, user: Any, now: dt.datetime) -> LiveMark | None:
    """The page's mark in one query; None where this person may not read it (any more)."""
    own = Vote.objects.filter(debrief__candidacy=OuterRef("pk"), voter=user, round=Vote.Round.SECOND)
    row = (
        Candidacy.objects.open_to(user)
        .filter(pk=pk)
        .annotate(
            step=F("debrief__step"),
            until=F("debrief__reading_until"),
            second=Count("debrief__votes", filter=Q(debrief__votes__round=Vote.Round.SECOND), distinct=True),
            has_voted=Exists(own),
            cards=Count("interviews__scorecards", filter=Q(interviews__scorecards__state="submitted"), distinct=True),
            seats=Count(
                "interviews__seats",
                filter=Q(interviews__seats__state=Seat.State.ASSIGNED)
                & ~Q(interviews__state=Interview.State.CANCELLED),
                distinct=True,
            ),
            unscheduled=Count("interviews", filter=Q(interviews__state=Interview.State.TO_SCHEDULE), distinct=True),
        )
        .values_list("state", "step", "until", "second", "has_voted", "cards", "seats", "unscheduled")
        .first()
    )
    if row is None:
        return None
    state, step, until, second, has_voted, cards, seats, unscheduled = row
    reads_on = step == Debrief.Step.READING and now < until
    return LiveMark(
        agenda=f"{state}-{step or 'none'}-{int(reads_on)}",
        votes=f"{second}-{int(has_voted)}",
        cards=f"{cards}-{seats}-{unscheduled}",
        is_over=state != Candidacy.State.ACTIVE,
    )
