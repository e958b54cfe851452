"""The kits: how fresh they are, who has seen them, and how far an assistant gets alone. For leaders."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.models import SignedInRequest
from apps.craft import actions, queries
from apps.craft.core.kits import Kit
from apps.craft.forms import RetireForm, ReviewForm, RunForm, RunsForm


@require_safe
def kits(request: SignedInRequest) -> HttpResponse:
    request.user.require(leader=True)
    lines = queries.kit_lines(user=request.user, today=timezone.localdate())
    return render(request, "craft/kits.html", {"lines": lines})


@require_safe
def kit(request: SignedInRequest, kit_id: str) -> HttpResponse:
    return _page(request, _kit(request, kit_id))


@require_POST
def kit_run(request: SignedInRequest, kit_id: str) -> HttpResponse:
    found = _kit(request, kit_id)
    form = RunForm(request.POST, today=timezone.localdate())
    if form.is_valid():
        try:
            actions.log_run(kit=found, run=form.run(), by=request.user, now=timezone.now())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "The run is logged.")
            return redirect("kit", found.id)
    return _page(request, found, run=form)


@require_http_methods(["GET", "POST"])
def kit_runs_import(request: SignedInRequest, kit_id: str) -> HttpResponse:
    found = _kit(request, kit_id)
    is_post = request.method == "POST"
    today = timezone.localdate()
    form = RunsForm(request.POST, request.FILES, today=today) if is_post else RunsForm(today=today)
    if is_post and form.is_valid():
        made = actions.import_runs(kit=found, runs=form.runs, by=request.user, now=timezone.now())
        messages.success(request, f"{len(made)} run{'s' * (len(made) != 1)} logged.")
        return redirect("kit", found.id)
    context = {"kit": found, "form": form}
    return render(request, "craft/runs_import.html", context, status=422 if is_post else 200)


@require_POST
def kit_review(request: SignedInRequest, kit_id: str) -> HttpResponse:
    found = _kit(request, kit_id)
    form = ReviewForm(request.POST, today=timezone.localdate())
    if form.is_valid():
        try:
            actions.review_kit(kit=found, **form.cleaned_data, by=request.user, today=timezone.localdate())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "The review is recorded.")
            return redirect("kit", found.id)
    return _page(request, found, review=form)


@require_POST
def kit_retire(request: SignedInRequest, kit_id: str) -> HttpResponse:
    found = _kit(request, kit_id)
    form = RetireForm(request.POST)
    if form.is_valid():
        try:
            actions.retire_kit(kit=found, **form.cleaned_data, by=request.user, now=timezone.now())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "Retired. Nobody is given this version from now on.")
            return redirect("kit", found.id)
    return _page(request, found, retire=form)


@require_POST
def kit_restore(request: SignedInRequest, kit_id: str) -> HttpResponse:
    found = _kit(request, kit_id)
    actions.restore_kit(kit=found, by=request.user, now=timezone.now())
    messages.success(request, "It can be assigned again.")
    return redirect("kit", found.id)


def _kit(request: SignedInRequest, kit_id: str) -> Kit:
    request.user.require(leader=True)
    found = queries.kit_named(kit_id)
    if found is None:
        raise Http404
    return found


def _page(request: SignedInRequest, kit: Kit, **bound: Any) -> HttpResponse:
    today = timezone.localdate()
    context = {
        "page": queries.kit_page(kit=kit, user=request.user, today=today),
        "kit": kit,
        "run": bound.get("run") or RunForm(today=today),
        "review": bound.get("review") or ReviewForm(today=today),
        "retire": bound.get("retire") or RetireForm(),
        "solved_alone": queries.SOLVED_ALONE,
    }
    return render(request, "craft/kit.html", context, status=422 if bound else 200)
