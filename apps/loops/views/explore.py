"""What else there is beside a plan: stations left out, other loops, the frontier. Solved on reading, never stored."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.accounts.models import SignedInRequest
from apps.library.models import Station
from apps.loops import actions, queries, translate
from apps.loops.core.alternatives import alternatives
from apps.loops.core.frontier import FrontierPoint, frontier
from apps.loops.core.problem import Problem
from apps.loops.core.result import PlanResult
from apps.loops.core.solve import solve
from apps.loops.forms import DraftForm, LimitsForm
from apps.loops.models import LoopPlan, Role
from apps.loops.views.plans import plan_post, ways_out

#: A page that solves answers within three seconds: for one question, for each alternative, for each dot.
LOOK_SECONDS, ALTERNATIVE_SECONDS, DOT_SECONDS = 3.0, 0.5, 0.2


def plan_to_read(request: SignedInRequest, pk: int) -> LoopPlan:
    return get_object_or_404(LoopPlan.objects.visible_to(request.user).select_related("role"), pk=pk)


def can_draft(request: SignedInRequest, plan: LoopPlan) -> bool:
    """Whether this person may make a new draft for the plan's role."""
    return Role.objects.editable_by(request.user).filter(pk=plan.role_id).exists()


def draft_fields(plan: LoopPlan, result: PlanResult, **changes: Any) -> list[tuple[str, Any]]:
    """What a button sends to make a draft of an answer: the plan's limits, `changes` to them, and the stations."""
    limits = LimitsForm.initial_of(plan) | changes
    fields = [(name, value) for name, value in limits.items() if value is not None]
    return [*fields, *(("station", slug) for slug in result.stations)]


def _slugs(plan: LoopPlan) -> list[str]:
    return list(plan.plan_stations.order_by("position").values_list("version__station__slug", flat=True))


@require_safe
def left_out(request: SignedInRequest, pk: int) -> HttpResponse:
    plan, today = plan_to_read(request, pk), timezone.localdate()
    problem = translate.question_of(plan, today=today, as_it_is=True)
    lines = translate.left_out_lines(problem, _slugs(plan), today=today) if problem else ()
    return render(request, "loops/left_out.html", {"plan": plan, "lines": lines})


@require_safe
def why_not(request: SignedInRequest, pk: int, slug: str) -> HttpResponse:
    """The best loop with a station that is not in the plan."""
    plan, today = plan_to_read(request, pk), timezone.localdate()
    station = get_object_or_404(Station.objects.visible_to(request.user).usable().select_related("current"), slug=slug)
    problem = translate.question_of(plan, today=today)
    if problem is None or slug in _slugs(plan):
        return redirect(plan)
    result = solve(_with_station(problem, slug), time_limit_seconds=LOOK_SECONDS)
    found = result.objective is not None
    context = {
        "plan": plan,
        "station": station,
        "result": result,
        "page": translate.compare_with_result(plan=plan, result=result, problem=problem, title="This loop", today=today)
        if found
        else None,
        "draft": draft_fields(plan, result) if found and can_draft(request, plan) else None,
        **ways_out(result if result.clash else None, plan.role),
    }
    return render(request, "loops/why_not.html", context)


def _with_station(problem: Problem, slug: str) -> Problem:
    limits = problem.limits
    excluded = tuple(name for name in limits.excluded if name != slug)
    return replace(problem, limits=replace(limits, pinned=(*limits.pinned, slug), excluded=excluded))


@require_safe
def plan_alternatives(request: SignedInRequest, pk: int) -> HttpResponse:
    """The frontier of what a loop explains against the candidate's minutes, and the best truly different loops."""
    plan, today = plan_to_read(request, pk), timezone.localdate()
    page = translate.plan_page(plan=plan, user=request.user, today=today)
    problem = translate.question_of(plan, today=today)
    if problem is None:
        return render(request, "loops/alternatives.html", {"plan": plan, "picture": None, "others": []})
    points = frontier(problem, time_limit_seconds=DOT_SECONDS)
    shown = _shown(request, points)
    drafting = can_draft(request, plan)
    others = alternatives(problem, _slugs(plan), time_limit_seconds=ALTERNATIVE_SECONDS)
    context = {
        "plan": plan,
        "picture": translate.frontier_picture(
            points,
            plan_minutes=page.candidate_minutes,
            plan_explained=page.explained,
            stations=len(page.columns),
            shown=shown.candidate_minutes_limit if shown else None,
        ),
        "shown": shown,
        "shown_page": translate.compare_with_result(
            plan=plan, result=shown.result, problem=problem, title="This loop", today=today
        )
        if shown
        else None,
        "shown_stations": translate.stations_of_result(shown.result) if shown else [],
        "shown_draft": draft_fields(plan, shown.result, candidate_minutes=shown.candidate_minutes_limit)
        if shown and drafting
        else None,
        "others": [
            {
                "page": translate.compare_with_result(
                    plan=plan, result=result, problem=problem, title=f"Alternative {number}", today=today
                ),
                "draft": draft_fields(plan, result) if drafting else None,
            }
            for number, result in enumerate(others, start=1)
        ],
    }
    return render(request, "loops/alternatives.html", context)


def _shown(request: SignedInRequest, points: tuple[FrontierPoint, ...]) -> FrontierPoint | None:
    """The point one clicked on; an address somebody changed shows none."""
    asked = request.GET.get("minutes", "")
    return next((point for point in points if str(point.candidate_minutes_limit) == asked), None)


@plan_post
def plan_draft(request: SignedInRequest, pk: int) -> HttpResponse:
    """A new draft of the plan's role, of stations the planner found and the limits it found them within."""
    plan = plan_to_read(request, pk)
    request.user.require(leader=True)
    role = get_object_or_404(Role.objects.editable_by(request.user), pk=plan.role_id)
    form = DraftForm(request.POST, needs_ai_craft=queries.needs_ai_craft(queries.requirements_of(role)))
    if not form.is_valid():
        said = " ".join(str(error) for errors in form.errors.values() for error in errors)
        messages.error(request, f"No draft was made. {said}")
        return redirect(plan)
    draft = actions.draft_from_stations(
        role=role, limits=form.limits(), station_slugs=form.station_slugs(), by=request.user, now=timezone.now()
    )
    messages.success(request, f"Plan {draft.number} is a draft with these stations. Publish it when it is right.")
    return redirect(draft)
