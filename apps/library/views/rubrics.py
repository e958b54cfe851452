"""The rubric editor."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from apps.accounts.models import SignedInRequest
from apps.library import actions, queries, translate
from apps.library.forms import RubricForm
from apps.library.models import Competency


@require_http_methods(["GET", "POST"])
def rubric_edit(request: SignedInRequest, slug: str) -> HttpResponse:
    competency = get_object_or_404(Competency.objects.editable_by(request.user), slug=slug)
    latest = queries.rubrics_of(competency=competency).first()
    form = RubricForm(
        request.POST.copy() if request.method == "POST" else None,
        start=translate.to_rubric_document(latest) if latest else None,
        number=latest.number if latest else 0,
    )
    context: dict[str, object] = {"competency": competency, "form": form, "latest": latest, "preview": None}
    wanted, status = request.POST.get("do", ""), 200
    document = form.document if wanted in ("publish", "preview") and form.is_valid() else None
    if wanted == "publish" and document is not None:
        try:
            rubric = actions.publish_rubric(
                competency=competency, document=document, number=form.began_with, by=request.user, now=timezone.now()
            )
        except actions.SavedMeanwhile:
            status = 409
            latest = queries.rubrics_of(competency=competency).first()
            form.begin_again_with(latest.number if latest else 0)
            context["latest"] = latest
        else:
            if rubric is None:
                messages.success(request, "Nothing differs from the published rubric, so that nothing was changed.")
            else:
                messages.success(
                    request, f"Published as version {rubric.number}. Running candidacies keep the one they began with."
                )
            return redirect(competency)
    if wanted == "preview" and document is not None:
        context["preview"] = translate.to_rubric_preview(document)
    return render(request, "library/rubric_editor.html", context | {"conflict": status == 409}, status=status)
