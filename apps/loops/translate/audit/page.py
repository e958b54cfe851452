"""Builds the report of an audit."""

import datetime as dt
from collections.abc import Mapping, Sequence

from apps.library.models import RolePreset, Station
from apps.loops.core import information as info
from apps.loops.core.audit import AuditReport, Reading, Verdict, audit, readings_of
from apps.loops.core.check import objective
from apps.loops.core.existing import ExistingLoop, ExistingStation
from apps.loops.core.problem import Problem, RuleRef
from apps.loops.core.repair import Repair
from apps.loops.core.result import PlanStatus
from apps.loops.models import LoopAudit
from apps.loops.translate.audit.lines import (
    AuditPage,
    CellLine,
    CompetencyLine,
    NotNeededLine,
    PlacedStation,
    RepairLine,
    SpareLine,
    SpareSignal,
    StationLine,
    SwapLine,
)
from apps.loops.translate.audit.problem import OWN, Question, Shelf, Subject, jobs, loop_of_audit, question, subject_of
from apps.loops.translate.coverage import heat_of
from apps.loops.translate.problem import to_needs
from apps.loops.translate.words import RuleLine, noticeable, violation_lines

SOLVE_SECONDS = 10.0
#: A loop finds another job than the role's only where it explains so much more of it.
PLAINLY_MORE = 0.05


def page_of_audit(*, audit: LoopAudit, shelf: Shelf, today: dt.date, changes: int | None = None) -> AuditPage:
    return audit_page(
        loop=loop_of_audit(audit),
        subject=subject_of(audit.role),
        shelf=shelf,
        today=today,
        is_ours=audit.plan_id is not None,
        most_changes=audit.most_changes,
        changes=changes,
    )


def audit_page(
    *,
    loop: ExistingLoop,
    subject: Subject,
    shelf: Shelf,
    today: dt.date,
    is_ours: bool = False,
    most_changes: int | None = None,
    changes: int | None = None,
) -> AuditPage:
    """The report. `changes`: show the best repair with at most so many changes instead of the smallest.

    Raises ValueError where the role requires nothing yet.
    """
    asked = question(subject=subject, stations=loop.stations, shelf=shelf, today=today, is_ours=is_ours)
    problem = asked.problem
    report = audit(problem, asked.loop, jobs=jobs(shelf), time_limit_seconds=SOLVE_SECONDS, most_changes=most_changes)
    names = _Names(asked, loop.stations, subject, shelf)
    repairs = tuple(_repair(repair, report, names, problem) for repair in report.repairs.options)
    within = [line for line in repairs if changes is None or line.changes <= changes]
    finds = _finds(report, subject, shelf)
    together = set(report.spare_together)
    return AuditPage(
        loop=loop.name,
        role=subject.role.title,
        role_slug=subject.role.slug,
        today=today,
        stations=_station_lines(asked, loop.stations, shelf, report),
        competencies=tuple(names.competency_line(reading, with_cells=True) for reading in report.readings),
        not_needed=tuple(
            NotNeededLine(
                one.competency,
                names.competency(one.competency),
                one.signals,
                tuple(names.station(name) for name in one.stations),
            )
            for one in report.not_needed
        ),
        spare=tuple(
            SpareLine(
                one.station_id,
                names.station(one.station_id),
                one.loss,
                one.minutes,
                one.interviewer_minutes,
                together=one.station_id in together,
            )
            for one in report.spare
        ),
        candidate_minutes=report.candidate_minutes,
        candidate_limit=subject.role.candidate_minutes,
        interviewer_minutes=report.interviewer_minutes,
        interviewer_limit=subject.role.interviewer_minutes,
        explained=report.explained,
        expected_validity=report.expected_validity,
        staleness_loss=report.staleness_loss,
        finds=finds[0].title if finds else "",
        finds_slug=finds[0].slug if finds else "",
        finds_explained=finds[1] if finds else 0.0,
        violations=violation_lines(noticeable(report.violations), names.of_rules),
        status=report.repairs.status.value,
        smallest=report.repairs.smallest,
        most_changes=most_changes,
        repairs=repairs,
        chosen=(within[0] if changes is None else within[-1]) if within else None,
        clash=tuple(names.rule(ref) for ref in report.repairs.clash),
    )


def _finds(report: AuditReport, subject: Subject, shelf: Shelf) -> tuple[RolePreset, float] | None:
    """The job this loop measures best, and how much of it: where that is plainly another than the role's own."""
    found = report.finds
    preset = next((preset for preset in shelf.presets if found and preset.slug == found.name), None)
    if found is None or preset is None or found.explained - report.explained < PLAINLY_MORE:
        return None
    is_its_own = subject.role.preset_id == preset.pk or (
        set(to_needs(subject.requirements)) == set(to_needs(preset.requirements.all()))
    )
    return None if is_its_own else (preset, found.explained)


def _verdict(reading: Reading) -> Verdict:
    """A target missed by less than is printed is met, as among the rules shown (`noticeable`)."""
    if (
        reading.verdict is Verdict.THIN
        and reading.signals >= reading.min_signals
        and reading.target is not None
        and round(reading.reliability, 2) >= round(reading.target, 2)
    ):
        return Verdict.ENOUGH
    return reading.verdict


class _Names:
    """What people call the things the report names by id."""

    def __init__(self, asked: Question, stations: Sequence[ExistingStation], subject: Subject, shelf: Shelf) -> None:
        self._asked, self._shelf = asked, shelf
        self._loop = {name: station.name for name, station in zip(asked.loop, stations, strict=True)}
        self._requirements = {line.competency.slug: line for line in subject.requirements}

    @property
    def of_rules(self) -> Mapping[str, str]:
        return {**self._shelf.competencies, **dict(Station.Kind.choices), **self._of_stations}

    @property
    def _of_stations(self) -> dict[str, str]:
        return {slug: str(station) for slug, station in self._shelf.stations.items()} | self._loop

    def rule(self, ref: RuleRef) -> RuleLine:
        return RuleLine(rule=ref.name.value, subject=self.of_rules.get(ref.subject, ref.subject))

    def competency(self, slug: str) -> str:
        return self._shelf.competencies.get(slug, slug)

    def station(self, name: str) -> str:
        """As the loop calls it; as the library does where it would be new."""
        return self._of_stations[name]

    def placed(self, name: str, problem: Problem) -> PlacedStation:
        option = next(option for option in problem.stations if option.id == name)
        slug = self._asked.matched.get(name, "" if name in self._loop else name)
        kinds = dict(Station.Kind.choices)
        return PlacedStation(
            id=name,
            name=self.station(name),
            slug=slug,
            kind=kinds.get(option.kind, ""),
            minutes=option.minutes,
            is_new=name not in self._loop,
            can_be_planned=bool(slug) and not name.startswith(OWN),
        )

    def competency_line(self, reading: Reading, *, with_cells: bool) -> CompetencyLine:
        requirement = self._requirements[reading.competency]
        told = {value.station_id: value.information for value in reading.values}
        cells = [info.reliability(told.get(name, 0.0)) for name in self._asked.loop] if with_cells else []
        return CompetencyLine(
            slug=reading.competency,
            name=requirement.competency.name,
            must_pass=requirement.must_pass,
            weight=requirement.weight,
            reliability=reading.reliability,
            signals=reading.signals,
            min_signals=reading.min_signals,
            target=reading.target,
            verdict=_verdict(reading).value,
            cells=tuple(CellLine(cell, heat_of(cell)) for cell in cells),
            spare=tuple(SpareSignal(self.station(value.station_id), value.gain) for value in reading.spare),
        )


def _station_lines(
    asked: Question, stations: Sequence[ExistingStation], shelf: Shelf, report: AuditReport
) -> tuple[StationLine, ...]:
    options = {option.id: option for option in asked.problem.stations}
    stale = {one.station_id for one in report.stale}
    lines = []
    for place, (name, station) in enumerate(zip(asked.loop, stations, strict=True), start=1):
        option = options[name]
        match = shelf.stations.get(asked.matched.get(name, ""))
        in_use = match is None or match.state == Station.State.ACTIVE
        lines.append(
            StationLine(
                id=name,
                place=place,
                name=station.name,
                slug=match.slug if match else "",
                library=str(match) if match else "",
                kind=dict(Station.Kind.choices).get(option.kind, ""),
                state="" if in_use or match is None else str(match.get_state_display()),
                minutes=option.minutes,
                interviewers=option.interviewers,
                freshness=info.freshness(option.age_months, option.half_life_months),
                is_stale=name in stale,
                reviewed_on=station.reviewed_on or (match.reviewed_on if match else None),
            )
        )
    return tuple(lines)


def _repair(repair: Repair, report: AuditReport, names: _Names, problem: Problem) -> RepairLine:
    readings = readings_of(problem, repair.stations, repair.assessed)
    explained = objective(problem, repair.stations, repair.assessed)

    def placed(name: str) -> PlacedStation | None:
        return names.placed(name, problem) if name else None

    return RepairLine(
        changes=repair.changes,
        is_proved=repair.status is PlanStatus.OPTIMAL,
        swaps=tuple(SwapLine(placed(swap.removed), placed(swap.added)) for swap in repair.swaps),
        kept=tuple(names.placed(name, problem) for name in repair.kept),
        stations=tuple(names.placed(name, problem) for name in repair.stations),
        competencies=tuple(names.competency_line(reading, with_cells=False) for reading in readings),
        explained=explained,
        gain=explained - report.explained,
        candidate_minutes=repair.candidate_minutes,
        interviewer_minutes=repair.interviewer_minutes,
    )
