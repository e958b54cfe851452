"""Pages on which a scorecard comes another way: amended once submitted, or entered for somebody else."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from apps.accounts.models import SignedInRequest
from apps.interviews import actions, queries
from apps.interviews.forms import AmendForm, EnterForForm
from apps.interviews.models import Candidacy, Interview, Scorecard, Seat


@require_http_methods(["GET", "POST"])
def scorecard_amend(request: SignedInRequest, pk: int) -> HttpResponse:
    """The card as it stands with its values filled in; what was typed stays whatever is refused."""
    own = Scorecard.objects.submitted().filter(
        interviewer=request.user, interview__in=Interview.objects.visible_to(request.user).values("pk")
    )
    card = get_object_or_404(
        own.select_related(
            "interview__candidacy__candidate", "interview__candidacy__role", "interview__plan_station__version"
        ),
        pk=pk,
    )
    page = queries.interview_page(interview=card.interview, user=request.user)
    context = {"page": page, "interview": card.interview, "stands": page.scorecard == card, "form": None}
    if not page.can_rate:
        return render(request, "interviews/amend.html", context, status=200 if request.method == "GET" else 409)
    if request.method == "GET":
        if not context["stands"]:
            messages.info(request, "You amended that version already. This is the one that stands.")
            return redirect(card.interview)
        return render(request, "interviews/amend.html", {**context, "form": AmendForm(page=page)})
    form = AmendForm(request.POST, page=page)
    status = 422
    if form.check_complete():
        try:
            actions.amend_scorecard(
                scorecard=card,
                entries=form.entries(),
                recommendation=form.cleaned_data["recommendation"],
                reason=form.cleaned_data["reason"],
                by=request.user,
                now=timezone.now(),
            )
        except ValidationError as error:
            form.add_error(None, error)
        except actions.AlreadyAmended:
            context["stands"], status = False, 409
        else:
            messages.success(request, "Amended. Both versions stay on record, with your reason.")
            return redirect(card.interview)
    context["page"] = queries.interview_page(interview=card.interview, user=request.user)
    return render(request, "interviews/amend.html", {**context, "form": form}, status=status)


@require_http_methods(["GET", "POST"])
def interview_enter_for(request: SignedInRequest, pk: int, seat_pk: int) -> HttpResponse:
    """Never what the interviewer drafted: the form is empty until somebody types."""
    request.user.require(leader=True, recruiter=True)
    found = Interview.objects.visible_to(request.user).select_related(
        "candidacy__candidate", "candidacy__role", "candidacy__plan", "plan_station__version"
    )
    interview = get_object_or_404(found, pk=pk)
    seats = Seat.objects.assigned().filter(interview=interview).exclude(interviewer=request.user)
    seat = get_object_or_404(seats.select_related("interviewer"), pk=seat_pk)
    context: dict[str, Any] = {"interview": interview, "candidacy": interview.candidacy, "seat": seat}
    why = queries.why_closed(candidacy=interview.candidacy, user=request.user)
    if why is not None:
        return render(request, "interviews/enter_for_closed.html", {**context, "why": why}, status=403)
    page = queries.empty_page(interview=interview)
    has_submitted = Scorecard.objects.submitted().filter(interview=interview, interviewer=seat.interviewer).exists()
    context |= {"page": page, "may_enter": page.can_rate and not has_submitted}
    if request.method == "GET":
        form = EnterForForm(page=page) if context["may_enter"] else None
        return render(request, "interviews/enter_for.html", {**context, "form": form})
    form = EnterForForm(request.POST, page=page)
    if form.check_complete():
        try:
            actions.submit_for(
                interview=interview,
                interviewer=seat.interviewer,
                entries=form.entries(),
                recommendation=form.cleaned_data["recommendation"],
                reason=form.cleaned_data["reason"],
                by=request.user,
                now=timezone.now(),
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"Submitted for {seat.interviewer.name}, marked as entered by you.")
            return redirect(Candidacy.objects.get(pk=interview.candidacy_id))
    return render(request, "interviews/enter_for.html", {**context, "form": form}, status=422)
