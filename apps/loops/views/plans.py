"""Pages of loop plans."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.models import SignedInRequest
from apps.library.models import Station
from apps.library.queries import StationLine, station_freshness
from apps.loops import actions, queries, translate
from apps.loops.core.result import PlanResult
from apps.loops.forms import LimitsForm, StationChoiceForm, with_relaxation
from apps.loops.models import LoopPlan, PlanStation, Role


def plan_post(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A POST about one plan: what the action refuses is said on the plan's page, never as an error page."""

    @require_POST
    @wraps(view)
    def posted(request: SignedInRequest, pk: int, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, pk, **kwargs)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("plan", pk)

    return posted


def _needs_ai_craft(role: Role) -> bool:
    return queries.needs_ai_craft(queries.requirements_of(role))


def ways_out(result: PlanResult | None, role: Role, form: LimitsForm | None = None) -> dict[str, object]:
    """What a page says of a request no loop can meet: the rules that clash, and what makes it possible.

    `offered`: those of the ways out the form would take, as their buttons say it.
    """
    if result is None:
        return {"impossible": None, "relaxations": (), "offered": frozenset()}
    ways = translate.relaxation_lines(result, needs_ai_craft=_needs_ai_craft(role))
    return {
        "impossible": translate.clash_lines(result),
        "relaxations": ways,
        "offered": frozenset(way.query for way in ways if form is not None and way.limits and form.accepts(way.limits)),
    }


@require_http_methods(["GET", "POST"])
def generate(request: SignedInRequest, pk: int) -> HttpResponse:
    role = get_object_or_404(Role.objects.editable_by(request.user), pk=pk)
    form = LimitsForm(
        with_relaxation(request.POST) or None,
        initial=LimitsForm.initial_of(role),
        needs_ai_craft=_needs_ai_craft(role),
        button="Generate loop",
    )
    impossible: PlanResult | None = None
    if request.method == "POST" and form.is_valid():
        try:
            plan = actions.generate_plan(role=role, limits=form.limits(), by=request.user, now=timezone.now())
        except actions.PlanImpossible as error:
            impossible = error.result
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect(plan)
    context = {
        "role": role,
        "form": form,
        "requirements": queries.requirements_of(role),
        **ways_out(impossible, role, form),
    }
    return render(request, "loops/generate.html", context, status=422 if impossible else 200)


def _plan_page(
    request: SignedInRequest, plan: LoopPlan, *, form: LimitsForm | None = None, impossible: PlanResult | None = None
) -> HttpResponse:
    today = timezone.localdate()
    page = translate.plan_page(plan=plan, user=request.user, today=today)
    choosable = queries.stations_to_choose(plan=plan) if page.can_edit else []
    context = {
        "page": page,
        "plan": page.plan,
        "limits": form or LimitsForm(initial=LimitsForm.initial_of(plan), button="Generate again"),
        "choosable": [StationLine(station, station_freshness(station=station, today=today)) for station in choosable],
        **ways_out(impossible, plan.role, form),
    }
    return render(request, "loops/plan.html", context, status=422 if impossible else 200)


@require_safe
def plan(request: SignedInRequest, pk: int) -> HttpResponse:
    plan = get_object_or_404(LoopPlan.objects.visible_to(request.user).select_related("role"), pk=pk)
    return _plan_page(request, plan)


def _draft(request: SignedInRequest, pk: int) -> LoopPlan:
    return get_object_or_404(LoopPlan.objects.editable_by(request.user).select_related("role"), pk=pk)


def _station_of(plan: LoopPlan, station_pk: int) -> PlanStation:
    return get_object_or_404(plan.plan_stations.select_related("version__station"), pk=station_pk)


@plan_post
def plan_again(request: SignedInRequest, pk: int) -> HttpResponse:
    plan = _draft(request, pk)
    data = with_relaxation(request.POST)
    form = LimitsForm(data, needs_ai_craft=_needs_ai_craft(plan.role), button="Generate again")
    if not form.is_valid():
        return _plan_page(request, plan, form=form)
    try:
        actions.regenerate_plan(plan=plan, limits=form.limits(), by=request.user, now=timezone.now())
    except actions.PlanImpossible as error:
        return _plan_page(request, plan, form=form, impossible=error.result)
    messages.success(request, "Generated again: pinned stations kept, excluded ones left out.")
    return redirect(plan)


def _back_to(plan: LoopPlan, place: str) -> HttpResponse:
    """To the place on the plan's page where the change was made, so that nobody has to find it again."""
    return redirect(f"{plan.get_absolute_url()}#{place}")


@plan_post
def plan_add(request: SignedInRequest, pk: int) -> HttpResponse:
    plan = _draft(request, pk)
    form = StationChoiceForm(request.POST, stations=queries.stations_to_choose(plan=plan))
    if form.is_valid():
        actions.add_station(plan=plan, station=form.cleaned_data["station"], by=request.user)
    else:
        messages.error(request, "Choose a station that is not in the plan yet.")
    return _back_to(plan, "stations")


@plan_post
def plan_order(request: SignedInRequest, pk: int) -> HttpResponse:
    plan = _draft(request, pk)
    actions.suggest_order(plan=plan, by=request.user, now=timezone.now())
    return _back_to(plan, "stations")


@plan_post
def plan_allow(request: SignedInRequest, pk: int, slug: str) -> HttpResponse:
    plan = _draft(request, pk)
    station = get_object_or_404(Station.objects.visible_to(request.user), slug=slug)
    actions.allow_station(plan=plan, station=station, by=request.user)
    return _back_to(plan, "stations")


@plan_post
def plan_publish(request: SignedInRequest, pk: int) -> HttpResponse:
    plan = _draft(request, pk)
    published = queries.published_plan(role=plan.role)
    if "knowing" not in request.POST:
        page = translate.plan_page(plan=plan, user=request.user, today=timezone.localdate())
        if page.violations and page.columns:
            return render(request, "loops/publish.html", {"plan": plan, "page": page, "published": published})
    actions.publish_plan(plan=plan, by=request.user, now=timezone.now())
    before = f" Plan {published.number} is archived; its candidacies keep it." if published else ""
    messages.success(request, f"Plan {plan.number} is published. New candidacies begin with it.{before}")
    return redirect(plan)


@plan_post
def plan_archive(request: SignedInRequest, pk: int) -> HttpResponse:
    request.user.require(leader=True)
    plan = get_object_or_404(LoopPlan.objects.visible_to(request.user).exclude(state="archived"), pk=pk)
    actions.archive_plan(plan=plan, by=request.user, now=timezone.now())
    messages.success(request, f"Plan {plan.number} is archived. Its candidacies go on with it.")
    return redirect(plan)


@plan_post
def plan_copy(request: SignedInRequest, pk: int) -> HttpResponse:
    request.user.require(leader=True)
    plan = get_object_or_404(LoopPlan.objects.visible_to(request.user), pk=pk)
    get_object_or_404(Role.objects.editable_by(request.user), pk=plan.role_id)
    return redirect(actions.copy_plan(plan=plan, by=request.user))


@plan_post
def station_move(request: SignedInRequest, pk: int, station_pk: int) -> HttpResponse:
    plan = _draft(request, pk)
    steps = 1 if request.POST.get("direction") == "later" else -1
    actions.move_station(plan=plan, plan_station=_station_of(plan, station_pk), steps=steps, by=request.user)
    return _back_to(plan, f"station-{station_pk}")


@plan_post
def station_pin(request: SignedInRequest, pk: int, station_pk: int) -> HttpResponse:
    plan = _draft(request, pk)
    plan_station = _station_of(plan, station_pk)
    actions.pin_station(plan=plan, plan_station=plan_station, pinned=not plan_station.pinned, by=request.user)
    return _back_to(plan, f"station-{station_pk}")


@plan_post
def station_remove(request: SignedInRequest, pk: int, station_pk: int) -> HttpResponse:
    plan = _draft(request, pk)
    exclude = request.POST.get("exclude") == "yes"
    plan_station = _station_of(plan, station_pk)
    actions.remove_station(plan=plan, plan_station=plan_station, exclude=exclude, by=request.user)
    return _back_to(plan, "stations")


@plan_post
def station_swap(request: SignedInRequest, pk: int, station_pk: int) -> HttpResponse:
    plan = _draft(request, pk)
    form = StationChoiceForm(request.POST, stations=queries.stations_to_choose(plan=plan))
    if form.is_valid():
        actions.swap_station(
            plan=plan,
            plan_station=_station_of(plan, station_pk),
            station=form.cleaned_data["station"],
            by=request.user,
        )
    else:
        messages.error(request, "Choose a station that is not in the plan yet.")
    return _back_to(plan, "stations")
