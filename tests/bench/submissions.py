"""200 interviewers save their drafts and submit at once, against the site as `make serve` runs it."""

import contextlib
import http.client
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

INTERVIEWERS = 200
COMPETENCIES = 4
OF_ONE_CANDIDACY = 5  # a panel writes at once: its submissions wait for one another
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Visitor:
    """One interviewer's browser: who they are, where their scorecard is, and the cookies they carry."""

    name: str
    address: str
    cookie: str
    token: str
    competencies: tuple[int, ...]

    def words(self, step: str) -> str:
        return f"{step} of {self.name}: asked which cases fail, then wrote a test."

    def form(self, step: str, revision: int) -> dict[str, str]:
        data = {"csrfmiddlewaretoken": self.token, "revision": str(revision), "recommendation": "yes"}
        data |= {"private_notes": self.words("notes"), "do": "submit" if step == "submission" else "save"}
        for place, pk in enumerate(self.competencies):
            data |= {f"level-{pk}": str(place % 4 + 1), f"evidence-{pk}": self.words(step), f"moment-{pk}": "12:30"}
        return data


def submissions() -> None:
    """Latency and throughput at once, as a ratio to one after another; and what got lost, which must be nothing."""
    waves = [_visitors(INTERVIEWERS), _visitors(INTERVIEWERS)]
    with site() as port:
        _write(port, waves[0][0])  # the workers have started, their connections are open
        alone = [_timed(lambda: _write(port, one)) for one in waves[0][1:]]  # noqa: B023  # called at once
        begin = time.perf_counter()
        at_once = _all_at_once(port, waves[1])
        seconds = time.perf_counter() - begin
    lost = [problem for wave in waves for one in wave for problem in missing(one)]
    one_by_one = sum(alone) / len(alone)
    print(
        f"{INTERVIEWERS} interviewers, each two drafts and a submission, panels of {OF_ONE_CANDIDACY}, gunicorn 2 x 4"
    )
    print(f"{'':<18}{'p50 s':>8}{'p95 s':>8}{'max s':>8}{'cards/s':>9}")
    for what, times, rate in [
        ("one after another", alone, 1 / one_by_one),
        ("all at once", at_once, INTERVIEWERS / seconds),
    ]:
        p95 = statistics.quantiles(times, n=20)[-1]
        print(f"{what:<18}{statistics.median(times):>8.2f}{p95:>8.2f}{max(times):>8.2f}{rate:>9.1f}")
    print(f"At once takes {seconds:.1f} s, {seconds / (one_by_one * INTERVIEWERS):.2f} of one after another.")
    print(f"Scorecards lost, doubled or not as they were sent: {len(lost)} of {2 * INTERVIEWERS}\n")
    if lost:
        raise SystemExit("\n".join(lost[:20]))


@contextlib.contextmanager
def site() -> Iterator[int]:
    """The site on this process's database, served as `make serve` does; gives its port."""
    environment = os.environ | {"DATABASE_URL": database_address(), "LOG_LEVEL": "WARNING"}
    port = _free_port()
    command = [sys.executable, "-m", "gunicorn", "hiringloop.wsgi", "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", "2", "--threads", "4", "--no-control-socket", "--log-level", "warning"]
    server = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        _wait_for(port, server)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=30)


def database_address() -> str:
    """This process's database, as another process is told of it."""
    from django.db import connection

    params = connection.get_connection_params()
    target = {"host": params.get("host", ""), "port": params.get("port", "")}
    address = f"postgres://{_quoted(params.get('user', ''))}:{_quoted(params.get('password', ''))}@/"
    return address + f"{_quoted(connection.settings_dict['NAME'])}?{urllib.parse.urlencode(target)}"


def _quoted(text: Any) -> str:
    return urllib.parse.quote(str(text), safe="")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    from django.urls import reverse

    for _ in range(300):
        if server.poll() is not None:
            raise SystemExit(f"gunicorn ended at once with {server.returncode}")
        with contextlib.suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request("GET", reverse("readyz"))
            if connection.getresponse().status == 200:
                return
        time.sleep(0.1)
    raise SystemExit("the site does not answer")


def _visitors(count: int) -> list[Visitor]:
    """Interviewers with a session and an interview each, on candidacies with panels of five."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.middleware.csrf import _get_new_csrf_string
    from django.utils import timezone

    from apps.accounts.models import Kind
    from tests.factories import (
        CandidacyFactory,
        CompetencyFactory,
        PlanFactory,
        RoleFactory,
        StationFactory,
        UserFactory,
        seat,
    )

    measured = [CompetencyFactory() for _ in range(COMPETENCIES)]
    competencies = tuple(competency.pk for competency in measured)
    station = StationFactory(measures=dict.fromkeys(measured, "0.30"))
    plan = PlanFactory(role=RoleFactory(requires=measured), stations=[station])
    visitors: list[Visitor] = []
    while len(visitors) < count:
        interview = CandidacyFactory(plan=plan).interviews.get()
        for _ in range(OF_ONE_CANDIDACY):
            person: Any = UserFactory(kinds=[Kind.INTERVIEWER], password=None)
            seat(interview, person, starts_at=timezone.now())
            session = SessionStore()
            session[SESSION_KEY] = str(person.pk)
            session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
            session[HASH_SESSION_KEY] = person.get_session_auth_hash()
            session.create()
            token = _get_new_csrf_string()
            cookie = f"{settings.SESSION_COOKIE_NAME}={session.session_key}; {settings.CSRF_COOKIE_NAME}={token}"
            visitors.append(Visitor(person.name, interview.get_absolute_url(), cookie, token, competencies))
    return visitors[:count]


def _write(port: int, visitor: Visitor) -> None:
    """Two drafts and the submission, each on a connection of its own, as a phone would."""
    for revision, step in enumerate(["first draft", "second draft", "submission"]):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        headers = {"Cookie": visitor.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        headers |= {} if step == "submission" else {"X-Autosave": "1"}
        connection.request("POST", visitor.address, urllib.parse.urlencode(visitor.form(step, revision)), headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        if answer.status != (302 if step == "submission" else 200):
            raise SystemExit(f"{step} of {visitor.name}: {answer.status}")


def _all_at_once(port: int, visitors: list[Visitor]) -> list[float]:
    ready = threading.Barrier(len(visitors))

    def write(visitor: Visitor) -> float:
        ready.wait()
        return _timed(lambda: _write(port, visitor))

    with ThreadPoolExecutor(len(visitors)) as pool:
        return list(pool.map(write, visitors))


def _timed(act: Callable[[], object]) -> float:
    begin = time.perf_counter()
    act()
    return time.perf_counter() - begin


def missing(visitor: Visitor) -> list[str]:
    """What of this person's writing is not there as it was sent."""
    from apps.interviews.models import Scorecard

    found = Scorecard.objects.filter(interviewer__name=visitor.name).prefetch_related("ratings").order_by("pk")
    problems = [] if len(found) == 1 else [f"{visitor.name} has {len(found)} scorecards"]
    for card in found:
        stored = {rating.competency_id: (rating.level, rating.evidence, rating.moment) for rating in card.ratings.all()}
        sent = {
            pk: (place % 4 + 1, visitor.words("submission"), "12:30") for place, pk in enumerate(visitor.competencies)
        }
        as_sent = (card.state, card.revision, card.recommendation, card.private_notes) == (
            Scorecard.State.SUBMITTED, 3, "yes", visitor.words("notes"),
        )  # fmt: skip
        if stored != sent or not as_sent:  # revision 3: neither draft was refused or written twice
            problems.append(f"{visitor.name}: {card.state}, revision {card.revision}, {stored}")
    return problems
