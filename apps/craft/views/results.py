"""How a submission was graded, the guide of that very variant, and the file itself."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.models import SignedInRequest
from apps.craft import actions, queries, tasks, translate
from apps.craft.models import Assignment, Submission


@require_GET
@never_cache
def craft_result(request: SignedInRequest, assignment_id: int) -> HttpResponse:
    assignment = get_object_or_404(queries.readable_results(request.user), pk=assignment_id)
    page = queries.result_page(assignment=assignment, user=request.user)
    report = translate.to_report(page.shown.report or {}) if page.shown else None
    context = {"page": page, "assignment": assignment, "interview": assignment.interview, "report": report}
    template = "craft/_grading.html" if request.headers.get("HX-Request") == "true" else "craft/result.html"
    return render(request, template, context)


@require_POST
def craft_grade(request: SignedInRequest, assignment_id: int) -> HttpResponse:
    assignment = get_object_or_404(queries.readable_results(request.user), pk=assignment_id)
    try:
        grading = actions.request_grading(assignment=assignment, by=request.user, now=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        tasks.enqueue(grading.job)
    return redirect("craft-result", assignment.pk)


@require_GET
@never_cache
def craft_guide(request: SignedInRequest, assignment_id: int) -> HttpResponse:
    """The guide of this very variant: for those who interview, and for those who run hiring."""
    visible = Assignment.objects.visible_to(request.user).select_related(
        "interview__candidacy__candidate", "interview__candidacy__role", "interview__plan_station__version"
    )
    assignment = get_object_or_404(visible, pk=assignment_id, record__isnull=False)
    try:
        guide = translate.to_guide(assignment.record or {})
    except translate.GuideGone:
        guide = None
    context = {
        "assignment": assignment,
        "interview": assignment.interview,
        "title": queries.kit_title(assignment.kit),
        "guide": guide,
    }
    return render(request, "craft/guide.html", context)


@require_GET
@never_cache
def craft_submission(request: SignedInRequest, submission_id: int) -> HttpResponseBase:
    """The archive as it was uploaded, for instance to grade it on another machine."""
    submission = get_object_or_404(Submission.objects.visible_to(request.user), pk=submission_id)
    try:
        data = (Path(settings.CRAFT_DIR) / submission.file_name).read_bytes()
    except FileNotFoundError:
        data = b""
    if hashlib.sha256(data).hexdigest() != submission.sha256:
        context = {"submission": submission}
        return render(request, "craft/gone.html", context, status=410)
    return HttpResponse(
        data,
        content_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="submission-{submission.pk}.zip"',
            "X-Content-Type-Options": "nosniff",
        },
    )
