"""A panel that has met, for tests that are about what comes after."""

import datetime as dt
from typing import Any

from django.utils import timezone

from apps.accounts.models import User
from apps.debriefs.actions import cast_second_vote, move_on, open_debrief
from apps.debriefs.models import Debrief, Vote
from apps.interviews.models import Candidacy


def opened(candidacy: Candidacy, by: User, *, now: dt.datetime | None = None) -> Debrief:
    return open_debrief(candidacy=candidacy, by=by, now=now or timezone.now())


def voting(candidacy: Candidacy, by: User) -> Debrief:
    return move_on(debrief=opened(candidacy, by), to="voting", by=by, now=timezone.now())


def discussing(candidacy: Candidacy, by: User) -> Debrief:
    """Nobody cast a second vote, so first votes stand."""
    return move_on(debrief=voting(candidacy, by), to="discussion", by=by, now=timezone.now())


def vote(debrief: Debrief, by: User, choice: str = "yes", reason: str = "", **more: Any) -> Vote:
    return cast_second_vote(debrief=debrief, choice=choice, reason=reason, by=by, now=more.get("now", timezone.now()))
