"""The debrief page and the decision."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from apps.accounts.models import SignedInRequest
from apps.debriefs import actions, translate
from apps.debriefs.forms import DecisionForm
from apps.debriefs.views.page import closed_page, debrief_response, visible_candidacy


@require_http_methods(["GET", "POST"])
def debrief(request: SignedInRequest, pk: int) -> HttpResponse:
    candidacy = visible_candidacy(request, pk)
    closed = closed_page(request, candidacy)
    if closed is not None:
        return closed
    if request.method != "POST":
        return debrief_response(request, candidacy)
    request.user.require(leader=True)
    meeting = translate.meeting_of(candidacy=candidacy, user=request.user, now=timezone.now())
    form = DecisionForm(request.POST, against=meeting.against)
    if form.is_valid():
        try:
            actions.record_decision(candidacy=candidacy, **form.cleaned_data, by=request.user, now=timezone.now())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "The decision is recorded.")
            return redirect("debrief", pk)
    return debrief_response(request, candidacy, decision=form)
