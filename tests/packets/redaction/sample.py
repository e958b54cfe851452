"""One candidacy with a row of every model around it, and a value of its own in every field.

Each row stands somewhere (`Place`): HERE is the reader's interview and what the whole candidacy shares, BESIDE is the
candidacy's other interview, AWAY is another candidate, or what of the library this candidacy does not use. Each link
to a person has a person of its own, so that a name tells through which link it came.
"""

import datetime as dt
import itertools
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField
from django.db import connection, models

from apps.accounts.models import Kind, User
from apps.common.models import AuditLine, Job
from apps.craft.models import Assignment, CandidateLink, Grading, KitRetirement, KitReview, Submission, UnattendedRun
from apps.debriefs.models import Calibration, Debrief, Decision, Vote
from apps.interviews.models import (
    CalibrationItem,
    CalibrationRating,
    Candidacy,
    Candidate,
    Interview,
    PinnedRequirement,
    PinnedRubric,
    Rating,
    Reminder,
    Scorecard,
    Seat,
)
from apps.library.models import (
    Competency,
    Framework,
    Level,
    Measure,
    PresetRequirement,
    RolePreset,
    Rubric,
    Station,
    StationReview,
    StationVersion,
)
from apps.loops.models import LoopAudit, LoopPlan, PlanStation, Requirement, Role
from apps.packets.models import Export, Packet, PrivateLink, Sending
from apps.panel.models import Training
from tests.packets.redaction.table import NO_VALUE_OF_ITS_OWN

NOW = dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC)
FIRST_DAY = dt.datetime(2031, 1, 1, 10, 0, tzinfo=dt.UTC)
FIRST_NUMBER = 20001  # as a small integer holds it, and as no level, minute or year looks

Label = str  # "interviews.Candidate.name"


class Place(StrEnum):
    HERE = "here"
    BESIDE = "beside"
    AWAY = "away"


@dataclass(frozen=True)
class Marker:
    """One value in one field of one row; `value` as it was put there, or the text or moment to look for."""

    label: Label
    place: Place
    value: Any


def our_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("apps.")]


def label_of(found: "models.Field[Any, Any]") -> Label:
    return f"{found.model._meta.label}.{found.name}"


def fields_of(model: type[models.Model]) -> "list[models.Field[Any, Any]]":
    """What a row holds itself, without what a base class of Django's brings and without its number."""
    return [found for found in model._meta.concrete_fields if not found.primary_key]


def is_link(found: "models.Field[Any, Any]") -> bool:
    """To something that is no person: the row it points to has markers of its own."""
    return found.is_relation and found.related_model is not User


def give_kinds(person: User, *kinds: Kind) -> None:
    person.groups.set([Group.objects.get_or_create(name=kind.value)[0] for kind in kinds])


@dataclass
class Sample:
    """The rows, and what was put into them."""

    markers: list[Marker] = field(default_factory=list)
    rows: list[tuple[models.Model, Place, str]] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    candidacy: Candidacy = field(init=False)
    interview: Interview = field(init=False)
    kit_reader: User = field(init=False)
    reader: User = field(init=False)

    def put(self, model: type[models.Model], place: Place, variant: str = "", **values: Any) -> Any:
        """A row whose links to people each have a person of their own, unless one is given.

        `variant` tells rows of one model apart that reach different packets: its labels end with it.
        """
        people = {
            found.name: self.person(label_of(found) + variant, place)
            for found in fields_of(model)
            if found.related_model is User and found.name not in values
        }
        row = model(**people, **values)
        row.save(force_insert=True)
        self.rows.append((row, place, variant))
        return row

    def person(self, label: Label, place: Place, *kinds: Kind) -> User:
        name = f"m{next(self.numbers):04d}z"
        person = User.objects.create(name=name, email=f"{name}@people.example")
        give_kinds(person, *kinds)
        self.markers.append(Marker(label, place, name))
        self.rows.append((person, place, ""))
        return person

    def fill(self) -> None:
        """Give every field a value of its own. What protects rows that are written is off until the test ends."""
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal")
            for (table,) in cursor.fetchall():
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for row, place, variant in self.rows:
            values = {}
            for found in fields_of(type(row)):
                if found.is_relation or label_of(found) in NO_VALUE_OF_ITS_OWN:
                    continue
                if getattr(row, found.name) in EMPTY_BY_STATE.get(label_of(found), ()):
                    continue
                values[found.name], look_for = self.value(found)
                self.markers += [Marker(label_of(found) + variant, place, one) for one in look_for]
            if values:
                type(row)._default_manager.filter(pk=row.pk).update(**values)
        self.candidacy.candidate.refresh_from_db()
        for row in (self.candidacy, self.interview, self.reader, self.kit_reader):
            row.refresh_from_db()

    def value(self, found: "models.Field[Any, Any]") -> tuple[Any, tuple[Any, ...]]:
        number = next(self.numbers)
        word = f"m{number:04d}z"
        at = FIRST_DAY + dt.timedelta(days=number)
        if label_of(found) in SHAPES:
            return SHAPES[label_of(found)](word), (word,)
        match found:
            case models.EmailField():
                return f"{word}@mail.example", (word,)
            case models.JSONField():
                return {"it": word}, (word,)
            case ArrayField():
                return [word], (word,)
            case models.CharField() | models.TextField():
                return word, (word,)
            case models.UUIDField():
                return uuid.UUID(int=number, version=4), (str(uuid.UUID(int=number, version=4)),)
            case DateTimeRangeField():
                return (at, at + dt.timedelta(minutes=3)), (at, at + dt.timedelta(minutes=3))
            case models.DateTimeField():
                return at, (at,)
            case models.DateField():
                return at.date(), (at.date(),)
            case models.IntegerField() | models.FloatField():
                return FIRST_NUMBER + number, (FIRST_NUMBER + number,)
        raise AssertionError(
            f"{label_of(found)} is of a kind this test cannot mark: teach Sample.value, or name it in "
            "NO_VALUE_OF_ITS_OWN with a reason."
        )


# Fields whose value has a form that packets read.
SHAPES = {
    "library.StationVersion.interviewer_guide": lambda word: [{"at": 0, "do": word}],
    "library.StationVersion.questions": lambda word: [
        {"ask": word, "probes": [word], "weak": word, "sound": word, "exceptional": word}
    ],
    "library.Competency.sub_skills": lambda word: [{"name": word, "shows_as": word}],
    "loops.LoopAudit.stations": lambda word: [word],
    "loops.LoopAudit.skipped": lambda word: [word],
    "craft.Grading.report": lambda word: {"verdict": word, "gain": {"value": 0.5, "low": 0.4, "high": 0.6}},
}
# What may only be filled together with something else is left as it was made where that is not there.
EMPTY_BY_STATE = {
    "interviews.Seat.excused_reason": ("",),
    "interviews.Scorecard.amendment_reason": ("",),
    "interviews.Scorecard.entered_reason": ("",),
    "interviews.Scorecard.submitted_at": (None,),
    "interviews.Candidacy.ended_at": (None,),
    "loops.LoopPlan.archived_at": (None,),
    "craft.Assignment.minted_at": (None,),
    "craft.Assignment.problem": ("",),
    "craft.Assignment.record": (None,),
    "craft.Assignment.sha256": ("",),
    "craft.Assignment.size": (None,),
    "craft.Assignment.withdrawn_at": (None,),
    "craft.Assignment.withdrawn_reason": ("",),
    "craft.CandidateLink.digest": ("",),
    "craft.CandidateLink.problem": ("",),
    "craft.CandidateLink.sent_at": (None,),
    "craft.Grading.reason": ("",),
    "craft.Grading.report": (None,),
    "packets.Sending.problem": ("",),
    "packets.Sending.sent_at": (None,),
}


def everything() -> Sample:
    """The sample, filled."""
    sample = Sample()
    put, here, beside, away = sample.put, Place.HERE, Place.BESIDE, Place.AWAY
    sample.reader = sample.person("the reader", here, Kind.RECRUITER, Kind.LEADER)
    framework = put(Framework, here, position=1)
    competencies = {}
    for place in Place:
        competency = put(Competency, place, framework=framework, slug=f"c-{place}", position=1)
        rubric = put(Rubric, place, competency=competency, number=1, published_at=NOW)
        put(Level, place, rubric=rubric, number=3, anchors=["-"])
        competencies[place] = (competency, rubric)
    preset = put(
        RolePreset, away, slug="preset", candidate_minutes=1, interviewer_minutes=1, min_ai_craft=0, position=1
    )
    put(
        PresetRequirement, away, preset=preset, competency=competencies[here][0], weight=1, bar=3, must_pass=False,
        min_signals=1,
    )  # fmt: skip
    role = put(Role, here, slug="role", preset=preset)
    for place, weight in ((here, 1), (beside, 2)):
        put(Requirement, place, role=role, competency=competencies[place][0], weight=weight)
    plan = put(LoopPlan, here, role=role, number=1, state="archived", published_at=NOW, archived_at=NOW)
    put(LoopAudit, away, role=role, name="-", source="csv", stations=[], state="confirmed", confirmed_at=NOW, plan=plan)
    places = {}
    for position, place in enumerate(Place, start=1):
        station = put(
            Station, place, slug=f"s-{place}", kind="ai_craft", state="retired", retired_reason="-", half_life_months=1,
            reviewed_on=NOW.date(),
        )  # fmt: skip
        version = put(
            StationVersion, place, station=station, number=1, minutes=45, interviewers=1, preparation_minutes=0,
            interviewer_guide=[], questions=[], weak_looks_like=[], strong_looks_like=[], red_flags=[], green_flags=[],
            ai_policy="encouraged", made_at=NOW,
        )  # fmt: skip
        put(Measure, place, version=version, competency=competencies[place][0], reliability="0.45")
        put(StationReview, place, station=station, version=version, on=NOW.date(), note="-")
        put(Training, place, station=station, stage="trained", since=NOW.date())
        places[place] = put(PlanStation, place, plan=plan, version=version, position=position)
    # The third station is another plan's: it stands in this one's table of places only.
    elsewhere = put(
        LoopPlan,
        here,
        ", another of the role's",
        role=role,
        number=2,
        state="archived",
        published_at=NOW,
        archived_at=NOW,
    )
    PlanStation.objects.filter(pk=places[away].pk).update(plan=elsewhere, position=1)

    sample.candidacy = _candidacy(sample, here, role=role, plan=plan, competencies=competencies)
    other = _candidacy(sample, away, role=role, plan=elsewhere, competencies=competencies)
    sample.interview = _interview(sample, here, sample.candidacy, places[here], competencies[here])
    sample.kit_reader = sample.interview.seats.order_by("pk")[0].interviewer
    _interview(sample, beside, sample.candidacy, places[beside], competencies[beside])
    _interview(sample, away, other, places[away], competencies[away])
    item = put(
        CalibrationItem, away, version=places[here].version, title="-", material="-", state="open", created_at=NOW
    )
    put(
        CalibrationRating, away, item=item, competency=competencies[here][0], rubric=competencies[here][1], level=3,
        given_at=NOW,
    )  # fmt: skip
    named = put(
        CalibrationItem, here, ", naming the candidate", version=places[here].version, title="-", material="-",
        state="open", created_at=NOW,
    )  # fmt: skip
    put(UnattendedRun, away, kit="-", kit_version="-", assistant="-", gain=0.5, minutes=1, on=NOW.date(), logged_at=NOW)
    put(KitReview, away, kit="-", kit_version="-", on=NOW.date(), note="-")
    put(KitRetirement, away, kit="-", kit_version="-", reason="-", at=NOW, lifted_at=NOW)
    job = put(Job, away, state="done", requested_at=NOW, finished_at=NOW, heartbeat_at=NOW, claim=uuid.uuid4())
    put(Calibration, away, job=job)
    put(AuditLine, away, object_type="loops.Role", object_id=str(role.pk))
    sample.fill()
    named.refresh_from_db()
    CalibrationItem.objects.filter(pk=named.pk).update(title=f"{named.title}, {sample.candidacy.candidate.name}")
    return sample


def _candidacy(sample: Sample, place: Place, *, role: Role, plan: LoopPlan, competencies: Any) -> Candidacy:
    """Decided, with a debrief and a packet, and without interviews yet."""
    put = sample.put
    candidate = put(Candidate, place, email=f"{place}@mail.example")
    candidacy = put(
        Candidacy, place, candidate=candidate, role=role, plan=plan, state="decided", started_at=NOW, ended_at=NOW,
        debrief_opened_at=NOW,
    )  # fmt: skip
    put(Debrief, place, candidacy=candidacy, step="closed", opened_at=NOW, reading_until=NOW, closed_at=NOW)
    put(Decision, place, candidacy=candidacy, outcome="other_role", reasons="-", decided_at=NOW)
    put(AuditLine, place, object_type="interviews.Candidacy", object_id=str(candidacy.pk))
    for of in (place, Place.BESIDE) if place == Place.HERE else (place,):
        competency, rubric = competencies[of]
        put(PinnedRubric, of, candidacy=candidacy, rubric=rubric)
        put(
            PinnedRequirement, of, candidacy=candidacy, competency=competency, weight=1 if of == place else 2, bar=3,
            must_pass=False, min_signals=1,
        )  # fmt: skip
    job = put(Job, place, state="done", requested_at=NOW, finished_at=NOW, heartbeat_at=NOW, claim=uuid.uuid4())
    export = put(Export, place, requested_at=NOW, packed_at=NOW, expires_at=NOW, size=1, sha256="-")
    packet = put(
        Packet, place, kind="debrief", candidacy=candidacy, job=job, export=export, state="done", made_at=NOW, pages=1,
        sha256="-",
    )  # fmt: skip
    mail = {"packet": packet, "job": job, "how": "link", "address": "a@mail.example", "subject": "-", "body": "-"}
    put(Sending, place, state="sent", sent_at=NOW, **mail)
    put(Sending, place, ", not sent", state="refused", problem="-", **mail)
    own = put(Sending, place, ", to the candidate", state="sent", sent_at=NOW, to_person=None, **mail)
    put(PrivateLink, place, sending=own, digest=place, expires_at=NOW, revoked_at=NOW)
    return candidacy


def _interview(
    sample: Sample, place: Place, candidacy: Candidacy, where: PlanStation, assessed: tuple[Competency, Rubric]
) -> Interview:
    """Two seats, a scorecard with an amendment, a proxy's and a draft, the author's votes, and a reminder.

    Only the amended scorecard's author votes: one person for both links.
    """
    put = sample.put
    interview = put(
        Interview, place, candidacy=candidacy, plan_station=where, state="scheduled", starts_at=NOW,
        ends_at=NOW + dt.timedelta(minutes=45), scorecards_due_at=NOW + dt.timedelta(days=1),
    )  # fmt: skip
    seat = put(Seat, place, interview=interview)
    put(Seat, place, ", excused", interview=interview, state="excused", excused_reason="-")
    put(Reminder, place, seat=seat, kind="late", due_at=NOW, sent_at=NOW)
    put(AuditLine, place, object_type="interviews.Interview", object_id=str(interview.pk))
    competency, rubric = assessed

    def submitted(variant: str = "", **values: Any) -> Scorecard:
        card: Scorecard = put(Scorecard, place, variant, interview=interview, **values)
        put(Rating, place, variant, scorecard=card, competency=competency, rubric=rubric, level=3)
        Scorecard.objects.filter(pk=card.pk).update(state="submitted", submitted_at=NOW, recommendation="strong_no")
        card.refresh_from_db()
        return card

    author = sample.person("interviews.Scorecard.interviewer", place)
    first = submitted(", amended since", interviewer=author, entered_by=None)
    submitted(interviewer=author, amends=first, amendment_reason="-", entered_by=None)
    for turn, variant in (("first", ", first"), ("second", "")):
        put(Vote, place, variant, debrief=candidacy.debrief, voter=author, round=turn, choice="yes", cast_at=NOW)
    submitted(entered_reason="-")
    _kits(sample, place, interview)
    draft = put(Scorecard, place, ", draft", interview=interview, entered_by=None)
    put(Rating, place, ", draft", scorecard=draft, competency=competency, rubric=rubric)
    return interview


def _kits(sample: Sample, place: Place, interview: Interview) -> None:
    """A kit that was withdrawn after it was graded, once in vain, and one that could not be prepared."""
    put = sample.put

    def job() -> Job:
        return Job.objects.create(task="-", title="-", state="done", requested_at=NOW, finished_at=NOW)

    given = {"interview": interview, "kit": "-", "kit_version": "-", "assigned_at": NOW, "expires_at": NOW}
    kit = put(
        Assignment, place, **given, attempt=1, seed=f"{place}-1", state="withdrawn", job=job(), record={},
        canary="-", minted_at=NOW, size=1, sha256="-", first_opened_at=NOW, first_downloaded_at=NOW, withdrawn_at=NOW,
        withdrawn_reason="-",
    )  # fmt: skip
    put(
        Assignment, place, ", not prepared", **given, attempt=2, seed=f"{place}-2", state="failed", job=job(),
        problem="-", canary="-", first_opened_at=NOW, first_downloaded_at=NOW, withdrawn_by=None,
    )  # fmt: skip
    mailed = {"assignment": kit, "address": "a@mail.example", "made_at": NOW, "closed_at": NOW}
    put(CandidateLink, place, state="sent", job=job(), digest=place, sent_at=NOW, **mailed)
    put(CandidateLink, place, ", not sent", state="failed", job=job(), problem="-", **mailed)
    handed_in = put(Submission, place, assignment=kit, uploaded_at=NOW, size=1, sha256="-")
    ended = {"submission": handed_in, "asked_at": NOW, "ended_at": NOW}
    put(Grading, place, state="graded", report={}, job=job(), **ended)
    put(Grading, place, ", not graded", state="failed", reason="-", job=job(), **ended)
