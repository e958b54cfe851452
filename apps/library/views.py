"""Pages of the library: competencies with their rubrics, stations."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.accounts.models import SignedInRequest
from apps.library import queries
from apps.library.models import Station


@require_safe
def stations(request: SignedInRequest) -> HttpResponse:
    request.user.require(insider=True)
    kind = request.GET.get("kind", "")
    if kind and kind not in Station.Kind.values:
        kind = ""
    lines = queries.station_lines(user=request.user, today=timezone.localdate(), kind=kind)
    return render(
        request, "library/stations.html", {"lines": lines, "kinds": Station.Kind.choices, "chosen_kind": kind}
    )


@require_safe
def station(request: SignedInRequest, slug: str) -> HttpResponse:
    station = get_object_or_404(Station.objects.visible_to(request.user), slug=slug, current__isnull=False)
    context = {
        "station": station,
        "version": queries.version_with_measures(station=station),
        "freshness": queries.station_freshness(station=station, today=timezone.localdate()),
    }
    return render(request, "library/station.html", context)


@require_safe
def competencies(request: SignedInRequest) -> HttpResponse:
    request.user.require(insider=True)
    return render(request, "library/competencies.html", {"frameworks": queries.frameworks()})


@require_safe
def competency(request: SignedInRequest, slug: str) -> HttpResponse:
    competency = get_object_or_404(queries.competencies_with_rubrics(user=request.user), slug=slug)
    context = {"competency": competency, "measures": queries.stations_measuring(competency=competency)}
    return render(request, "library/competency.html", context)
