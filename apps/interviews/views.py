"""Pages of candidates, candidacies and interviews."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.models import SignedInRequest
from apps.interviews import actions, queries
from apps.interviews.forms import (
    CandidacyForm,
    CandidateForm,
    CandidateImportForm,
    ExcuseForm,
    ScheduleForm,
    ScorecardForm,
)
from apps.interviews.models import Candidacy, Candidate, Interview, Seat


@require_safe
def candidates(request: SignedInRequest) -> HttpResponse:
    request.user.require(insider=True)
    search = request.GET.get("q", "").replace("\0", "").strip()
    context = {"candidates": queries.candidates(user=request.user, search=search), "search": search}
    return render(request, "interviews/candidates.html", context)


@require_http_methods(["GET", "POST"])
def candidate_new(request: SignedInRequest) -> HttpResponse:
    request.user.require(leader=True, recruiter=True)
    form = CandidateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            candidate = actions.add_candidate(**form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"{candidate.name} is added. Start a candidacy next.")
            return redirect(candidate)
    return render(request, "interviews/candidate_new.html", {"form": form})


@require_http_methods(["GET", "POST"])
def candidate_import(request: SignedInRequest) -> HttpResponse:
    request.user.require(leader=True, recruiter=True)
    form = CandidateImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        role = form.cleaned_data["role"]
        try:
            added = actions.import_candidates(rows=form.rows, role=role, by=request.user, now=timezone.now())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"{len(added)} candidates imported.")
            return redirect("candidacies" if role else "candidates")
    return render(request, "interviews/candidate_import.html", {"form": form})


@require_safe
def candidate(request: SignedInRequest, pk: int) -> HttpResponse:
    candidate = get_object_or_404(Candidate.objects.visible_to(request.user), pk=pk)
    context = {
        "candidate": candidate,
        "lines": queries.candidacy_lines(user=request.user, candidate=candidate),
        "form": CandidacyForm() if request.user.runs_hiring else None,
    }
    return render(request, "interviews/candidate.html", context)


@require_POST
def candidacy_start(request: SignedInRequest, pk: int) -> HttpResponse:
    request.user.require(leader=True, recruiter=True)
    candidate = get_object_or_404(Candidate.objects.visible_to(request.user), pk=pk)
    form = CandidacyForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose a role that has a published plan.")
        return redirect(candidate)
    try:
        candidacy = actions.start_candidacy(
            candidate=candidate, role=form.cleaned_data["role"], by=request.user, now=timezone.now()
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(candidate)
    return redirect(candidacy)


@require_safe
def candidacies(request: SignedInRequest) -> HttpResponse:
    request.user.require(insider=True)
    state = request.GET.get("state", "active")
    if state not in Candidacy.State.values:
        state = ""
    context = {
        "lines": queries.candidacy_lines(user=request.user, state=state),
        "states": Candidacy.State.choices,
        "chosen_state": state,
    }
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
