"""Pages with which many packets are asked for and handed out as one file."""

from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.models import SignedInRequest, User
from apps.interviews.models import Candidacy
from apps.packets import actions, queries, tasks
from apps.packets.forms import BulkFilterForm, BulkPacketsForm
from apps.packets.models import Export


@require_http_methods(["GET", "POST"])
def packets_bulk(request: SignedInRequest) -> HttpResponse:
    """Several candidacies at once; another page may link here with `?candidacies=1&candidacies=2` chosen already.

    The address says which candidates one looks for, when the form is sent as well: "all found" is asked anew then.
    """
    request.user.require(leader=True, recruiter=True)
    filters = BulkFilterForm(request.GET, roles=queries.roles_to_export(request.user))
    chosen = filters.chosen()
    found = Candidacy.objects.none() if chosen is None else queries.bulk_candidacies(user=request.user, chosen=chosen)
    form = BulkPacketsForm(
        request.POST if request.method == "POST" else None,
        candidacies=Candidacy.objects.visible_to(request.user),
        people=User.objects.visible_to(request.user),
        initial={"candidacies": request.GET.getlist("candidacies")},
    )
    if request.method == "POST" and form.is_valid():
        try:
            export = actions.request_export(
                candidacies=found if form.cleaned_data["everyone"] else form.cleaned_data["candidacies"],
                kinds=form.cleaned_data["kinds"],
                recipients=form.readers(),
                paper=form.cleaned_data["paper"],
                form=form.cleaned_data["form"],
                names_hidden=form.cleaned_data["hide_names"],
                by=request.user,
                now=timezone.now(),
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            tasks.enqueue_export(export)
            return redirect("export", export.pk)
    page = queries.bulk_page(user=request.user, candidacies=found, chosen=form.chosen("candidacies"))
    return render(
        request,
        "packets/bulk.html",
        {
            "form": form,
            "filters": filters,
            "bulk": page,
            "chosen": form.chosen("candidacies"),
            "chosen_people": form.chosen("interviewers"),
            "chosen_roles": chosen.roles if chosen else (),
        },
        status=422 if request.method == "POST" else 200,
    )


@require_GET
@never_cache
def export(request: SignedInRequest, export_id: int) -> HttpResponse:
    """An export's page; asked by htmx, only the part that changes."""
    page = queries.export_page(export=_own(request, export_id), now=timezone.now())
    is_poll = request.headers.get("HX-Request") == "true"
    return render(request, "packets/_export.html" if is_poll else "packets/export.html", {"page": page})


@require_POST
def export_cancel(request: SignedInRequest, export_id: int) -> HttpResponse:
    actions.cancel_export(export=_own(request, export_id), by=request.user, now=timezone.now())
    return redirect("export", export_id)


@require_POST
def export_resume(request: SignedInRequest, export_id: int) -> HttpResponse:
    found = actions.resume_export(export=_own(request, export_id), by=request.user, now=timezone.now())
    tasks.enqueue_export(found)
    return redirect("export", export_id)


@require_POST
def export_again(request: SignedInRequest, export_id: int) -> HttpResponse:
    found = actions.make_export_again(export=_own(request, export_id), by=request.user, now=timezone.now())
    tasks.enqueue_export(found)
    return redirect("export", export_id)


@require_POST
def export_download(request: SignedInRequest, export_id: int) -> HttpResponseBase:
    """By POST, for it writes: every download leaves a line in the trail, and a GET never writes here."""
    found = _own(request, export_id)
    if found.packed_at is None:
        return redirect("export", export_id)
    try:
        path = actions.hand_out_export(export=found, by=request.user, now=timezone.now())
        file = open(path, "rb")  # noqa: SIM115  # FileResponse closes it
    except actions.ExportClosed as closed:
        return render(request, "packets/export_closed.html", {"export": found, "problems": closed.problems}, status=403)
    except (actions.ExportGone, FileNotFoundError):
        return render(request, "packets/export_gone.html", {"export": found}, status=410)
    kind = "application/zip" if found.form == Export.Form.ZIP else "application/pdf"
    name = queries.export_file_name(found)
    response = FileResponse(file, as_attachment=True, filename=name, content_type=kind)
    response["Cache-Control"] = "private, no-store"
    return response


def _own(request: SignedInRequest, export_id: int) -> Export:
    return get_object_or_404(Export.objects.visible_to(request.user), pk=export_id)
