"""Verbs about candidates and their candidacies."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models.functions import Lower

from apps.common.actions import record
from apps.interviews.actions.locks import lock_candidacy, refuse_while_owing
from apps.interviews.core.csv_rows import CandidateRow
from apps.interviews.models import Candidacy, Candidate, Interview, PinnedRequirement, PinnedRubric
from apps.library.models import Rubric
from apps.loops.models import LoopPlan, Role
from apps.loops.queries import assessed, with_assessed


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
        Candidacy(
            candidate=candidate,
            role=role,
            plan=plan,
            started_at=now,
            weights_reason=role.weights_reason,
            blindness=role.blindness,
            reasons_required=role.reasons_required,
        )
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
    plan_stations = list(with_assessed(plan.plan_stations.order_by("position")))
    needed = {measure.competency_id for station in plan_stations for measure in assessed(station)}
    needed |= {line.competency_id for line in requirements}
    rubrics = list(Rubric.objects.filter(state=Rubric.State.PUBLISHED, competency__in=needed).order_by("pk"))
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


@transaction.atomic
def withdraw_candidacy(*, candidacy: Candidacy, by: Any, now: dt.datetime) -> Candidacy:
    """The candidate goes no further; nothing is owed any more."""
    by.require(leader=True, recruiter=True)
    refuse_while_owing(lock_candidacy(candidacy.pk), by)
    candidacy = end_candidacy(candidacy=candidacy, state=Candidacy.State.WITHDRAWN, now=now)
    record(by=by, verb="withdrew candidacy", thing=candidacy)
    return candidacy


def end_candidacy(*, candidacy: Candidacy, state: Candidacy.State, now: dt.datetime) -> Candidacy:
    """Close an active candidacy. Raises ValidationError where it has ended already."""
    ended = Candidacy.objects.filter(pk=candidacy.pk, state=Candidacy.State.ACTIVE).update(state=state, ended_at=now)
    if not ended:
        raise ValidationError("This candidacy has ended already.")
    return Candidacy.objects.select_related("candidate", "role", "plan").get(pk=candidacy.pk)
