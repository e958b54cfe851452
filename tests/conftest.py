"""The harness is hostile: undefined template variables fail, sockets are closed, warnings are errors.

The cast: Ada recruits, Ben interviews, Cleo leads the team, Dana is an outsider, Eli administers.
"""

import datetime as dt
import os
from collections.abc import Callable
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client, TransactionTestCase
from django.utils import timezone

from apps.accounts.models import Kind, User
from apps.interviews.actions import save_scorecard, submit_scorecard
from apps.interviews.core.entries import RatingEntry
from apps.interviews.models import Candidacy, Interview, Scorecard
from apps.library.models import Station
from tests.factories import (
    CandidacyFactory,
    CandidateFactory,
    CompetencyFactory,
    PlanFactory,
    RoleFactory,
    StationFactory,
    UserFactory,
    seat,
)

# No deadline for one example: on a loaded machine it would fail for nothing.
hypothesis.settings.register_profile("hiringloop", deadline=None, max_examples=60)
hypothesis.settings.load_profile("hiringloop")

# Playwright's synchronous interface runs a loop in the test's thread; the tests themselves stay synchronous.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_configure(config: pytest.Config) -> None:
    """The controller starts the embedded server before its workers do, so it is the one to stop it."""
    if not hasattr(config, "workerinput") and settings.DATABASES["default"]["ENGINE"] == "hiringloop.embedded":
        from hiringloop.embedded import server

        server.connection_target(settings.VAR_DIR / "postgres")


_flush = TransactionTestCase._fixture_teardown


def _flush_past_the_triggers(case: TransactionTestCase) -> None:
    """After a test with transactions Django empties every table; what is written is kept from that by triggers.

    They are off for this moment only, and are found by what they do: the product itself has no such way around them.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, quote_ident(tgname), CASE tgenabled WHEN 'A' THEN 'ALWAYS' ELSE '' END "
            "FROM pg_trigger WHERE tgtype & 32 <> 0 AND NOT tgisinternal"
        )
        refusing = cursor.fetchall()
        for table, name, _ in refusing:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}")
        try:
            _flush(case)
        finally:
            for table, name, always in refusing:
                cursor.execute(f"ALTER TABLE {table} ENABLE {always} TRIGGER {name}")


TransactionTestCase._fixture_teardown = _flush_past_the_triggers  # type: ignore[method-assign]  # as said there


# Printed undefined by templates of Django itself.
UNDEFINED_BY_DJANGO = {"password_url"}


class UndefinedVariable(str):
    """A template that prints what is not there fails its test."""

    def __contains__(self, item: object) -> bool:
        return item == "%s"

    def __mod__(self, name: object) -> str:
        if str(name) in UNDEFINED_BY_DJANGO:
            return ""
        raise AssertionError(f"Undefined template variable: {name}")


@pytest.fixture(autouse=True)
def strict_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.template import engines

    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", UndefinedVariable("%s"))


@pytest.fixture(autouse=True)
def own_folders(settings: Any, tmp_path: Any) -> None:
    settings.PACKETS_DIR = tmp_path / "packets"
    settings.PACKETS_DIR.mkdir()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def ada(db: None) -> User:
    return UserFactory(name="Ada Recruiter", email="ada@test.example", kinds=[Kind.RECRUITER])


@pytest.fixture
def ben(db: None) -> User:
    return UserFactory(name="Ben Interviewer", email="ben@test.example", kinds=[Kind.INTERVIEWER])


@pytest.fixture
def fay(db: None) -> User:
    return UserFactory(name="Fay Interviewer", email="fay@test.example", kinds=[Kind.INTERVIEWER])


@pytest.fixture
def cleo(db: None) -> User:
    return UserFactory(name="Cleo Leader", email="cleo@test.example", kinds=[Kind.LEADER])


@pytest.fixture
def dana(db: None) -> User:
    return UserFactory(name="Dana Outsider", email="dana@test.example")


@pytest.fixture
def eli(db: None) -> User:
    return UserFactory(name="Eli Administrator", email="eli@test.example", kinds=[Kind.ADMINISTRATOR])


@pytest.fixture
def sign_in() -> Callable[[User], Client]:
    """A client that has signed in as somebody; a broken view raises in the test instead of rendering a 500."""

    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in


class Loop:
    """A role with two competencies, a plan of two stations, and one candidacy with Ben and Fay in it."""

    def __init__(self, ben: User, fay: User) -> None:
        self.first = CompetencyFactory(slug="llm-craft", name="LLM craft")
        self.second = CompetencyFactory(slug="product-engineering", name="Product engineering")
        self.craft = StationFactory(
            slug="craft", kind=Station.Kind.AI_CRAFT, half_life_months=6, measures={self.first: "0.45"}
        )
        self.talk = StationFactory(slug="talk", measures={self.second: "0.45", self.first: "0.30"})
        self.role = RoleFactory(title="AI product engineer", requires=[self.first, self.second])
        self.plan = PlanFactory(role=self.role, number=1, stations=[self.craft, self.talk])
        self.candidacy: Candidacy = CandidacyFactory(
            plan=self.plan, candidate=CandidateFactory(name="Noor Haddad", email="noor@mail.example")
        )
        self.of_ben, self.of_fay = self.candidacy.interviews.order_by("plan_station__position")
        held = timezone.now() - dt.timedelta(hours=3)
        self.seat_of_ben = seat(self.of_ben, ben, starts_at=held)
        self.seat_of_fay = seat(self.of_fay, fay, starts_at=held)


@pytest.fixture
def loop(ben: User, fay: User) -> Loop:
    return Loop(ben, fay)


@pytest.fixture
def submit() -> Callable[..., Scorecard]:
    """Submit somebody's scorecard with one level everywhere (None: no evidence)."""

    def submitted(
        interview: Interview,
        user: User,
        *,
        level: int | None = 3,
        evidence: str = "EVIDENCE-SECRET",
        recommendation: str = "yes",
    ) -> Scorecard:
        competencies = interview.plan_station.version.measures.values_list("competency", flat=True)
        entries = {pk: RatingEntry(level=level, no_evidence=level is None, evidence=evidence) for pk in competencies}
        values: dict[str, Any] = {
            "interview": interview,
            "entries": entries,
            "recommendation": recommendation,
            "private_notes": "NOTES-SECRET",
            "by": user,
            "now": timezone.now(),
        }
        draft = save_scorecard(**values, revision=0)
        return submit_scorecard(**values, revision=draft.revision)

    return submitted


@pytest.fixture
def library(db: None) -> None:
    """The shipped library, loaded."""
    from django.core.management import call_command

    call_command("load_library", verbosity=0)
