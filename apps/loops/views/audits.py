"""Pages of audits: an existing loop, held against a role."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.models import SignedInRequest
from apps.loops import actions, queries, translate
from apps.loops.core.existing import ExistingLoop, Source
from apps.loops.forms import ExistingLoopForm, MatchForm, PlanToAuditForm, RowFormSet, typed_loop
from apps.loops.models import LoopAudit, Role


def _number(text: str) -> int | None:
    """The number of changes asked for; None, the smallest repair, for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else None


@require_safe
def audits(request: SignedInRequest, pk: int) -> HttpResponse:
    role = get_object_or_404(Role.objects.visible_to(request.user), pk=pk)
    context = {
        "role": role,
        "audits": queries.audits_of(role=role, user=request.user),
        "can_edit": Role.objects.editable_by(request.user).filter(pk=pk).exists(),
    }
    return render(request, "loops/audits.html", context)


@require_http_methods(["GET", "POST"])
def audit_new(request: SignedInRequest, pk: int) -> HttpResponse:
    """A loop from a file, a text or a table; or a plan of ours (`?plan=` chooses it beforehand)."""
    role = get_object_or_404(Role.objects.editable_by(request.user), pk=pk)
    of_plan = request.method == "POST" and "of_plan" in request.POST
    entered = request.method == "POST" and not of_plan
    form = ExistingLoopForm(request.POST if entered else None, request.FILES if entered else None, prefix="loop")
    rows = RowFormSet(request.POST if entered else None, prefix="row")
    plans = PlanToAuditForm(
        request.POST if of_plan else None,
        plans=queries.plans_to_audit(user=request.user),
        initial={"plan": request.GET.get("plan", "")},
        prefix="plan",
    )
    audit = None
    if of_plan:
        audit = _of_plan(request, role, plans)
    elif entered:
        audit = _entered(request, role, form, rows)
    if audit is not None:
        return redirect("audit" if audit.state == LoopAudit.State.CONFIRMED else "audit-match", audit.pk)
    context = {"role": role, "form": form, "rows": rows, "plans": plans}
    return render(request, "loops/audit_new.html", context)


def _of_plan(request: SignedInRequest, role: Role, form: PlanToAuditForm) -> LoopAudit | None:
    if not form.is_valid():
        return None
    try:
        return actions.start_audit_of_plan(
            role=role,
            plan=form.cleaned_data["plan"],
            most_changes=form.cleaned_data["most_changes"],
            by=request.user,
            now=timezone.now(),
        )
    except ValidationError as error:
        form.add_error(None, error)
        return None


def _entered(request: SignedInRequest, role: Role, form: ExistingLoopForm, rows: BaseFormSet) -> LoopAudit | None:
    if not (form.is_valid() & rows.is_valid()):
        return None
    typed = typed_loop(rows, form.cleaned_data["name"] or f"Loop for {role.title}")
    loop: ExistingLoop | None = form.loop or typed
    if loop is None:
        form.add_error(None, "Choose a file, paste a loop, or type its stations.")
    elif form.loop is not None and typed is not None:
        form.add_error(None, "There are typed stations and a file or pasted text. Leave one of them out.")
    else:
        try:
            return actions.start_audit(
                role=role,
                loop=form.named(loop),
                source=form.source or Source.TYPED,
                most_changes=form.cleaned_data["most_changes"],
                by=request.user,
            )
        except ValidationError as error:
            form.add_error(None, error)
    return None


@require_http_methods(["GET", "POST"])
def audit_match(request: SignedInRequest, pk: int) -> HttpResponse:
    audit = get_object_or_404(LoopAudit.objects.editable_by(request.user).select_related("role"), pk=pk)
    loop = translate.loop_of_audit(audit)
    shelf = translate.shelf()
    form = MatchForm(
        request.POST if request.method == "POST" else None,
        stations=loop.stations,
        suggested=[shelf.matcher.suggest(station.name) for station in loop.stations],
        library=shelf.stations,
        is_confirmed=audit.state == LoopAudit.State.CONFIRMED,
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.confirm_matches(audit=audit, stations=form.stations(), by=request.user, now=timezone.now())
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect(audit)
    return render(request, "loops/audit_match.html", {"audit": audit, "loop": loop, "form": form})


@require_safe
def audit(request: SignedInRequest, pk: int) -> HttpResponse:
    """The report. `?changes=` shows what more changes than the smallest repair would buy."""
    visible = LoopAudit.objects.visible_to(request.user).select_related("role", "plan", "created_by")
    audit = get_object_or_404(visible, pk=pk)
    can_edit = LoopAudit.objects.editable_by(request.user).filter(pk=pk).exists()
    if audit.state != LoopAudit.State.CONFIRMED:
        if can_edit:
            return redirect("audit-match", audit.pk)
        return render(request, "loops/audit_waiting.html", {"audit": audit})
    page = translate.page_of_audit(
        audit=audit,
        shelf=translate.shelf(),
        today=timezone.localdate(),
        changes=_number(request.GET.get("changes", "")),
    )
    can_draft = Role.objects.editable_by(request.user).filter(pk=audit.role_id).exists()
    context = {"audit": audit, "page": page, "can_edit": can_edit, "can_draft": can_draft}
    return render(request, "loops/audit.html", context)


@require_POST
def audit_draft(request: SignedInRequest, pk: int) -> HttpResponse:
    audit = get_object_or_404(LoopAudit.objects.editable_by(request.user).select_related("role"), pk=pk)
    try:
        plan = actions.draft_repair(
            audit=audit,
            changes=_number(request.POST.get("changes", "")),
            by=request.user,
            now=timezone.now(),
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("audit", audit.pk)
    messages.success(request, f"Plan {plan.number} is a draft now. Publish it when it is right.")
    return redirect(plan)
