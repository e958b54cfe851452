"""Rows for tests. Each factory makes a valid thing; a test names only what it is about."""

import datetime as dt
from typing import Any

import factory
from django.contrib.auth.models import Group
from django.utils import timezone

from apps.accounts.models import Kind, User
from apps.interviews.models import Candidacy, Candidate, Interview, Seat
from apps.library.models import Competency, Framework, Level, Measure, Rubric, Station, StationVersion
from apps.loops.models import LoopPlan, PlanStation, Requirement, Role

PASSWORD = "correct horse battery"


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Person {n}")
    email = factory.Sequence(lambda n: f"person{n}@test.example")
    password = factory.django.Password(PASSWORD)

    @factory.post_generation
    def kinds(self: User, create: bool, extracted: Any, **kwargs: Any) -> None:
        for kind in extracted or []:
            self.groups.add(Group.objects.get_or_create(name=Kind(kind).value)[0])
        if Kind.ADMINISTRATOR in (extracted or []):
            self.is_staff = self.is_superuser = True
            self.save()


class FrameworkFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Framework

    slug = factory.Sequence(lambda n: f"framework-{n}")
    name = factory.Sequence(lambda n: f"Framework {n}")
    summary = "What this job takes."
    position = factory.Sequence(lambda n: n + 1)


class CompetencyFactory(factory.django.DjangoModelFactory):
    """A competency with a published rubric of four levels."""

    class Meta:
        model = Competency
        skip_postgeneration_save = True

    framework = factory.SubFactory(FrameworkFactory)
    slug = factory.Sequence(lambda n: f"competency-{n}")
    name = factory.Sequence(lambda n: f"Competency {n}")
    definition = "Does a thing one can watch."
    why = "Without it, something breaks late."
    sub_skills = [{"name": "A part", "shows_as": "Does the part."}]
    position = factory.Sequence(lambda n: n)

    @factory.post_generation
    def rubric(self: Competency, create: bool, extracted: Any, **kwargs: Any) -> None:
        rubric = Rubric.objects.create(
            competency=self,
            number=1,
            no_evidence_when="It did not come up.",
            fingerprint="0" * 64,
            published_at=timezone.now(),
        )
        for number, label in enumerate(["Below the bar", "Near the bar", "At the bar", "Well above the bar"], start=1):
            Level.objects.create(rubric=rubric, number=number, label=label, anchors=[f"Anchor {number} of {self.name}"])


class StationFactory(factory.django.DjangoModelFactory):
    """An active station with one version. `measures={competency: "0.45"}` says what it measures."""

    class Meta:
        model = Station
        skip_postgeneration_save = True

    class Params:
        minutes = 45
        interviewers = 1

    slug = factory.Sequence(lambda n: f"station-{n}")
    kind = Station.Kind.CODING
    state = Station.State.ACTIVE
    reviewed_on = factory.LazyFunction(timezone.localdate)
    half_life_months = 48

    @factory.post_generation
    def measures(self: Station, create: bool, extracted: Any, **kwargs: Any) -> None:
        version = StationVersion.objects.create(
            station=self,
            number=1,
            name=f"Name of {self.slug}",
            format="Two people at one screen.",
            minutes=kwargs.get("minutes", 45),
            interviewers=kwargs.get("interviewers", 1),
            preparation_minutes=15,
            ai_policy=StationVersion.AiPolicy.DISCUSSED,
            ai_policy_reason="As on the job.",
            purpose="Can they do it?",
            candidate_brief="You will do a thing in the open.",
            interviewer_guide=[{"at": 0, "do": "GUIDE-SECRET begin"}, {"at": 20, "do": "Ask why."}],
            questions=[
                {"ask": "QUESTION-SECRET?", "probes": ["And then?"], "weak": "w", "sound": "s", "exceptional": "e"}
            ],
            weak_looks_like=["Guesses."],
            strong_looks_like=["Measures."],
            red_flags=["Edits the yardstick."],
            green_flags=["Reverts a change."],
            could_mislead="Rewards speed of speech.",
            fingerprint="0" * 64,
            made_at=timezone.now(),
        )
        for competency, reliability in (extracted or {}).items():
            Measure.objects.create(version=version, competency=competency, reliability=reliability)
        self.current = version
        self.save()


class RoleFactory(factory.django.DjangoModelFactory):
    """A role. `requires=[competency, ...]` or `{competency: {"must_pass": True}}` says what it needs."""

    class Meta:
        model = Role
        skip_postgeneration_save = True

    title = factory.Sequence(lambda n: f"Role {n}")
    slug = factory.Sequence(lambda n: f"role-{n}")
    created_by = factory.SubFactory(UserFactory, kinds=[Kind.LEADER])

    @factory.post_generation
    def requires(self: Role, create: bool, extracted: Any, **kwargs: Any) -> None:
        needs = extracted if isinstance(extracted, dict) else {competency: {} for competency in extracted or []}
        for competency, values in needs.items():
            Requirement.objects.create(role=self, competency=competency, **values)


class PlanFactory(factory.django.DjangoModelFactory):
    """A published plan. `stations=[station, ...]` puts them in order."""

    class Meta:
        model = LoopPlan
        skip_postgeneration_save = True

    role = factory.SubFactory(RoleFactory)
    number = factory.Sequence(lambda n: n + 1)
    state = LoopPlan.State.PUBLISHED
    candidate_minutes = 300
    interviewer_minutes = 600
    min_ai_craft = 0
    created_by = factory.SelfAttribute("role.created_by")
    published_at = factory.LazyAttribute(
        lambda plan: timezone.now() if plan.state == LoopPlan.State.PUBLISHED else None
    )

    @factory.post_generation
    def stations(self: LoopPlan, create: bool, extracted: Any, **kwargs: Any) -> None:
        for position, station in enumerate(extracted or [], start=1):
            PlanStation.objects.create(plan=self, version=station.current, position=position)


class CandidateFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Candidate

    name = factory.Sequence(lambda n: f"Candidate {n}")
    email = factory.Sequence(lambda n: f"candidate{n}@mail.example")


class CandidacyFactory(factory.django.DjangoModelFactory):
    """A candidacy with an interview for each of its plan's stations and its rubrics pinned."""

    class Meta:
        model = Candidacy
        skip_postgeneration_save = True

    candidate = factory.SubFactory(CandidateFactory)
    plan = factory.SubFactory(PlanFactory)
    role = factory.SelfAttribute("plan.role")
    started_at = factory.LazyFunction(timezone.now)

    @factory.post_generation
    def interviews(self: Candidacy, create: bool, extracted: Any, **kwargs: Any) -> None:
        for plan_station in self.plan.plan_stations.order_by("position"):
            Interview.objects.create(candidacy=self, plan_station=plan_station)
        rubrics = Rubric.objects.filter(competency__measured_by__version__in=self.plan.plan_stations.values("version"))
        for rubric in rubrics.order_by("pk").distinct():
            self.pinned_rubrics.create(rubric=rubric)
        for line in self.role.requirements.order_by("pk"):
            self.pinned_requirements.create(
                competency=line.competency,
                weight=line.weight,
                bar=line.bar,
                must_pass=line.must_pass,
                min_signals=line.min_signals,
            )


def seat(interview: Interview, user: User, *, starts_at: dt.datetime | None = None) -> Seat:
    """Put somebody into an interview; with a time, the interview is scheduled for 45 minutes."""
    period = None
    if starts_at is not None:
        ends_at = starts_at + dt.timedelta(minutes=45)
        interview.state, interview.starts_at, interview.ends_at = Interview.State.SCHEDULED, starts_at, ends_at
        interview.save()
        period = (starts_at, ends_at)
    return Seat.objects.create(interview=interview, interviewer=user, period=period)
