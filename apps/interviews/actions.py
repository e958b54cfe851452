"""Verbs about candidates, candidacies, interviews and scorecards."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.db.models.functions import Lower

from apps.accounts.models import Kind, User
from apps.common.actions import record
from apps.interviews.core.csv_rows import CandidateRow
from apps.interviews.core.entries import RatingEntry
from apps.interviews.models import (
    Candidacy,
    Candidate,
    Interview,
    PinnedRequirement,
    PinnedRubric,
    Rating,
    Scorecard,
    Seat,
)
from apps.library.models import Rubric
from apps.loops.models import LoopPlan, Role


class StaleScorecard(Exception):
    """Somebody (another tab) saved this draft since the page was loaded. `current` is what is stored now."""

    def __init__(self, current: Scorecard) -> None:
        super().__init__("The draft was saved elsewhere meanwhile.")
        self.current = current


class AlreadySubmitted(Exception):
    """This scorecard is submitted and fixed."""

    def __init__(self, scorecard: Scorecard) -> None:
        super().__init__("This scorecard is submitted.")
        self.scorecard = scorecard


@transaction.atomic
def add_candidate(*, name: str, email: str, time_zone: str, source: str, accommodation: str, by: Any) -> Candidate:
    by.require(leader=True, recruiter=True)
    candidate = Candidate(
        name=name, email=email.lower(), time_zone=time_zone, source=source, accommodation=accommodation
    )
    candidate.full_clean()
    try:
        with transaction.atomic():
            candidate.save()
    except IntegrityError as error:  # somebody added the same address in this very moment
        raise ValidationError({"email": "A candidate with this e-mail address exists already."}) from error
    record(by=by, verb="added candidate", thing=candidate)
    return candidate


@transaction.atomic
def import_candidates(*, rows: Sequence[CandidateRow], role: Role | None, by: Any, now: dt.datetime) -> list[Candidate]:
    """Add every row or none. Raises ValidationError that names the line of each fault."""
    by.require(leader=True, recruiter=True)
    same = Candidate.objects.annotate(address=Lower("email")).filter(address__in=[row.email for row in rows])
    known = set(same.order_by("pk").values_list("address", flat=True))
    problems = [f"Line {row.line}: a candidate with {row.email} exists already." for row in rows if row.email in known]
    if problems:
        raise ValidationError(problems)
    new = [Candidate(name=row.name, email=row.email, time_zone=row.time_zone, source=row.source) for row in rows]
    try:
        with transaction.atomic():
            candidates = Candidate.objects.bulk_create(new)
    except IntegrityError as error:  # somebody added one of them in this very moment
        raise ValidationError("One of these candidates was added meanwhile. Check the file again.") from error
    for candidate in candidates:
        record(by=by, verb="imported candidate", thing=candidate)
    if role is not None:
        _start(candidates, role=role, by=by, now=now)
    return candidates


@transaction.atomic
def start_candidacy(*, candidate: Candidate, role: Role, by: Any, now: dt.datetime) -> Candidacy:
    """Begin a candidacy, pinned to the role's published plan, its requirements and the rubrics published now."""
    by.require(leader=True, recruiter=True)
    return _start([candidate], role=role, by=by, now=now)[0]


def _start(candidates: Sequence[Candidate], *, role: Role, by: Any, now: dt.datetime) -> list[Candidacy]:
    role = Role.objects.get(pk=role.pk)
    if role.state != Role.State.OPEN:
        raise ValidationError(f"{role.title} is closed. Open it again, then start candidacies.")
    plan = LoopPlan.objects.filter(role=role, state=LoopPlan.State.PUBLISHED).first()
    if plan is None:
        raise ValidationError(f"{role.title} has no published plan yet. Publish one, then start candidacies.")
    new = [
        Candidacy(candidate=candidate, role=role, plan=plan, started_at=now, weights_reason=role.weights_reason)
        for candidate in candidates
    ]
    try:
        with transaction.atomic():
            candidacies = Candidacy.objects.bulk_create(new)
    except IntegrityError as error:
        if "candidacy_one_active_per_role" in str(error):
            raise ValidationError("This candidate is going through this role's loop already.") from error
        raise
    requirements = list(role.requirements.order_by("pk"))
    measured = plan.plan_stations.values("version__measures__competency")
    rubrics = list(
        Rubric.objects.filter(state=Rubric.State.PUBLISHED)
        .filter(Q(competency__in=measured) | Q(competency__in=[line.competency_id for line in requirements]))
        .order_by("pk")
    )
    plan_stations = list(plan.plan_stations.order_by("position"))
    Interview.objects.bulk_create(
        Interview(candidacy=candidacy, plan_station=ps) for candidacy in candidacies for ps in plan_stations
    )
    PinnedRubric.objects.bulk_create(
        PinnedRubric(candidacy=candidacy, rubric=rubric) for candidacy in candidacies for rubric in rubrics
    )
    PinnedRequirement.objects.bulk_create(
        PinnedRequirement(
            candidacy=candidacy,
            competency_id=line.competency_id,
            weight=line.weight,
            bar=line.bar,
            must_pass=line.must_pass,
            min_signals=line.min_signals,
        )
        for candidacy in candidacies
        for line in requirements
    )
    for candidacy in candidacies:
        record(by=by, verb="started candidacy", thing=candidacy, after={"plan": plan.number})
    return candidacies


def _lock(candidacy_id: int) -> Candidacy:
    """The candidacy, locked: every verb about its panel and its scorecards waits for the one before it here."""
    locked = Candidacy.objects.select_for_update(of=("self",), no_key=True)
    return locked.select_related("candidate", "role", "plan").get(pk=candidacy_id)


def _refuse_ended(candidacy: Candidacy) -> None:
    if candidacy.state != Candidacy.State.ACTIVE:
        raise ValidationError("This candidacy has ended; its interviews and scorecards stay as they are.")


def _refuse_while_owing(candidacy: Candidacy, by: Any) -> None:
    """Whoever owes a scorecard takes nobody off this panel.

    The answer would tell whether that person has submitted; and somebody who took themselves off could read on.
    """
    if not Candidacy.objects.open_to(by).filter(pk=candidacy.pk).exists():
        raise ValidationError("You owe a scorecard for this candidate. Submit it first, or ask a colleague to do this.")


@transaction.atomic
def schedule_interview(
    *, interview: Interview, starts_at: dt.datetime | None, interviewers: Iterable[User], by: Any
) -> Interview:
    """Set who interviews and when. Nobody sits in two places at once: the database refuses it."""
    by.require(leader=True, recruiter=True)
    candidacy = _lock(interview.candidacy_id)
    _refuse_ended(candidacy)
    interview = Interview.objects.select_related("plan_station__version", "candidacy__candidate").get(pk=interview.pk)
    if interview.state == Interview.State.CANCELLED:
        raise ValidationError("This interview is cancelled.")
    interviewers = list(interviewers)
    for person in interviewers:
        if Kind.INTERVIEWER not in person.kinds and not person.is_leader:
            raise ValidationError(f"{person.name} is not an interviewer.")
    if starts_at is None:
        interview.state, interview.starts_at, interview.ends_at = Interview.State.TO_SCHEDULE, None, None
    else:
        interview.state = Interview.State.SCHEDULED
        interview.starts_at = starts_at
        interview.ends_at = starts_at + dt.timedelta(minutes=interview.plan_station.version.minutes)
    interview.save()
    period = (interview.starts_at, interview.ends_at) if starts_at else None
    gone = interview.seats.filter(state=Seat.State.ASSIGNED).exclude(interviewer__in=interviewers)
    if gone.exists():
        _refuse_while_owing(candidacy, by)
    if Scorecard.objects.submitted().filter(interview=interview, interviewer__in=gone.values("interviewer")).exists():
        raise ValidationError("Somebody who has submitted a scorecard for this interview cannot be taken off it.")
    gone.delete()
    for person in interviewers:
        seat = Seat.objects.filter(interview=interview, interviewer=person).first() or Seat(
            interview=interview, interviewer=person
        )
        seat.period = period
        seat.state = Seat.State.ASSIGNED
        seat.excused_reason = ""
        try:
            with transaction.atomic():
                seat.save()
        except IntegrityError as error:
            if "seat_no_two_places_at_once" in str(error):
                raise ValidationError(f"{person.name} has another interview at that time.") from error
            raise
    record(
        by=by,
        verb="scheduled interview",
        thing=interview,
        after={
            "starts_at": starts_at.isoformat() if starts_at else None,
            "interviewers": [person.pk for person in interviewers],
        },
    )
    return interview


@transaction.atomic
def cancel_interview(*, interview: Interview, by: Any) -> Interview:
    """The station is not held for this candidate; nobody owes a scorecard for it."""
    by.require(leader=True, recruiter=True)
    candidacy = _lock(interview.candidacy_id)
    _refuse_ended(candidacy)
    _refuse_while_owing(candidacy, by)
    interview = Interview.objects.select_related("plan_station__version", "candidacy__candidate").get(pk=interview.pk)
    if interview.scorecards.filter(state=Scorecard.State.SUBMITTED).exists():
        raise ValidationError("A scorecard was submitted for this interview: it cannot be cancelled any more.")
    interview.state = Interview.State.CANCELLED
    interview.save()
    interview.seats.update(period=None)
    record(by=by, verb="cancelled interview", thing=interview)
    return interview


@transaction.atomic
def excuse_interviewer(*, seat: Seat, reason: str, by: Any) -> Seat:
    """Somebody who will not submit a scorecard any more, with the reason."""
    by.require(leader=True, recruiter=True)
    candidacy = _lock(seat.interview.candidacy_id)
    _refuse_ended(candidacy)
    if seat.interviewer_id == by.pk:
        raise ValidationError("Nobody excuses themselves: ask a colleague.")
    _refuse_while_owing(candidacy, by)
    seat = Seat.objects.select_related("interview__candidacy__candidate", "interview__plan_station__version").get(
        pk=seat.pk
    )
    if Scorecard.objects.submitted().filter(interview=seat.interview, interviewer=seat.interviewer).exists():
        raise ValidationError("This person has submitted already.")
    if not reason.strip():
        raise ValidationError("Say why this interviewer is excused.")
    seat.state = Seat.State.EXCUSED
    seat.excused_reason = reason.strip()
    seat.save()
    record(by=by, verb="excused interviewer", thing=seat, after={"reason": seat.excused_reason})
    return seat


@transaction.atomic
def withdraw_candidacy(*, candidacy: Candidacy, by: Any, now: dt.datetime) -> Candidacy:
    """The candidate goes no further; nothing is owed any more."""
    by.require(leader=True, recruiter=True)
    _refuse_while_owing(_lock(candidacy.pk), by)
    candidacy = end_candidacy(candidacy=candidacy, state=Candidacy.State.WITHDRAWN, now=now)
    record(by=by, verb="withdrew candidacy", thing=candidacy)
    return candidacy


def end_candidacy(*, candidacy: Candidacy, state: Candidacy.State, now: dt.datetime) -> Candidacy:
    """Close an active candidacy. Raises ValidationError where it has ended already."""
    ended = Candidacy.objects.filter(pk=candidacy.pk, state=Candidacy.State.ACTIVE).update(state=state, ended_at=now)
    if not ended:
        raise ValidationError("This candidacy has ended already.")
    return Candidacy.objects.select_related("candidate", "role", "plan").get(pk=candidacy.pk)


def _own_scorecard(interview: Interview, by: Any) -> Scorecard:
    """This interviewer's scorecard; made on the first save. Raises PermissionDenied without a seat."""
    seats = Seat.objects.assigned().filter(interview=interview, interviewer=by)
    if not seats.exists():
        raise PermissionDenied
    return Scorecard.objects.get_or_create(interview=interview, interviewer=by)[0]


def _measured_in(interview: Interview) -> set[int]:
    return set(interview.plan_station.version.measures.values_list("competency_id", flat=True))


@transaction.atomic
def save_scorecard(
    *,
    interview: Interview,
    entries: Mapping[int, RatingEntry],
    recommendation: str,
    private_notes: str,
    revision: int,
    by: Any,
    now: dt.datetime,
) -> Scorecard:
    """Keep a draft. `entries` by the competency's id; `revision` is the one the page was loaded with.

    Raises StaleScorecard where the draft changed since, AlreadySubmitted where it is fixed, ValidationError where the
    candidacy has ended.
    """
    candidacy = _lock(interview.candidacy_id)
    scorecard = _own_scorecard(interview, by)
    if scorecard.state == Scorecard.State.SUBMITTED:
        raise AlreadySubmitted(scorecard)
    _refuse_ended(candidacy)
    if scorecard.revision != revision:
        raise StaleScorecard(scorecard)
    if not set(entries) <= _measured_in(interview):
        raise ValidationError("This station does not measure that competency.")
    rubrics = {pin.rubric.competency_id: pin.rubric_id for pin in candidacy.pinned_rubrics.select_related("rubric")}
    for competency_id, entry in entries.items():
        Rating.objects.update_or_create(
            scorecard=scorecard,
            competency_id=competency_id,
            defaults={
                "rubric_id": rubrics[competency_id],
                "level": None if entry.no_evidence else entry.level,
                "no_evidence": entry.no_evidence,
                "evidence": entry.evidence,
            },
        )
    scorecard.recommendation = recommendation
    scorecard.private_notes = private_notes
    scorecard.revision += 1
    scorecard.saved_at = now
    scorecard.save()
    return scorecard


@transaction.atomic
def submit_scorecard(
    *,
    interview: Interview,
    entries: Mapping[int, RatingEntry],
    recommendation: str,
    private_notes: str,
    revision: int,
    by: Any,
    now: dt.datetime,
) -> Scorecard:
    """Save and submit in one step; from then on it is fixed.

    Every measured competency needs a level or "no evidence". Raises as `save_scorecard` does.
    """
    if set(entries) != _measured_in(interview) or not all(entry.is_rated for entry in entries.values()):
        raise ValidationError('Rate every competency, or say "no evidence".')
    if recommendation not in Scorecard.Recommendation.values:
        raise ValidationError("Choose a recommendation.")
    scorecard = save_scorecard(
        interview=interview,
        entries=entries,
        recommendation=recommendation,
        private_notes=private_notes,
        revision=revision,
        by=by,
        now=now,
    )
    scorecard.state = Scorecard.State.SUBMITTED
    scorecard.submitted_at = now
    scorecard.save()
    record(by=by, verb="submitted scorecard", thing=interview)
    return scorecard
