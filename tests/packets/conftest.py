"""A small hiring team with a candidacy, made by plain rows; every secret text carries a mark (see samples.py)."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group

from apps.accounts.models import Kind, User
from apps.interviews.models import Candidacy, Candidate, Interview, PinnedRubric, Rating, Scorecard, Seat
from apps.library.models import Competency, Framework, Level, Measure, Rubric, Station, StationVersion
from apps.loops.models import LoopPlan, PlanStation, Requirement, Role
from tests.packets.samples import HELD, NOW


@pytest.fixture(autouse=True)
def packet_folder(settings: Any, tmp_path: Path) -> Path:
    """Files of a test go to its own folder."""
    settings.PACKETS_DIR = tmp_path / "packet-files"
    return tmp_path / "packet-files"


def make_person(name: str, *kinds: Kind, time_zone: str = "Europe/Berlin") -> User:
    address = f"{name.split(maxsplit=1)[0].lower()}-packets@people.example"
    person = User.objects.create_user(address, None, name=name, time_zone=time_zone)
    person.groups.set([Group.objects.get_or_create(name=kind.value)[0] for kind in kinds])
    return person


@pytest.fixture
def packet_recruiter(db: None) -> User:
    return make_person("Rita Recruiter", Kind.RECRUITER)


@pytest.fixture
def packet_leader(db: None) -> User:
    return make_person("Lena Leader", Kind.LEADER, Kind.INTERVIEWER)


@pytest.fixture
def packet_interviewer(db: None) -> User:
    return make_person("Ivo Interviewer", Kind.INTERVIEWER, time_zone="America/New_York")


@pytest.fixture
def packet_second(db: None) -> User:
    return make_person("Sara Second", Kind.INTERVIEWER)


@pytest.fixture
def packet_outsider(db: None) -> User:
    return make_person("Otto Outsider")


@pytest.fixture
def packet_plan(packet_leader: User) -> LoopPlan:
    """Two stations that measure two competencies; the plan of one role."""
    framework = Framework.objects.create(slug="packets", name="Packets", summary="For tests", position=99)
    competencies = [
        Competency.objects.create(
            framework=framework, slug=f"pk-{key}", name=f"OPEN {key}", definition=f"OPEN what {key} is", why="KEY why",
            position=index,
        )
        for index, key in enumerate(["craft", "systems"])
    ]  # fmt: skip
    for competency in competencies:
        rubric = Rubric.objects.create(
            competency=competency, number=1, no_evidence_when="KEY not asked", fingerprint="x", published_at=NOW
        )
        Level.objects.bulk_create(
            Level(
                rubric=rubric,
                number=number,
                label=f"Level {number}",
                anchors=[f"KEY anchor {competency.name} {number}"],
            )
            for number in (1, 2, 3, 4)
        )
    role = Role.objects.create(title="AI product engineer", created_by=packet_leader)
    for competency in competencies:
        Requirement.objects.create(role=role, competency=competency, must_pass=True)
    plan = LoopPlan.objects.create(
        role=role, number=2, state="published", published_at=NOW, candidate_minutes=120, interviewer_minutes=240,
        min_ai_craft=0, created_by=packet_leader,
    )  # fmt: skip
    for position, key in enumerate(["agent", "queue"], start=1):
        station = Station.objects.create(
            slug=f"pk-{key}", kind="design", state="active", reviewed_on=NOW.date(), half_life_months=12
        )
        version = StationVersion.objects.create(
            station=station, number=1, name=f"OPEN {key}", format="OPEN format", minutes=60, interviewers=1,
            preparation_minutes=10, ai_policy="encouraged", ai_policy_reason="OPEN reason", purpose="KEY purpose",
            candidate_brief=f"OPEN brief of {key}",
            interviewer_guide=[{"at": 0, "do": f"KEY begin {key}"}, {"at": 30, "do": "KEY go on"}],
            questions=[
                {"ask": "KEY ask", "probes": ["KEY probe"], "weak": "KEY w", "sound": "KEY s", "exceptional": "KEY e"}
            ],
            weak_looks_like=["KEY weak"], strong_looks_like=["KEY strong"], red_flags=["KEY red"],
            green_flags=["KEY green"], could_mislead="KEY mislead", fingerprint="x", made_at=NOW,
        )  # fmt: skip
        for competency in competencies:
            Measure.objects.create(version=version, competency=competency, reliability="0.40")
        PlanStation.objects.create(plan=plan, version=version, position=position)
    return plan


PacketCandidacy = Callable[..., Candidacy]


@pytest.fixture
def packet_candidacy(packet_plan: LoopPlan, packet_interviewer: User, packet_second: User) -> PacketCandidacy:
    """Make a candidacy: Ivo interviews first, Sara second; each call an hour and a candidate later."""
    made: list[Candidacy] = []

    def make(name: str = "Noor van Dijk", *, with_seats: bool = True) -> Candidacy:
        index = len(made)
        candidate = Candidate.objects.create(
            name=name, email=f"candidate{index}@mail.example", time_zone="Europe/Lisbon", accommodation="ACCOMMODATION"
        )
        candidacy = Candidacy.objects.create(
            candidate=candidate, role=packet_plan.role, plan=packet_plan, started_at=NOW
        )
        for rubric in Rubric.objects.order_by("pk"):
            PinnedRubric.objects.create(candidacy=candidacy, rubric=rubric)
        people = [packet_interviewer, packet_second]
        for person, place in zip(people, packet_plan.plan_stations.order_by("position"), strict=True):
            begins = HELD + dt.timedelta(hours=3 * index + place.position)
            interview = Interview.objects.create(
                candidacy=candidacy, plan_station=place, state="scheduled", starts_at=begins,
                ends_at=begins + dt.timedelta(hours=1),
            )  # fmt: skip
            if with_seats:
                Seat.objects.create(interview=interview, interviewer=person, period=(begins, interview.ends_at))
        made.append(candidacy)
        return candidacy

    return make


@pytest.fixture
def packet_submit() -> Callable[..., Scorecard]:
    """Submit a scorecard as rows."""

    def submit(interview: Interview, interviewer: User, level: int | None = 3) -> Scorecard:
        scorecard = Scorecard.objects.create(interview=interview, interviewer=interviewer, private_notes="PRIVATE note")
        for pinned in interview.candidacy.pinned_rubrics.select_related("rubric__competency"):
            Rating.objects.create(
                scorecard=scorecard, competency=pinned.rubric.competency, rubric=pinned.rubric, level=level,
                no_evidence=level is None, evidence=f"PANEL evidence of {interviewer.name}",
            )  # fmt: skip
        Scorecard.objects.filter(pk=scorecard.pk).update(state="submitted", recommendation="yes", submitted_at=NOW)
        scorecard.refresh_from_db()
        return scorecard

    return submit
