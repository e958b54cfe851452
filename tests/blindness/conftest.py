from collections.abc import Callable
from typing import Any

import pytest

from apps.accounts.models import Kind, User
from apps.interviews.models import Scorecard
from tests.blindness.panel import Panel
from tests.factories import UserFactory


@pytest.fixture
def panel(
    loop: Any, ada: User, ben: User, cleo: User, eli: User, fay: User, submit: Callable[..., Scorecard], settings: Any
) -> Panel:
    people = {"ada": ada, "ben": ben, "cleo": cleo, "eli": eli, "fay": fay}
    people["leader"] = UserFactory(name="Lea Leader", kinds=[Kind.LEADER])
    people["recruiter"] = UserFactory(name="Rob Recruiter", kinds=[Kind.RECRUITER])
    people["administrator"] = UserFactory(name="Abe Administrator", kinds=[Kind.ADMINISTRATOR])
    people["hal"] = UserFactory(name="Hal Interviewer", kinds=[Kind.INTERVIEWER])
    people["gil"] = UserFactory(name="Gil Interviewer", kinds=[Kind.INTERVIEWER])
    return Panel(loop, people, submit, settings.PACKETS_DIR)
