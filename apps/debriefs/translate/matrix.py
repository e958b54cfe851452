"""Rows to the aggregation's values, and its answer to the page of the debrief. Ratings only through `visible_to`."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from apps.debriefs.core.aggregate import CompetencySummary, Need, Observation, PanelSummary, summarise
from apps.debriefs.models import Decision
from apps.debriefs.queries import PanelRows, panel_rows
from apps.interviews.models import Candidacy, Interview, PinnedRequirement, Rating, Scorecard, Seat
from apps.interviews.queries import AmendmentLine
from apps.library.models import Competency


def to_needs(requirements: Iterable[PinnedRequirement]) -> list[Need]:
    return [
        Need(
            competency=requirement.competency.slug,
            bar=requirement.bar,
            must_pass=requirement.must_pass,
            min_signals=requirement.min_signals,
        )
        for requirement in requirements
    ]


def to_observations(ratings: Iterable[Rating], *, informed: Collection[tuple[int, int]] = ()) -> list[Observation]:
    """Ratings of submitted scorecards; one that is not rated at all cannot be among them.

    `informed`: (interview, interviewer) of those seated after reading (`PanelRows.informed`).
    """
    return [
        Observation(
            competency=rating.competency.slug,
            station=rating.scorecard.interview.plan_station.version.station.slug,
            interviewer=str(rating.scorecard.interviewer_id),
            level=rating.level,
            informed=(rating.scorecard.interview_id, rating.scorecard.interviewer_id) in informed,
        )
        for rating in ratings
    ]


@dataclass(frozen=True)
class Column:
    """One scorecard that stands: how it came to say what it says, and whether it came after the debrief had opened."""

    card: Scorecard
    amendments: tuple[AmendmentLine, ...]
    is_informed: bool
    is_late: bool


@dataclass(frozen=True)
class DebriefRow:
    """One competency: its summary, one rating (or None) for each column, and its signals as (station, interviewer)."""

    requirement: PinnedRequirement
    summary: CompetencySummary
    ratings: tuple[Rating | None, ...]
    signals: tuple[tuple[str, str], ...]

    @property
    def competency(self) -> Competency:
        return self.requirement.competency

    @property
    def given(self) -> tuple[Rating, ...]:
        """Ratings with a level, in the order of the columns: what the numbers are made of."""
        return tuple(rating for rating in self.ratings if rating is not None and rating.level is not None)

    @property
    def silent(self) -> tuple[Rating, ...]:
        """Ratings of "no evidence", with the words that say why."""
        return tuple(rating for rating in self.ratings if rating is not None and rating.level is None)

    @property
    def raters(self) -> int:
        """How many people gave a level."""
        return len({rating.scorecard.interviewer_id for rating in self.given})

    @property
    def must_pass_doubted(self) -> bool:
        """Must-pass, and somebody rated it below the bar though the mean is not: a mean hides nobody's rating."""
        summary = self.summary
        below = summary.lowest is not None and summary.lowest < self.requirement.bar
        return self.requirement.must_pass and below and not summary.must_pass_missed

    @property
    def below(self) -> tuple[Rating, ...]:
        """Ratings below the bar."""
        return tuple(rating for rating in self.given if (rating.level or 0) < self.requirement.bar)


@dataclass(frozen=True)
class OtherRow:
    """A competency the stations measured though the role does not require it: shown, in no sum."""

    competency: Competency
    ratings: tuple[Rating | None, ...]


@dataclass(frozen=True)
class DebriefPage:
    candidacy: Candidacy
    scorecards: tuple[Scorecard, ...]
    columns: tuple[Column, ...]
    ratings: tuple[Rating, ...]
    rows: tuple[DebriefRow, ...]
    others: tuple[OtherRow, ...]
    summary: PanelSummary
    interviews: tuple[Interview, ...]
    owing: tuple[Seat, ...]
    decision: Decision | None
    weights_differ: bool

    @property
    def not_held(self) -> tuple[Interview, ...]:
        return tuple(row for row in self.interviews if row.state == Interview.State.TO_SCHEDULE)

    @property
    def doubted(self) -> tuple[DebriefRow, ...]:
        return tuple(row for row in self.rows if row.must_pass_doubted)

    @property
    def splits(self) -> tuple[DebriefRow, ...]:
        """Where the panel is two levels or more apart."""
        return tuple(row for row in self.rows if row.summary.is_split)


def debrief_page(*, candidacy: Candidacy, user: Any, panel: PanelRows | None = None) -> DebriefPage:
    """The page for somebody who may see what others wrote (`Candidacy.objects.open_to`).

    `panel`: what they may read, where that was read just now.
    """
    panel = panel or panel_rows(candidacy=candidacy, user=user)
    scorecards, requirements, informed = panel.scorecards, panel.requirements, panel.informed
    ratings = sorted((rating for card in scorecards for rating in card.ratings.all()), key=lambda rating: rating.pk)
    by_place = {(rating.scorecard_id, rating.competency_id): rating for rating in ratings}
    stations = {
        card.interview.plan_station.version.station.slug: card.interview.plan_station.version.name
        for card in scorecards
    }
    people = {str(card.interviewer_id): card.interviewer.name for card in scorecards}
    summary = summarise(to_needs(requirements), to_observations(ratings, informed=informed))
    rows = tuple(
        DebriefRow(
            requirement=requirement,
            summary=row,
            ratings=tuple(by_place.get((card.pk, requirement.competency_id)) for card in scorecards),
            signals=tuple((stations[station], people[person]) for station, person in row.signals),
        )
        for requirement, row in zip(requirements, summary.competencies, strict=True)
    )
    required = {requirement.competency_id for requirement in requirements}
    further = {rating.competency_id: rating.competency for rating in ratings if rating.competency_id not in required}
    others = tuple(
        OtherRow(competency=competency, ratings=tuple(by_place.get((card.pk, pk)) for card in scorecards))
        for pk, competency in further.items()
    )
    opened = candidacy.debrief_opened_at
    columns = tuple(
        Column(
            card=card,
            amendments=panel.amendments[card.pk],
            is_informed=(card.interview_id, card.interviewer_id) in informed,
            is_late=bool(not card.amends_id and opened and card.submitted_at and card.submitted_at > opened),
        )
        for card in scorecards
    )
    return DebriefPage(
        candidacy=candidacy,
        scorecards=tuple(scorecards),
        columns=columns,
        ratings=tuple(ratings),
        rows=rows,
        others=others,
        summary=summary,
        interviews=tuple(panel.interviews),
        owing=panel.owing,
        decision=panel.decision,
        weights_differ=len({requirement.weight for requirement in requirements}) > 1,
    )
