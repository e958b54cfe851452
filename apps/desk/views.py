"""Home and search."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.accounts.models import SignedInRequest
from apps.desk import queries


@require_safe
def home(request: SignedInRequest) -> HttpResponse:
    page = queries.home_page(user=request.user, now=timezone.now())
    return render(request, "desk/home.html", {"page": page})


@require_safe
def search(request: SignedInRequest) -> HttpResponse:
    text = request.GET.get("q", "").replace("\0", "").strip()[:100]
    hits = queries.search(user=request.user, text=text) if text else None
    return render(request, "desk/search.html", {"text": text, "hits": hits})
