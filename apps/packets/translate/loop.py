"""The page of a loop plan to the values of its sheet."""

import datetime as dt
from typing import Any

from apps.library.models import Station
from apps.packets.core import loop_sheet as to

# Said with its competency, which is covered too little then.
OF_A_COMPETENCY = ("target_reliability", "min_signals")


def to_loop_sheet(page: Any, *, made_on: dt.date) -> to.LoopSheet:
    """`page` comes from `loops.actions.sheet_of`."""
    plan = page.plan
    return to.LoopSheet(
        role=plan.role.title,
        number=plan.number,
        state=plan.get_state_display(),
        made_on=made_on,
        stations=tuple(_station(column, place) for place, column in enumerate(page.columns, start=1)),
        competencies=tuple(
            to.SheetCompetency(
                name=row.requirement.competency.name,
                weight=row.requirement.weight,
                bar=row.requirement.bar,
                must_pass=row.requirement.must_pass,
                cells=tuple(cell.reliability_today if cell.term else None for cell in row.cells),
                reliability=row.reliability,
                target=row.target,
                signals=row.signals,
                min_signals=row.requirement.min_signals,
                is_short=row.is_short,
            )
            for row in page.rows
        ),
        days=len(page.strips),
        candidate_minutes=page.candidate_minutes,
        candidate_limit=plan.candidate_minutes,
        interviewer_minutes=page.interviewer_minutes,
        interviewer_limit=plan.interviewer_minutes,
        explained=page.explained,
        expected_validity=page.expected_validity,
        staleness_loss=page.staleness_loss,
        proof=plan.proof,
        gap_points=page.gap_points,
        violations=tuple(line for line in page.violations if line.rule not in OF_A_COMPETENCY),
    )


def _station(column: Any, place: int) -> to.SheetStation:
    version = column.plan_station.version
    station = version.station
    return to.SheetStation(
        place=place,
        name=version.name,
        kind=station.get_kind_display(),
        is_ai_craft=station.kind == Station.Kind.AI_CRAFT,
        is_pilot=station.state == Station.State.PILOT,
        day=column.slot.day + 1,
        begins=column.slot.start,
        ends=column.slot.end,
        minutes=version.minutes,
        interviewers=version.interviewers,
        interviewer_minutes=column.cost.interviewer_minutes,
        adds=column.loss,
        freshness=column.freshness,
        reviewed_on=station.reviewed_on,
        is_stale=column.is_stale,
    )
