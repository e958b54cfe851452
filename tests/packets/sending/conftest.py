"""The house of these tests."""

from pathlib import Path

import pytest

from apps.accounts.models import User
from tests.packets.sending.house import House, MakeCandidacy, Submit


@pytest.fixture
def house(
    packet_candidacy: MakeCandidacy, packet_folder: Path, packet_recruiter: User, packet_interviewer: User,
    packet_second: User, packet_submit: Submit,
) -> House:  # fmt: skip
    candidacy = packet_candidacy()
    found = House(candidacy, packet_folder, packet_recruiter, packet_interviewer, packet_second)
    packet_submit(found.of_sara, packet_second)
    return found
