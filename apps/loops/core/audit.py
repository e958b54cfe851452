"""What an existing loop measures for a role, what it does not, what it could leave out: facts only.

Everything here comes from the independent checker and the formulas; only `repair` asks the solver.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from .check import Violation, objective, violations
from .contribution import contributions
from .information import expected_validity, freshness, is_signal, reliability, station_information
from .problem import CompetencyNeed, Limits, Problem, StationOption
from .repair import Repairs, repairs
from .signals import independent_signals

#: What is worth less than this share of the explained variance (R2_loop) is not worth a candidate's time.
USEFUL = 0.01
#: A station with this share of its information left, or less, is stale.
STALE = 0.5


class Verdict(StrEnum):
    """What a loop knows of one competency, against the role."""

    MISSING = "missing"  # no signal
    THIN = "thin"  # fewer signals, or less reliability, than the role asks for
    ENOUGH = "enough"
    MORE = "more than useful"  # enough without its last signals, which add next to nothing


@dataclass(frozen=True)
class SignalValue:
    """One station's observation of one competency.

    gain: what it adds to R2_loop after the more informative observations of the same competency.
    """

    station_id: str
    information: float
    is_signal: bool
    gain: float


@dataclass(frozen=True)
class Reading:
    """One competency the role requires. target: the reliability it must reach, None where none is set."""

    competency: str
    information: float
    reliability: float
    signals: int
    min_signals: int
    target: float | None
    verdict: Verdict
    values: tuple[SignalValue, ...]

    @property
    def spare(self) -> tuple[SignalValue, ...]:
        """Signals beyond what the role asks for that add next to nothing."""
        signals = [value for value in self.values if value.is_signal]
        return tuple(value for value in signals[max(self.min_signals, 1) :] if value.gain < USEFUL)


@dataclass(frozen=True)
class NotNeeded:
    """A competency the loop gives signals on and the role does not require."""

    competency: str
    signals: int
    stations: tuple[str, ...]


@dataclass(frozen=True)
class Spare:
    """A station the role hardly misses: no rule breaks without it, and R2_loop falls by `loss`."""

    station_id: str
    loss: float
    minutes: int
    interviewer_minutes: int


@dataclass(frozen=True)
class Stale:
    station_id: str
    freshness: float


@dataclass(frozen=True)
class Portrait:
    """How much of a job (by its requirements' name) this loop explains, 0 to 1."""

    name: str
    explained: float


@dataclass(frozen=True)
class AuditReport:
    """What a loop is worth for a role.

    explained: R2_loop; staleness_loss: what it lost to stations' age. spare: each on its own; spare_together: what
    can go at once for less than `USEFUL`. portraits: the jobs compared with, the best explained first.
    """

    stations: tuple[str, ...]
    readings: tuple[Reading, ...]
    not_needed: tuple[NotNeeded, ...]
    spare: tuple[Spare, ...]
    spare_together: tuple[str, ...]
    stale: tuple[Stale, ...]
    explained: float
    staleness_loss: float
    expected_validity: float
    candidate_minutes: int
    interviewer_minutes: int
    violations: tuple[Violation, ...]
    portraits: tuple[Portrait, ...]
    repairs: Repairs

    @property
    def finds(self) -> Portrait | None:
        """The job this loop measures best; None where it measures nothing of any."""
        return self.portraits[0] if self.portraits and self.portraits[0].explained > 0 else None


def audit(
    problem: Problem,
    loop: Sequence[str],
    *,
    jobs: Mapping[str, Sequence[CompetencyNeed]] | None = None,
    time_limit_seconds: float = 10.0,
    most_changes: int | None = None,
) -> AuditReport:
    """The report on the stations `loop` of `problem`, whose other stations are what a repair may add.

    Stations may list competencies the role does not need: they are counted in `not_needed`. `jobs`: requirements by
    name to compare the loop with. most_changes: how many stations a repair may change; None for as many as it takes.
    Raises ValueError for an unknown or repeated station, for none at all, or a limit that is not positive.
    """
    if not loop:
        raise ValueError("loop must name at least one station.")
    found = as_it_stands(problem, loop)
    options = {option.id: option for option in problem.stations}
    stations = [options[name] for name in loop]
    readings = readings_of(problem, loop)
    explained = objective(problem, loop)
    fresh = replace(problem, stations=tuple(replace(option, age_months=0.0) for option in problem.stations))
    spare = _spare(problem, loop)
    return AuditReport(
        stations=tuple(loop),
        readings=readings,
        not_needed=_not_needed(problem, stations),
        spare=spare,
        spare_together=_spare_together(problem, loop, spare),
        stale=tuple(
            Stale(option.id, left)
            for option in stations
            if (left := freshness(option.age_months, option.half_life_months)) <= STALE
        ),
        explained=explained,
        staleness_loss=max(objective(fresh, loop) - explained, 0.0),
        expected_validity=expected_validity(max(explained, 0.0)),
        candidate_minutes=sum(option.minutes for option in stations),
        interviewer_minutes=sum(option.interviewer_load for option in stations),
        violations=found,
        portraits=_portraits(jobs or {}, stations, problem.correlation),
        repairs=repairs(problem, loop, time_limit_seconds=time_limit_seconds, most_changes=most_changes),
    )


def as_it_stands(problem: Problem, loop: Sequence[str]) -> tuple[Violation, ...]:
    """The rules the loop breaks today. How many competencies a station rates is no fault of a loop entered here: it
    says what its stations could measure, not what is asked of them."""
    limits = replace(problem.limits, max_competencies_per_station=None)
    return violations(replace(problem, limits=limits), loop)


def readings_of(
    problem: Problem, loop: Sequence[str], assessed: Mapping[str, Sequence[str]] | None = None
) -> tuple[Reading, ...]:
    """What the loop knows of every competency the role requires, in the problem's order."""
    options = {option.id: option for option in problem.stations}
    stations = [options[name] for name in loop]
    return tuple(_reading(problem, need, stations, assessed) for need in problem.competencies)


def _reading(
    problem: Problem,
    need: CompetencyNeed,
    stations: Sequence[StationOption],
    assessed: Mapping[str, Sequence[str]] | None,
) -> Reading:
    asked = {option.id: _asked(problem, option, assessed) for option in stations}
    observing = [(option, station_information(option, need.id)) for option in stations if need.id in asked[option.id]]
    observing.sort(key=lambda pair: -pair[1])
    total = sum(amount for _, amount in observing)
    values, before = list[SignalValue](), _value(problem, stations, asked, need.id, frozenset())
    for number, (option, amount) in enumerate(observing, start=1):
        among = frozenset(other.id for other, _ in observing[:number])
        after = _value(problem, stations, asked, need.id, among)
        signal = is_signal(amount) and option.state == "active"
        values.append(SignalValue(option.id, amount, signal, max(after - before, 0.0)))
        before = after
    signalling = [option for option, amount in observing if is_signal(amount) and option.state == "active"]
    signals = independent_signals(signalling)
    proven = sum(amount for option, amount in observing if option.state == "active")
    reading = Reading(
        competency=need.id,
        information=total,
        reliability=float(reliability(total)),
        signals=signals,
        min_signals=need.min_signals,
        target=need.target,
        verdict=Verdict.ENOUGH,
        values=tuple(values),
    )
    return replace(reading, verdict=_verdict(reading, need, proven, signalling))


def _asked(problem: Problem, option: StationOption, assessed: Mapping[str, Sequence[str]] | None) -> frozenset[str]:
    measured = {need.id for need in problem.competencies} & set(option.measures)
    return frozenset(measured if assessed is None else measured & set(assessed.get(option.id, ())))


def _value(
    problem: Problem,
    stations: Sequence[StationOption],
    asked: Mapping[str, frozenset[str]],
    competency: str,
    among: frozenset[str],
) -> float:
    """R2_loop if only the stations `among` observed this competency."""
    assessed = {
        option.id: asked[option.id] if option.id in among else asked[option.id] - {competency} for option in stations
    }
    return objective(problem, [option.id for option in stations], assessed)


def _verdict(reading: Reading, need: CompetencyNeed, proven: float, signalling: Sequence[StationOption]) -> Verdict:
    if reading.signals == 0:
        return Verdict.MISSING
    target = need.target
    if reading.signals < need.min_signals or (target is not None and reliability(proven) < target - 1e-6):
        return Verdict.THIN
    if not reading.spare:
        return Verdict.ENOUGH
    without = proven - sum(value.information for value in reading.spare)
    spare = {value.station_id for value in reading.spare}
    signals = independent_signals([option for option in signalling if option.id not in spare])
    if signals < max(need.min_signals, 1) or (target is not None and reliability(without) < target):
        return Verdict.ENOUGH
    return Verdict.MORE


def _not_needed(problem: Problem, stations: Sequence[StationOption]) -> tuple[NotNeeded, ...]:
    """Signals on what the role does not require, most first."""
    needed = {need.id for need in problem.competencies}
    found = []
    for competency in sorted({name for option in stations for name in option.measures} - needed):
        signalling = [option for option in stations if is_signal(station_information(option, competency))]
        if signalling:
            names = tuple(option.id for option in signalling)
            found.append(NotNeeded(competency, independent_signals(signalling), names))
    return tuple(sorted(found, key=lambda one: (-one.signals, one.competency)))


def _spare(problem: Problem, loop: Sequence[str]) -> tuple[Spare, ...]:
    """Stations that add less than `USEFUL` and that no rule needs, the least useful first."""
    problem = replace(problem, limits=replace(problem.limits, max_competencies_per_station=None))
    options = {option.id: option for option in problem.stations}
    found = [
        Spare(one.station_id, max(one.loss, 0.0), option.minutes, option.interviewer_load)
        for one in contributions(problem, loop)
        if one.loss < USEFUL and not one.breaks and (option := options[one.station_id])
    ]
    return tuple(sorted(found, key=lambda one: (one.loss, -one.minutes, one.station_id)))


def _spare_together(problem: Problem, loop: Sequence[str], spare: Iterable[Spare]) -> tuple[str, ...]:
    """Which of them can go at once: the least useful first, as long as all together cost less than `USEFUL`."""
    value, broken = objective(problem, loop), {(one.rule, one.subject) for one in as_it_stands(problem, loop)}
    gone = list[str]()
    for one in spare:
        rest = [name for name in loop if name not in (*gone, one.station_id)]
        breaks = {(found.rule, found.subject) for found in as_it_stands(problem, rest)} - broken
        if rest and not breaks and value - objective(problem, rest) < USEFUL:
            gone.append(one.station_id)
    return tuple(gone)


def _portraits(
    jobs: Mapping[str, Sequence[CompetencyNeed]], stations: Sequence[StationOption], correlation: float
) -> tuple[Portrait, ...]:
    found = []
    for name, needs in jobs.items():
        problem = Problem(tuple(needs), tuple(stations), Limits(), correlation)
        found.append(Portrait(name, max(objective(problem, [option.id for option in stations]), 0.0)))
    return tuple(sorted(found, key=lambda one: (-one.explained, one.name)))
