"""The page of scorecards that are owed, and of how they come in."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.models import SignedInRequest
from apps.interviews import actions, queries
from apps.interviews.forms import PeriodForm
from apps.interviews.models import Candidacy, Seat


@require_safe
def scorecards(request: SignedInRequest) -> HttpResponse:
    request.user.require(leader=True, recruiter=True)
    form = PeriodForm(request.GET, roles=queries.roles_with_candidacies(user=request.user))
    page = queries.lateness_page(user=request.user, now=timezone.now(), **form.chosen())
    return render(request, "interviews/scorecards.html", {"page": page, "form": form})


@require_POST
def seat_remind(request: SignedInRequest, pk: int) -> HttpResponse:
    request.user.require(leader=True, recruiter=True)
    seats = Seat.objects.select_related("interview__candidacy", "interviewer")
    readable = Candidacy.objects.open_to(request.user)
    seat = get_object_or_404(seats.filter(interview__candidacy__in=readable.values("pk")), pk=pk)
    try:
        actions.remind_now(seat=seat, by=request.user, now=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    except actions.MailRefused:
        messages.error(request, "The mail server did not take the mail. Nothing is marked as sent; try again later.")
    else:
        messages.success(request, f"{seat.interviewer.name} is reminded.")
    return redirect("scorecards")
