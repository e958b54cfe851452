"""What if the limits or the requirements were others? Answers at once and stores nothing."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from apps.accounts.models import SignedInRequest
from apps.loops import queries, translate
from apps.loops.core.solve import solve
from apps.loops.core.what_if import with_other_numbers
from apps.loops.forms import WhatIfForm
from apps.loops.views.explore import LOOK_SECONDS, can_draft, draft_fields, plan_to_read


@require_safe
@vary_on_headers("HX-Request")
def plan_what_if(request: SignedInRequest, pk: int) -> HttpResponse:
    plan, today = plan_to_read(request, pk), timezone.localdate()
    form = WhatIfForm(request.GET, plan=plan, requirements=queries.requirements_of(plan.role))
    problem = translate.question_of(plan, today=today)
    context = {"plan": plan, "form": form, "page": None, "ways": [], "draft": None, "impossible": None, "result": None}
    context["can_edit"] = can_draft(request, plan)
    if problem is not None and form.is_valid():
        problem = with_other_numbers(problem, form.numbers())
        result = solve(problem, time_limit_seconds=LOOK_SECONDS)
        context |= {"result": result}
        if result.objective is not None:
            context |= {
                "page": translate.compare_with_result(
                    plan=plan, result=result, problem=problem, title="The best loop", today=today
                ),
                "draft": draft_fields(plan, result, **form.limit_values())
                if context["can_edit"] and form.has_changed() and not form.changed_needs
                else None,
            }
        elif result.clash:
            context |= {
                "impossible": translate.clash_lines(result),
                "ways": [
                    (way, urlencode({**form.data, **way.numbers}) if way.numbers and form.accepts(way.numbers) else "")
                    for way in translate.relaxation_lines(
                        result, needs_ai_craft=queries.needs_ai_craft(form.requirements)
                    )
                ],
            }
    template = "loops/_what_if_answer.html" if "HX-Request" in request.headers else "loops/what_if.html"
    return render(request, template, context)
