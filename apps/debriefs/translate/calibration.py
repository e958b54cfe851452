"""The leaders' page of the calibration: what is in force, how it came about, and who can be compared with whom."""

import datetime as dt
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from apps.accounts.models import User
from apps.common.models import Job
from apps.debriefs.core.habits.measured import LEVEL_OF_INTERVALS, Measured
from apps.debriefs.core.habits.shift import expected_level, shift, shift_of
from apps.debriefs.core.ratings.calibration import LEAST_HISTORY, Difficulty, InterviewerEstimate, Method
from apps.debriefs.core.ratings.calibration import Calibration as Calibrated
from apps.debriefs.core.ratings.priors import LEAST_CANDIDATES
from apps.debriefs.core.ratings.reading import bar_positions
from apps.debriefs.models import Calibration
from apps.debriefs.translate.drawing import Axis, Interval, levels_axis
from apps.debriefs.translate.ratings import calibration_in, current_calibration, current_row, items_in
from apps.interviews.models import CalibrationItem
from apps.library.models import Competency, Station

WORKER_LATE = dt.timedelta(seconds=15)
_Z = float(ndtri((1 + LEVEL_OF_INTERVALS) / 2))


@dataclass(frozen=True)
class SeverityLine:
    """One interviewer. `shift` (levels given more or less than colleagues) is None where it is withheld."""

    person: User
    estimate: InterviewerEstimate
    shift: Measured | None
    drawn: Interval | None

    @property
    def is_short(self) -> bool:
        return self.estimate.candidates < LEAST_HISTORY


@dataclass(frozen=True)
class DifficultyLine:
    """A competency: the level an average candidate gets. A station: levels more or less than in the average one."""

    name: str
    difficulty: Difficulty
    levels: Measured
    drawn: Interval


@dataclass(frozen=True)
class Spread:
    """A standard deviation in logits, and what one of it is worth in levels at the middle of the scale."""

    sd: float
    levels: float


@dataclass(frozen=True)
class Band:
    """One level on the scale of positions: where an average interviewer gives it more often than the others' sides."""

    level: int
    begins: float
    width: float

    @property
    def middle(self) -> float:
        return self.begins + self.width / 2


@dataclass(frozen=True)
class Scale:
    """The scale drawn over positions in logits; `edges` are where a level or more becomes as likely as not.

    `candidates`: two standard deviations (`reach`) to either side of the average one.
    """

    axis: Axis
    bands: tuple[Band, ...]
    edges: Mapping[int, float]
    candidates: Interval
    reach: float


@dataclass(frozen=True)
class Progress:
    """A calibration that is under way, as the page polls it."""

    job: Job
    waits_for_worker: bool
    worker_is_silent: bool


@dataclass(frozen=True)
class CalibrationPage:
    """`row` is None before the first calibration. `apart`: the people of each part of the graph but the largest."""

    row: Calibration | None
    calibration: Calibrated
    items: int
    progress: Progress | None
    failed: Job | None
    candidate: Spread
    correlation: float
    severity: Spread
    halo: Spread
    station: Spread
    scale: Scale
    axis: Axis
    lines: tuple[SeverityLine, ...]
    level_axis: Axis
    competencies: tuple[DifficultyLine, ...]
    stations: tuple[DifficultyLine, ...]
    apart: tuple[tuple[User, ...], ...]
    open_items: tuple[CalibrationItem, ...]
    least_candidates: int = LEAST_CANDIDATES
    least_history: int = LEAST_HISTORY

    @property
    def is_estimated(self) -> bool:
        return self.calibration.method is Method.ESTIMATED

    @property
    def is_small(self) -> bool:
        return self.calibration.candidates < LEAST_CANDIDATES

    @property
    def together(self) -> int:
        """Interviewers of the largest part, who can be compared with one another."""
        return len(self.lines) - sum(len(part) for part in self.apart)


def calibration_progress(*, now: dt.datetime) -> Progress | None:
    """The calibration under way, if there is one."""
    under_way = Calibration.objects.defer("data").under_way()
    if under_way is None:
        return None
    job, late = under_way.job, now - WORKER_LATE
    return Progress(
        job=job,
        waits_for_worker=job.state == Job.State.QUEUED and job.requested_at <= late,
        worker_is_silent=job.state == Job.State.RUNNING and job.heartbeat_at is not None and job.heartbeat_at <= late,
    )


def calibration_page(*, user: User, now: dt.datetime) -> CalibrationPage:
    row = current_row()
    calibration = current_calibration() if row is None else calibration_in(row)
    shifts = {name: shift_in(calibration, name) for name in calibration.interviewers}
    axis = levels_axis([found for found in shifts.values() if found is not None])
    people = {str(person.pk): person for person in User.objects.filter(pk__in=calibration.interviewers).order_by("pk")}
    lines = [_line(people[name], calibration, shifts[name], axis) for name in calibration.interviewers]
    variances = calibration.variances
    sds, correlation = _candidates(calibration)
    steps = Axis(
        calibration.lowest, calibration.highest, tuple(range(calibration.lowest, calibration.highest + 1))
    )  # fmt: skip
    names = dict(Competency.objects.filter(slug__in=calibration.competencies).values_list("slug", "name").order_by())
    stations = Station.objects.filter(slug__in=calibration.stations).values_list("slug", "current__name").order_by()
    return CalibrationPage(
        row=row,
        calibration=calibration,
        items=0 if row is None else items_in(row),
        progress=calibration_progress(now=now),
        failed=_failed(row),
        candidate=_spread(calibration, sds),
        correlation=correlation,
        severity=_spread(calibration, variances.severity),
        halo=_spread(calibration, variances.halo),
        station=_spread(calibration, variances.station),
        scale=_scale(calibration, sds),
        axis=axis,
        lines=tuple(sorted(lines, key=lambda line: (line.person.name.casefold(), line.person.pk))),
        level_axis=steps,
        competencies=_difficulties(calibration.competencies, names, steps, _level_of(calibration)),
        stations=_difficulties(calibration.stations, dict(stations), axis, _shift_of(calibration)),
        apart=_apart(lines),
        open_items=tuple(
            CalibrationItem.objects.visible_to(user)
            .filter(state=CalibrationItem.State.OPEN)
            .select_related("version")
            .order_by("title", "pk")
        ),
    )


def shift_in(calibration: Calibrated, interviewer: str) -> Measured | None:
    """What a calibration says of somebody in levels; None where it is withheld."""
    found = calibration.shown(interviewer)
    if found is None:
        return None
    return shift(calibration.thresholds, severity=found.severity, se=found.se, candidates=found.candidates)


def _line(person: User, calibration: Calibrated, found: Measured | None, axis: Axis) -> SeverityLine:
    return SeverityLine(
        person=person,
        estimate=calibration.interviewers[str(person.pk)],
        shift=found,
        drawn=None if found is None else axis.interval(found),
    )


def _failed(row: Calibration | None) -> Job | None:
    """The last attempt, where it failed after the calibration in force was made."""
    last = Calibration.objects.defer("data").select_related("job").order_by("-pk").first()
    return last.job if last is not None and last != row and last.job.state == Job.State.FAILED else None


def _candidates(calibration: Calibrated) -> tuple[float, float]:
    """The mean spread of candidates over competencies, and the mean correlation of two competencies."""
    covariance = calibration.candidate_covariance(tuple(calibration.competencies) or ("one", "other"))
    sds = np.sqrt(np.diag(covariance))
    correlations = covariance / np.outer(sds, sds)
    off = ~np.eye(len(sds), dtype=bool)
    return float(sds.mean()), float(correlations[off].mean()) if off.any() else 1.0


def _spread(calibration: Calibrated, sd: float) -> Spread:
    return Spread(sd=sd, levels=shift_of(calibration.thresholds, -sd))


def _scale(calibration: Calibrated, sd: float) -> Scale:
    edges = {level: at for level, at in bar_positions(calibration).items() if math.isfinite(at)}
    reach = math.ceil(max([2 * sd, *(abs(at) for at in edges.values())]) + 0.5)
    axis = Axis(-reach, reach, tuple(range(-reach, reach + 1, 1 if reach <= 4 else 2)))
    ends = [0.0, *(axis.place(at) for at in edges.values()), 100.0]
    bands = [
        Band(calibration.lowest + number, begins, ends[number + 1] - begins) for number, begins in enumerate(ends[:-1])
    ]
    spread = Interval(axis.place(-2 * sd), axis.place(0), axis.place(2 * sd))
    return Scale(axis=axis, bands=tuple(bands), edges=edges, candidates=spread, reach=2 * sd)


def _level_of(calibration: Calibrated) -> Callable[[Difficulty], Measured]:
    def level(found: Difficulty) -> Measured:
        easy, middle, hard = (
            calibration.lowest + expected_level(calibration.thresholds, -(found.difficulty + reach * found.se))
            for reach in (-_Z, 0, _Z)
        )
        return Measured(middle, hard, easy, calibration.candidates)

    return level


def _shift_of(calibration: Calibrated) -> Callable[[Difficulty], Measured]:
    def levels(found: Difficulty) -> Measured:
        return shift(calibration.thresholds, severity=found.difficulty, se=found.se, candidates=calibration.candidates)

    return levels


def _difficulties(
    found: Mapping[str, Difficulty], names: Mapping[str, str], axis: Axis, levels: Callable[[Difficulty], Measured]
) -> tuple[DifficultyLine, ...]:
    lines = [
        DifficultyLine(names.get(slug, slug), one, levels(one), axis.interval(levels(one)))
        for slug, one in found.items()
    ]
    return tuple(sorted(lines, key=lambda line: line.name.casefold()))


def _apart(lines: Sequence[SeverityLine]) -> tuple[tuple[User, ...], ...]:
    parts: dict[int, list[User]] = {}
    for line in lines:
        parts.setdefault(line.estimate.part, []).append(line.person)
    return tuple(
        tuple(sorted(people, key=lambda person: (person.name.casefold(), person.pk)))
        for part, people in sorted(parts.items())
        if part != 0
    )
