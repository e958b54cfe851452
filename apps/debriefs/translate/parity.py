"""Interviews as rows to courses that can be compared, and what differs back to names for the page. No rating in it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Prefetch

from apps.debriefs.core.parity import Course, Deviation, Parity, Sitting, State, compare
from apps.debriefs.queries import PanelRows
from apps.debriefs.translate.once import Once
from apps.interviews.models import Candidacy, Interview, PinnedRequirement, PinnedRubric, Seat
from apps.library.models import station_texts
from apps.panel.models import Training

MOST_OTHERS = 50
Trained = dict[int, dict[int, dt.date]]  # by station, by person: since when

STATES = {
    Interview.State.SCHEDULED: State.HELD,
    Interview.State.CANCELLED: State.CANCELLED,
    Interview.State.TO_SCHEDULE: State.NOT_HELD,
}


@dataclass(frozen=True)
class ParityLine:
    """One deviation with its names: a station or a competency, the people or the stations in it."""

    deviation: Deviation
    name: str
    names: tuple[str, ...] = ()
    usual_names: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        return self.deviation.kind.value


@dataclass(frozen=True)
class ParityPage:
    parity: Parity
    lines: tuple[ParityLine, ...]
    accommodation: str

    @property
    def deviating(self) -> tuple[ParityLine, ...]:
        return tuple(line for line in self.lines if not line.deviation.arranged)

    @property
    def arranged(self) -> tuple[ParityLine, ...]:
        return tuple(line for line in self.lines if line.deviation.arranged)


@dataclass(frozen=True)
class _Courses:
    """Courses by candidacy, in the order they were asked for, and what their stations and people are called."""

    found: dict[int, Course]
    stations: dict[str, str]
    people: dict[str, str]


def parity_page(*, candidacy: Candidacy, panel: PanelRows, once: Once | None = None) -> ParityPage:
    """This candidacy against its plan and the role's latest fifty others that have an interview with a time.

    `once`: the others, and who is trained, may have been read for another candidacy.
    """
    role, once = candidacy.role_id, once or Once()
    peers = once.read(("parity", role), lambda: _read(_latest_of(role)))
    stations = frozenset(row.plan_station.version.station_id for row in panel.interviews)
    trained = once.read(("trained", stations), lambda: _trained(stations))
    own = _own(candidacy, panel, trained)
    others = [course for pk, course in peers.found.items() if pk != candidacy.pk][:MOST_OTHERS]
    parity = compare(own.found[candidacy.pk], others)
    names = peers.people | own.people | _competencies(panel) | peers.stations | own.stations
    return ParityPage(
        parity=parity,
        lines=tuple(
            ParityLine(
                deviation=one,
                name=names.get(one.about, ""),
                names=tuple(names[key] for key in one.here) if isinstance(one.here, tuple) else (),
                usual_names=tuple(names[key] for key in one.usual) if isinstance(one.usual, tuple) else (),
            )
            for one in parity.deviations
        ),
        accommodation=candidacy.candidate.accommodation,
    )


def _competencies(panel: PanelRows) -> dict[str, str]:
    asked = [line.competency for line in panel.requirements] + [pin.rubric.competency for pin in panel.rubrics]
    return {competency.slug: competency.name for competency in asked}


def _latest_of(role_id: int) -> list[Candidacy]:
    """One more than anybody is compared with: whoever is compared is no other of their own."""
    scheduled = Interview.objects.filter(candidacy=OuterRef("pk"), state=Interview.State.SCHEDULED)
    return list(
        Candidacy.objects.filter(Exists(scheduled), role=role_id)
        .select_related("candidate", "plan")
        .order_by("-started_at", "-pk")[: MOST_OTHERS + 1]
    )


def _read(candidacies: list[Candidacy]) -> _Courses:
    seats = Seat.objects.assigned().select_related("interviewer").order_by("pk")
    interviews = list(
        Interview.objects.filter(candidacy__in=candidacies)
        .select_related("plan_station__version__station")
        .defer(*station_texts("plan_station__version"))
        .prefetch_related(Prefetch("seats", seats))
        .in_order()
    )
    rubrics: dict[int, dict[str, int]] = defaultdict(dict)
    bars: dict[int, dict[str, int]] = defaultdict(dict)
    for pk, slug, number in (
        PinnedRubric.objects.filter(candidacy__in=candidacies)
        .order_by("pk")
        .values_list("candidacy_id", "rubric__competency__slug", "rubric__number")
    ):
        rubrics[pk][slug] = number
    for pk, slug, bar in (
        PinnedRequirement.objects.filter(candidacy__in=candidacies)
        .order_by("pk")
        .values_list("candidacy_id", "competency__slug", "bar")
    ):
        bars[pk][slug] = bar
    trained = _trained({row.plan_station.version.station_id for row in interviews})
    by_candidacy: dict[int, list[Interview]] = defaultdict(list)
    for row in interviews:
        by_candidacy[row.candidacy_id].append(row)
    found = {one.pk: _course(one, by_candidacy[one.pk], rubrics[one.pk], bars[one.pk], trained) for one in candidacies}
    return _courses(found, interviews)


def _own(candidacy: Candidacy, panel: PanelRows, trained: Trained) -> _Courses:
    rubrics = {pin.rubric.competency.slug: pin.rubric.number for pin in panel.rubrics}
    bars = {line.competency.slug: line.bar for line in panel.requirements}
    return _courses({candidacy.pk: _course(candidacy, panel.interviews, rubrics, bars, trained)}, panel.interviews)


def _courses(found: dict[int, Course], interviews: Iterable[Interview]) -> _Courses:
    versions = [row.plan_station.version for row in interviews]
    return _Courses(
        found=found,
        stations={version.station.slug: version.name for version in versions},
        people={str(seat.interviewer_id): seat.interviewer.name for row in interviews for seat in row.seats.all()},
    )


def _course(
    candidacy: Candidacy,
    interviews: Iterable[Interview],
    rubrics: dict[str, int],
    bars: dict[str, int],
    trained: Trained,
) -> Course:
    return Course(
        plan=candidacy.plan.number,
        sittings=tuple(_sitting(row, trained) for row in interviews),
        rubrics=rubrics,
        bars=bars,
        accommodated=bool(candidacy.candidate.accommodation.strip()),
    )


def _sitting(row: Interview, trained: Trained) -> Sitting:
    version, place = row.plan_station.version, row.place  # type: ignore[attr-defined]  # annotated by in_order
    minutes = None
    if row.starts_at is not None and row.ends_at is not None:
        minutes = round((row.ends_at - row.starts_at).total_seconds() / 60)
    seats = list(row.seats.all())
    known = trained.get(version.station_id)
    untrained = [
        str(seat.interviewer_id)
        for seat in seats
        if known is not None
        and row.starts_at is not None
        and known.get(seat.interviewer_id, dt.date.max) > row.starts_at.date()
    ]
    return Sitting(
        station=version.station.slug,
        version=version.number,
        state=STATES[Interview.State(row.state)],
        in_plan=place is not None,
        position=place,
        planned_minutes=version.minutes,
        planned_people=version.interviewers,
        minutes=minutes,
        starts_at=row.starts_at,
        people=len(seats),
        untrained=tuple(untrained),
    )


def _trained(stations: Collection[int]) -> Trained:
    """Who is trained for a station since when; a station with no training on record at all is not in it."""
    since: Trained = {}
    rows = Training.objects.filter(station__in=stations).order_by("pk")
    for station, person, stage, day in rows.values_list("station_id", "interviewer_id", "stage", "since"):
        known = since.setdefault(station, {})
        if stage == Training.Stage.TRAINED:
            known[person] = day
    return since
