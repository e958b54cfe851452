"""Pages of candidates."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.models import SignedInRequest
from apps.interviews import actions, queries
from apps.interviews.forms import CandidacyForm, CandidateForm, CandidateImportForm
from apps.interviews.models import Candidate


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
