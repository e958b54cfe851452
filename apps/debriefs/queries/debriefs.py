"""Reads of the debrief. Ratings only through `visible_to`."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Prefetch, Q, QuerySet

from apps.debriefs.models import Debrief, Decision
from apps.interviews.models import Candidacy, Interview, Rating, Scorecard
from apps.library.models import station_texts
from apps.loops.models import Blindness


@dataclass(frozen=True)
class Quorum:
    """How far a panel is on the way to its debrief. `needed` is None where everybody has to submit first."""

    needed: int | None
    submitted: int
    is_complete: bool

    @property
    def is_reached(self) -> bool:
        enough = self.needed is not None and self.submitted >= self.needed
        return self.submitted > 0 and (self.is_complete or enough)


def quorum_of(*, candidacy: Candidacy) -> Quorum:
    """A quorum opens a debrief early only where the panel reads after each one's own scorecard.

    Elsewhere some of those who have submitted could not read yet, so everybody submits first.
    """
    early = candidacy.blindness == Blindness.AFTER_OWN
    return Quorum(
        needed=candidacy.role.quorum if early else None,
        submitted=Scorecard.objects.current().filter(interview__candidacy=candidacy).count(),
        is_complete=not Candidacy.objects.incomplete().filter(pk=candidacy.pk).exists(),
    )


@dataclass(frozen=True)
class PanelRows:
    """What one person may read of what a panel wrote, now: scorecards with their ratings, and the decision."""

    scorecards: list[Scorecard]
    decision: Decision | None


def panel_rows(*, candidacy: Candidacy, user: Any) -> PanelRows:
    """The scorecards that stand, in the order of the interviews, as far as this person may see them."""
    in_order = Interview.objects.filter(candidacy=candidacy).in_order().values_list("pk", flat=True)
    place = {pk: number for number, pk in enumerate(in_order)}
    ratings = Rating.objects.visible_to(user).select_related("competency").order_by("pk")
    scorecards = (
        Scorecard.objects.visible_to(user)
        .current()
        .filter(interview__candidacy=candidacy)
        .select_related("interviewer", "entered_by", "interview__plan_station__version__station")
        .select_related("interview__candidacy")
        .defer(*station_texts("interview__plan_station__version"))
        .prefetch_related(Prefetch("ratings", ratings))
    )
    return PanelRows(
        scorecards=sorted(scorecards, key=lambda card: (place[card.interview_id], card.pk)),
        decision=Decision.objects.visible_to(user).filter(candidacy=candidacy).select_related("decided_by").first(),
    )


def latest_cards(*, candidacy_id: int) -> dict[int, Scorecard]:
    """The panel: whoever has submitted, by id, with the scorecard they submitted last."""
    cards = Scorecard.objects.current().filter(interview__candidacy=candidacy_id)
    return {card.interviewer_id: card for card in cards.order_by("submitted_at", "pk")}


def debriefs_ready(*, user: Any) -> QuerySet[Candidacy]:
    """Active candidacies whose debrief can be opened: the role's quorum is reached, or nothing is owed any more."""
    if not user.runs_hiring:
        return Candidacy.objects.none()
    complete = ~Q(pk__in=Candidacy.objects.incomplete().values("pk"))
    early = Q(role__quorum__lte=F("submitted"), blindness=Blindness.AFTER_OWN)
    first = Q(interviews__scorecards__state=Scorecard.State.SUBMITTED, interviews__scorecards__amends=None)
    return (
        Candidacy.objects.open_to(user)
        .filter(state=Candidacy.State.ACTIVE, debrief=None)
        .annotate(submitted=Count("interviews__scorecards", filter=first))
        .filter(complete | early, submitted__gt=0)
        .select_related("candidate", "role")
        .order_by("started_at", "pk")
    )


def debriefs_running(*, user: Any) -> QuerySet[Debrief]:
    """Debriefs that have opened and wait for their decision, of candidacies this person may read."""
    return (
        Debrief.objects.visible_to(user)
        .exclude(step=Debrief.Step.CLOSED)
        .filter(candidacy__state=Candidacy.State.ACTIVE)
        .select_related("candidacy__candidate", "candidacy__role")
        .order_by("opened_at", "pk")
    )
