"""The offline sheet of one's own scorecard: download it, fill it in anywhere, upload it into the draft."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.models import SignedInRequest
from apps.interviews import actions, queries
from apps.interviews.core.sheet import write_csv, write_yaml
from apps.interviews.forms import ScorecardForm, SheetForm
from apps.interviews.views.interviews import show_conflict, visible_page

_KINDS = {"csv": (write_csv, "text/csv"), "yaml": (write_yaml, "application/yaml")}


def _own_page(request: SignedInRequest, pk: int) -> queries.InterviewPage:
    page = visible_page(request, pk)
    if not page.owns_seat:
        raise PermissionDenied
    return page


@require_safe
def interview_sheet_file(request: SignedInRequest, pk: int, kind: str) -> HttpResponse:
    if kind not in _KINDS:
        raise Http404
    page = _own_page(request, pk)
    write, content_type = _KINDS[kind]
    return HttpResponse(
        write(queries.sheet_of(page)),
        content_type=f"{content_type}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="scorecard-{pk}.{kind}"', "Cache-Control": "no-store"},
    )


@require_http_methods(["GET", "POST"])
def interview_sheet(request: SignedInRequest, pk: int) -> HttpResponse:
    """Fills the draft and shows it; what somebody submits they have seen on the page. Refused text stays."""
    page = _own_page(request, pk)
    context = {"page": page, "interview": page.interview}
    if request.method == "GET":
        if page.is_submitted or not page.can_rate:
            return redirect(page.interview)
        return render(request, "interviews/sheet.html", {**context, "form": SheetForm(sheet=queries.sheet_of(page))})
    form = SheetForm(request.POST, request.FILES, sheet=queries.sheet_of(page))
    if not form.is_valid():
        return render(request, "interviews/sheet.html", {**context, "form": form}, status=422)
    filled = form.filled
    entries = queries.entries_of(page, filled)
    content: dict[str, Any] = {
        "entries": entries,
        "recommendation": filled.recommendation,
        "private_notes": filled.private_notes,
        "revision": filled.revision,
    }
    try:
        scorecard = actions.save_scorecard(interview=page.interview, **content, by=request.user, now=timezone.now())
    except (actions.StaleScorecard, actions.AlreadySubmitted) as error:
        return show_conflict(request, page.interview, ScorecardForm.data_of(page, **content), error)
    except ValidationError as error:
        form.add_error(None, error)
        return render(request, "interviews/sheet.html", {**context, "form": form}, status=422)
    rated = sum(entry.is_rated for entry in entries.values())
    messages.success(
        request,
        f"Your draft holds what the sheet says: {rated} of {scorecard.ratings.count()} rated. "
        "Look through it here, then submit.",
    )
    return redirect(page.interview)
