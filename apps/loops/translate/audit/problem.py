"""An existing loop and the library as one planning question."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from apps.library.core.freshness import age_in_months
from apps.library.models import Competency, RolePreset, Station
from apps.library.queries import role_presets
from apps.loops import queries
from apps.loops.core.existing import (
    DEFAULT_INTERVIEWERS,
    DEFAULT_MINUTES,
    ExistingLoop,
    ExistingLoopError,
    ExistingStation,
    stations_of,
)
from apps.loops.core.inputs import PlanLimits
from apps.loops.core.matching import Entry, Matcher
from apps.loops.core.problem import CompetencyNeed, Problem, StationOption
from apps.loops.models import LoopAudit, LoopPlan, Requirement, Role
from apps.loops.translate.problem import limits_of, to_limits, to_needs, to_option
from apps.panel.queries import trained_people

#: Ids of stations that stand for themselves and not for the library's: "loop:" and their place in the loop.
OWN = "loop:"
#: The kind of a station that is not in the library and does not say.
NO_KIND = "unknown"


@dataclass(frozen=True)
class Subject:
    """What a loop is audited for: a role, or a preset as the role one would begin with (not saved)."""

    role: Role
    requirements: tuple[Requirement, ...]


@dataclass(frozen=True)
class Shelf:
    """The library as an audit needs it: every station that says something, whatever its state, and every name."""

    stations: Mapping[str, Station]
    competencies: Mapping[str, str]
    presets: tuple[RolePreset, ...]
    trained: Mapping[int, frozenset[str]]

    @cached_property
    def matcher(self) -> Matcher:
        return Matcher(tuple(self._entry(station) for station in self.stations.values()))

    @staticmethod
    def _entry(station: Station) -> Entry:
        version = station.current
        if version is None:
            raise ValueError("A station on the shelf says something.")
        measured = (measure.competency.name for measure in version.measures.all())
        words = (str(station.get_kind_display()), *measured)
        return Entry(station.slug, version.name, tuple(station.also_called), words)

    def require_known(self, stations: Sequence[ExistingStation]) -> None:
        """Raises ExistingLoopError for a station or competency that the library does not have."""
        problems = [
            f"Station {place}: “{station.station}” is not in the library."
            for place, station in enumerate(stations, start=1)
            if station.station is not None and station.station not in self.stations
        ]
        problems += [
            f"Station {place}: “{slug}” in measures is no competency of the library."
            for place, station in enumerate(stations, start=1)
            for slug in station.measures
            if slug not in self.competencies
        ]
        if problems:
            raise ExistingLoopError(problems)


@dataclass(frozen=True)
class Question:
    """The planning question, the loop's option ids in order, and which library station each stands for, if any."""

    problem: Problem
    loop: tuple[str, ...]
    matched: Mapping[str, str]


def shelf() -> Shelf:
    stations = Station.objects.filter(current__isnull=False).with_contents().order_by("slug")
    return Shelf(
        stations={station.slug: station for station in stations},
        competencies=dict(Competency.objects.order_by("pk").values_list("slug", "name")),
        presets=tuple(role_presets()),
        trained=trained_people(),
    )


def subject_of(role: Role) -> Subject:
    return Subject(role, tuple(queries.requirements_of(role)))


def subject_of_preset(preset: RolePreset) -> Subject:
    role = Role(
        title=preset.title,
        slug=preset.slug,
        candidate_minutes=preset.candidate_minutes,
        interviewer_minutes=preset.interviewer_minutes,
        min_ai_craft=preset.min_ai_craft,
    )
    requirements = (
        Requirement(
            competency=line.competency,
            weight=line.weight,
            bar=line.bar,
            must_pass=line.must_pass,
            min_signals=line.min_signals,
        )
        for line in preset.requirements.all()
    )
    return Subject(role, tuple(requirements))


def jobs(shelf: Shelf) -> dict[str, tuple[CompetencyNeed, ...]]:
    """What each preset requires, by its slug."""
    return {preset.slug: to_needs(preset.requirements.all()) for preset in shelf.presets}


def loop_of_audit(audit: LoopAudit) -> ExistingLoop:
    return ExistingLoop(name=audit.name, stations=stations_of(audit.stations), skipped=tuple(audit.skipped))


def loop_of_plan(plan: LoopPlan) -> ExistingLoop:
    """A plan of ours as a loop: its stations are matched, in the versions and with the competencies it has."""
    plan = LoopPlan.objects.with_stations().prefetch_related("plan_stations__assessed").get(pk=plan.pk)
    stations = []
    for plan_station in plan.plan_stations.all():
        version = plan_station.version
        assessed = {competency.pk for competency in plan_station.assessed.all()}
        stations.append(
            {
                "name": version.name,
                "minutes": version.minutes,
                "interviewers": version.interviewers,
                "preparation_minutes": version.preparation_minutes,
                "station": version.station.slug,
                "measures": {
                    measure.competency.slug: float(measure.reliability)
                    for measure in version.measures.all()
                    if not assessed or measure.competency_id in assessed
                },
            }
        )
    if not stations:
        raise ExistingLoopError(["This plan has no station yet."])
    return ExistingLoop(name=str(plan), stations=stations_of(stations))


def question(
    *, subject: Subject, stations: Sequence[ExistingStation], shelf: Shelf, today: dt.date, is_ours: bool
) -> Question:
    """The loop's stations as options, the rest of the usable library as what may be added, the role's needs and limits.

    is_ours: a plan of ours, held by people trained for it, whose stations measure what the plan says and nothing else.
    Whoever holds another loop's stations is not known here.
    """
    everything = frozenset(shelf.competencies)
    options, matched = list[StationOption](), dict[str, str]()
    for place, station in enumerate(stations, start=1):
        option = _loop_option(station, place, set(matched.values()), shelf, today, is_ours=is_ours)
        options.append(option)
        if station.station in shelf.stations and station.station is not None:
            matched[option.id] = station.station
    taken = {option.id for option in options}
    library = [
        to_option(station, station.current, needed=everything, today=today, trained=shelf.trained)
        for slug, station in shelf.stations.items()
        if slug not in taken and station.current is not None
    ]
    problem = Problem(
        competencies=to_needs(subject.requirements),
        stations=(*options, *library),
        limits=to_limits(limits_of_subject(subject)),
    )
    return Question(problem, tuple(option.id for option in options), matched)


def _loop_option(
    station: ExistingStation, place: int, taken: set[str], shelf: Shelf, today: dt.date, *, is_ours: bool
) -> StationOption:
    """A station as the loop has it. It is in use today, whatever state the library gives its like.

    The second station with the same match is a station of its own: another person observes the same once more.
    """
    own_age = None if station.reviewed_on is None else age_in_months(station.reviewed_on, today)
    library = shelf.stations.get(station.station or "")
    preparation = station.preparation_minutes
    if library is None or library.current is None:
        minutes, interviewers = station.minutes or DEFAULT_MINUTES, station.interviewers or DEFAULT_INTERVIEWERS
        return StationOption(
            id=f"{OWN}{place}",
            kind=station.kind or NO_KIND,
            minutes=minutes,
            interviewers=interviewers,
            interviewer_minutes=None if preparation is None else interviewers * (minutes + preparation),
            measures=station.measures,
            age_months=own_age or 0.0,
        )
    version = library.current
    option = to_option(library, version, needed=frozenset(shelf.competencies), today=today, trained=shelf.trained)
    minutes = station.minutes or option.minutes
    interviewers = station.interviewers or option.interviewers
    preparation = version.preparation_minutes if preparation is None else preparation
    return replace(
        option,
        id=f"{OWN}{place}" if library.slug in taken else library.slug,
        minutes=minutes,
        interviewers=interviewers,
        interviewer_minutes=interviewers * (minutes + preparation),
        measures=station.measures if is_ours else station.measures or option.measures,
        age_months=option.age_months if own_age is None else own_age,
        state="active",
        qualified_interviewers=option.qualified_interviewers if is_ours else None,
    )


def limits_of_subject(subject: Subject) -> PlanLimits:
    """The role's own limits; where it requires LLM craft, a loop has at least one AI craft station."""
    least = 1 if queries.needs_ai_craft(subject.requirements) else 0
    limits = limits_of(subject.role)
    return replace(limits, min_ai_craft=max(limits.min_ai_craft, least))
