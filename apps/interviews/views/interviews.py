"""Pages of an interviewer's own interviews, with the scorecard."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.models import SignedInRequest
from apps.interviews import actions, queries
from apps.interviews.forms import ScorecardForm
from apps.interviews.models import Interview


@require_safe
def interviews(request: SignedInRequest) -> HttpResponse:
    request.user.require(insider=True)
    context = {
        "due": queries.scorecards_due(user=request.user, now=timezone.now()),
        "submitted": queries.own_submitted(user=request.user),
    }
    return render(request, "interviews/interviews.html", context)


def _interview_page(request: SignedInRequest, page: queries.InterviewPage, form: Any, **more: Any) -> HttpResponse:
    context = {"page": page, "interview": page.interview, "form": form, **more}
    status = 409 if more.get("other") or more.get("typed") else 200
    return render(request, "interviews/interview.html", context, status=status)


@require_http_methods(["GET", "POST"])
def interview(request: SignedInRequest, pk: int) -> HttpResponse:
    found = Interview.objects.visible_to(request.user).select_related(
        "candidacy__candidate", "candidacy__role", "candidacy__plan", "plan_station__version__station"
    )
    interview = get_object_or_404(found, pk=pk)
    page = queries.interview_page(interview=interview, user=request.user)
    if request.method == "GET":
        form = ScorecardForm(page=page) if page.can_rate and not page.is_submitted else None
        return _interview_page(request, page, form)
    if not page.owns_seat:
        raise PermissionDenied
    form = ScorecardForm(request.POST, page=page)
    submitting = request.POST.get("do") == "submit"
    is_autosave = request.headers.get("X-Autosave") == "1"
    if not form.is_valid() or (submitting and not form.check_complete()):
        if is_autosave:
            return JsonResponse({"state": "invalid", "problems": form.errors}, status=400)
        return _interview_page(request, page, form)
    verb = actions.submit_scorecard if submitting else actions.save_scorecard
    try:
        scorecard = verb(
            interview=interview,
            entries=form.entries(),
            recommendation=form.cleaned_data["recommendation"],
            private_notes=form.cleaned_data["private_notes"],
            revision=form.cleaned_data["revision"],
            by=request.user,
            now=timezone.now(),
        )
    except (actions.StaleScorecard, actions.AlreadySubmitted) as error:
        page = queries.interview_page(interview=interview, user=request.user)
        return _conflict(request, page, form, error, is_autosave=is_autosave)
    except ValidationError as error:
        if is_autosave:
            return JsonResponse({"state": "refused", "problems": error.messages}, status=422)
        form.add_error(None, error)
        return _interview_page(request, page, form)
    if is_autosave:
        return JsonResponse({"state": "saved", "revision": scorecard.revision})
    messages.success(request, "Submitted. It is fixed now. Thank you." if submitting else "Draft saved.")
    return redirect(interview)


def _conflict(
    request: SignedInRequest,
    page: queries.InterviewPage,
    form: ScorecardForm,
    error: actions.StaleScorecard | actions.AlreadySubmitted,
    *,
    is_autosave: bool,
) -> HttpResponse:
    """Another tab was first. What was typed here is shown again; what is stored there is shown beside it."""
    if isinstance(error, actions.AlreadySubmitted):
        if is_autosave:
            return JsonResponse({"state": "submitted"}, status=409)
        return _interview_page(request, page, None, typed=form)
    if is_autosave:
        return JsonResponse({"state": "stale"}, status=409)
    data = request.POST.copy()
    data["revision"] = str(error.current.revision)
    again = ScorecardForm(data, page=page)
    return _interview_page(request, page, again, other=error.current)
