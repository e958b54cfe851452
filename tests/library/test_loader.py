"""Loading: the same files change nothing, a changed one makes a version, running candidacies keep theirs."""

import datetime as dt
import shutil
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.apps import apps
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.common.models import AuditLine
from apps.interviews.actions import start_candidacy
from apps.library import actions
from apps.library.models import Competency, Level, Measure, Rubric, Station, StationVersion
from apps.library.queries import version_with_measures
from apps.library.translate import to_document, to_rubric_document
from tests.factories import CandidateFactory, PlanFactory, RoleFactory

LIBRARY = [model for model in apps.get_models() if model._meta.app_label == "library"]


def load(folder: Path) -> str:
    said = StringIO()
    call_command("load_library", str(folder), stdout=said)
    return said.getvalue()


def rows() -> dict[str, list[dict[str, Any]]]:
    return {model._meta.label: list(model._default_manager.order_by("pk").values()) for model in LIBRARY}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped files, to be edited."""
    copy = tmp_path / "library"
    for kind in ("frameworks", "competencies", "stations", "roles"):
        shutil.copytree(django_settings.FIXTURES_DIR / kind, copy / kind)
    return copy


def edit(path: Path, **changes: Any) -> dict[str, Any]:
    document = yaml.safe_load(path.read_text(encoding="utf-8")) | changes
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    return document


def test_loading_twice_changes_nothing(library: None, folder: Path) -> None:
    before, lines = rows(), AuditLine.objects.count()
    assert "(0 new or changed)" in load(folder)
    assert rows() == before
    assert AuditLine.objects.count() == lines == 1


def test_a_changed_station_becomes_a_version_and_a_running_candidacy_keeps_the_old(
    library: None, folder: Path, ada: User, cleo: User, sign_in: Callable[[User], Client]
) -> None:
    station = Station.objects.usable().select_related("current").order_by("slug")[0]
    old = station.current
    competency = old.measures.order_by("pk")[0].competency
    plan = PlanFactory(role=RoleFactory(requires=[competency]), stations=[station])
    candidacy = start_candidacy(candidate=CandidateFactory(), role=plan.role, by=ada, now=timezone.now())
    edit(folder / "stations" / f"{station.slug}.yaml", purpose="A PURPOSE OF TODAY")
    assert "(1 new or changed)" in load(folder)
    station.refresh_from_db()
    assert (station.current.number, station.current.purpose) == (old.number + 1, "A PURPOSE OF TODAY")
    assert StationVersion.objects.get(pk=old.pk).purpose != "A PURPOSE OF TODAY"
    assert list(old.measures.values_list("competency", "reliability")) == list(
        station.current.measures.values_list("competency", "reliability")
    )
    interview = candidacy.interviews.get()
    assert interview.plan_station.version == old
    page = sign_in(cleo).get(interview.get_absolute_url()).content.decode()
    assert "A PURPOSE OF TODAY" not in page
    assert "A PURPOSE OF TODAY" in sign_in(cleo).get(station.get_absolute_url()).content.decode()


def test_a_changed_rubric_becomes_a_version_and_a_running_candidacy_keeps_the_old(
    library: None, folder: Path, ada: User, cleo: User, sign_in: Callable[[User], Client]
) -> None:
    competency = Competency.objects.get(slug="llm-craft")
    old = competency.rubrics.get()
    station = Station.objects.usable().filter(current__measures__competency=competency).order_by("slug")[0]
    plan = PlanFactory(role=RoleFactory(requires=[competency]), stations=[station])
    candidacy = start_candidacy(candidate=CandidateFactory(), role=plan.role, by=ada, now=timezone.now())
    path = folder / "competencies" / "llm-craft.yaml"
    levels = yaml.safe_load(path.read_text(encoding="utf-8"))["levels"]
    levels[4]["anchors"][0] = "AN ANCHOR OF TODAY"
    edit(path, levels=levels)
    assert "(1 new or changed)" in load(folder)
    assert list(competency.rubrics.order_by("number").values_list("number", "state")) == [
        (1, "superseded"),
        (2, "published"),
    ]
    assert "AN ANCHOR OF TODAY" in competency.rubrics.get(number=2).levels.get(number=4).anchors
    assert candidacy.pinned_rubrics.get(rubric__competency=competency).rubric == old
    again = start_candidacy(candidate=CandidateFactory(), role=plan.role, by=ada, now=timezone.now())
    assert again.pinned_rubrics.get(rubric__competency=competency).rubric.number == 2


def test_words_that_are_no_contract_change_in_place(library: None, folder: Path) -> None:
    """A definition explains; what raters and candidates were given is in rubrics and station versions."""
    rubrics, levels = Rubric.objects.count(), Level.objects.count()
    edit(folder / "competencies" / "llm-craft.yaml", why="Another why.")
    edit(folder / "stations" / "trivia-screen.yaml", half_life_months=7)
    load(folder)
    assert Competency.objects.get(slug="llm-craft").why == "Another why."
    assert Station.objects.get(slug="trivia-screen").half_life_months == 7
    assert (Rubric.objects.count(), Level.objects.count()) == (rubrics, levels)


def test_a_file_with_a_fault_loads_nothing_and_is_named(library: None, folder: Path) -> None:
    before = rows()
    edit(folder / "competencies" / "llm-craft.yaml", why="Another why.")
    edit(folder / "stations" / "trivia-screen.yaml", minutes=5, surprise="x")
    with pytest.raises(CommandError) as caught:
        load(folder)
    assert "stations/trivia-screen.yaml cannot be loaded" in str(caught.value)
    assert "- minutes: " in str(caught.value)
    assert "- surprise: " in str(caught.value)
    assert rows() == before


@pytest.mark.parametrize(
    ("content", "problem"),
    [(b"\xff\xfe", "is not UTF-8"), (b"a: [", "not YAML"), (b"", "cannot be loaded"), (b"- 1", "cannot be loaded")],
)
def test_a_file_that_is_no_document_is_refused(db: None, folder: Path, content: bytes, problem: str) -> None:
    (folder / "stations" / "broken.yaml").write_bytes(content)
    with pytest.raises(CommandError, match=problem):
        load(folder)
    assert not Competency.objects.exists()


def test_a_folder_without_a_library_is_refused(db: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no folder"):
        load(tmp_path / "nowhere")
    with pytest.raises(CommandError, match="holds no frameworks"):
        load(tmp_path)


def test_every_measured_reliability_is_the_files(library: None) -> None:
    for path in (django_settings.FIXTURES_DIR / "stations").glob("*.yaml"):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        measured = Measure.objects.filter(version__current_of__slug=document["slug"])
        assert {
            measure.competency.slug: float(measure.reliability) for measure in measured.select_related("competency")
        } == {slug: pytest.approx(round(value, 2)) for slug, value in document["measures"].items()}


# ----------------------------------------------------------------------------- what people wrote is left alone


def save_here(station: Station, by: User, **changes: Any) -> None:
    document = to_document(station, version_with_measures(station=station)).model_copy(update=changes)
    actions.save_station(station=station, document=document, revision=station.revision, by=by, now=timezone.now())


def test_a_station_edited_here_is_left_alone_and_the_report_says_so(library: None, folder: Path, cleo: User) -> None:
    station = Station.objects.get(slug="trivia-screen")
    save_here(station, cleo, purpose="OUR PURPOSE", half_life_months=30)
    edit(folder / "stations" / "trivia-screen.yaml", purpose="A PURPOSE OF THEIRS", half_life_months=7)
    for _ in range(2):
        said = load(folder)
        assert "(0 new or changed)" in said
        assert "Left alone: the contents of stations/trivia-screen.yaml, for people changed it here." in said
    station.refresh_from_db()
    assert (station.current.number, station.current.purpose, station.half_life_months) == (2, "OUR PURPOSE", 30)


def test_an_edit_that_the_files_have_taken_up_is_no_difference(library: None, folder: Path, cleo: User) -> None:
    save_here(Station.objects.get(slug="trivia-screen"), cleo, purpose="OUR PURPOSE")
    edit(folder / "stations" / "trivia-screen.yaml", purpose="OUR PURPOSE")
    assert "Left alone" not in load(folder)


def test_a_state_changed_here_stays_and_the_contents_still_follow_the_files(
    library: None, folder: Path, cleo: User
) -> None:
    station = Station.objects.get(slug="trivia-screen")
    actions.move_station(station=station, to="retired", reason="We stopped.", by=cleo, now=timezone.now())
    edit(folder / "stations" / "trivia-screen.yaml", purpose="A PURPOSE OF THEIRS")
    said = load(folder)
    assert "Left alone: the state of stations/trivia-screen.yaml" in said
    station.refresh_from_db()
    assert (station.state, station.retired_reason) == ("retired", "We stopped.")
    assert station.current.purpose == "A PURPOSE OF THEIRS"


def test_a_state_of_the_files_follows_the_files(library: None, folder: Path) -> None:
    station = Station.objects.get(slug="trivia-screen")
    for state, reason in [("retired", "Retired in the library's files."), ("pilot", "")]:
        edit(folder / "stations" / "trivia-screen.yaml", state=state)
        assert "Left alone" not in load(folder)
        station.refresh_from_db()
        assert (station.state, station.retired_reason) == (state, reason)


@pytest.mark.parametrize(
    ("in_file", "expected"), [("2020-01-01", "2026-03-03"), ("2026-03-04", "2026-03-04"), (None, "2026-03-03")]
)
def test_a_review_recorded_here_is_not_undone(
    in_file: str | None, expected: str, library: None, folder: Path, cleo: User
) -> None:
    station = Station.objects.get(slug="trivia-screen")
    then = dt.datetime(2026, 3, 3, 12, tzinfo=dt.UTC)
    edit(folder / "stations" / "trivia-screen.yaml", reviewed_on=dt.date(2019, 9, 9))
    load(folder)
    actions.review_station(station=station, version=1, note="Held it.", by=cleo, now=then)
    if in_file:
        edit(folder / "stations" / "trivia-screen.yaml", reviewed_on=dt.date.fromisoformat(in_file))
    load(folder)
    station.refresh_from_db()
    assert str(station.reviewed_on) == expected
    assert station.current.number == 1


def test_a_review_date_nobody_recorded_here_follows_the_files_in_both_directions(library: None, folder: Path) -> None:
    station = Station.objects.get(slug="trivia-screen")
    for day in ("2019-09-09", "2025-05-05", "2018-08-08"):
        edit(folder / "stations" / "trivia-screen.yaml", reviewed_on=dt.date.fromisoformat(day))
        load(folder)
        station.refresh_from_db()
        assert str(station.reviewed_on) == day


def test_a_rubric_published_here_is_left_alone_and_the_report_says_so(library: None, folder: Path, cleo: User) -> None:
    competency = Competency.objects.get(slug="llm-craft")
    mine = to_rubric_document(competency.rubrics.get()).model_copy(update={"no_evidence_when": "OURS"})
    actions.publish_rubric(competency=competency, document=mine, number=1, by=cleo, now=timezone.now())
    edit(folder / "competencies" / "llm-craft.yaml", no_evidence_when="THEIRS", why="Another why.")
    assert "Left alone: the rubric of competencies/llm-craft.yaml" in load(folder)
    assert competency.rubrics.get(state="published").no_evidence_when == "OURS"
    competency.refresh_from_db()
    assert competency.why == "Another why."


def test_a_station_written_here_keeps_its_names(library: None, folder: Path, cleo: User) -> None:
    puzzle = Station.objects.get(slug="trivia-screen")
    ours = to_document(puzzle, version_with_measures(station=puzzle)).model_copy(
        update={"slug": "ours", "name": "Ours", "also_called": ["Pub quiz"]}
    )
    actions.create_station(document=ours, by=cleo, now=timezone.now())
    edit(folder / "stations" / "trivia-screen.yaml", also_called=["Tech trivia", "pub QUIZ", "OURS"])
    load(folder)
    assert Station.objects.get(slug="trivia-screen").also_called == ["Tech trivia"]
    station = Station.objects.get(slug="ours")
    assert station.also_called == ["Pub quiz"]
    save_here(station, cleo, purpose="Still ours to save.")
    assert "(0 new or changed)" in load(folder)
