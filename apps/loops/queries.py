"""Reads of roles and loop plans."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from apps.library.models import Competency, Measure, Station
from apps.loops.models import LoopAudit, LoopPlan, PlanStation, Requirement, Role

LLM_CRAFT = "llm-craft"


def roles(*, user: Any) -> QuerySet[Role]:
    """Roles with their published plan and the number of active candidacies."""
    published = LoopPlan.objects.filter(state=LoopPlan.State.PUBLISHED)
    return (
        Role.objects.visible_to(user)
        .annotate(
            requirement_count=Count("requirements", distinct=True),
            active_count=Count("candidacies", filter=Q(candidacies__state="active"), distinct=True),
        )
        .prefetch_related(Prefetch("plans", published, to_attr="published_plans"))
        .order_by("state", "title", "pk")
    )


def requirements_of(role: Role) -> list[Requirement]:
    return list(role.requirements.select_related("competency").order_by("pk"))


def needs_ai_craft(requirements: Iterable[Requirement]) -> bool:
    """Where LLM craft is required, a loop holds at least one AI craft station."""
    return any(requirement.competency.slug == LLM_CRAFT for requirement in requirements)


def plans_of(*, role: Role) -> QuerySet[LoopPlan]:
    return role.plans.annotate(
        station_count=Count("plan_stations", distinct=True), candidacy_count=Count("candidacies", distinct=True)
    ).order_by("-number")


def with_assessed(stations: QuerySet[PlanStation]) -> QuerySet[PlanStation]:
    """Stations of plans with what `assessed` reads of them, at a fixed number of queries."""
    measures = Measure.objects.select_related("competency").order_by("-reliability", "pk")
    return stations.select_related("version__station").prefetch_related(
        Prefetch("version__measures", measures), Prefetch("assessed", Competency.objects.order_by("pk"))
    )


def published_plan(*, role: Role) -> LoopPlan | None:
    return role.plans.filter(state=LoopPlan.State.PUBLISHED).first()


def assessed(station: PlanStation) -> list[Measure]:
    """What a station of a plan is asked to assess, the most reliable first.

    That is what the plan names for it; where it names nothing (or nothing this version measures), all of what the
    version measures. Reads prefetched rows.
    """
    measures = list(station.version.measures.all())
    named = {competency.pk for competency in station.assessed.all()}
    return [measure for measure in measures if measure.competency_id in named] or measures


def stations_to_choose(*, plan: LoopPlan) -> QuerySet[Station]:
    """Usable stations that are not in the plan, for adding and swapping."""
    return (
        Station.objects.usable()
        .exclude(pk__in=plan.plan_stations.values("version__station"))
        .select_related("current")
        .order_by("kind", "current__name")
    )


def competencies_to_choose() -> QuerySet[Competency]:
    return Competency.objects.select_related("framework").order_by("framework__position", "position")


def audits_of(*, role: Role, user: Any) -> QuerySet[LoopAudit]:
    """The role's audits, the newest first."""
    visible = LoopAudit.objects.visible_to(user).filter(role=role)
    return visible.select_related("created_by", "plan").order_by("-created_at", "-pk")


def plans_to_audit(*, user: Any) -> QuerySet[LoopPlan]:
    """Plans of any role that have stations."""
    plans = LoopPlan.objects.visible_to(user).filter(plan_stations__isnull=False).distinct()
    return plans.select_related("role").order_by("role__title", "-number")
