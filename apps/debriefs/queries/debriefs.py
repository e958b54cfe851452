"""Reads of the debrief. Ratings only through `visible_to`."""

from typing import Any

from django.db.models import Count, F, Q, QuerySet

from apps.debriefs.models import Debrief
from apps.interviews.models import Candidacy, Scorecard
from apps.loops.models import Blindness


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
