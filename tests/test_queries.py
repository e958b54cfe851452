"""Reads cost the same for one row and for three, and every page of the demo stays below sixty queries."""

import datetime as dt
import hashlib
from collections.abc import Callable
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Kind, User
from apps.common.actions import record, request_job
from apps.debriefs.models import Debrief, Decision, Vote
from apps.interviews.models import CalibrationItem, CalibrationRating, Candidacy, Interview, Scorecard
from apps.loops.models import LoopPlan, Role
from apps.packets.models import Packet
from apps.panel.models import Training
from tests.demo_pages import demo_pages
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

MOST_QUERIES = 60


class Town:
    """One row of everything on the pages below; `grow` adds one more of each."""

    def __init__(self, reader: User, folder: Any) -> None:
        self.reader, self.folder, self.size = reader, folder, 0
        self.leader = UserFactory(name="Lea", kinds=[Kind.LEADER])
        self.job = request_job(task="none", title="Packets", steps_total=1, by=reader, now=timezone.now())
        self.candidate = CandidateFactory(name="Noor")
        self.competency = CompetencyFactory(name="Noor's craft")
        self.station = StationFactory(measures={self.competency: "0.40"})
        self.role = RoleFactory(title="Noor's role", requires=[self.competency])
        self.plan = PlanFactory(role=self.role, stations=[self.station])
        self.candidacy = CandidacyFactory(plan=self.plan, candidate=self.candidate)
        self.interview = self.candidacy.interviews.get()
        times = dict.fromkeys(["opened_at", "reading_until"], timezone.now())
        self.debrief = Debrief.objects.create(
            candidacy=self.candidacy, opened_by=self.leader, step="discussion", **times
        )
        self.item: CalibrationItem | None = None
        self.draft = PlanFactory(role=self.role, number=19_000, state=LoopPlan.State.DRAFT, stations=[])

    def grow(self) -> None:
        self.size += 1
        n, now = self.size, timezone.now()
        competency = CompetencyFactory(name=f"Noor competency {n}", framework=self.competency.framework)
        CompetencyFactory()
        request_job(task="none", title=f"Work {n}", steps_total=1, by=self.reader, now=now)
        self.reader.trainings.get_or_create(station=self.station, stage="trained", since=now.date())
        station = StationFactory(slug=f"noor-{n}", measures={competency: "0.40", self.competency: "0.30"})
        self.station.current.measures.create(competency=competency, reliability="0.20")
        self.role.requirements.create(competency=competency)
        rubric = competency.rubrics.get()
        for plan in (self.plan, self.draft):
            plan.plan_stations.create(version=station.current, position=n + 1)
        self.draft.excluded.add(StationFactory())
        self.candidacy.pinned_rubrics.create(rubric=rubric)
        interview = Interview.objects.create(
            candidacy=self.candidacy, plan_station=self.plan.plan_stations.get(version=station.current)
        )
        PlanFactory(role=self.role, number=20_000 + n, state=LoopPlan.State.DRAFT)
        for place, person in enumerate(UserFactory.create_batch(2, kinds=[Kind.INTERVIEWER])):
            seat(interview, person, starts_at=now - dt.timedelta(days=n))
            Training.objects.create(interviewer=person, station=self.station, stage="trained", since=now.date())
            card = Scorecard.objects.create(interview=interview, interviewer=person, recommendation="yes")
            for measured in (competency, self.competency):
                card.ratings.create(
                    competency=measured, rubric=measured.rubrics.get(), level=2 + place, evidence=f"Words {n}"
                )
            Scorecard.objects.filter(pk=card.pk).update(state="submitted", submitted_at=now)
            for turn in Vote.Round:
                Vote.objects.create(debrief=self.debrief, voter=person, round=turn, choice="yes", cast_at=now)
        # The reader's own: one owed, one submitted, in candidacies of their own; one debrief ready; one to schedule.
        for state in ("owed", "submitted", "to schedule", "decided"):
            role = RoleFactory(title=f"Noor role {n} {state}", requires=[competency])
            one = CandidacyFactory(
                plan=PlanFactory(role=role, stations=[station]), candidate=CandidateFactory(name=f"Noor {n} {state}")
            )
            held = one.interviews.get()
            if state == "to schedule":
                continue
            begin = now - dt.timedelta(days=30 + n * 10, hours=["owed", "submitted", "decided"].index(state))
            seat(held, self.reader, starts_at=begin)
            if state == "owed":  # a kit is read by who sits in its interview
                self._packet(kind="interviewer-kit", interview=held, reader=self.reader, candidacy=one)
            else:
                card = Scorecard.objects.create(interview=held, interviewer=self.reader, recommendation="yes")
                card.ratings.create(competency=competency, rubric=rubric, level=3)
                Scorecard.objects.filter(pk=card.pk).update(state="submitted", submitted_at=now)
            if state == "decided":
                Candidacy.objects.filter(pk=one.pk).update(state="decided", ended_at=now)
                Decision.objects.create(
                    candidacy=one, outcome="offer", reasons="r", decided_by=self.leader, decided_at=now
                )
        # More candidacies of the one candidate, each for another role.
        CandidacyFactory(plan=PlanFactory(role=RoleFactory(), stations=[station]), candidate=self.candidate)
        item = CalibrationItem.objects.create(
            version=self.station.current, title=f"Noor item {n}", material="m", state="open", created_by=self.leader,
            created_at=now,
        )  # fmt: skip
        self.item = self.item or item
        for rated, person in ((item, self.leader), (self.item, UserFactory(kinds=[Kind.INTERVIEWER]))):
            CalibrationRating.objects.create(
                item=rated, interviewer=person, competency=self.competency, rubric=self.competency.rubrics.get(),
                level=2, given_at=now,
            )  # fmt: skip
        RoleFactory(title=f"Noor role {n} without a plan")
        self._packet(kind="debrief")
        self._packet(kind="interviewer-kit", interview=interview, reader=self.reader)
        record(by=self.leader, verb=f"changed {n}", thing=role)

    def _packet(self, **values: Any) -> None:
        Packet.objects.create(
            **{"candidacy": self.candidacy, **values},
            job=self.job,
            requested_by=self.leader,
            state="done",
            made_at=timezone.now(),
            pages=1,
            size=4,
            sha256=hashlib.sha256(b"file").hexdigest(),
        )

    def addresses(self) -> dict[str, str]:
        of_candidacy = [self.candidacy.pk]
        pages = {
            "home": "/", "search": "/search/?q=noor", "roles": "/roles/", "role": self.role.get_absolute_url(),
            "role new": "/roles/new/", "requirements": reverse("requirements", args=[self.role.pk]),
            "generate": reverse("generate", args=[self.role.pk]), "plan": self.plan.get_absolute_url(),
            "draft": self.draft.get_absolute_url(), "stations": "/stations/",
            "station": self.station.get_absolute_url(), "competencies": "/competencies/",
            "competency": self.competency.get_absolute_url(), "candidates": "/candidates/",
            "candidate": self.candidate.get_absolute_url(), "candidate import": "/candidates/import/",
            "candidacies": "/candidacies/?state=all", "candidacy": self.candidacy.get_absolute_url(),
            "interviews": "/interviews/", "interview": self.interview.get_absolute_url(),
            "debrief": reverse("debrief", args=of_candidacy), "packets": "/packets/",
            "packet request": reverse("packet-request", args=of_candidacy), "packets bulk": "/packets/bulk/",
            "job": reverse("job", args=[self.job.pk]), "scorecards": "/scorecards/?days=90", "profile": "/me/",
            "calibration items": "/calibration-items/", "packets to send": reverse("packets-send-choose"),
        }  # fmt: skip
        assert self.item is not None
        pages["calibration item"] = self.item.get_absolute_url()
        models = [
            "accounts/user", "panel/training", "interviews/candidate", "interviews/candidacy", "interviews/interview",
            "interviews/seat", "interviews/scorecard", "interviews/rating", "loops/role", "loops/loopplan",
            "library/framework", "library/competency", "library/rubric", "library/station", "library/stationversion",
            "debriefs/decision", "common/auditline", "common/job", "packets/packet",
        ]  # fmt: skip
        return pages | {f"admin {model}": f"/admin/{model}/" for model in models}


def counts(client: Client, addresses: dict[str, str]) -> tuple[dict[str, int], dict[str, int]]:
    """For each page its queries, and its size in bytes."""
    queries, sizes = {}, {}
    for name, address in addresses.items():
        with CaptureQueriesContext(connection) as captured:
            response = client.get(address)
        assert response.status_code == 200, name
        queries[name], sizes[name] = len(captured), len(response.content)
    return queries, sizes


# Pages that show one thing, with nothing of which the town has more.
SHOW_ONE_THING = {"role new", "generate", "candidate import", "packet request", "interview", "profile"}


def test_every_page_reads_one_row_and_three_at_the_same_price(
    eli: User, sign_in: Callable[[User], Client], settings: Any
) -> None:
    """Eli runs hiring, interviews, and opens the admin site: every list is his to see."""
    client, town = sign_in(eli), Town(eli, settings.PACKETS_DIR)
    town.grow()
    client.get("/")  # what is read once a process (content types) is no price of a page
    client.get("/admin/")
    one, small = counts(client, town.addresses())
    town.grow()
    town.grow()
    three, large = counts(client, town.addresses())
    assert {name: (one[name], three[name]) for name in one if one[name] != three[name]} == {}
    assert {name for name in small if large[name] <= small[name]} <= SHOW_ONE_THING, (
        "a page that did not grow says nothing"
    )


def test_an_interviewers_pages_cost_the_same_too(ben: User, sign_in: Callable[[User], Client], settings: Any) -> None:
    client, town = sign_in(ben), Town(ben, settings.PACKETS_DIR)
    addresses = {"home": "/", "interviews": "/interviews/", "candidates": "/candidates/", "packets": "/packets/",
                 "candidacies": "/candidacies/?state=all", "search": "/search/?q=noor",
                 "calibration": "/calibration-items/"}  # fmt: skip
    town.grow()
    client.get("/")
    one, small = counts(client, addresses)
    town.grow()
    town.grow()
    three, large = counts(client, addresses)
    assert three == one
    assert [name for name in addresses if large[name] <= small[name]] == [], "a page that did not grow says nothing"


def test_an_import_costs_no_query_a_known_candidate(ada: User, sign_in: Callable[[User], Client]) -> None:
    client = sign_in(ada)

    def price(rows: int) -> int:
        text = "name,email\n" + "".join(f"A,a{number}@mail.example\n" for number in range(rows))
        with CaptureQueriesContext(connection) as captured:
            client.post("/candidates/import/", {"text": text})
        return len(captured)

    price(3)
    client.get("/")  # shows the message, so that no later page has to
    assert price(3) == price(1)  # both find only candidates that are there already


def test_no_page_of_the_demo_needs_more_than_sixty_queries(
    demo: dict[str, User], sign_in: Callable[[User], Client]
) -> None:
    prices = {}
    for person in ("ada", "ben", "cleo", "eli"):
        client = sign_in(demo[person])
        for name, address in demo_pages(demo[person]).items():
            with CaptureQueriesContext(connection) as captured:
                response = client.get(address)
            assert response.status_code in (200, 403), (person, address)
            prices[f"{person}: {name} {address}"] = len(captured)
    assert {page: price for page, price in prices.items() if price > MOST_QUERIES} == {}


def test_the_demo_is_made_once(demo: dict[str, User]) -> None:
    before = (User.objects.count(), Role.objects.count(), Candidacy.objects.count(), Scorecard.objects.count())
    call_command("seed_demo", verbosity=0)
    assert before == (User.objects.count(), Role.objects.count(), Candidacy.objects.count(), Scorecard.objects.count())
    assert min(before) > 2
