"""Pages with which many packets are asked for."""

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from apps.accounts.models import SignedInRequest
from apps.packets import actions, queries, tasks
from apps.packets.forms import BulkPacketsForm
from apps.packets.models import Packet


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
