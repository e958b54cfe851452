"""Reads of the debrief. Ratings only through `visible_to`."""

from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from apps.interviews.models import Candidacy, Interview, Seat


def debriefs_ready(*, user: Any) -> QuerySet[Candidacy]:
    """Active candidacies where everybody assigned has submitted and every interview has its people."""
    if not user.runs_hiring:
        return Candidacy.objects.none()
    owing = Seat.objects.owing().filter(interview__candidacy=OuterRef("pk"))
    unscheduled = Interview.objects.filter(candidacy=OuterRef("pk"), state=Interview.State.TO_SCHEDULE)
    return (
        Candidacy.objects.open_to(user)
        .filter(state=Candidacy.State.ACTIVE)
        .exclude(Exists(owing))
        .exclude(Exists(unscheduled))
        .annotate(submitted=Count("interviews__scorecards", filter=Q(interviews__scorecards__state="submitted")))
        .filter(submitted__gt=0)
        .select_related("candidate", "role")
        .order_by("started_at", "pk")
    )
