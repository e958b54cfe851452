"""Plans and planner's answers as facts to compare, and a comparison with the names people know."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from apps.library.models import Competency, Station, StationVersion
from apps.loops import queries
from apps.loops.core import information as info
from apps.loops.core.compare import Comparison, Measured, Pair, PlanFacts, StationUse, compare
from apps.loops.core.problem import CompetencyNeed, Problem, StationOption
from apps.loops.core.result import PlanResult
from apps.loops.core.signals import independent_signals
from apps.loops.models import LoopPlan, PlanStation
from apps.loops.translate.coverage import assessing
from apps.loops.translate.page import options_of
from apps.loops.translate.problem import to_needs

#: The correlation of any two competencies' true scores, as the planner takes it.
CORRELATION = Problem.correlation


@dataclass(frozen=True)
class ComparedStation:
    """One station of a comparison; its version in each plan, 0 where it is not."""

    station: Station
    name: str
    minutes: int
    this_version: int = 0
    other_version: int = 0

    @property
    def is_other_version(self) -> bool:
        return 0 not in (self.this_version, self.other_version) and self.this_version != self.other_version


@dataclass(frozen=True)
class DifferenceLine:
    """One difference worth saying; `subject`: the competency's name for signals."""

    kind: str
    subject: str
    values: Pair


@dataclass(frozen=True)
class CompetencyLine:
    name: str
    reliability: Pair
    signals: Pair


@dataclass(frozen=True)
class ComparisonPage:
    """A comparison with names. `this` and `other` say what is compared ("Plan 3", "the best loop")."""

    this: str
    other: str
    numbers: Comparison
    both: tuple[ComparedStation, ...]
    only_this: tuple[ComparedStation, ...]
    only_other: tuple[ComparedStation, ...]
    differences: tuple[DifferenceLine, ...]
    competencies: tuple[CompetencyLine, ...]


def comparison_page(this: str, other: str, numbers: Comparison, versions: Iterable[StationVersion]) -> ComparisonPage:
    """`versions`: those of all stations of both plans, `station` at hand."""
    known = {version.station.slug: version for version in versions}
    names = dict(Competency.objects.order_by("pk").values_list("slug", "name"))

    def line(slug: str, **numbers: int) -> ComparedStation:
        return ComparedStation(known[slug].station, known[slug].name, known[slug].minutes, **numbers)

    return ComparisonPage(
        this=this,
        other=other,
        numbers=numbers,
        both=tuple(line(one.id, this_version=one.this, other_version=one.other) for one in numbers.both),
        only_this=tuple(line(slug) for slug in numbers.only_this),
        only_other=tuple(line(slug) for slug in numbers.only_other),
        differences=tuple(
            DifferenceLine(one.kind.value, names.get(one.subject, one.subject), one.values)
            for one in numbers.differences
        ),
        competencies=tuple(
            CompetencyLine(names.get(one.competency, one.competency), one.reliability, one.signals)
            for one in numbers.competencies
        ),
    )


def compare_plans(*, this: LoopPlan, other: LoopPlan, today: dt.date) -> ComparisonPage:
    """Two plans as they stand today, over what either role requires. What a plan explains is of its own role."""
    lines = {plan: queries.requirements_of(plan.role) for plan in (this, other)}
    needed = [line.competency.slug for plan in (this, other) for line in lines[plan]]
    stations = {plan: stations_of(plan) for plan in (this, other)}
    facts = [
        facts_of(
            options_of(stations[plan], needed=frozenset(needed), today=today),
            needs=to_needs(lines[plan]),
            versions=_versions(stations[plan]),
            also=needed,
        )
        for plan in (this, other)
    ]
    same_role = this.role_id == other.role_id
    titles = [f"Plan {plan.number}" if same_role else str(plan) for plan in (this, other)]
    versions = [ps.version for plan in (other, this) for ps in stations[plan]]
    return comparison_page(titles[0], titles[1], compare(facts[0], facts[1]), versions)


def compare_with_result(
    *, plan: LoopPlan, result: PlanResult, problem: Problem, title: str, today: dt.date
) -> ComparisonPage:
    """A loop the planner found for `problem`, held against a plan; both are worth what the problem's weights say."""
    found = {option.id: option for option in problem.stations}
    current = list(
        StationVersion.objects.filter(current_of__slug__in=result.stations).select_related("station").order_by("pk")
    )
    this = facts_of(
        [assessing(found[slug], result.assessed.get(slug, ())) for slug in result.stations],
        needs=problem.competencies,
        versions={version.station.slug: version.number for version in current},
    )
    stations = stations_of(plan)
    needed = frozenset(need.id for need in problem.competencies)
    other = facts_of(
        options_of(stations, needed=needed, today=today), needs=problem.competencies, versions=_versions(stations)
    )
    versions = [*(ps.version for ps in stations), *current]
    return comparison_page(title, f"Plan {plan.number}", compare(this, other), versions)


def facts_of(
    options: Sequence[StationOption],
    *,
    needs: Sequence[CompetencyNeed],
    versions: Mapping[str, int],
    also: Iterable[str] = (),
) -> PlanFacts:
    """The facts of a loop of these stations, each measuring what it assesses. `also`: competencies beside `needs`."""
    ids = list(dict.fromkeys([*(need.id for need in needs), *also]))
    information = {slug: sum(info.station_information(option, slug) for option in options) for slug in ids}
    explained = 0.0
    if needs:
        amounts = np.array([information[need.id] for need in needs])
        explained = info.LoopValue(needs, CORRELATION).at(amounts)
    return PlanFacts(
        stations=tuple(StationUse(option.id, versions[option.id]) for option in options),
        candidate_minutes=sum(option.minutes for option in options),
        interviewer_minutes=sum(option.interviewer_load for option in options),
        explained=explained,
        measured={slug: Measured(info.reliability(information[slug]), _signals(options, slug)) for slug in ids},
    )


def stations_of(plan: LoopPlan) -> list[PlanStation]:
    plan = LoopPlan.objects.with_stations().prefetch_related("plan_stations__assessed").get(pk=plan.pk)
    return list(plan.plan_stations.all())


def _versions(plan_stations: Iterable[PlanStation]) -> dict[str, int]:
    return {ps.version.station.slug: ps.version.number for ps in plan_stations}


def _signals(options: Sequence[StationOption], competency: str) -> int:
    signals = [
        option
        for option in options
        if option.state == "active" and info.is_signal(info.station_information(option, competency))
    ]
    return independent_signals(signals)
