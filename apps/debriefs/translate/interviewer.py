"""The calibration page of one interviewer: how they rate, from settled panels only, with how sure each number is."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Min, Q

from apps.accounts.models import User
from apps.debriefs.core.habits.drift import Period, above_expected, periods
from apps.debriefs.core.habits.hints import Facts, Hint, hints
from apps.debriefs.core.habits.measured import LEAST, Measured, median, share
from apps.debriefs.core.habits.ratings import Given, Habits, habits
from apps.debriefs.core.ratings.calibration import Calibration as Calibrated
from apps.debriefs.core.ratings.calibration import InterviewerEstimate, Method
from apps.debriefs.core.ratings.data import RatingRow
from apps.debriefs.core.ratings.priors import LEAST_CANDIDATES
from apps.debriefs.models import Calibration
from apps.debriefs.translate.calibration import shift_in
from apps.debriefs.translate.drawing import Axis, Interval, levels_axis
from apps.debriefs.translate.ratings import calibration_in, current_calibration, current_row, settled_cards
from apps.interviews.core.timeliness import Held
from apps.interviews.models import CalibrationItem, Candidacy, Rating, Scorecard
from apps.interviews.queries import calibration_waiting, due_at
from apps.panel.models import Training


@dataclass(frozen=True)
class LevelUse:
    """How often one level was given, by this interviewer and by colleagues to the same candidates, as shares."""

    level: int
    own: int
    own_share: float
    others: int
    others_share: float

    @property
    def own_bar(self) -> float:
        return 100 * self.own_share

    @property
    def others_bar(self) -> float:
        return 100 * self.others_share


@dataclass(frozen=True)
class PeriodLine:
    period: Period
    drawn: Interval


@dataclass(frozen=True)
class Lateness:
    """`hours` from the interview's end to the first submission, median; `on_time` by the deadline. Own cards only."""

    cards: int
    hours: Measured | None
    on_time: Measured | None


@dataclass(frozen=True)
class InterviewerPage:
    """`shift`: levels given more (or less) than colleagues would give; None where the severity is withheld.

    `trainings` are those under way, `trained` the stations this person runs alone.
    """

    person: User
    is_own: bool
    row: Calibration | None
    calibration: Calibrated
    estimate: InterviewerEstimate | None
    shift: Measured | None
    shift_drawn: Interval | None
    axis: Axis
    habits: Habits
    use: tuple[LevelUse, ...]
    lateness: Lateness
    periods: tuple[PeriodLine, ...]
    period_axis: Axis
    hints: tuple[Hint, ...]
    items: tuple[CalibrationItem, ...]
    trainings: tuple[Training, ...]
    trained: tuple[Training, ...]
    least: int = LEAST
    least_candidates: int = LEAST_CANDIDATES

    @property
    def has_discrimination(self) -> bool:
        """With published variances everybody is taken to tell candidates apart alike."""
        return self.calibration.method is Method.ESTIMATED

    @property
    def is_empty(self) -> bool:
        return not self.habits.ratings


def interviewer_page(*, person: User, reader: User) -> InterviewerPage:
    row = current_row()
    calibration = current_calibration() if row is None else calibration_in(row)
    name = str(person.pk)
    rated = _ratings(person, reader)
    found = habits(
        [one.given for one in rated], interviewer=name, lowest=calibration.lowest, highest=calibration.highest
    )
    drift = periods(above_expected(calibration, [one.row for one in rated], interviewer=name), _held(person))
    late = _lateness(person)
    moved = shift_in(calibration, name)
    axis = levels_axis([] if moved is None else [moved])
    of_periods = levels_axis([period.higher for period in drift])
    estimate = calibration.interviewers.get(name)
    trainings = person.trainings.select_related("station__current").order_by("station__current__name", "pk")
    facts = Facts(estimate=estimate, shift=moved, habits=found, periods=drift, on_time=late.on_time)
    return InterviewerPage(
        person=person,
        is_own=person == reader,
        row=row,
        calibration=calibration,
        estimate=estimate,
        shift=moved,
        shift_drawn=None if moved is None else axis.interval(moved),
        axis=axis,
        habits=found,
        use=_use(found.levels, [one.given for one in rated], name),
        lateness=late,
        periods=tuple(PeriodLine(period, of_periods.interval(period.higher)) for period in drift),
        period_axis=of_periods,
        hints=hints(facts) if found.ratings else (),
        items=_items(person, reader),
        trainings=tuple(one for one in trainings if one.stage != Training.Stage.TRAINED),
        trained=tuple(one for one in trainings if one.stage == Training.Stage.TRAINED),
    )


@dataclass(frozen=True, slots=True)
class _Rated:
    row: RatingRow
    given: Given


def _ratings(person: User, reader: User) -> list[_Rated]:
    """All settled ratings of the candidates this person rated, as far as the reader may read them."""
    own = settled_cards().filter(interviewer=person)
    cards = settled_cards().filter(interview__candidacy__in=own.values("interview__candidacy"))
    found = (
        Rating.objects.visible_to(reader)
        .filter(scorecard__in=cards.values("pk"))
        .annotate(has_words=ExpressionWrapper(~Q(evidence=""), output_field=BooleanField()))
        .order_by("pk")
        .values_list(
            "scorecard__interview__candidacy",
            "scorecard__interviewer",
            "competency__slug",
            "level",
            "scorecard__interview__plan_station__version__station__slug",
            "has_words",
        )
    )
    return [
        _Rated(
            RatingRow(str(candidacy), str(interviewer), competency, level, station),
            Given(str(candidacy), str(interviewer), competency, level, has_words=words),
        )
        for candidacy, interviewer, competency, level, station, words in found
    ]


def _held(person: User) -> Mapping[str, dt.date]:
    """When this person first sat with each candidate."""
    first = (
        settled_cards()
        .filter(interviewer=person, interview__starts_at__isnull=False)
        .order_by("interview__candidacy")
        .values("interview__candidacy")
        .annotate(at=Min("interview__starts_at"))
    )
    return {str(line["interview__candidacy"]): line["at"].date() for line in first}


def _lateness(person: User) -> Lateness:
    """Of interviews that were held, without what somebody else typed in."""
    cards = (
        Scorecard.objects.submitted()
        .original()
        .filter(interviewer=person, entered_by=None, interview__ends_at__isnull=False)
        .exclude(interview__candidacy__in=Candidacy.objects.incomplete().values("pk"))
        .select_related("interview__candidacy__role")
        .order_by("pk")
    )
    held = [
        Held(ends_at=card.interview.ends_at, due_at=due, submitted_at=card.submitted_at)
        for card in cards
        if card.interview.ends_at is not None and (due := due_at(card.interview)) is not None
    ]
    hours = [hours for one in held if (hours := one.hours) is not None]
    return Lateness(
        cards=len(held), hours=median(hours), on_time=share([[float(one.is_on_time), 1.0] for one in held])
    )  # fmt: skip


def _use(levels: Mapping[int, int], given: Sequence[Given], name: str) -> tuple[LevelUse, ...]:
    others = [one.level for one in given if one.interviewer != name and one.level is not None]
    total = sum(levels.values())
    return tuple(
        LevelUse(
            level=level,
            own=count,
            own_share=count / total if total else 0.0,
            others=others.count(level),
            others_share=others.count(level) / len(others) if others else 0.0,
        )
        for level, count in levels.items()
    )


def _items(person: User, reader: Any) -> tuple[CalibrationItem, ...]:
    """What this person could rate. Only they see which are left: who has rated an item is told by the item's page."""
    if person == reader:
        return tuple(calibration_waiting(user=person))
    shown = CalibrationItem.objects.visible_to(reader).filter(state=CalibrationItem.State.OPEN)
    mine = CalibrationItem.objects.visible_to(person).filter(state=CalibrationItem.State.OPEN)
    return tuple(shown.filter(pk__in=mine.values("pk")).select_related("version").order_by("title", "pk"))
