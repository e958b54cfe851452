"""Pages of candidacies: their interviews, and who holds them when."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.models import SignedInRequest
from apps.interviews import actions, queries
from apps.interviews.forms import ExcuseForm, ScheduleForm
from apps.interviews.models import Candidacy, Interview, Seat


@require_safe
def candidacies(request: SignedInRequest) -> HttpResponse:
    request.user.require(insider=True)
    state = request.GET.get("state", "active")
    if state not in Candidacy.State.values:
        state = ""
    lines = queries.candidacy_lines(user=request.user, state=state)
    only_ended = state == Candidacy.State.ACTIVE and not lines and queries.has_ended_ones(user=request.user)
    context = {"lines": lines, "states": Candidacy.State.choices, "chosen_state": state, "only_ended": only_ended}
    return render(request, "interviews/candidacies.html", context)


def _candidacy_page(
    request: SignedInRequest, candidacy: Candidacy, *, bound: dict[int, ScheduleForm] | None = None
) -> HttpResponse:
    page = queries.candidacy_page(candidacy=candidacy, user=request.user)
    forms: dict[int, ScheduleForm] = {}
    if page.can_manage:
        forms = {
            line.interview.pk: ScheduleForm(interview=line.interview, people=page.interviewers)
            for line in page.interviews
            if line.interview.state != Interview.State.CANCELLED
        }
    forms |= bound or {}
    lines = [{"line": line, "form": forms.get(line.interview.pk)} for line in page.interviews]
    return render(request, "interviews/candidacy.html", {"page": page, "candidacy": page.candidacy, "lines": lines})


@require_safe
def candidacy(request: SignedInRequest, pk: int) -> HttpResponse:
    found = Candidacy.objects.visible_to(request.user).select_related("candidate", "role", "plan")
    return _candidacy_page(request, get_object_or_404(found, pk=pk))


@require_POST
def candidacy_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    request.user.require(leader=True, recruiter=True)
    candidacy = get_object_or_404(Candidacy.objects.visible_to(request.user), pk=pk)
    try:
        actions.withdraw_candidacy(candidacy=candidacy, by=request.user, now=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, "The candidacy is withdrawn. Nothing is owed for it any more.")
    return redirect(candidacy)


def _managed_interview(request: SignedInRequest, pk: int) -> Interview:
    request.user.require(leader=True, recruiter=True)
    found = Interview.objects.visible_to(request.user).select_related(
        "candidacy__candidate", "candidacy__role", "candidacy__plan", "plan_station__version"
    )
    return get_object_or_404(found, pk=pk)


@require_POST
def interview_schedule(request: SignedInRequest, pk: int) -> HttpResponse:
    interview = _managed_interview(request, pk)
    form = ScheduleForm(request.POST, interview=interview, people=queries.possible_interviewers())
    if form.is_valid():
        try:
            actions.schedule_interview(interview=interview, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"{interview.plan_station.version.name}: saved.")
            return redirect(interview.candidacy)
    return _candidacy_page(request, interview.candidacy, bound={interview.pk: form})


@require_POST
def interview_cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    interview = _managed_interview(request, pk)
    try:
        actions.cancel_interview(interview=interview, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(interview.candidacy)


@require_POST
def seat_excuse(request: SignedInRequest, pk: int) -> HttpResponse:
    request.user.require(leader=True, recruiter=True)
    seats = Seat.objects.select_related("interview__candidacy", "interviewer")
    seat = get_object_or_404(seats.filter(interview__in=Interview.objects.visible_to(request.user).values("pk")), pk=pk)
    form = ExcuseForm(request.POST)
    try:
        reason = form.cleaned_data["reason"] if form.is_valid() else ""
        actions.excuse_interviewer(seat=seat, reason=reason, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, f"{seat.interviewer.name} is excused.")
    return redirect(seat.interview.candidacy)
