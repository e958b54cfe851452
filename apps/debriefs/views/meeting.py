"""The meeting: opening it, its steps, the second vote, and what a page asks while the panel sits together."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.models import SignedInRequest
from apps.debriefs import actions, queries, translate
from apps.debriefs.forms import VoteForm
from apps.debriefs.models import Debrief
from apps.debriefs.views.page import closed_page, debrief_response, page_context, visible_candidacy


@require_POST
def debrief_open(request: SignedInRequest, pk: int) -> HttpResponse:
    candidacy = visible_candidacy(request, pk)
    request.user.require(leader=True, recruiter=True)
    closed = closed_page(request, candidacy)
    if closed is not None:
        return closed
    return _back(
        request, pk, lambda: actions.open_debrief(candidacy=candidacy, by=request.user, now=timezone.now())
    )  # fmt: skip


@require_POST
def debrief_step(request: SignedInRequest, pk: int) -> HttpResponse:
    candidacy = visible_candidacy(request, pk)
    request.user.require(leader=True, recruiter=True)
    closed = closed_page(request, candidacy)
    if closed is not None:
        return closed
    debrief = get_object_or_404(Debrief.objects.visible_to(request.user), candidacy=candidacy)
    to = request.POST.get("to", "")
    return _back(
        request, pk, lambda: actions.move_on(debrief=debrief, to=to, by=request.user, now=timezone.now())
    )  # fmt: skip


def _back(request: SignedInRequest, pk: int, verb: Callable[[], object]) -> HttpResponse:
    """Do it and show the page again; what cannot be done is said there."""
    try:
        verb()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("debrief", pk)


@require_POST
def debrief_vote(request: SignedInRequest, pk: int) -> HttpResponse:
    candidacy = visible_candidacy(request, pk)
    closed = closed_page(request, candidacy)
    if closed is not None:
        return closed
    debrief = get_object_or_404(Debrief.objects.visible_to(request.user), candidacy=candidacy)
    meeting = translate.meeting_of(candidacy=candidacy, user=request.user, now=timezone.now())
    if not meeting.on_panel:
        raise PermissionDenied
    own = next(voice for voice in meeting.voices if voice.person.pk == request.user.pk)
    form = VoteForm(request.POST, first=own.first)
    if form.is_valid():
        try:
            actions.cast_second_vote(debrief=debrief, **form.cleaned_data, by=request.user, now=timezone.now())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "Your second vote is cast.")
            return redirect("debrief", pk)
    return debrief_response(request, candidacy, vote=form, status=422)


@require_safe
def debrief_live(request: SignedInRequest, pk: int) -> HttpResponse:
    """204 where nothing changed since `seen`, else the parts that did.

    `vote` and `decision` say which forms the page has: a form that is there is never replaced, somebody may be typing.
    """
    mark = queries.live_mark(pk=pk, user=request.user, now=timezone.now())
    if mark is None:  # who was seated meanwhile owes a scorecard; the page says so and keeps what they have typed
        return closed_page(request, visible_candidacy(request, pk)) or HttpResponse(status=204)
    changed = mark.changed(request.GET.get("seen", ""))
    if not changed:
        return HttpResponse(status=204)
    context = page_context(request, visible_candidacy(request, pk), user=request.user)
    has_vote, has_decision = request.GET.get("vote") == "1", request.GET.get("decision") == "1"
    context |= {
        "oob": True,
        "changed": changed,
        "adds_vote": context["shows_vote"] and not has_vote,
        "adds_decision": context["shows_decision"] and not has_decision,
        "shows_vote": context["shows_vote"] or has_vote,
        "shows_decision": context["shows_decision"] or has_decision,
    }
    if "cards" in changed:
        context["reading"] = translate.panel_reading(page=context["page"], user=request.user, now=timezone.now())
    return render(request, "debriefs/live.html", context)
