"""The page that moves a candidacy to another plan."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from apps.accounts.models import SignedInRequest
from apps.interviews import actions, queries, translate
from apps.interviews.forms import MoveForm
from apps.interviews.models import Candidacy


@require_http_methods(["GET", "POST"])
def candidacy_move(request: SignedInRequest, pk: int) -> HttpResponse:
    """First the plan, then the list of what would change, then the move: each reading is of this moment."""
    request.user.require(leader=True, recruiter=True)
    found = Candidacy.objects.visible_to(request.user).select_related("candidate", "role", "plan")
    candidacy = get_object_or_404(found, pk=pk)
    context = {"candidacy": candidacy, "page": None, "form": None}
    refused = 422 if request.method == "POST" else 200
    why = queries.why_closed(candidacy=candidacy, user=request.user)
    if why is not None:
        return render(request, "interviews/move_closed.html", {"candidacy": candidacy, "why": why}, status=403)
    plans = queries.plans_to_move_to(candidacy=candidacy)
    first = plans.first()
    if candidacy.state != Candidacy.State.ACTIVE or first is None:
        return render(request, "interviews/move.html", context, status=refused)
    form = MoveForm(request.POST or request.GET or {"plan": str(first.pk)}, plans=plans)
    if not form.is_valid():
        return render(request, "interviews/move.html", {**context, "form": form}, status=refused)
    plan, now, status = form.cleaned_data["plan"], timezone.now(), 200
    if request.method == "POST":
        try:
            actions.move_candidacy(
                candidacy=candidacy, plan=plan, seen=form.cleaned_data["seen"], by=request.user, now=now
            )
        except ValidationError as error:
            form.add_error(None, error)
            status = 409
        else:
            messages.success(request, f"Moved to plan {plan.number}. What was held stays as it was held.")
            return redirect(candidacy)
    page = translate.move_page(candidacy=candidacy, plan=plan, now=now)
    return render(request, "interviews/move.html", {**context, "form": form, "page": page}, status=status)
