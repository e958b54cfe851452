"""Pages of an interviewer's own interviews, with the scorecard."""

from collections.abc import Mapping
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
    unwritten = queries.own_unwritten(user=request.user, now=timezone.now())
    context = {
        "due": [line for line in unwritten if line.is_over],
        "ahead": [line for line in unwritten if not line.is_over],
        "calibration": queries.calibration_waiting(user=request.user),
        "submitted": queries.own_submitted(user=request.user),
    }
    return render(request, "interviews/interviews.html", context)


@require_http_methods(["GET", "POST"])
def interview(request: SignedInRequest, pk: int) -> HttpResponse:
    """The kit and this person's own scorecard. What is sent stays on the page whatever is refused.

    A card that is not complete yet is kept as a draft all the same.
    """
    page = visible_page(request, pk)
    if request.method == "GET":
        form = ScorecardForm(page=page) if page.can_rate and not page.is_submitted else None
        return _show(request, page, form, on_server=True)
    if not page.owns_seat:
        raise PermissionDenied
    form = ScorecardForm(request.POST, page=page)
    is_autosave = request.headers.get("X-Autosave") == "1"
    if not form.is_valid():
        if is_autosave:
            return JsonResponse({"state": "invalid", "problems": form.errors}, status=400)
        return _show(request, page, form, on_server=False)
    content = form.content()
    wanted = request.POST.get("do") == "submit"
    submitting = wanted and form.check_complete()
    verb = actions.submit_scorecard if submitting else actions.save_scorecard
    try:
        scorecard = verb(interview=page.interview, **content, by=request.user, now=timezone.now())
    except (actions.StaleScorecard, actions.AlreadySubmitted) as error:
        if is_autosave:
            state = "submitted" if isinstance(error, actions.AlreadySubmitted) else "stale"
            return JsonResponse({"state": state}, status=409)
        return show_conflict(request, page.interview, form.data, error)
    except ValidationError as error:
        if is_autosave:
            return JsonResponse({"state": "refused", "problems": error.messages}, status=422)
        form.add_error(None, error)
        return _show(request, page, form, on_server=False)
    if is_autosave:
        at = timezone.localtime(scorecard.saved_at).strftime("%H:%M")
        return JsonResponse({"state": "saved", "revision": scorecard.revision, "at": at})
    if wanted and not submitting:
        page = queries.interview_page(interview=page.interview, user=request.user)
        form = ScorecardForm(_with_revision(form.data, scorecard.revision), page=page)
        form.is_valid()
        form.check_complete()
        return _show(request, page, form, on_server=True)
    messages.success(request, "Submitted. It is fixed now. Thank you." if submitting else "Draft saved.")
    return redirect(page.interview)


def visible_page(request: SignedInRequest, pk: int) -> queries.InterviewPage:
    """The page of an interview this person may see; else there is none."""
    found = Interview.objects.visible_to(request.user).select_related(
        "candidacy__candidate", "candidacy__role", "candidacy__plan", "plan_station__version__station"
    )
    return queries.interview_page(interview=get_object_or_404(found, pk=pk), user=request.user)


def show_conflict(
    request: SignedInRequest,
    interview: Interview,
    data: Mapping[str, Any],
    error: actions.StaleScorecard | actions.AlreadySubmitted,
) -> HttpResponse:
    """Another tab was first. What was typed here is shown again; what is stored there is shown beside it."""
    page = queries.interview_page(interview=interview, user=request.user)
    if isinstance(error, actions.AlreadySubmitted):
        return _show(request, page, None, on_server=False, typed=ScorecardForm(data, page=page))
    again = ScorecardForm(_with_revision(data, error.current.revision), page=page)
    return _show(request, page, again, on_server=False, other=error.current)


def _with_revision(data: Mapping[str, Any], revision: int) -> dict[str, Any]:
    """The same content, knowing what is stored: sent again, it replaces that."""
    return {**{name: data[name] for name in data}, "revision": str(revision)}


def _show(
    request: SignedInRequest, page: queries.InterviewPage, form: ScorecardForm | None, *, on_server: bool, **more: Any
) -> HttpResponse:
    """`on_server`: what the form shows is stored. The page's script keeps in the browser what is not."""
    standing = "stored" if on_server else "conflict" if more.get("other") else "unsaved"
    context = {"page": page, "interview": page.interview, "form": form, "standing": standing, **more}
    status = 409 if more.get("other") or more.get("typed") else 200
    return render(request, "interviews/interview.html", context, status=status)
