"""What a candidate opens by a private link, without signing in. Nothing else of the product is reached from it."""

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from apps.packets import actions, queries


# Without the check of the form's token: browsers that send no referrer send no origin either, so the check would
# refuse every download; and nobody can make a candidate's browser send this form without knowing the link itself.
@login_not_required
@csrf_exempt
@require_http_methods(["GET", "POST"])
def private_link(request: HttpRequest, token: str) -> HttpResponseBase:
    """GET says what it is; the button downloads by POST, for that is counted, and a GET never writes here.

    Programs that look at every link of a mail therefore download nothing.
    """
    now = timezone.now()
    if request.method == "POST":
        try:
            packet, path = actions.hand_out_privately(token=token, now=now)
            file = open(path, "rb")  # noqa: SIM115  # FileResponse closes it
        except (actions.LinkClosed, FileNotFoundError):
            return _closed(request)
        name = queries.readable_file_name(packet)
        return _kept_private(FileResponse(file, as_attachment=True, filename=name, content_type="application/pdf"))
    link = queries.open_link(token=token, now=now)
    if link is None:
        return _closed(request)
    with timezone.override(queries.zone_of_reader(link)):
        return _kept_private(render(request, "packets/private.html", {"link": link, "packet": link.sending.packet}))


def _closed(request: HttpRequest) -> HttpResponse:
    """One answer for whatever opens nothing: it does not say whether there ever was such a link."""
    response = render(request, "packets/private_closed.html", status=404)
    response._has_been_logged = True  # type: ignore[attr-defined]  # Django would log the address, which is a secret
    _kept_private(response)
    return response


def _kept_private(response: HttpResponseBase) -> HttpResponseBase:
    """In no cache, in no search engine, and the address in nobody's referrer."""
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response
