"""Two plans side by side."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.accounts.models import SignedInRequest
from apps.loops import translate
from apps.loops.forms import CompareForm
from apps.loops.models import LoopPlan


@require_safe
def plan_compare(request: SignedInRequest, pk: int) -> HttpResponse:
    """With the plan named in the address; else with the role's published one, else with its newest other."""
    plan = get_object_or_404(LoopPlan.objects.visible_to(request.user).select_related("role"), pk=pk)
    others = LoopPlan.objects.visible_to(request.user).exclude(pk=pk).select_related("role")
    form = CompareForm(request.GET if "with" in request.GET else None, plan=plan, others=others)
    other = form.chosen()
    context = {
        "plan": plan,
        "form": form,
        "other": other,
        "page": translate.compare_plans(this=plan, other=other, today=timezone.localdate()) if other else None,
    }
    return render(request, "loops/compare.html", context)
