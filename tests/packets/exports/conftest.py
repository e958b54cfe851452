"""Rows for the tests of exports."""

from collections.abc import Callable

import pytest

from apps.accounts.models import User
from apps.interviews.models import Candidacy, Seat


@pytest.fixture
def debrief_seat(packet_leader: User) -> Callable[[Candidacy], Seat]:
    """The leader is given a seat, and so comes to owe a scorecard."""

    def seat(candidacy: Candidacy) -> Seat:
        return Seat.objects.create(interview=candidacy.interviews.order_by("pk")[0], interviewer=packet_leader)

    return seat
