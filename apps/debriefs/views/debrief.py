"""The debrief page and the decision."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from apps.accounts.models import SignedInRequest
from apps.debriefs import actions, translate
from apps.debriefs.forms import DecisionForm
from apps.interviews.models import Candidacy
from apps.interviews.queries import owed_on


@require_http_methods(["GET", "POST"])
def debrief(request: SignedInRequest, pk: int) -> HttpResponse:
    found = Candidacy.objects.visible_to(request.user).select_related("candidate", "role", "plan")
    candidacy = get_object_or_404(found, pk=pk)
    if not Candidacy.objects.open_to(request.user).filter(pk=pk).exists():
        context = {
            "candidacy": candidacy,
            "owed": owed_on(candidacy=candidacy, user=request.user),
            "typed": [text for name in ("reasons", "conditions", "dissent") if (text := request.POST.get(name))],
        }
        return render(request, "debriefs/closed.html", context, status=403)
    form = DecisionForm(request.POST or None)
    if request.method == "POST":
        request.user.require(leader=True)
        if form.is_valid():
            try:
                actions.record_decision(candidacy=candidacy, **form.cleaned_data, by=request.user, now=timezone.now())
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, "The decision is recorded.")
                return redirect("debrief", pk)
    page = translate.debrief_page(candidacy=candidacy, user=request.user)
    return render(request, "debriefs/debrief.html", {"page": page, "candidacy": candidacy, "form": form})
