"""What a candidate opens by a private link, without signing in. Nothing else of the product is reached from it."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from apps.craft import actions, queries
from apps.craft.forms import UploadForm

# Beyond this an upload is refused by what it says it weighs: reading it to the end would only take everybody's time.
NOT_EVEN_READ = 50 * 1024 * 1024

NOT_NOW = "That is not possible now: this page says where things stand."


# Without the check of the form's token: browsers that send no referrer send no origin either, so the check would
# refuse every upload; and nobody can make a candidate's browser send this form without knowing the link itself.
@login_not_required
@csrf_exempt
def craft_private(request: HttpRequest, token: str) -> HttpResponseBase:
    """GET says where things stand and writes nothing. POST downloads, uploads, or notes that somebody has looked."""
    if request.method not in ("GET", "POST"):
        return _kept_private(HttpResponseNotAllowed(["GET", "POST"]))
    try:
        if request.method == "GET":
            return _page(request, token)
        weight = request.headers.get("Content-Length", "")
        if weight.isdecimal() and int(weight) > NOT_EVEN_READ:
            return _page(request, token, problems=[actions.too_large(int(weight))], status=413)
        match request.POST.get("do"):
            case "download":
                return _download(token)
            case "look":
                actions.note_opened(token=token, now=timezone.now())
                return _kept_private(HttpResponse(status=204))
            case _:
                return _upload(request, token)
    except actions.LinkClosed:
        return _closed(request)
    except actions.NotNow:
        return _page(request, token, problems=[NOT_NOW], status=409)


def _download(token: str) -> HttpResponseBase:
    handed = actions.hand_out_kit(token=token, now=timezone.now())
    headers = {"Content-Disposition": f'attachment; filename="{handed.name}"', "X-Content-Type-Options": "nosniff"}
    return _kept_private(HttpResponse(handed.data, content_type="application/zip", headers=headers))


def _upload(request: HttpRequest, token: str) -> HttpResponseBase:
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, token, problems=[str(one) for one in form.errors["archive"]], status=422)
    upload = form.cleaned_data["archive"]
    if upload.size > actions.MOST_BYTES:
        return _page(request, token, problems=[actions.too_large(upload.size)], status=413)
    try:
        actions.hand_in(token=token, archive=upload.read(), now=timezone.now())
    except ValidationError as error:
        return _page(request, token, problems=error.messages, status=422)
    return _kept_private(HttpResponseRedirect(reverse("craft-private", args=[token]), status=303))


def _page(request: HttpRequest, token: str, *, problems: list[str] | None = None, status: int = 200) -> HttpResponse:
    link = queries.find_link(token)
    if link is None:
        return _closed(request)
    page = queries.private_page(link, now=timezone.now())
    interview = link.assignment.interview
    context: dict[str, Any] = {
        "page": page,
        "assignment": link.assignment,
        "candidacy": interview.candidacy,
        "version": interview.plan_station.version,
        "problems": problems or [],
        "most_bytes": actions.MOST_BYTES,
    }
    with timezone.override(queries.zone_of_candidate(link.assignment)):
        return _kept_private(render(request, "craft/private.html", context, status=status))


def _closed(request: HttpRequest) -> HttpResponse:
    """One answer for whatever opens nothing: it does not say whether there ever was such a link."""
    return _kept_private(render(request, "packets/private_closed.html", status=404))


def _kept_private(response: Any) -> Any:
    """In no cache, in no search engine, and the address, which is a secret, in nobody's referrer and in no log."""
    response._has_been_logged = True  # of what is refused Django would log the address
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response
