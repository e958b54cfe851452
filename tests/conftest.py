"""The harness is hostile: undefined template variables fail, sockets are closed, warnings are errors.

The cast: Ada recruits, Ben interviews, Cleo leads the team, Dana is an outsider, Eli administers.
"""

import datetime as dt
import gc
import os
from collections.abc import Callable, Iterable
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
from tests.snapshot import once_a_run, triggers_off

# No deadline for one example: on a loaded machine it would fail for nothing.
hypothesis.settings.register_profile("hiringloop", deadline=None, max_examples=60)
hypothesis.settings.load_profile("hiringloop")

# With so many modules loaded, looking for garbage as often as Python does by itself takes a tenth of the time.
gc.set_threshold(100_000, 20, 50)

# For the processes of `-n`, which inherit it: their small matrices are quicker without threads that wait for a core.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Playwright's synchronous interface runs a loop in the test's thread; the tests themselves stay synchronous.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_configure(config: pytest.Config) -> None:
    """The controller starts the embedded server before its workers do, so it is the one to stop it."""
    if not hasattr(config, "workerinput") and settings.DATABASES["default"]["ENGINE"] == "hiringloop.embedded":
        from hiringloop.embedded import server

        server.connection_target(settings.VAR_DIR / "postgres")


_flush = TransactionTestCase._fixture_teardown


def _deletes(style: object, tables: Iterable[str], **options: object) -> list[str]:
    """What empties the tables that hold anything: truncating all of them makes hundreds of files anew."""
    quoted = [connection.ops.quote_name(table) for table in tables]
    filled = [f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in quoted]  # noqa: S608  # our own tables
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(filled))
        return [f"DELETE FROM {table}" for (table,) in cursor.fetchall()]  # noqa: S608  # our own tables


def _flush_past_the_triggers(case: TransactionTestCase) -> None:
    """After a test with transactions Django empties every table; what is written is kept from that by triggers."""
    with triggers_off(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection.ops, "sql_flush", _deletes)
        _flush(case)


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
    settings.CRAFT_DIR = tmp_path / "craft"
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
def demo(db: None, tmp_path_factory: pytest.TempPathFactory) -> dict[str, User]:
    """The library and the demo organisation; its people by the names before the @."""
    from django.core.management import call_command

    def made() -> None:
        call_command("load_library", verbosity=0)
        call_command("seed_demo", verbosity=0)

    once_a_run(tmp_path_factory, "demo", made)
    return {user.email.split("@")[0]: user for user in User.objects.all()}


@pytest.fixture
def library(db: None) -> None:
    """The shipped library, loaded."""
    from django.core.management import call_command

    call_command("load_library", verbosity=0)
