"""Pages of roles and their requirements."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from apps.accounts.models import SignedInRequest
from apps.library.queries import role_presets
from apps.loops import actions, queries
from apps.loops.forms import (
    LimitsForm,
    PanelRulesForm,
    RequirementFormSet,
    RoleForm,
    WeightsReasonForm,
    requirement_rows,
)
from apps.loops.models import Role


@require_safe
def roles(request: SignedInRequest) -> HttpResponse:
    request.user.require(insider=True)
    return render(request, "loops/roles.html", {"roles": queries.roles(user=request.user)})


@require_http_methods(["GET", "POST"])
def role_new(request: SignedInRequest) -> HttpResponse:
    request.user.require(leader=True)
    form = RoleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        role = actions.create_role(**form.cleaned_data, by=request.user)
        return redirect("generate" if role.preset else "requirements", role.pk)
    return render(request, "loops/role_new.html", {"form": form, "presets": role_presets()})


@require_safe
def role(request: SignedInRequest, pk: int) -> HttpResponse:
    role = get_object_or_404(Role.objects.visible_to(request.user).select_related("preset"), pk=pk)
    context = {
        "role": role,
        "requirements": queries.requirements_of(role),
        "plans": queries.plans_of(role=role),
        "can_edit": Role.objects.editable_by(request.user).filter(pk=pk).exists(),
    }
    return render(request, "loops/role.html", context)


@require_http_methods(["GET", "POST"])
def requirements(request: SignedInRequest, pk: int) -> HttpResponse:
    role = get_object_or_404(Role.objects.editable_by(request.user), pk=pk)
    competencies = list(queries.competencies_to_choose())
    rows = requirement_rows(competencies, queries.requirements_of(role))
    data = request.POST or None
    known = {competency.pk: competency for competency in competencies}
    table = RequirementFormSet(data, initial=rows, prefix="line", form_kwargs={"known": known})
    reason = WeightsReasonForm(data, initial={"weights_reason": role.weights_reason})
    limits = LimitsForm(data, initial=LimitsForm.initial_of(role), button="")
    problem = None
    if request.method == "POST" and table.is_valid() and reason.is_valid() and limits.is_valid():
        try:
            actions.save_requirements(
                role=role,
                lines=[form.line() for form in table.forms if form.cleaned_data["needed"]],
                weights_reason=reason.cleaned_data["weights_reason"],
                limits=limits.limits(),
                by=request.user,
            )
        except ValidationError as error:
            problem = error
        else:
            messages.success(request, "Requirements saved. A loop generated from now on uses them.")
            return redirect(role)
    context = {"role": role, "table": table, "reason": reason, "limits": limits, "problem": problem}
    return render(request, "loops/requirements.html", context)


@require_http_methods(["GET", "POST"])
def role_panel(request: SignedInRequest, pk: int) -> HttpResponse:
    role = get_object_or_404(Role.objects.editable_by(request.user), pk=pk)
    form = PanelRulesForm(request.POST or None, instance=Role.objects.get(pk=pk))
    if request.method == "POST" and form.is_valid():
        try:
            actions.set_panel_rules(role=role, rules=form.rules(), by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "Saved. Candidacies that begin from now on take all of it.")
            return redirect(role)
    return render(request, "loops/panel.html", {"role": role, "form": form})
