"""The one further station that would tell most: the library as the core takes it, and its answer with names."""

import datetime as dt
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Any

from django.db.models import Q

from apps.accounts.models import User
from apps.debriefs.core.ratings.calibration import Calibration
from apps.debriefs.core.ratings.reading import CompetencyReading, Reading
from apps.debriefs.core.ratings.settle import FurtherStation, Settles, Sharpened, what_would_settle
from apps.debriefs.core.verdicts import WORTH_A_STATION, is_sure
from apps.debriefs.translate.matrix import DebriefPage
from apps.debriefs.translate.once import Once
from apps.interviews.models import Candidacy, Interview
from apps.library.core.freshness import age_in_months
from apps.library.models import Competency, Measure, Station, StationVersion
from apps.loops.core import information as info
from apps.loops.models import LoopPlan
from apps.panel.queries import trained_people

MOST_OTHERS = 3
LEAST_SHARPENED = 0.01
WORTH_SAYING = 0.10  # by how much a risk must come down for a station to be the answer to what would settle it


class Answer(Enum):
    """A station helps; only stations beyond the plan's limits would; the panel is sure; or nothing tells enough."""

    HELPS = "helps"
    BEYOND = "beyond"
    SURE = "sure"
    NOTHING = "nothing"


@dataclass(frozen=True)
class SharpenedLine:
    """`is_gap`: nobody rated it yet."""

    competency: Competency
    now: float
    then: float
    is_gap: bool


@dataclass(frozen=True)
class Limits:
    """What the plan allows and what this candidacy's interviews take already. None: no limit."""

    candidate_minutes: int
    candidate_taken: int
    interviewer_minutes: int
    interviewer_taken: int
    stations: int | None
    stations_taken: int

    @property
    def candidate_left(self) -> int:
        return max(self.candidate_minutes - self.candidate_taken, 0)


@dataclass(frozen=True)
class StationLine:
    """`sharpened`: the bars in question that it tells about, the one it sharpens most first.

    `is_again`: it was held already, without evidence on what is in question.
    `over_*`: minutes beyond the plan's limits with this station. `trained`: who is trained for it and has not met the
    candidate; None where nobody's training is recorded.
    """

    station: Station
    version: StationVersion
    bits: float
    sharpened: tuple[SharpenedLine, ...]
    over_candidate: int
    over_interviewers: int
    is_again: bool
    is_one_too_many: bool
    trained: tuple[User, ...] | None

    @property
    def most(self) -> SharpenedLine:
        return self.sharpened[0]

    @property
    def is_within(self) -> bool:
        return not (self.over_candidate or self.over_interviewers or self.is_one_too_many)

    @property
    def is_unstaffed(self) -> bool:
        """Trainings are on record, and too few of those trained have not met the candidate."""
        return self.trained is not None and not self.is_staffed

    @property
    def can_be_held(self) -> bool:
        """Inside the plan's limits, and nothing on record says that too few could hold it."""
        return self.is_within and not self.is_unstaffed

    @property
    def is_worth_saying(self) -> bool:
        """It closes a gap, or brings a risk down by enough to be an answer."""
        return self.most.is_gap or self.most.now - self.most.then >= WORTH_SAYING

    @property
    def is_staffed(self) -> bool:
        return self.trained is not None and len(self.trained) >= self.version.interviewers


@dataclass(frozen=True)
class Settling:
    """`best` is the station to name, `others` come after it. `asked`: how many stations were looked at."""

    answer: Answer
    best: StationLine | None
    others: tuple[StationLine, ...]
    limits: Limits
    asked: int
    measuring: int

    @property
    def leads(self) -> str:
        """What comes first: a station that can be held ("holds"), one that cannot ("cannot"), or that none would change
        much ("nothing")."""
        if self.best is None or not self.best.is_worth_saying:
            return "nothing"
        return "holds" if self.best.can_be_held else "cannot"

    @property
    def least_over(self) -> int:
        """The fewest further minutes of the candidate with which a station worth it could be held; 0 for none."""
        lines = [line for line in (self.best, *self.others) if line is not None and line.is_worth_saying]
        return min((line.over_candidate for line in lines), default=0)


def settling(
    *,
    page: DebriefPage,
    calibration: Calibration,
    reading: Reading,
    competencies: Mapping[str, Competency],
    user: Any,
    today: dt.date,
    once: Once,
) -> Settling:
    """Active stations that are not part of this candidacy, with their current versions as fresh as they are today."""
    candidacy = page.candidacy
    interviews = [row for row in page.interviews if row.state != Interview.State.CANCELLED]
    unseen = {row.competency for row in _asked(reading) if not row.ratings}
    stations = _open_stations(candidacy, interviews, unseen, user, once)
    further = [
        once.read((station.pk, version.pk, today), partial(_further, station, version, today))
        for station, version in stations.values()
    ]
    found = what_would_settle(calibration, reading, further)
    worth = [one for one in found if (_measures(one, unseen, stations) if unseen else _tells(one))]
    if unseen:
        worth.sort(key=lambda one: -max(_by(line) for line in one.sharpened if line.competency in unseen))
    limits = _limits(candidacy, interviews)
    lines = _lines(
        worth,
        interviews=interviews,
        stations=stations,
        limits=limits,
        competencies=competencies,
        unseen=unseen,
        once=once,
    )
    best = min(lines, key=lambda line: (not line.is_within, line.is_unstaffed, not line.is_staffed), default=None)
    return Settling(
        answer=_answer(reading, best),
        best=best,
        others=tuple(line for line in lines if line is not best)[:MOST_OTHERS],
        limits=limits,
        asked=len(stations),
        measuring=len(found),
    )


def _open_stations(
    candidacy: Candidacy, interviews: Iterable[Interview], unseen: Collection[str], user: Any, once: Once
) -> dict[str, tuple[Station, StationVersion]]:
    """By slug, without what this candidacy has, what its plan excludes, and kinds it may hold no more of.

    A station that was to measure what nobody had evidence on (`unseen`) may be held again, by other people.
    """
    part = [interview.plan_station.version.station for interview in interviews]
    asked = ("stations", user.pk, candidacy.plan_id, tuple(station.pk for station in part), frozenset(unseen))
    return once.read(asked, lambda: _read_stations(candidacy.plan, part, unseen, user))


def _read_stations(
    plan: LoopPlan, part: Sequence[Station], unseen: Collection[str], user: Any
) -> dict[str, tuple[Station, StationVersion]]:
    again = Measure.objects.filter(version__station__in=part, competency__slug__in=unseen).values("version__station")
    kinds = [station.kind for station in part]
    full = [kind for kind, bounds in plan.kinds.items() if kinds.count(kind) >= bounds.get("most", 99)]
    stations = (
        Station.objects.visible_to(user)
        .filter(state=Station.State.ACTIVE, current__isnull=False)
        .exclude(Q(pk__in=[station.pk for station in part]) & ~Q(pk__in=again))
        .exclude(pk__in=plan.excluded.values("pk"))
        .exclude(Q(kind__in=full) & ~Q(pk__in=again))
        .with_contents()
        .order_by("slug")
    )
    return {station.slug: (station, station.current) for station in stations if station.current is not None}


def _further(station: Station, version: StationVersion, today: dt.date) -> FurtherStation:
    """One rating by its interviewers together, less what the station has lost since its last review."""
    fresh = info.freshness(age_in_months(station.reviewed_on, today), station.half_life_months)
    return FurtherStation(
        station=station.slug,
        minutes=version.minutes,
        reliability={
            measure.competency.slug: info.reliability(
                info.rating_information(float(measure.reliability), version.interviewers) * fresh
            )
            for measure in version.measures.all()
        },
    )


def _limits(candidacy: Candidacy, interviews: Sequence[Interview]) -> Limits:
    versions = [interview.plan_station.version for interview in interviews]
    return Limits(
        candidate_minutes=candidacy.plan.candidate_minutes,
        candidate_taken=sum(version.minutes for version in versions),
        interviewer_minutes=candidacy.plan.interviewer_minutes,
        interviewer_taken=sum(version.interviewer_minutes for version in versions),
        stations=candidacy.plan.max_stations,
        stations_taken=len(versions),
    )


def _lines(
    found: Sequence[Settles],
    *,
    interviews: Sequence[Interview],
    stations: Mapping[str, tuple[Station, StationVersion]],
    limits: Limits,
    competencies: Mapping[str, Competency],
    unseen: set[str],
    once: Once,
) -> list[StationLine]:
    trained = once.read("trained", trained_people)
    held = {interview.plan_station.version.station_id for interview in interviews}
    met = {seat.interviewer_id for interview in interviews for seat in interview.seats.all()}
    asked = frozenset(pk for one in found for pk in trained.get(stations[one.station][0].pk, ()))
    known_people = once.read(("people", asked), lambda: list(User.objects.filter(pk__in=asked).order_by("name", "pk")))
    people = {str(person.pk): person for person in known_people if person.pk not in met}
    lines = []
    for one in found:
        station, version = stations[one.station]
        measures = version.measures.all()
        known = trained.get(station.pk)
        lines.append(
            StationLine(
                station=station,
                version=version,
                bits=one.bits,
                sharpened=_sharpened(one, competencies, unseen & {measure.competency.slug for measure in measures}),
                over_candidate=max(limits.candidate_taken + version.minutes - limits.candidate_minutes, 0),
                over_interviewers=max(
                    limits.interviewer_taken + version.interviewer_minutes - limits.interviewer_minutes, 0
                ),
                is_again=station.pk in held,
                is_one_too_many=limits.stations is not None and limits.stations_taken >= limits.stations,
                trained=None if known is None else tuple(person for pk, person in people.items() if pk in known),
            )
        )
    return lines


def _sharpened(found: Settles, competencies: Mapping[str, Competency], unseen: set[str]) -> tuple[SharpenedLine, ...]:
    """What it closes a gap of comes first; then those whose risk of being wrong comes down by a per cent or more."""
    gaps = [line for line in found.sharpened if line.competency in unseen]
    telling = [line for line in found.sharpened if line not in gaps and _by(line) >= LEAST_SHARPENED]
    return tuple(
        SharpenedLine(competencies[line.competency], line.wrong_now, line.wrong_then, line.competency in unseen)
        for line in [*gaps, *telling]
    )


def _by(line: Sharpened) -> float:
    return line.wrong_now - line.wrong_then


def _answer(reading: Reading, best: StationLine | None) -> Answer:
    if best is not None:
        return Answer.HELPS if best.is_within else Answer.BEYOND
    return Answer.SURE if all(row.ratings and is_sure(row.meets) for row in _asked(reading)) else Answer.NOTHING


def _asked(reading: Reading) -> list[CompetencyReading]:
    """Whose bars are in question, as in the core: the must-pass, or all where the role has none."""
    rows = [row for row in reading.competencies if row.must_pass] or list(reading.competencies)
    return [row for row in rows if math.isfinite(row.bar)]


def _tells(found: Settles) -> bool:
    """Enough to be named: in bits, and on one bar in whole per cent."""
    sharpest = max((_by(line) for line in found.sharpened), default=0.0)
    return found.bits >= WORTH_A_STATION and sharpest >= LEAST_SHARPENED


def _measures(found: Settles, unseen: set[str], stations: Mapping[str, tuple[Station, StationVersion]]) -> bool:
    """A bar nobody rated is a gap whatever the model expects: only a station that measures it helps."""
    _, version = stations[found.station]
    return any(measure.competency.slug in unseen for measure in version.measures.all())
