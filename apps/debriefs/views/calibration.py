"""The calibration: what is in force, making it anew, and how one interviewer rates."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.models import SignedInRequest
from apps.debriefs import actions, queries, tasks, translate


@require_GET
@never_cache
def calibration(request: SignedInRequest) -> HttpResponse:
    """Asked by htmx while one is being made: its progress, and the whole page anew once it has ended."""
    request.user.require(leader=True)
    if request.headers.get("HX-Request") == "true":
        progress = translate.calibration_progress(now=timezone.now())
        if progress is None:
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})
        return render(request, "debriefs/_calibration_job.html", {"progress": progress})
    page = translate.calibration_page(user=request.user, now=timezone.now())
    return render(request, "debriefs/calibration.html", {"page": page})


@require_POST
def calibrate(request: SignedInRequest) -> HttpResponse:
    job = actions.request_calibration(by=request.user, now=timezone.now())
    tasks.enqueue(job)
    messages.success(request, "The calibration is on its way. The numbers below stay in force until it is done.")
    return redirect("calibration")


@require_GET
def interviewer_calibration(request: SignedInRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(queries.calibration_shown_to(request.user), pk=pk)
    page = translate.interviewer_page(person=person, reader=request.user)
    return render(request, "debriefs/interviewer.html", {"page": page})
