"""Pages about packets, and the page of a background job."""

from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.models import SignedInRequest
from apps.common.models import Job
from apps.interviews.models import Candidacy, Interview
from apps.loops.actions import report_of
from apps.loops.models import LoopAudit
from apps.packets import actions, queries, tasks
from apps.packets.core.audit_sheet import AuditSheet
from apps.packets.forms import BulkPacketsForm, RequestPacketsForm
from apps.packets.models import Packet
from apps.packets.render import to_pdf


@require_GET
def packets(request: SignedInRequest) -> HttpResponse:
    page = queries.packets_page(user=request.user, kind=request.GET.get("kind", ""), number=request.GET.get("page", 1))
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
                    candidacies=[candidacy], kinds=form.cleaned_data["kinds"], by=request.user, now=timezone.now()
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


@require_http_methods(["GET", "POST"])
def packets_bulk(request: SignedInRequest) -> HttpResponse:
    """Several candidacies at once; another page may link here with `?candidacies=1&candidacies=2` chosen already."""
    request.user.require(leader=True, recruiter=True)
    form = BulkPacketsForm(
        request.POST if request.method == "POST" else None,
        candidacies=queries.active_candidacies(request.user),
        kinds=list(Packet.Kind.choices),
        initial={"candidacies": request.GET.getlist("candidacies")},
    )
    if request.method == "POST" and form.is_valid():
        try:
            job = actions.request_packets(
                candidacies=form.cleaned_data["candidacies"],
                kinds=form.cleaned_data["kinds"],
                by=request.user,
                now=timezone.now(),
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            tasks.enqueue(job)
            return redirect("job", job.pk)
    return render(request, "packets/bulk.html", {"form": form}, status=422 if request.method == "POST" else 200)


@require_POST
def packet_own_kit(request: SignedInRequest, interview_id: int) -> HttpResponse:
    interview = get_object_or_404(Interview.objects.visible_to(request.user), pk=interview_id)
    job = actions.request_own_kit(interview=interview, by=request.user, now=timezone.now())
    tasks.enqueue(job)
    return redirect("job", job.pk)


@require_GET
@never_cache
def job(request: SignedInRequest, job_id: int) -> HttpResponse:
    """A job's page; asked by htmx, only the part that changes."""
    found = get_object_or_404(Job.objects.visible_to(request.user), pk=job_id)
    page = queries.job_page(job=found, user=request.user, now=timezone.now())
    is_poll = request.headers.get("HX-Request") == "true"
    return render(request, "packets/_job.html" if is_poll else "packets/job.html", {"job_page": page})


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


@require_GET
def audit_report(request: SignedInRequest, audit_id: int) -> HttpResponse:
    """The report of an audit on paper, made while one waits: two pages, about half a second."""
    visible = LoopAudit.objects.visible_to(request.user).filter(state=LoopAudit.State.CONFIRMED)
    audit = get_object_or_404(visible.select_related("role"), pk=audit_id)
    today = timezone.localdate()
    made = to_pdf(AuditSheet(page=report_of(audit=audit, today=today), made_on=today))
    name = f"audit-{slugify(audit.name)[:60] or audit.pk}-{audit.role.slug[:60]}.pdf"
    return HttpResponse(
        made.data,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"},
    )
