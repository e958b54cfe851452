"""Calibration items: everybody of a station rates the same answer, blind until their own rating, once."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from apps.accounts.models import User
from apps.common.models import AuditLine
from apps.interviews.actions import (
    close_calibration_item,
    open_calibration_item,
    rate_calibration_item,
    save_calibration_item,
)
from apps.interviews.core.calibrating import spread
from apps.interviews.core.entries import RatingEntry
from apps.interviews.models import CalibrationItem, CalibrationRating
from apps.interviews.queries import calibration_rows
from apps.library.models import Rubric
from tests.bad_input.pages import field, words
from tests.factories import StationFactory, UserFactory

SignIn = Callable[[User], Client]
WORDS = {"title": "A retry that pays twice", "material": "C: I would simply call again. See https://video.example/1"}


@pytest.fixture
def item(loop: Any, cleo: User) -> CalibrationItem:
    """An open item of the station that Ben holds and Fay does not."""
    draft = save_calibration_item(item=None, version=loop.craft.current, **WORDS, by=cleo, now=timezone.now())
    return open_calibration_item(item=draft, by=cleo)


@pytest.fixture
def shared(loop: Any, cleo: User) -> CalibrationItem:
    """An open item of the station that measures both competencies; Gil and Hal are trained for it too."""
    draft = save_calibration_item(item=None, version=loop.talk.current, **WORDS, by=cleo, now=timezone.now())
    return open_calibration_item(item=draft, by=cleo)


def interviewer(loop: Any, name: str) -> User:
    person = UserFactory(name=name, kinds=["interviewer"])
    person.trainings.create(station=loop.talk, stage="shadow", since=timezone.localdate())
    return person


def rate(item: CalibrationItem, person: User, *levels: int | None, evidence: str = "SECRET-WORDS") -> None:
    competencies = item.version.measures.order_by("-reliability", "pk").values_list("competency", flat=True)
    entries = {
        pk: RatingEntry(level=level, no_evidence=level is None, evidence=evidence)
        for pk, level in zip(competencies, levels, strict=True)
    }
    rate_calibration_item(item=item, entries=entries, by=person, now=timezone.now())


def typed(loop: Any, level: str = "3", evidence: str = "They said so.") -> dict[str, str]:
    return {f"level-{loop.first.pk}": level, f"evidence-{loop.first.pk}": evidence}


def test_a_leader_writes_opens_and_closes_an_item(loop: Any, cleo: User, sign_in: SignIn) -> None:
    client = sign_in(cleo)
    response = client.post("/calibration-items/new/", {**WORDS, "version": loop.craft.current.pk}, follow=True)
    assert "Saved as a draft." in words(response)
    item = CalibrationItem.objects.get()
    address = item.get_absolute_url()
    assert (
        client.post(f"{address}edit/", {**WORDS, "title": "Better", "version": loop.craft.current.pk}).status_code
        == 302
    )
    assert "interviewers can rate it" in words(client.post(f"{address}state/", {"do": "open"}, follow=True))
    page = words(client.post(f"{address}edit/", {**WORDS, "version": loop.craft.current.pk}))
    assert "it stays as it is" in page
    assert words(client.get(f"{address}edit/", follow=True)).startswith("Better")
    assert "Closed." in words(client.post(f"{address}state/", {"do": "close"}, follow=True))
    item.refresh_from_db()
    assert (item.title, item.state) == ("Better", "closed")
    verbs = AuditLine.objects.filter(object_type="interviews.CalibrationItem").order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == [
        "created calibration item", "changed calibration item", "opened calibration item", "closed calibration item",
    ]  # fmt: skip


def test_an_item_without_a_title_keeps_what_was_typed(loop: Any, cleo: User, sign_in: SignIn) -> None:
    response = sign_in(cleo).post("/calibration-items/new/", {"title": " ", "material": "Long words", "version": "x"})
    assert field(response, "material") == "Long words"
    assert not CalibrationItem.objects.exists()


def test_a_station_nobody_could_rate_is_refused(loop: Any, cleo: User, sign_in: SignIn) -> None:
    empty = StationFactory()
    with pytest.raises(ValidationError, match="measures nothing"):
        save_calibration_item(item=None, version=empty.current, **WORDS, by=cleo, now=timezone.now())
    Rubric.objects.filter(competency=loop.second).update(competency=loop.first, number=7, state="superseded")
    response = sign_in(cleo).post("/calibration-items/new/", {**WORDS, "version": loop.talk.current.pk})
    assert "has no published rubric yet" in words(response)
    assert field(response, "title") == WORDS["title"]
    assert not CalibrationItem.objects.exists()


def test_only_leaders_write_open_and_close(item: CalibrationItem, ada: User, ben: User) -> None:
    for person in (ada, ben):
        with pytest.raises(PermissionDenied):
            save_calibration_item(item=None, version=item.version, **WORDS, by=person, now=timezone.now())
        for verb in (open_calibration_item, close_calibration_item):
            with pytest.raises(PermissionDenied):
                verb(item=item, by=person)


def test_an_interviewer_of_the_station_finds_and_rates_it(
    loop: Any, item: CalibrationItem, ben: User, fay: User, sign_in: SignIn
) -> None:
    client = sign_in(ben)
    for address in ("/", "/interviews/", "/calibration-items/"):
        assert WORDS["title"] in words(client.get(address))
    page = client.get(item.get_absolute_url())
    assert '<a href="https://video.example/1"' in page.content.decode()
    assert "Anchor 3 of LLM craft" in words(page)
    response = client.post(item.get_absolute_url(), typed(loop), follow=True)
    assert "Rated. It is fixed now" in words(response)
    assert WORDS["title"] not in words(client.get("/interviews/"))
    rating = CalibrationRating.objects.get()
    assert (rating.interviewer, rating.level, rating.rubric) == (ben, 3, loop.first.rubrics.get())
    assert sign_in(fay).get(item.get_absolute_url()).status_code == 404
    with pytest.raises(PermissionDenied):
        rate(item, fay, 3)


@pytest.mark.parametrize(
    ("level", "evidence", "answer"),
    [
        ("", "Words.", "LLM craft: choose a level"),
        ("4", " ", "LLM craft: levels 1 and 4 need"),
        ("7", "Words.", "7 is not one of the available choices"),
    ],
)
def test_an_incomplete_rating_loses_nothing_typed(
    level: str, evidence: str, answer: str, loop: Any, item: CalibrationItem, ben: User, sign_in: SignIn
) -> None:
    response = sign_in(ben).post(item.get_absolute_url(), typed(loop, level, evidence))
    assert response.status_code == 422
    assert answer in words(response)
    assert field(response, f"evidence-{loop.first.pk}").strip() == evidence.strip()
    assert not CalibrationRating.objects.exists()


def test_what_is_given_is_fixed(loop: Any, item: CalibrationItem, ben: User, sign_in: SignIn) -> None:
    rate(item, ben, 2)
    page = words(sign_in(ben).post(item.get_absolute_url(), typed(loop, "4"), follow=True))
    assert "You have rated this item already" in page
    with pytest.raises(ValidationError, match="already"):
        rate(item, ben, 3)
    assert CalibrationRating.objects.get().level == 2


def test_a_closed_item_takes_no_rating_and_stays_readable_for_its_raters(
    loop: Any, shared: CalibrationItem, fay: User, cleo: User, sign_in: SignIn
) -> None:
    gil = interviewer(loop, "Gil")
    rate(shared, fay, 3, 3)
    close_calibration_item(item=shared, by=cleo)
    with pytest.raises(PermissionDenied):
        rate(shared, gil, 3, 3)
    assert "How it was rated" in words(sign_in(fay).get(shared.get_absolute_url()))
    assert sign_in(gil).get(shared.get_absolute_url()).status_code == 404
    open_calibration_item(item=shared, by=cleo)
    rate(shared, gil, 3, 3)


def test_others_levels_stay_hidden_until_ones_own_rating(
    loop: Any, shared: CalibrationItem, fay: User, sign_in: SignIn
) -> None:
    """Every page is the same, whatever the others gave."""
    gil, hal = interviewer(loop, "Gil Other"), interviewer(loop, "Hal Other")
    both = UserFactory(name="Lea", kinds=["leader", "interviewer"])
    clients = {person: sign_in(person) for person in (fay, both)}
    addresses = ("/", "/interviews/", "/calibration-items/", shared.get_absolute_url())
    before = {
        (person, address): words(client.get(address)) for person, client in clients.items() for address in addresses
    }
    rate(shared, gil, 1, 4)
    rate(shared, hal, 2, None)
    for (person, address), text in before.items():
        assert words(clients[person].get(address)) == text, (person.name, address)


def test_after_the_own_rating_one_sees_the_spread_without_names(
    loop: Any, shared: CalibrationItem, fay: User, cleo: User, sign_in: SignIn
) -> None:
    for name, levels in [("Gil Other", (2, 1)), ("Hal Other", (2, None)), ("Ida Other", (3, 1))]:
        rate(shared, interviewer(loop, name), *levels)
    rate(shared, fay, 3, 1, evidence="My own words.")
    page = words(sign_in(fay).get(shared.get_absolute_url()))
    assert "How it was rated by 4" in page
    assert "Your 3 is above the others' median of 2." in page
    assert "Your 1 is the others' median." in page
    assert "My own words." in page
    assert "Other" not in page
    assert "SECRET-WORDS" not in page
    for_leader = words(sign_in(cleo).get(shared.get_absolute_url()))
    assert "Gil Other" in for_leader
    assert "SECRET-WORDS" in for_leader


def test_everybody_rates_by_the_anchors_of_when_the_item_was_written(
    loop: Any, item: CalibrationItem, ben: User
) -> None:
    then = loop.first.rubrics.get()
    then.state = "superseded"
    then.save()
    Rubric.objects.create(
        competency=loop.first, number=2, no_evidence_when="n", fingerprint="1" * 64, published_at=timezone.now()
    )
    rate(item, ben, 3)
    assert CalibrationRating.objects.get().rubric == then


def test_the_rows_for_the_rating_model_name_item_person_competency_station_and_level(
    loop: Any, shared: CalibrationItem, fay: User
) -> None:
    rate(shared, fay, 3, None)
    assert [(row.item, row.interviewer, row.competency, row.station, row.level) for row in calibration_rows()] == [
        (shared.pk, fay.pk, "product-engineering", "talk", 3), (shared.pk, fay.pk, "llm-craft", "talk", None),
    ]  # fmt: skip


def test_the_trail_never_holds_a_level(shared: CalibrationItem, fay: User) -> None:
    rate(shared, fay, 4, 1)
    line = AuditLine.objects.get(verb="rated calibration item")
    assert (line.by, line.before, line.after) == (fay, {}, {})


def test_an_empty_list_says_what_to_do_first(cleo: User, ben: User, sign_in: SignIn) -> None:
    assert "Take an answer that several people have judged differently" in words(
        sign_in(cleo).get("/calibration-items/")
    )
    assert "Items for stations you hold or train for" in words(sign_in(ben).get("/calibration-items/"))


@given(
    given_levels=st.dictionaries(st.integers(1, 9), st.none() | st.integers(1, 4), max_size=9), reader=st.integers(1, 9)
)
def test_a_spread_counts_everybody_once_and_compares_with_the_others_only(
    given_levels: dict[int, int | None], reader: int
) -> None:
    found = spread(given_levels, reader=reader)
    assert found.n == len(given_levels)
    others = sorted(level for person, level in given_levels.items() if person != reader and level is not None)
    if not others:
        assert found.others is None
    else:
        assert found.others is not None
        assert sum(level < found.others for level in others) <= len(others) / 2
        assert sum(level > found.others for level in others) <= len(others) / 2
    changed = {**given_levels, reader: 1}
    assert spread(changed, reader=reader).others == found.others
