"""The station editor, the steps of a station's life, and reviews."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import slug_re
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.models import SignedInRequest
from apps.library import actions, queries, translate
from apps.library.core.documents import StationDocument
from apps.library.forms import MoveForm, ReviewForm, StationEditor
from apps.library.models import Competency, Station


@require_http_methods(["GET", "POST"])
def station_new(request: SignedInRequest) -> HttpResponse:
    request.user.require(leader=True)
    copied = None
    if slug := request.GET.get("copy", ""):
        if not slug_re.match(slug):
            raise Http404("No station has such an address.")
        copied = get_object_or_404(Station.objects.visible_to(request.user), slug=slug, current__isnull=False)
    competencies = list(queries.competencies_to_measure())
    editor = StationEditor(
        request.POST if request.method == "POST" else None,
        competencies=competencies,
        start=translate.to_document(copied, queries.version_with_measures(station=copied)) if copied else None,
        station=None,
        reviewed_on=copied.reviewed_on if copied else timezone.localdate(),
    )
    context: dict[str, object] = {
        "station": None,
        "copied": copied,
        "editor": editor,
        "differences": [],
        "conflict": False,
    }
    wanted = request.POST.get("do", "")
    document = editor.checked() if wanted in ("save", "preview") else None
    if wanted == "save" and document is not None:
        try:
            station = actions.create_station(document=document, copy_of=copied, by=request.user, now=timezone.now())
        except ValidationError as error:
            editor.refuse(error)
        else:
            messages.success(request, "Saved as a draft. Loops can use it once it is a pilot.")
            return redirect(station)
    context["preview"] = _preview(document, competencies, 1) if wanted == "preview" else None
    return render(request, "library/station_editor.html", context)


@require_http_methods(["GET", "POST"])
def station_edit(request: SignedInRequest, slug: str) -> HttpResponse:
    station = get_object_or_404(Station.objects.editable_by(request.user), slug=slug, current__isnull=False)
    version = queries.version_with_measures(station=station)
    competencies = list(queries.competencies_to_measure())
    editor = StationEditor(
        request.POST if request.method == "POST" else None,
        competencies=competencies,
        start=translate.to_document(station, version),
        station=station,
        reviewed_on=station.reviewed_on,
    )
    context: dict[str, object] = {"station": station, "copied": None, "editor": editor, "differences": []}
    wanted, status = request.POST.get("do", ""), 200
    document = editor.checked() if wanted in ("save", "preview") else None
    if wanted == "save" and document is not None:
        try:
            saved = actions.save_station(
                station=station, document=document, revision=editor.revision, by=request.user, now=timezone.now()
            )
        except actions.SavedMeanwhile:
            status = 409
            station = queries.station_as_saved(station=station)
            now_saved = translate.to_document(station, queries.version_with_measures(station=station))
            editor.begin_again_with(station.revision)
            others = [editor.label_of(name) for name in translate.differences(now_saved, document)]
            context |= {"station": station, "differences": others}
        except ValidationError as error:
            editor.refuse(error)
        else:
            messages.success(request, _what_was_saved(saved))
            return redirect(station)
    context["preview"] = _preview(document, competencies, version.number + 1) if wanted == "preview" else None
    return render(request, "library/station_editor.html", context | {"conflict": status == 409}, status=status)


@require_POST
def station_state(request: SignedInRequest, slug: str) -> HttpResponse:
    station = get_object_or_404(Station.objects.editable_by(request.user), slug=slug)
    form = MoveForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose what the station becomes.")
        return redirect(station)
    try:
        moved = actions.move_station(station=station, **form.cleaned_data, by=request.user, now=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, f"The station is {moved.get_state_display()} now.")
    return redirect(station)


@require_safe
def review_queue(request: SignedInRequest) -> HttpResponse:
    request.user.require(insider=True)
    lines = queries.review_queue(user=request.user, today=timezone.localdate())
    context = {
        "stale": [line for line in lines if line.freshness.is_stale],
        "fresh": [line for line in lines if not line.freshness.is_stale],
        "can_review": request.user.is_leader,
    }
    return render(request, "library/review_queue.html", context)


@require_http_methods(["GET", "POST"])
def station_review(request: SignedInRequest, slug: str) -> HttpResponse:
    station = get_object_or_404(Station.objects.editable_by(request.user), slug=slug, current__isnull=False)
    version = queries.version_with_measures(station=station)
    form = ReviewForm(request.POST.copy() if request.method == "POST" else None, initial={"version": version.number})
    conflict = False
    if request.method == "POST" and form.is_valid():
        try:
            actions.review_station(
                station=station,
                version=form.began_with,
                note=form.cleaned_data["note"],
                by=request.user,
                now=timezone.now(),
            )
        except actions.SavedMeanwhile:
            conflict = True
            version = queries.version_with_measures(station=station)
            form.begin_again_with(version.number)
        else:
            messages.success(request, f"Review of “{version.name}” recorded.")
            return redirect("review-queue")
    context = {
        "station": station,
        "version": version,
        "measures": version.measures.all(),
        "reviews": queries.reviews_of(station=station),
        "warnings": translate.station_warnings(station, version, today=timezone.localdate()),
        "form": form,
        "conflict": conflict,
    }
    return render(request, "library/station_review.html", context, status=409 if conflict else 200)


def _what_was_saved(result: actions.Saved) -> str:
    if not result.changed:
        return "Nothing differs from what is saved, so that nothing was changed."
    if result.new_version and result.station.current is not None:
        return (
            f"Saved as version {result.station.current.number}. Running candidacies keep the version they began with."
        )
    return "Saved. What candidates and interviewers read is the same, so that there is no new version."


def _preview(document: StationDocument | None, competencies: list[Competency], number: int) -> translate.Preview | None:
    if document is None:
        return None
    return translate.to_preview(document, competencies=competencies, number=number, today=timezone.localdate())
