"""Reads of how a scorecard came to be: its amendments, who entered it, and who was seated having read others."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch

from apps.interviews.models import Candidacy, Rating, Scorecard, Seat
from apps.library.models import Competency


@dataclass(frozen=True)
class RatingChange:
    """One competency that an amendment says something else of."""

    competency: Competency
    before: Rating
    after: Rating

    @property
    def level_changed(self) -> bool:
        return (self.before.level, self.before.no_evidence) != (self.after.level, self.after.no_evidence)

    @property
    def words_changed(self) -> bool:
        return (self.before.evidence, self.before.moment) != (self.after.evidence, self.after.moment)


@dataclass(frozen=True)
class AmendmentLine:
    """One amendment: what it says now (`scorecard`), what was said before (`amended`), and where they differ.

    `after_debrief` is None for an author who may not read the panel yet: that a debrief opened tells that others wrote.
    """

    scorecard: Scorecard
    amended: Scorecard
    changes: tuple[RatingChange, ...]
    after_debrief: bool | None

    @property
    def recommendation_changed(self) -> bool:
        return self.scorecard.recommendation != self.amended.recommendation


def amendments_of(scorecards: Sequence[Scorecard], *, user: Any) -> dict[int, tuple[AmendmentLine, ...]]:
    """For each of these cards that stands, how it came to say what it says: the first amendment first.

    By the card's id; empty for a card that never was amended, and for what this person may not see.
    """
    ratings = Rating.objects.visible_to(user).select_related("competency").order_by("pk")
    rows = (
        Scorecard.objects.visible_to(user)
        .submitted()
        .filter(interview__in={card.interview_id for card in scorecards})
        .annotate(is_open=Exists(Candidacy.objects.open_to(user).filter(pk=OuterRef("interview__candidacy"))))
        .select_related("interviewer", "entered_by")
        .prefetch_related(Prefetch("ratings", ratings))
        .order_by("pk")
    )
    by_pk = {row.pk: row for row in rows}
    return {card.pk: _trail(card.pk, by_pk) for card in scorecards}


def _trail(pk: int, rows: Mapping[int, Scorecard]) -> tuple[AmendmentLine, ...]:
    lines: list[AmendmentLine] = []
    card = rows.get(pk)
    while card is not None and card.amends_id is not None and (amended := rows.get(card.amends_id)) is not None:
        after_debrief = card.after_debrief if card.is_open else None  # type: ignore[attr-defined]  # annotated above
        lines.insert(0, AmendmentLine(card, amended, _changes(amended, card), after_debrief))
        card = amended
    return tuple(lines)


def _changes(before: Scorecard, after: Scorecard) -> tuple[RatingChange, ...]:
    then = {rating.competency_id: rating for rating in before.ratings.all()}
    changes = (
        RatingChange(competency=rating.competency, before=then[rating.competency_id], after=rating)
        for rating in after.ratings.all()
    )
    return tuple(change for change in changes if change.level_changed or change.words_changed)


def informed_seats(*, candidacies: Iterable[Candidacy]) -> dict[int, frozenset[tuple[int, int]]]:
    """By candidacy: (interview, interviewer) of everybody who had read others' ratings before giving these.

    Only for whoever may read these candidacies (`Candidacy.objects.open_to`): it tells that others had submitted.
    """
    found: dict[int, set[tuple[int, int]]] = {candidacy.pk: set() for candidacy in candidacies}
    seats = Seat.objects.filter(interview__candidacy__in=found, informed=True).order_by("pk")
    for candidacy, interview, interviewer in seats.values_list("interview__candidacy", "interview", "interviewer"):
        found[candidacy].add((interview, interviewer))
    return {pk: frozenset(seats) for pk, seats in found.items()}
