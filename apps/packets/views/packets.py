"""Pages about packets."""

from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.models import SignedInRequest
from apps.interviews.models import Candidacy, Interview
from apps.packets import actions, queries, tasks
from apps.packets.forms import RequestPacketsForm
from apps.packets.models import Packet


@require_GET
def packets(request: SignedInRequest) -> HttpResponse:
    page = queries.packets_page(
        user=request.user, now=timezone.now(), kind=request.GET.get("kind", ""), number=request.GET.get("page", 1)
    )
    return render(request, "packets/packets.html", {"packets": page})


@require_http_methods(["GET", "POST"])
def packet_request(request: SignedInRequest, candidacy_id: int) -> HttpResponse:
    visible = Candidacy.objects.visible_to(request.user).select_related("candidate", "role")
    candidacy = get_object_or_404(visible, pk=candidacy_id)
    page = queries.candidacy_packets(candidacy=candidacy, user=request.user)
    form = RequestPacketsForm(request.POST if request.method == "POST" else None, candidacy=candidacy, kinds=page.kinds)
    if request.method == "POST":
        request.user.require(leader=True, recruiter=True)
        if form.is_valid():
            try:
                job = actions.request_packets(
                    candidacies=[candidacy],
                    kinds=form.cleaned_data["kinds"],
                    by=request.user,
                    now=timezone.now(),
                    paper=form.cleaned_data["paper"] or Packet.Paper.A4,
                    names_hidden=form.cleaned_data.get("hide_names", True),
                )
            except ValidationError as error:
                form.add_error(None, error)
            else:
                tasks.enqueue(job)
                return redirect("job", job.pk)
    return render(
        request,
        "packets/request.html",
        {"packets": page, "form": form},
        status=422 if request.method == "POST" else 200,
    )


@require_POST
def packet_own_kit(request: SignedInRequest, interview_id: int) -> HttpResponse:
    interview = get_object_or_404(Interview.objects.visible_to(request.user), pk=interview_id)
    job = actions.request_own_kit(interview=interview, by=request.user, now=timezone.now())
    tasks.enqueue(job)
    return redirect("job", job.pk)


@require_GET
def packet_download(request: SignedInRequest, packet_id: int) -> HttpResponseBase:
    visible = Packet.objects.visible_to(request.user).select_related(
        "candidacy__candidate", "interview__plan_station__version"
    )
    packet = get_object_or_404(visible, pk=packet_id, state=Packet.State.DONE)
    try:
        file = open(Path(settings.PACKETS_DIR) / packet.file_name, "rb")  # noqa: SIM115  # FileResponse closes it
    except FileNotFoundError:
        return render(request, "packets/gone.html", {"packet": packet}, status=410)
    response = FileResponse(
        file, as_attachment=True, filename=queries.readable_file_name(packet), content_type="application/pdf"
    )
    response["Cache-Control"] = "private, no-store"
    return response
