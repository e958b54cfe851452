"""Fill the demo organisation, through the same verbs everybody uses."""

import datetime as dt
import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.accounts.actions import create_person
from apps.accounts.models import Kind, User
from apps.debriefs.actions import record_decision
from apps.desk.core.demo import DemoCandidate, DemoOrganisation, DemoRole, recommendation_for
from apps.interviews.actions import (
    add_candidate,
    save_scorecard,
    schedule_interview,
    start_candidacy,
    submit_scorecard,
)
from apps.interviews.core.entries import RatingEntry
from apps.interviews.models import Candidacy, Interview
from apps.library.models import RolePreset, Station
from apps.loops.actions import add_station, create_role, generate_plan, publish_plan, remove_station
from apps.loops.models import LoopPlan, PlanStation, Role
from apps.loops.queries import assessed, with_assessed
from apps.panel.actions import set_training
from apps.panel.models import Training

Evidence = Mapping[str, Any]


@dataclass
class _Seeding:
    organisation: DemoOrganisation
    evidence: Evidence
    people: dict[str, User]
    now: dt.datetime
    turn: "itertools.count[int]"

    @property
    def leader(self) -> User:
        return next(user for user in self.people.values() if user.is_leader and not user.is_administrator)

    @property
    def recruiter(self) -> User:
        return next(user for user in self.people.values() if user.is_recruiter and not user.is_administrator)

    @property
    def interviewers(self) -> list[tuple[str, User]]:
        """Those who only interview, so that the demo's leader sees debriefs at once."""
        return [(slug, user) for slug, user in self.people.items() if user.kinds == {Kind.INTERVIEWER.value}]


def seed_demo(*, organisation: DemoOrganisation, evidence: Evidence, now: dt.datetime) -> bool:
    """Make the demo organisation where it is not there yet. Returns whether anything was made."""
    if User.objects.filter(email=organisation.people[0].email).exists():
        return False
    people = {
        person.slug: create_person(
            email=person.email,
            name=person.name,
            kinds=[Kind(kind) for kind in person.kinds],
            password=organisation.password,
            time_zone=person.time_zone,
            by=None,
        )
        for person in organisation.people
    }
    seeding = _Seeding(organisation, evidence, people, now, itertools.count())
    for station in Station.objects.usable().order_by("slug"):
        for _, interviewer in seeding.interviewers:
            set_training(
                interviewer=interviewer,
                station=station,
                stage=Training.Stage.TRAINED,
                since=now.date() - dt.timedelta(days=120),
                by=seeding.leader,
            )
    roles = {role.title: _seed_role(seeding, role) for role in organisation.roles}
    for candidate in organisation.candidates:
        _seed_candidate(seeding, candidate, roles[candidate.role])
    return True


def _seed_role(seeding: _Seeding, demo: DemoRole) -> Role:
    leader = seeding.leader
    preset = RolePreset.objects.get(slug=demo.preset)
    role = create_role(title=demo.title, summary=demo.summary, preset=preset, by=leader)
    plan = generate_plan(role=role, by=leader, now=seeding.now)
    if demo.stations:
        _use_stations(plan, demo.stations, leader)
    if demo.publish:
        publish_plan(plan=plan, by=leader, now=seeding.now)
    return role


def _use_stations(plan: LoopPlan, slugs: list[str], leader: User) -> None:
    for plan_station in plan.plan_stations.select_related("version__station").order_by("position"):
        remove_station(plan=plan, plan_station=plan_station, exclude=False, by=leader)
    for slug in slugs:
        add_station(plan=plan, station=Station.objects.select_related("current").get(slug=slug), by=leader)


def _seed_candidate(seeding: _Seeding, demo: DemoCandidate, role: Role) -> None:
    candidate = add_candidate(
        name=demo.name,
        email=demo.email,
        time_zone=demo.time_zone,
        source=demo.source,
        accommodation=demo.accommodation,
        by=seeding.recruiter,
    )
    begin = seeding.now - dt.timedelta(days=(demo.held_days_ago or 0) + 5)
    candidacy = start_candidacy(candidate=candidate, role=role, by=seeding.recruiter, now=min(begin, seeding.now))
    if demo.held_days_ago is None:
        return
    interviews = list(
        candidacy.interviews.select_related(
            "plan_station__version__station", "candidacy__candidate", "candidacy__role"
        ).order_by("plan_station__position")
    )
    first = (seeding.now - dt.timedelta(days=demo.held_days_ago)).replace(hour=12, minute=0, second=0, microsecond=0)
    start = next(seeding.turn)
    submitted = len(interviews) if demo.submitted is None else demo.submitted
    for place, interview in enumerate(interviews):
        people = seeding.interviewers
        needed = interview.plan_station.version.interviewers
        panel = [people[(start + place + seat) % len(people)] for seat in range(needed)]
        day, slot = divmod(place, 4)
        starts_at = first + dt.timedelta(days=day, minutes=105 * slot)
        schedule_interview(
            interview=interview, starts_at=starts_at, interviewers=[user for _, user in panel], by=seeding.recruiter
        )
        if place < submitted:
            for slug, user in panel:
                _seed_scorecard(seeding, demo, interview, slug=slug, user=user, place=place)
    if demo.decision is not None:
        record_decision(
            candidacy=Candidacy.objects.get(pk=candidacy.pk),
            **demo.decision.model_dump(),
            by=seeding.leader,
            now=seeding.now - dt.timedelta(days=3),
        )


def _seed_scorecard(
    seeding: _Seeding, demo: DemoCandidate, interview: Interview, *, slug: str, user: User, place: int
) -> None:
    interview = Interview.objects.select_related("candidacy", "plan_station__version").get(pk=interview.pk)
    station = with_assessed(PlanStation.objects.all()).get(pk=interview.plan_station_id)
    entries: dict[int, RatingEntry] = {}
    levels: list[int | None] = []
    for measure in assessed(station):
        competency = measure.competency
        level = demo.level(competency=competency.slug, interviewer=slug, place=place)
        texts = seeding.evidence["no-evidence"] if level is None else seeding.evidence[competency.slug][level]
        entries[competency.pk] = RatingEntry(
            level=level, no_evidence=level is None, evidence=texts[(place + interview.pk) % len(texts)]
        )
        levels.append(level)
    ends_at = interview.ends_at or seeding.now
    written_at = min(ends_at + dt.timedelta(minutes=12), seeding.now)
    values: dict[str, Any] = {
        "interview": interview,
        "entries": entries,
        "recommendation": recommendation_for(levels),
        "private_notes": "",
        "by": user,
    }
    draft = save_scorecard(**values, revision=0, now=written_at)
    submit_scorecard(**values, revision=draft.revision, now=min(written_at + dt.timedelta(minutes=9), seeding.now))
