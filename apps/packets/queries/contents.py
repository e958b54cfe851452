"""What packets are made from."""

from collections.abc import Iterable

from django.db.models import Prefetch, QuerySet

from apps.accounts.models import Kind, User
from apps.interviews.models import Candidacy, Interview, PinnedRequirement, PinnedRubric, Seat
from apps.library.models import Level
from apps.loops.models import PlanStation
from apps.loops.queries import with_assessed


def with_contents(candidacies: QuerySet[Candidacy]) -> QuerySet[Candidacy]:
    """With all that kits and briefs are made from, at a fixed number of queries."""
    interviews = (
        Interview.objects.exclude(state=Interview.State.CANCELLED)
        .prefetch_related(
            Prefetch("plan_station", with_assessed(PlanStation.objects.all())),
            Prefetch("seats", Seat.objects.select_related("interviewer").order_by("id")),
        )
        .in_order()
    )
    rubrics = (
        PinnedRubric.objects.select_related("rubric__competency")
        .prefetch_related(Prefetch("rubric__levels", Level.objects.order_by("number")))
        .order_by("id")
    )
    return (
        candidacies.select_related("candidate", "role", "plan")
        .prefetch_related(
            Prefetch("pinned_requirements", PinnedRequirement.objects.select_related("competency").order_by("id")),
            Prefetch("pinned_rubrics", rubrics),
            Prefetch("interviews", interviews),
        )
        .order_by("pk")
    )


def kit_seats(candidacies: Iterable[Candidacy]) -> QuerySet[Seat]:
    """Everybody who needs an interviewer kit."""
    return (
        Seat.objects.assigned()
        .filter(interview__candidacy__in=candidacies)
        .select_related("interview", "interviewer")
        .order_by("interview__candidacy", "interview__plan_station__position", "id")
    )


def demo_people() -> QuerySet[User]:
    """Who runs hiring in the demo organisation; its addresses end in a name that is reserved for examples."""
    groups = [Kind.LEADER.value, Kind.RECRUITER.value]
    found = User.objects.filter(is_active=True, email__endswith="@demo.example", groups__name__in=groups)
    return found.distinct().order_by("pk")


def demo_decided() -> QuerySet[Candidacy, int]:
    """The primary keys of the demo's decided candidacies."""
    decided = Candidacy.objects.filter(state=Candidacy.State.DECIDED)
    return decided.filter(interviews__seats__interviewer__email__endswith="@demo.example").values_list("pk", flat=True)
