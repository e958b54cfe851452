"""The review queue, recording a review, and how fresh a station is wherever it is shown."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from apps.accounts.models import User
from apps.common.models import AuditLine
from apps.library import actions
from apps.library.core.freshness import Freshness
from apps.library.models import Station, StationReview
from tests.factories import CompetencyFactory, StationFactory
from tests.library.typed import words

SignIn = Callable[[User], Client]


def ago(months: float) -> dt.date:
    return timezone.localdate() - dt.timedelta(days=round(months * 365.25 / 12))


@pytest.fixture
def shelf(db: None) -> dict[str, Station]:
    """Four stations by how much of them is left; the retired one waits for nobody."""
    competency = CompetencyFactory()
    made = {
        "fresh": StationFactory(slug="fresh", reviewed_on=ago(1), half_life_months=36),
        "half": StationFactory(slug="half", reviewed_on=ago(13), half_life_months=12, kind="ai_craft"),
        "old": StationFactory(slug="old", reviewed_on=ago(24), half_life_months=6, state="pilot"),
        "gone": StationFactory(
            slug="gone", reviewed_on=ago(90), half_life_months=6, state="retired", retired_reason="Old."
        ),
    }
    for station in made.values():
        station.current.measures.create(competency=competency, reliability="0.40")
    return made


@pytest.fixture
def leader(cleo: User, sign_in: SignIn) -> Client:
    return sign_in(cleo)


def test_the_queue_begins_with_what_has_lost_most(shelf: dict[str, Station], leader: Client) -> None:
    text = words(leader.get("/stations/review/"))
    assert "2 stale" in text
    assert "Name of gone" not in text
    assert text.index("Name of old") < text.index("Name of half") < text.index("1 still fresh") < text.index("of fresh")
    assert "Name of old pilot 6%" in text
    assert "18 months" in text  # overdue: 24 since the review, 6 of half-life


def test_the_list_of_stations_counts_what_is_stale(shelf: dict[str, Station], leader: Client) -> None:
    assert "Review queue 2 stale" in words(leader.get("/stations/"))


def test_an_empty_queue_says_so(leader: Client) -> None:
    assert "Nothing is stale today." in words(leader.get("/stations/review/"))


def test_a_review_makes_a_station_fresh_and_no_new_version(
    shelf: dict[str, Station], leader: Client, cleo: User
) -> None:
    old, before = shelf["old"], shelf["old"].reviewed_on
    page = leader.get("/stations/old/review/")
    assert "Its last review was 24 months ago" in words(page)
    assert "GUIDE-SECRET begin" in words(page)
    response = leader.post("/stations/old/review/", {"version": "1", "note": " Prices are of today. "}, follow=True)
    assert "Review of “Name of old” recorded." in words(response)
    assert "1 stale" in words(response)
    old.refresh_from_db()
    assert old.reviewed_on == timezone.localdate()
    assert old.versions.count() == 1
    review = old.reviews.get()
    assert (review.by, review.note, review.version, review.on) == (
        cleo, "Prices are of today.", old.current, timezone.localdate(),
    )  # fmt: skip
    line = AuditLine.objects.latest("pk")
    assert (line.by, line.verb, line.before) == (cleo, "reviewed station", {"reviewed_on": before.isoformat()})
    text = words(leader.get("/stations/old/"))
    assert "Prices are of today." in text
    assert "Cleo Leader, version 1" in text


@pytest.mark.parametrize("note", ["", "   ", "x" * 20_001])
def test_a_review_says_what_was_checked(note: str, shelf: dict[str, Station], leader: Client) -> None:
    page = leader.post("/stations/old/review/", {"version": "1", "note": note})
    assert page.status_code == 200
    assert "Say what was checked" in words(page) or "at most 20000 characters" in words(page)
    assert not StationReview.objects.exists()


def test_the_verb_wants_a_note_too(shelf: dict[str, Station], cleo: User) -> None:
    with pytest.raises(ValidationError):
        actions.review_station(station=shelf["old"], version=1, note=" ", by=cleo, now=timezone.now())
    shelf["old"].refresh_from_db()
    assert shelf["old"].reviewed_on == ago(24)


@pytest.mark.parametrize("version", ["1", "", "x", "9"])
def test_a_review_of_what_has_changed_meanwhile_is_not_recorded(
    version: str, library: None, leader: Client, cleo: User
) -> None:
    from apps.library.queries import version_with_measures
    from apps.library.translate import to_document

    station = Station.objects.get(slug="react-depth")
    document = to_document(station, version_with_measures(station=station)).model_copy(update={"purpose": "OTHER"})
    actions.save_station(station=station, document=document, revision=station.revision, by=cleo, now=timezone.now())
    page = leader.post("/stations/react-depth/review/", {"version": version, "note": "MY NOTE"})
    assert "MY NOTE" in words(page)
    assert not StationReview.objects.exists()
    if version != "x":
        assert page.status_code == 409
        assert "Version 2 was saved while you were reading." in words(page)
        assert 'name="version" value="2"' in page.content.decode()


def test_insiders_read_the_queue_and_record_nothing(
    shelf: dict[str, Station], ben: User, dana: User, sign_in: SignIn
) -> None:
    text = sign_in(ben).get("/stations/review/").content.decode()
    assert "Name of old" in text
    assert "/stations/old/review/" not in text
    assert sign_in(ben).post("/stations/old/review/", {"version": "1", "note": "n"}).status_code == 404
    assert sign_in(dana).get("/stations/review/").status_code == 403


@pytest.mark.parametrize(
    ("months", "share", "is_stale"), [(0, "100%", False), (11.9, "50%", False), (12.1, "50%", True), (24, "25%", True)]
)
def test_freshness_is_said_with_its_date_and_half_life(months: float, share: str, is_stale: bool, db: None) -> None:
    station = StationFactory(reviewed_on=ago(months), half_life_months=12)
    said = render_to_string("library/_freshness.html", {"station": station})
    assert f"{share} fresh" in said
    assert f"reviewed {station.reviewed_on:%-d %b %Y}, half-life 12 months" in said
    assert ("stale" in said) == is_stale


@given(st.floats(0, 500), st.integers(1, 120))
def test_a_station_is_either_still_fresh_or_overdue(age: float, half_life: int) -> None:
    now = Freshness(age, half_life)
    assert now.is_stale == (now.months_left == 0)
    assert now.months_overdue == 0 or now.is_stale
    assert now.months_left - now.months_overdue == pytest.approx(half_life - age)
    assert now.share == pytest.approx(2 ** (-age / half_life))
