"""The page of a background job."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from apps.accounts.models import SignedInRequest
from apps.common.models import Job
from apps.packets import queries


@require_GET
@never_cache
def job(request: SignedInRequest, job_id: int) -> HttpResponse:
    """A job's page; asked by htmx, only the part that changes."""
    found = get_object_or_404(Job.objects.visible_to(request.user), pk=job_id)
    page = queries.job_page(job=found, user=request.user, now=timezone.now())
    is_poll = request.headers.get("HX-Request") == "true"
    return render(request, "packets/_job.html" if is_poll else "packets/job.html", {"job_page": page})
