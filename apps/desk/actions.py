"""Fill the demo organisation, through the same verbs everybody uses."""

import datetime as dt
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.hashers import make_password

from apps.accounts.actions import create_person
from apps.accounts.models import Kind, User
from apps.craft.actions import (
    assign_kit,
    hand_in,
    hand_out_kit,
    request_due_gradings,
    run_grading_job,
    run_mint_job,
    show_link,
)
from apps.craft.core.mint import Minted, archive
from apps.craft.core.record import unpacked
from apps.debriefs.actions import (
    cast_second_vote,
    move_on,
    open_debrief,
    record_decision,
    request_calibration_if_changed,
    run_calibration,
)
from apps.debriefs.models import Debrief, Vote
from apps.desk.core.demo import DemoCandidate, DemoDecision, DemoItem, DemoOrganisation, DemoRole, recommendation_for
from apps.interviews.actions import (
    add_candidate,
    open_calibration_item,
    rate_calibration_item,
    save_calibration_item,
    schedule_interview,
    start_candidacy,
    submit_scorecard,
)
from apps.interviews.core.entries import RatingEntry
from apps.interviews.models import Candidacy, Interview
from apps.interviews.queries import asked_of
from apps.library.models import RolePreset, Station, StationVersion
from apps.loops.actions import add_station, create_role, generate_plan, publish_plan, remove_station
from apps.loops.models import LoopPlan, PlanStation, Role
from apps.loops.queries import assessed, with_assessed
from apps.panel.actions import set_training
from apps.panel.models import Training

Evidence = Mapping[str, Any]
Prepared = Mapping[str, Any]  # what make_demo_kit wrote: the mint's record, the work handed in, the grader's report


@dataclass
class _Seeding:
    organisation: DemoOrganisation
    evidence: Evidence
    kit: Prepared
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


def seed_demo(*, organisation: DemoOrganisation, evidence: Evidence, kit: Prepared, now: dt.datetime) -> bool:
    """Make the demo organisation where it is not there yet. Returns whether anything was made."""
    if User.objects.filter(email=organisation.people[0].email).exists():
        return False
    people = {
        person.slug: create_person(
            email=person.email,
            name=person.name,
            kinds=[Kind(kind) for kind in person.kinds],
            password=None,
            time_zone=person.time_zone,
            by=None,
        )
        for person in organisation.people
    }
    # One password for all of them: hashing it is slow on purpose, so once.
    User.objects.filter(pk__in=[user.pk for user in people.values()]).update(
        password=make_password(organisation.password)
    )
    seeding = _Seeding(organisation, evidence, kit, people, now, itertools.count())
    for station in Station.objects.usable().order_by("slug"):
        for _, interviewer in seeding.interviewers:
            set_training(
                interviewer=interviewer,
                station=station,
                stage=Training.Stage.TRAINED,
                since=now.date() - dt.timedelta(days=400),
                by=seeding.leader,
            )
    roles = {role.title: _seed_role(seeding, role) for role in organisation.roles}
    for candidate in [*organisation.history, *organisation.candidates]:
        _seed_candidate(seeding, candidate, roles[candidate.role])
    for item in organisation.items:
        _seed_item(seeding, item)
    return True


def calibrate_demo(*, clock: Callable[[], dt.datetime]) -> None:
    """The calibration the clock would make at night, at once."""
    job = request_calibration_if_changed(now=clock())
    if job is not None:
        run_calibration(job_id=job.pk, clock=clock)


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
    with_kit = _to_get_kit(interviews, kit=seeding.kit["record"]["kit"])
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
        if demo.gets_kit and interview == with_kit:
            _seed_kit(seeding, interview, held_at=starts_at)
        if place < submitted:
            for slug, user in panel:
                _seed_scorecard(seeding, demo, interview, slug=slug, user=user, place=place)
    if demo.decision is not None:
        decided_at = seeding.now - dt.timedelta(days=demo.decided_days_ago)
        _seed_debrief(seeding, Candidacy.objects.get(pk=candidacy.pk), begin=decided_at - dt.timedelta(minutes=40))
        record_decision(
            candidacy=Candidacy.objects.get(pk=candidacy.pk),
            **{**demo.decision.model_dump(), "dissent": _dissent(candidacy, demo.decision)},
            by=seeding.leader,
            now=decided_at,
        )


def _dissent(candidacy: Candidacy, decision: DemoDecision) -> str:
    """What those say who voted the other way; nothing where nobody did."""
    other_way = ["no", "strong_no"] if decision.outcome == "offer" else ["yes", "strong_yes"]
    votes = Vote.objects.filter(debrief__candidacy=candidacy, round=Vote.Round.SECOND, choice__in=other_way)
    return decision.dissent if votes.exists() else ""


def _seed_debrief(seeding: _Seeding, candidacy: Candidacy, *, begin: dt.datetime) -> None:
    """The panel read, then voted as before; nobody moved."""
    leader = seeding.leader
    debrief = open_debrief(candidacy=candidacy, by=leader, now=begin)
    for minutes, vote in enumerate(debrief.votes.filter(round=Vote.Round.FIRST).order_by("pk"), start=10):
        now = begin + dt.timedelta(minutes=minutes)
        cast_second_vote(debrief=debrief, choice=vote.choice, reason="", by=vote.voter, now=now)
    move_on(debrief=debrief, to=Debrief.Step.DISCUSSION, by=leader, now=begin + dt.timedelta(minutes=20))


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
            level=level, no_evidence=level is None, evidence=texts[(place + interview.pk + user.pk) % len(texts)]
        )
        levels.append(level)
    ends_at = interview.ends_at or seeding.now
    submit_scorecard(
        interview=interview,
        entries=entries,
        recommendation=recommendation_for(levels),
        private_notes="",
        revision=0,
        by=user,
        now=min(ends_at + dt.timedelta(minutes=21), seeding.now),
    )


def _to_get_kit(interviews: list[Interview], *, kit: str) -> Interview | None:
    """The interview whose station is made for this kit, else the first of an AI craft station."""
    craft = [one for one in interviews if one.plan_station.version.station.kind == Station.Kind.AI_CRAFT]
    made_for = [one for one in craft if one.plan_station.version.station.kit == kit]
    return next(iter(made_for + craft), None)


def _seed_kit(seeding: _Seeding, interview: Interview, *, held_at: dt.datetime) -> None:
    """Assigned five days before, worked on the day before, graded when the time was over."""
    record = seeding.kit["record"]
    files = {name: text.encode() for name, text in unpacked(record["vault"])["pristine"].items()}
    work = {name: text.encode() for name, text in seeding.kit["work"].items()}
    assigned_at, opened_at = held_at - dt.timedelta(days=5), held_at - dt.timedelta(days=1, hours=3)
    assignment = assign_kit(
        interview=interview, kit=record["kit"], expires_at=held_at, by=seeding.recruiter, now=assigned_at
    )

    def minted(kit: str, seed: str) -> Minted:
        return Minted(kit, record["version"], seed, files, record)

    def graded(of: Mapping[str, Any], handed_in: bytes) -> dict[str, Any]:
        return dict(seeding.kit["report"])

    run_mint_job(job_id=assignment.job_id, clock=lambda: assigned_at, mint=minted)
    token = show_link(assignment=assignment, by=seeding.recruiter, now=assigned_at).rstrip("/").rpartition("/")[2]
    hand_out_kit(token=token, now=opened_at)
    hand_in(token=token, archive=archive({**files, **work}), now=opened_at + dt.timedelta(minutes=71))
    for grading in request_due_gradings(now=held_at):
        run_grading_job(job_id=grading.job_id, clock=lambda: held_at, grade=graded)


def _seed_item(seeding: _Seeding, demo: DemoItem) -> None:
    version = StationVersion.objects.get(current_of__slug=demo.station)
    item = save_calibration_item(
        item=None, version=version, title=demo.title, material=demo.material, by=seeding.leader, now=seeding.now
    )
    item = open_calibration_item(item=item, by=seeding.leader)
    asked = {one.competency.pk: one.competency.slug for one in asked_of(item=item)}
    for slug, levels in demo.ratings.items():
        entries = {
            competency: RatingEntry(
                level=levels[name],
                no_evidence=levels[name] is None,
                evidence=_evidence_of(seeding, name, levels[name]),
            )
            for competency, name in asked.items()
        }
        rate_calibration_item(item=item, entries=entries, by=seeding.people[slug], now=seeding.now)


def _evidence_of(seeding: _Seeding, competency: str, level: int | None) -> str:
    return "" if level is None else str(seeding.evidence[competency][level][0])
