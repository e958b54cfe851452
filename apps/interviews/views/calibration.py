"""Pages of calibration items."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.models import SignedInRequest
from apps.interviews import actions, queries
from apps.interviews.forms import CalibrationItemForm, CalibrationRatingForm
from apps.interviews.models import CalibrationItem


@require_safe
def calibration_items(request: SignedInRequest) -> HttpResponse:
    request.user.require(insider=True)
    lines = queries.calibration_items(user=request.user)
    return render(request, "interviews/calibration_items.html", {"lines": lines})


def _editor(request: SignedInRequest, item: CalibrationItem | None) -> HttpResponse:
    """Write an item or change a draft; what was typed stays in the form until it is stored."""
    edited = CalibrationItem.objects.get(pk=item.pk) if item else None
    form = CalibrationItemForm(request.POST or None, instance=edited, versions=queries.versions_for_items())
    if request.method == "POST" and form.is_valid():
        try:
            kept = actions.save_calibration_item(item=item, **form.cleaned_data, by=request.user, now=timezone.now())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "Saved as a draft. Open it once it reads well.")
            return redirect(kept)
    return render(request, "interviews/calibration_editor.html", {"form": form, "item": item})


@require_http_methods(["GET", "POST"])
def calibration_item_new(request: SignedInRequest) -> HttpResponse:
    request.user.require(leader=True)
    return _editor(request, None)


@require_http_methods(["GET", "POST"])
def calibration_item_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    request.user.require(leader=True)
    item = get_object_or_404(CalibrationItem.objects.visible_to(request.user), pk=pk)
    if item.state != CalibrationItem.State.DRAFT and request.method == "GET":
        messages.error(request, "This item was opened for rating: it stays as it is. Write a new one.")
        return redirect(item)
    return _editor(request, item)


@require_POST
def calibration_item_state(request: SignedInRequest, pk: int) -> HttpResponse:
    request.user.require(leader=True)
    item = get_object_or_404(CalibrationItem.objects.visible_to(request.user), pk=pk)
    closing = request.POST.get("do") == "close"
    verb = actions.close_calibration_item if closing else actions.open_calibration_item
    try:
        verb(item=item, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, "Closed." if closing else "Open: the station's interviewers can rate it.")
    return redirect(item)


@require_http_methods(["GET", "POST"])
def calibration_item(request: SignedInRequest, pk: int) -> HttpResponse:
    found = CalibrationItem.objects.visible_to(request.user).select_related("version__station", "created_by")
    item = get_object_or_404(found, pk=pk)
    page = queries.calibration_page(item=item, user=request.user)
    status = 200
    form = CalibrationRatingForm(request.POST or None, asked=page.asked) if page.can_rate else None
    if request.method == "POST":
        if not request.user.is_interviewer:
            raise PermissionDenied
        if form is None:
            messages.error(request, "You have rated this item already, or it is not open. Nothing was changed.")
            return redirect(item)
        status = 422
        if form.is_valid():
            try:
                actions.rate_calibration_item(item=item, entries=form.entries, by=request.user, now=timezone.now())
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, "Rated. It is fixed now; below is how the others see it.")
                return redirect(item)
    return render(
        request, "interviews/calibration_item.html", {"page": page, "item": item, "form": form}, status=status
    )
