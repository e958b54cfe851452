"""Rows to the aggregation's values, and its answer to the page of the debrief. Ratings only through `visible_to`."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from apps.debriefs.core.aggregate import CompetencySummary, Need, Observation, PanelSummary, summarise
from apps.debriefs.models import Decision
from apps.interviews.models import Candidacy, Interview, PinnedRequirement, Rating, Scorecard, Seat
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


def to_observations(ratings: Iterable[Rating]) -> list[Observation]:
    """Ratings of submitted scorecards; one that is not rated at all cannot be among them."""
    return [
        Observation(
            competency=rating.competency.slug,
            station=rating.scorecard.interview.plan_station.version.station.slug,
            interviewer=str(rating.scorecard.interviewer_id),
            level=rating.level,
        )
        for rating in ratings
    ]


@dataclass(frozen=True)
class DebriefRow:
    """One competency: its summary and one rating (or None) for each column."""

    requirement: PinnedRequirement
    summary: CompetencySummary
    ratings: tuple[Rating | None, ...]


@dataclass(frozen=True)
class OtherRow:
    """A competency the stations measured though the role does not require it: shown, in no sum."""

    competency: Competency
    ratings: tuple[Rating | None, ...]


@dataclass(frozen=True)
class DebriefPage:
    candidacy: Candidacy
    scorecards: tuple[Scorecard, ...]
    rows: tuple[DebriefRow, ...]
    others: tuple[OtherRow, ...]
    summary: PanelSummary
    owing: tuple[Seat, ...]
    not_held: tuple[Interview, ...]
    decision: Decision | None
    can_decide: bool
    weights_differ: bool


def debrief_page(*, candidacy: Candidacy, user: Any) -> DebriefPage:
    """The page for somebody who may see what others wrote (`Candidacy.objects.open_to`)."""
    in_order = Interview.objects.filter(candidacy=candidacy).in_order().values_list("pk", flat=True)
    place = {pk: number for number, pk in enumerate(in_order)}
    scorecards = sorted(
        Scorecard.objects.visible_to(user)
        .current()
        .filter(interview__candidacy=candidacy)
        .select_related("interviewer", "interview__plan_station__version"),
        key=lambda card: (place[card.interview_id], card.pk),
    )
    ratings = list(
        Rating.objects.visible_to(user)
        .filter(scorecard__in=scorecards)
        .select_related("competency", "scorecard__interview__plan_station__version__station")
        .order_by("pk")
    )
    by_place = {(rating.scorecard_id, rating.competency_id): rating for rating in ratings}
    requirements = list(candidacy.pinned_requirements.select_related("competency").order_by("pk"))
    summary = summarise(to_needs(requirements), to_observations(ratings))
    rows = tuple(
        DebriefRow(
            requirement=requirement,
            summary=row,
            ratings=tuple(by_place.get((card.pk, requirement.competency_id)) for card in scorecards),
        )
        for requirement, row in zip(requirements, summary.competencies, strict=True)
    )
    required = {requirement.competency_id for requirement in requirements}
    further = {rating.competency_id: rating.competency for rating in ratings if rating.competency_id not in required}
    others = tuple(
        OtherRow(competency=competency, ratings=tuple(by_place.get((card.pk, pk)) for card in scorecards))
        for pk, competency in further.items()
    )
    owing = tuple(
        Seat.objects.owing()
        .filter(interview__candidacy=candidacy)
        .select_related("interviewer", "interview__plan_station__version")
        .order_by("pk")
    )
    not_held = tuple(
        Interview.objects.filter(candidacy=candidacy, state=Interview.State.TO_SCHEDULE)
        .select_related("plan_station__version")
        .in_order()
    )
    decision = Decision.objects.visible_to(user).filter(candidacy=candidacy).select_related("decided_by").first()
    return DebriefPage(
        candidacy=candidacy,
        scorecards=tuple(scorecards),
        rows=rows,
        others=others,
        summary=summary,
        owing=owing,
        not_held=not_held,
        decision=decision,
        can_decide=user.is_leader and candidacy.state == Candidacy.State.ACTIVE and not owing and bool(scorecards),
        weights_differ=len({requirement.weight for requirement in requirements}) > 1,
    )
