"""Pages with which packets are mailed, and a packet's own page with what was mailed."""

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.models import SignedInRequest
from apps.packets import actions, queries, tasks
from apps.packets.forms import MailForm
from apps.packets.models import Export, Packet, Sending


@require_GET
def packets_send_choose(request: SignedInRequest) -> HttpResponse:
    """Which packets to send: the newest, or with `?export=1` those of an export. Leads to their preview."""
    request.user.require(leader=True, recruiter=True)
    numbers = _numbers(request, "export")
    export = get_object_or_404(Export.objects.visible_to(request.user), pk=numbers[0]) if numbers else None
    page = queries.choose_page(user=request.user, export=export, chosen=_numbers(request, "packet"))
    return render(request, "packets/send_choose.html", {"page": page})


@require_http_methods(["GET", "POST"])
@never_cache
def packets_send(request: SignedInRequest) -> HttpResponse:
    """The preview of what would be sent (`?packet=1&packet=2`), and the button that sends exactly that.

    The address says which packets. A preview is a dry run: it asks all that is asked when mails go out, and writes
    nothing. What was changed since the preview is previewed first, whichever button was pressed.
    """
    request.user.require(leader=True, recruiter=True)
    packets = queries.packets_to_send(user=request.user, ids=_numbers(request, "packet"))
    if not packets:
        return redirect("packets-send-choose")
    now = timezone.now()
    is_post = request.method == "POST"
    people = queries.possible_readers(packets)
    forms = [
        MailForm(request.POST if is_post else None, kind=kind, people=people)
        for kind in dict.fromkeys(packet.kind for packet in packets)
    ]
    is_valid = all(form.is_valid() for form in forms) if is_post else True
    preview, problems, status = None, list[str](), 200 if is_valid else 422
    if is_valid:
        drafts = queries.drafts_of(packets, {form.kind.value: form.text() for form in forms})
        if "send" in request.POST:
            try:
                seen = request.POST.get("seen", "")
                job = actions.request_sendings(drafts=drafts, seen=seen, by=request.user, now=now)
            except actions.PreviewChanged:
                status = 409
            except ValidationError as error:
                problems, status = list(error.messages), 422
            else:
                tasks.enqueue(job)
                return redirect("job", job.pk)
        preview = queries.preview(drafts, by=request.user, now=now)
    return render(
        request,
        "packets/send.html",
        {
            "packets": packets,
            "forms": forms,
            "people": people,
            "preview": preview,
            "goes_to_nobody": [f"the {form.kind.label.lower()}" for form in forms if form.lacks_readers()],
            "problems": problems,
            "has_changed": status == 409,
            "most": queries.MOST_MAILS,
        },
        status=status,
    )


@require_GET
def packet(request: SignedInRequest, packet_id: int) -> HttpResponse:
    """One packet: its file, and every mail about it with the private links that can be closed here."""
    visible = Packet.objects.visible_to(request.user).select_related(
        "candidacy__candidate", "candidacy__role", "interview__plan_station__version", "reader", "requested_by"
    )
    found = get_object_or_404(visible, pk=packet_id)
    request.user.require(leader=True, recruiter=True)
    page = queries.packet_page(packet=found, user=request.user, now=timezone.now())
    return render(request, "packets/packet.html", {"page": page})


@require_POST
def sending_revoke(request: SignedInRequest, sending_id: int) -> HttpResponse:
    visible = Sending.objects.visible_to(request.user).filter(private_link__isnull=False)
    sending = get_object_or_404(visible.select_related("packet__candidacy__candidate"), pk=sending_id)
    actions.revoke_link(sending=sending, by=request.user, now=timezone.now())
    return redirect("packet", sending.packet_id)


def _numbers(request: SignedInRequest, name: str) -> list[int]:
    """What is no number of a row is left out."""
    values = request.GET.getlist(name)
    return [int(value) for value in values if value.isascii() and value.isdecimal() and len(value) <= 18]
