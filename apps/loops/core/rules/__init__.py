"""The hard rules, one small class each, as linear rows over yes/no variables.

A rule knows its name, its subject and its rows; it knows no solver. `Layout` numbers the variables: whether a
station is chosen, whether it assesses a competency (a variable of its own only where the station measures more than
it may assess), and whatever a rule needs besides.
"""

from collections.abc import Iterator

from ..problem import SHARE_PARTS, CompetencyNeed, Problem, RuleName
from .layout import Layout, Row, Rule
from .limits import (
    CandidateMinutes,
    DayMinutes,
    InterviewerMinutes,
    KindShare,
    MaxPerKind,
    MaxStations,
    NotChosen,
    Pinned,
    RequiredKind,
    WithinOverlap,
)
from .measuring import CompetenciesPerStation, MinSignals, TargetReliability

__all__ = ["Layout", "Row", "Rule", "rules_of"]


def rules_of(problem: Problem) -> tuple[Rule, ...]:
    """All rules of a problem, those a leader would sooner give up last (a clash keeps the later ones)."""
    limits = problem.limits
    rules: list[Rule] = []
    number_of = {station.id: s for s, station in enumerate(problem.stations)}
    for s, station in enumerate(problem.stations):
        if not station.is_in_use:
            rules.append(NotChosen(RuleName.NOT_IN_USE, station.id, s))
        if station.is_pilot and station.id not in limits.pinned:
            rules.append(NotChosen(RuleName.PILOT_NOT_PINNED, station.id, s))
        if station.pool is not None and len(station.pool) < station.interviewers:
            rules.append(NotChosen(RuleName.QUALIFIED_INTERVIEWERS, station.id, s))
    rules += [NotChosen(RuleName.EXCLUDED, name, number_of[name]) for name in dict.fromkeys(limits.excluded)]
    rules += [MaxPerKind(kind, number) for kind, number in limits.max_per_kind.items()]
    rules += [Pinned(name, number_of[name]) for name in dict.fromkeys(limits.pinned)]
    rules += [RequiredKind(kind, number) for kind, number in limits.required_kinds.items() if number]
    rules += [
        KindShare(kind, parts) for kind, share in limits.kind_shares.items() if (parts := round(share * SHARE_PARTS))
    ]
    rules += [WithinOverlap(str(number), overlap) for number, overlap in enumerate(limits.overlaps, start=1)]
    rules += [rule for c, need in enumerate(problem.competencies) for rule in _rules_of_need(c, need)]
    if limits.max_competencies_per_station is not None:
        rules.append(CompetenciesPerStation(limits.max_competencies_per_station))
    if limits.max_stations is not None:
        rules.append(MaxStations(limits.max_stations))
    if limits.interviewer_minutes is not None:
        rules.append(InterviewerMinutes(limits.interviewer_minutes))
    if limits.day_minutes is not None:
        rules.append(DayMinutes(limits.day_minutes, limits.days))
    if limits.candidate_minutes is not None:
        rules.append(CandidateMinutes(limits.candidate_minutes))
    return tuple(rules)


def _rules_of_need(c: int, need: CompetencyNeed) -> Iterator[Rule]:
    if need.min_signals:
        yield MinSignals(need.id, c, need.min_signals)
    if need.target is not None:
        yield TargetReliability(need.id, c, need.target)
