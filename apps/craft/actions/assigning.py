"""Verbs with which a kit is given to a candidate, prolonged and taken back."""

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.crypto import salted_hmac

from apps.common.actions import record, request_job
from apps.common.models import Job
from apps.craft import queries
from apps.craft.models import Assignment
from apps.interviews.models import Candidacy, Candidate, Interview
from apps.library.models import Station

MINT_TASK = "apps.craft.tasks.mint_kit"
LONGEST = dt.timedelta(days=60)


def seed_of(*, kit: str, version: str, candidate: int, attempt: int) -> str:
    """What a variant is minted from: nobody without this installation's key can tell it, and nobody else gets it."""
    said = f"{kit}|{version}|{candidate}|{attempt}"
    return salted_hmac("apps.craft.seed", said, algorithm="sha256").hexdigest()


@transaction.atomic
def assign_kit(*, interview: Interview, kit: str, expires_at: dt.datetime, by: Any, now: dt.datetime) -> Assignment:
    """Give this interview's candidate a variant of their own; a job mints it.

    What was assigned before is withdrawn: its links open nothing any more, its results stay. Raises ValidationError
    where the kit cannot be assigned.
    """
    by.require(leader=True, recruiter=True)
    interview = _locked(interview, by=by)
    _refuse_ended(interview)
    found = queries.kit_named(kit)
    if found is None:
        raise ValidationError({"kit": "There is no kit of this name."})
    if queries.is_retired(found):
        raise ValidationError({"kit": f"“{found.title}” is retired: choose another kit."})
    _check_end(expires_at, now=now)
    for former in Assignment.objects.standing().filter(interview=interview).defer("record"):
        _withdraw(former, reason="Assigned again.", by=by, now=now)
    candidate = interview.candidacy.candidate
    Candidate.objects.select_for_update(no_key=True).get(pk=candidate.pk)  # so that two attempts get two numbers
    before = Assignment.objects.filter(interview__candidacy__candidate=candidate, kit=found.id)
    attempt = (before.aggregate(last=Max("attempt"))["last"] or 0) + 1
    assignment = Assignment.objects.create(
        interview=interview,
        kit=found.id,
        kit_version=found.version,
        attempt=attempt,
        seed=seed_of(kit=found.id, version=found.version, candidate=candidate.pk, attempt=attempt),
        job=_mint_job(interview, by=by, now=now),
        assigned_by=by,
        assigned_at=now,
        expires_at=expires_at,
    )
    after = {"kit": found.id, "version": found.version, "attempt": attempt, "until": expires_at.isoformat()}
    record(by=by, verb="assigned kit", thing=assignment, after=after)
    return assignment


@transaction.atomic
def prepare_again(*, assignment: Assignment, by: Any, now: dt.datetime) -> Assignment:
    """Mint anew what could not be minted, or whose file is gone: the same variant, by the same seed."""
    by.require(leader=True, recruiter=True)
    assignment = _standing(assignment, by=by)
    _refuse_ended(assignment.interview)
    if assignment.state == Assignment.State.MINTING and assignment.job.is_open:
        return assignment
    assignment.job = _mint_job(assignment.interview, by=by, now=now)
    assignment.state, assignment.problem = Assignment.State.MINTING, ""
    assignment.record, assignment.minted_at, assignment.size, assignment.sha256 = None, None, None, ""
    assignment.save(update_fields=["job", "state", "problem", "record", "minted_at", "size", "sha256"])
    record(by=by, verb="asked to prepare kit again", thing=assignment)
    return assignment


@transaction.atomic
def extend_assignment(*, assignment: Assignment, expires_at: dt.datetime, by: Any, now: dt.datetime) -> Assignment:
    """Let the candidate's links open until another moment: later, or sooner."""
    by.require(leader=True, recruiter=True)
    assignment = _standing(assignment, by=by)
    _refuse_ended(assignment.interview)
    _check_end(expires_at, now=now)
    before, assignment.expires_at = assignment.expires_at, expires_at
    assignment.save(update_fields=["expires_at"])
    record(
        by=by, verb="moved end of kit", thing=assignment,
        before={"until": before.isoformat()}, after={"until": expires_at.isoformat()},
    )  # fmt: skip
    return assignment


@transaction.atomic
def withdraw_assignment(*, assignment: Assignment, reason: str, by: Any, now: dt.datetime) -> Assignment:
    """Take a kit back: its links say that it is withdrawn, and nothing can be handed in any more."""
    by.require(leader=True, recruiter=True)
    if not reason.strip():
        raise ValidationError({"reason": "Say why the kit is withdrawn."})
    assignment = _standing(assignment, by=by)
    _withdraw(assignment, reason=reason.strip(), by=by, now=now)
    return assignment


def _withdraw(assignment: Assignment, *, reason: str, by: Any, now: dt.datetime) -> None:
    assignment.state, assignment.problem = Assignment.State.WITHDRAWN, ""
    assignment.withdrawn_at, assignment.withdrawn_by, assignment.withdrawn_reason = now, by, reason[:300]
    assignment.save(update_fields=["state", "problem", "withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    record(by=by, verb="withdrew kit", thing=assignment, after={"reason": reason[:300]})


def _locked(interview: Interview, *, by: Any) -> Interview:
    """Read anew and locked. Raises PermissionDenied where it is none of theirs, or no AI craft station's."""
    visible = queries.craft_interviews(by).select_for_update(of=("self",), no_key=True)
    found = visible.filter(pk=interview.pk).first()
    if found is None:
        raise PermissionDenied
    return found


def _standing(assignment: Assignment, *, by: Any) -> Assignment:
    """Read anew and locked. Raises PermissionDenied, or ValidationError where it was withdrawn."""
    visible = Assignment.objects.visible_to(by).select_for_update(of=("self",), no_key=True)
    people = visible.select_related(
        "job", "interview__candidacy__candidate", "interview__plan_station__version__station"
    )
    found = people.filter(pk=assignment.pk).first()
    if found is None:
        raise PermissionDenied
    if found.state == Assignment.State.WITHDRAWN:
        raise ValidationError("This kit was withdrawn. Assign one again.")
    return found


def _refuse_ended(interview: Interview) -> None:
    if interview.plan_station.version.station.kind != Station.Kind.AI_CRAFT:
        raise ValidationError("Only an interview of an AI craft station has a kit.")
    if interview.candidacy.state != Candidacy.State.ACTIVE:
        raise ValidationError("This candidacy has ended: no kit is handed out any more.")
    if interview.state == Interview.State.CANCELLED:
        raise ValidationError("This interview is cancelled: no kit is handed out for it.")


def _check_end(expires_at: dt.datetime, *, now: dt.datetime) -> None:
    if expires_at <= now:
        raise ValidationError({"expires_at": "That moment is over. Choose one in the future."})
    if expires_at > now + LONGEST:
        raise ValidationError({"expires_at": f"A link opens for {LONGEST.days} days at most."})


def _mint_job(interview: Interview, *, by: Any, now: dt.datetime) -> Job:
    return request_job(task=MINT_TASK, title=f"Kit for {interview.candidacy}", steps_total=1, by=by, now=now)
