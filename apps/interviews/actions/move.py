"""The verb that moves a candidacy to another plan."""

import datetime as dt
from dataclasses import asdict
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q

from apps.common.actions import record
from apps.interviews import queries, translate
from apps.interviews.actions.locks import lock_candidacy, refuse_ended, refuse_unless_reading
from apps.interviews.actions.panel import due_after
from apps.interviews.core.move import Fate, Move
from apps.interviews.models import Candidacy, Interview, PinnedRequirement, PinnedRubric, Seat
from apps.library.models import Competency
from apps.loops.models import LoopPlan


@transaction.atomic
def move_candidacy(*, candidacy: Candidacy, plan: LoopPlan, seen: str, by: Any, now: dt.datetime) -> Candidacy:
    """Pin a candidacy to another plan of its role, exactly as the list said that somebody confirmed.

    `seen` is that list's fingerprint (`translate.move_page`). Raises ValidationError where the list would be another
    one by now, where the candidacy has ended, and for somebody who owes a scorecard on it.
    """
    by.require(leader=True, recruiter=True)
    candidacy = lock_candidacy(candidacy.pk)
    refuse_ended(candidacy)
    refuse_unless_reading(candidacy, by)
    if not queries.plans_to_move_to(candidacy=candidacy).filter(pk=plan.pk).exists():
        raise ValidationError(
            f"Choose another plan of {candidacy.role.title}; this candidacy goes by plan {candidacy.plan.number}."
        )
    move = translate.proposed_move(candidacy=candidacy, plan=plan, now=now)
    if move.fingerprint != seen:
        raise ValidationError(
            "Something changed since you read the list, so nothing was moved. Here is the list as it is now: "
            "read it again, then confirm."
        )
    before = _as_data(candidacy, move)
    _follow_stations(candidacy, move)
    _follow_rubrics(candidacy, move)
    _follow_requirements(candidacy, move)
    candidacy.plan = plan
    if move.weights_reason is not None:
        candidacy.weights_reason = move.weights_reason
    candidacy.save(update_fields=["plan", "weights_reason"])
    record(by=by, verb="moved candidacy", thing=candidacy, before=before, after=_as_data(candidacy, move))
    return candidacy


def _follow_stations(candidacy: Candidacy, move: Move) -> None:
    interviews = {
        row.pk: row
        for row in Interview.objects.filter(candidacy=candidacy).select_related("plan_station__version").order_by("pk")
    }
    for line in move.of(Fate.CANCELLED):
        if line.sitting is not None:
            interview = interviews[line.sitting.key]
            interview.state = Interview.State.CANCELLED
            interview.save()
            interview.seats.update(period=None)
    for line in move.of(Fate.STAYS, Fate.CHANGED):
        if line.sitting is not None and line.place is not None:
            interview = interviews[line.sitting.key]
            interview.plan_station_id = line.place.key
            if interview.starts_at is not None and line.place.minutes != line.sitting.place.minutes:
                interview.ends_at = interview.starts_at + dt.timedelta(minutes=line.place.minutes)
                interview.scorecards_due_at = due_after(interview.ends_at, candidacy)
                _take_the_time_of(interview)
            interview.save()
    Interview.objects.bulk_create(
        Interview(candidacy=candidacy, plan_station_id=line.place.key) for line in move.of(Fate.ADDED) if line.place
    )


def _take_the_time_of(interview: Interview) -> None:
    """A longer station takes more of its interviewers' time: refused where they are elsewhere then."""
    period = (interview.starts_at, interview.ends_at)
    for seat in interview.seats.filter(state=Seat.State.ASSIGNED).select_related("interviewer").order_by("pk"):
        try:
            with transaction.atomic():
                Seat.objects.filter(pk=seat.pk).update(period=period)
        except IntegrityError as error:
            if "seat_no_two_places_at_once" not in str(error):
                raise
            raise ValidationError(
                f"{interview.plan_station.version.name} takes longer in the new plan, and {seat.interviewer.name} has "
                "another interview then. Give one of the two another time first."
            ) from error


def _follow_rubrics(candidacy: Candidacy, move: Move) -> None:
    for line in move.rubrics:
        if line.changes and line.pinned is not None:
            PinnedRubric.objects.filter(candidacy=candidacy, rubric=line.pinned).update(rubric=line.published)
        elif line.changes:
            PinnedRubric.objects.create(candidacy=candidacy, rubric_id=line.published)


def _follow_requirements(candidacy: Candidacy, move: Move) -> None:
    for line in move.needs:
        if line.after is None and line.before is not None:
            PinnedRequirement.objects.filter(candidacy=candidacy, competency=line.before.competency).delete()
        elif line.after is not None:
            values = asdict(line.after)
            competency = Competency.objects.get(pk=values.pop("competency"))
            PinnedRequirement.objects.update_or_create(candidacy=candidacy, competency=competency, defaults=values)


def _as_data(candidacy: Candidacy, move: Move) -> dict[str, Any]:
    """For the trail: the plan, and what the move touches, as it stands at this moment."""
    touched = [line.sitting.key for line in move.of(Fate.STAYS, Fate.CHANGED, Fate.CANCELLED) if line.sitting]
    added = [line.place.key for line in move.of(Fate.ADDED) if line.place]
    of_move = Q(pk__in=touched) | Q(plan_station__in=added) & ~Q(state=Interview.State.CANCELLED)
    interviews = Interview.objects.filter(of_move, candidacy=candidacy).order_by("pk")
    needs = candidacy.pinned_requirements.select_related("competency").order_by("pk")
    competencies = [need.competency for line in move.needs for need in (line.before, line.after) if need]
    rubrics = candidacy.pinned_rubrics.filter(rubric__competency__in=[line.competency for line in move.rubrics])
    rubrics = rubrics.select_related("rubric__competency").order_by("pk")
    return {
        "plan": candidacy.plan.number,
        "interviews": [
            {"interview": row.pk, "plan_station": row.plan_station_id, "state": row.state} for row in interviews
        ],
        "rubrics": {pin.rubric.competency.slug: pin.rubric.number for pin in rubrics},
        "requirements": {
            need.competency.slug: [need.weight, need.bar, need.must_pass, need.min_signals]
            for need in needs.filter(competency__in=competencies)
        },
        "weights_reason": candidacy.weights_reason,
    }
