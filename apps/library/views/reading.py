"""Pages to read: stations, competencies with their rubrics."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.accounts.models import SignedInRequest
from apps.library import queries, translate
from apps.library.models import Station


@require_safe
def stations(request: SignedInRequest) -> HttpResponse:
    request.user.require(insider=True)
    kind, state = request.GET.get("kind", ""), request.GET.get("state", "")
    kind = kind if kind in Station.Kind.values else ""
    state = state if state in Station.State.values else ""
    today = timezone.localdate()
    context = {
        "lines": queries.station_lines(user=request.user, today=today, kind=kind, state=state),
        "kinds": Station.Kind.choices,
        "chosen_kind": kind,
        "states": Station.State.choices,
        "chosen_state": state,
        "stale": queries.count_stale(user=request.user, today=today),
    }
    return render(request, "library/stations.html", context)


@require_safe
def station(request: SignedInRequest, slug: str) -> HttpResponse:
    station = get_object_or_404(Station.objects.visible_to(request.user), slug=slug, current__isnull=False)
    version = queries.version_with_measures(station=station)
    today = timezone.localdate()
    can_edit = request.user.is_leader
    context = {
        "station": station,
        "version": version,
        "measures": version.measures.all(),
        "reviews": queries.reviews_of(station=station),
        "versions": queries.versions_of(station=station),
        "can_edit": can_edit,
        "next_states": queries.next_states(station=station) if can_edit else [],
        "warnings": translate.station_warnings(station, version, today=today) if can_edit else (),
    }
    return render(request, "library/station.html", context)


@require_safe
def competencies(request: SignedInRequest) -> HttpResponse:
    request.user.require(insider=True)
    return render(request, "library/competencies.html", {"frameworks": queries.frameworks()})


@require_safe
def competency(request: SignedInRequest, slug: str) -> HttpResponse:
    competency = get_object_or_404(queries.competencies_with_rubrics(user=request.user), slug=slug)
    context = {
        "competency": competency,
        "measures": queries.stations_measuring(competency=competency),
        "rubrics": queries.rubrics_of(competency=competency),
        "can_edit": request.user.is_leader,
    }
    return render(request, "library/competency.html", context)
