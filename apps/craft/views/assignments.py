"""The page of one interview's kit: assign it, hand out its link, prolong it, take it back."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.models import SignedInRequest
from apps.craft import actions, queries, tasks
from apps.craft.forms import AssignForm, EndForm, WithdrawForm
from apps.craft.models import Assignment
from apps.interviews.models import Interview


@require_http_methods(["GET", "POST"])
@never_cache
def craft_interview(request: SignedInRequest, interview_id: int) -> HttpResponse:
    """GET says where the kit stands; asked by htmx, only the part that changes. POST assigns one, or another."""
    interview = get_object_or_404(queries.craft_interviews(request.user), pk=interview_id)
    if request.method == "GET":
        return _page(request, interview)
    request.user.require(leader=True, recruiter=True)
    now = timezone.now()
    page = queries.interview_kit_page(interview=interview, user=request.user, now=now)
    form = AssignForm(request.POST, kits=page.kits, chosen=page.station_kit, now=now)
    if form.is_valid():
        try:
            made = actions.assign_kit(interview=interview, **form.cleaned_data, by=request.user, now=now)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            tasks.enqueue(made.job)
            messages.success(request, "Assigned. A variant of its own is being prepared for this candidate.")
            return redirect("craft-interview", interview.pk)
    return _page(request, interview, assign=form)


@require_POST
@never_cache
def craft_link(request: SignedInRequest, assignment_id: int) -> HttpResponse:
    """A new private link on the page, this once: it is kept nowhere, so no address leads to it again."""
    assignment = _managed(request, assignment_id)
    try:
        link = actions.show_link(assignment=assignment, by=request.user, now=timezone.now())
    except ValidationError as error:
        return _refused(request, assignment, error)
    return _page(request, _interview(request, assignment), shown=link)


@require_POST
def craft_mail(request: SignedInRequest, assignment_id: int) -> HttpResponse:
    assignment = _managed(request, assignment_id)
    try:
        link = actions.request_link_mail(assignment=assignment, by=request.user, now=timezone.now())
    except ValidationError as error:
        return _refused(request, assignment, error)
    if link.job is not None:
        tasks.enqueue(link.job)
    messages.success(request, f"The mail to {link.address} is on its way.")
    return redirect("craft-interview", assignment.interview_id)


@require_POST
def craft_close_links(request: SignedInRequest, assignment_id: int) -> HttpResponse:
    assignment = _managed(request, assignment_id)
    closed = actions.close_links(assignment=assignment, by=request.user, now=timezone.now())
    messages.success(request, "The links are closed." if closed else "No link was open.")
    return redirect("craft-interview", assignment.interview_id)


@require_POST
def craft_extend(request: SignedInRequest, assignment_id: int) -> HttpResponse:
    assignment = _managed(request, assignment_id)
    form = EndForm(request.POST)
    if form.is_valid():
        try:
            actions.extend_assignment(assignment=assignment, **form.cleaned_data, by=request.user, now=timezone.now())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "The link opens until then.")
            return redirect("craft-interview", assignment.interview_id)
    return _page(request, _interview(request, assignment), end=form)


@require_POST
def craft_withdraw(request: SignedInRequest, assignment_id: int) -> HttpResponse:
    assignment = _managed(request, assignment_id)
    form = WithdrawForm(request.POST)
    if form.is_valid():
        try:
            actions.withdraw_assignment(assignment=assignment, **form.cleaned_data, by=request.user, now=timezone.now())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "The kit is withdrawn. Its links open nothing to work on any more.")
            return redirect("craft-interview", assignment.interview_id)
    return _page(request, _interview(request, assignment), withdraw=form)


@require_POST
def craft_prepare(request: SignedInRequest, assignment_id: int) -> HttpResponse:
    assignment = _managed(request, assignment_id)
    try:
        made = actions.prepare_again(assignment=assignment, by=request.user, now=timezone.now())
    except ValidationError as error:
        return _refused(request, assignment, error)
    tasks.enqueue(made.job)
    messages.success(request, "It is being prepared again.")
    return redirect("craft-interview", assignment.interview_id)


def _managed(request: SignedInRequest, assignment_id: int) -> Assignment:
    """One this person may see and runs hiring for: who only interviews hands nothing out."""
    visible = Assignment.objects.visible_to(request.user).defer("record")
    found = get_object_or_404(visible, pk=assignment_id)
    request.user.require(leader=True, recruiter=True)
    return found


def _interview(request: SignedInRequest, assignment: Assignment) -> Interview:
    return get_object_or_404(queries.craft_interviews(request.user), pk=assignment.interview_id)


def _refused(request: SignedInRequest, assignment: Assignment, error: ValidationError) -> HttpResponse:
    messages.error(request, " ".join(error.messages))
    return redirect("craft-interview", assignment.interview_id)


def _page(
    request: SignedInRequest,
    interview: Interview,
    *,
    assign: AssignForm | None = None,
    end: EndForm | None = None,
    withdraw: WithdrawForm | None = None,
    shown: str = "",
) -> HttpResponse:
    """Refused forms stay as they were filled in."""
    now = timezone.now()
    page = queries.interview_kit_page(interview=interview, user=request.user, now=now)
    context: dict[str, Any] = {"page": page, "interview": interview, "shown": shown}
    if request.headers.get("HX-Request") == "true" and request.method == "GET":
        return render(request, "craft/_current.html", context)
    if page.can_assign:
        context["assign"] = assign or AssignForm(kits=page.kits, chosen=page.station_kit, now=now)
        if page.current is not None:
            ends = timezone.localtime(page.current.assignment.expires_at)
            context["end"] = end or EndForm(initial={"expires_at": ends})
            context["withdraw"] = withdraw or WithdrawForm()
    is_refused = any(form is not None and form.errors for form in (assign, end, withdraw))
    return render(request, "craft/interview.html", context, status=422 if is_refused else 200)
