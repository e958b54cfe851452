"""Rows to the values packets are chosen from."""

import datetime as dt
from collections.abc import Collection

from apps.debriefs.actions import DebriefReport
from apps.interviews.models import Candidacy, Interview, Scorecard
from apps.library.models import Competency, Rubric
from apps.loops.models import PlanStation
from apps.loops.queries import assessed
from apps.packets.core import source as to
from apps.packets.translate.panel import panel_of


def to_source(candidacy: Candidacy, *, as_of: dt.datetime, report: DebriefReport | None = None) -> to.Source:
    """`candidacy` comes from `queries.with_contents`; `report` is the debrief's, for the same reader."""
    scorecards = report.panel.scorecards if report else []
    interviews = list(candidacy.interviews.all())
    requirements = list(candidacy.pinned_requirements.all())
    competencies: dict[int, Competency] = {line.competency_id: line.competency for line in requirements}
    for interview in interviews:
        for measure in assessed(interview.plan_station):
            competencies.setdefault(measure.competency_id, measure.competency)
    for scorecard in scorecards:
        for rating in scorecard.ratings.all():
            competencies.setdefault(rating.competency_id, rating.competency)
    pinned = {row.rubric.competency_id: row.rubric for row in candidacy.pinned_rubrics.all()}
    decision = report.panel.decision if report else None
    informed = {(row.pk, seat.interviewer_id) for row in interviews for seat in row.seats.all() if seat.informed}
    return to.Source(
        as_of=as_of,
        candidate=candidacy.candidate.name,
        candidate_time_zone=candidacy.candidate.time_zone,
        arrangement=candidacy.candidate.accommodation,
        role=candidacy.role.title,
        plan_number=candidacy.plan.number,
        weights_reason=candidacy.weights_reason,
        competencies=tuple(_competency(row, pinned.get(row.pk)) for row in competencies.values()),
        requirements=tuple(
            to.RequirementSource(
                competency=line.competency.slug,
                weight=line.weight,
                bar=line.bar,
                must_pass=line.must_pass,
                min_signals=line.min_signals,
            )
            for line in requirements
        ),
        interviews=tuple(_interview(row, position) for position, row in enumerate(interviews, start=1)),
        scorecards=tuple(_scorecard(row, informed) for row in scorecards),
        decision=None
        if decision is None
        else to.DecisionSource(
            outcome=decision.get_outcome_display(),
            reasons=decision.reasons,
            conditions=decision.conditions,
            dissent=decision.dissent,
            decided_by=decision.decided_by.name,
            decided_at=decision.decided_at,
        ),
        panel=None if report is None else panel_of(report),
    )


def _competency(row: Competency, rubric: Rubric | None) -> to.CompetencySource:
    return to.CompetencySource(
        key=row.slug,
        name=row.name,
        definition=row.definition,
        rubric=None
        if rubric is None
        else to.RubricSource(
            number=rubric.number,
            no_evidence_when=rubric.no_evidence_when,
            levels=tuple(
                to.LevelSource(number=level.number, label=level.label, anchors=tuple(level.anchors))
                for level in rubric.levels.all()
            ),
        ),
    )


def _interview(row: Interview, position: int) -> to.InterviewSource:
    return to.InterviewSource(
        key=str(row.pk),
        position=position,
        station=_station(row.plan_station),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        seats=tuple(
            to.SeatSource(
                interviewer=str(seat.interviewer_id),
                name=seat.interviewer.name,
                time_zone=seat.interviewer.time_zone,
                excused=seat.state == seat.State.EXCUSED,
            )
            for seat in row.seats.all()
        ),
    )


def _station(place: PlanStation) -> to.StationSource:
    row = place.version
    return to.StationSource(
        name=row.name,
        version=row.number,
        format=row.format,
        minutes=row.minutes,
        preparation_minutes=row.preparation_minutes,
        purpose=row.purpose,
        brief=row.candidate_brief,
        ai_policy=row.ai_policy,
        ai_policy_reason=row.ai_policy_reason,
        guide=tuple(to.GuideStepSource(at=step["at"], do=step["do"]) for step in row.interviewer_guide),
        questions=tuple(
            to.QuestionSource(
                ask=question["ask"],
                probes=tuple(question["probes"]),
                weak=question["weak"],
                sound=question["sound"],
                exceptional=question["exceptional"],
            )
            for question in row.questions
        ),
        weak=tuple(row.weak_looks_like),
        strong=tuple(row.strong_looks_like),
        red_flags=tuple(row.red_flags),
        green_flags=tuple(row.green_flags),
        could_mislead=row.could_mislead,
        competencies=tuple(measure.competency.slug for measure in assessed(place)),
    )


def _scorecard(row: Scorecard, informed: Collection[tuple[int, int]]) -> to.ScorecardSource:
    if row.submitted_at is None:
        raise ValueError("a draft is no scorecard of a debrief")
    return to.ScorecardSource(
        interview=str(row.interview_id),
        interviewer=str(row.interviewer_id),
        name=row.interviewer.name,
        recommendation=row.get_recommendation_display(),
        submitted_at=row.submitted_at,
        ratings=tuple(
            to.RatingSource(competency=rating.competency.slug, level=rating.level, evidence=rating.evidence)
            for rating in row.ratings.all()
        ),
        informed=(row.interview_id, row.interviewer_id) in informed,
        entered_by=row.entered_by.name if row.entered_by else "",
        entered_because=row.entered_reason,
        amended_because=row.amendment_reason,
        amended_after_debrief=row.after_debrief,
    )
