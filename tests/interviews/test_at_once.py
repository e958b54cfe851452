"""A panel that writes at the same moment loses nothing. The big one is `python -m tests.bench submissions`."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from apps.accounts.models import Kind, User
from apps.interviews.models import Scorecard
from tests.bad_input.pages import card
from tests.factories import UserFactory, seat

PEOPLE = 8

pytestmark = pytest.mark.django_db(transaction=True)


def _at_once(acts: list[Callable[[], int]]) -> list[int]:
    ready = threading.Barrier(len(acts))

    def run(act: Callable[[], int]) -> int:
        ready.wait()
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_a_panel_that_submits_at_once_loses_nothing(loop: Any, sign_in: Callable[[User], Client]) -> None:
    people = [UserFactory(kinds=[Kind.INTERVIEWER]) for _ in range(PEOPLE)]
    for person in people:
        seat(loop.of_ben, person, starts_at=timezone.now())
    clients = [sign_in(person) for person in people]

    def writes(client: Client, name: str) -> int:
        evidence = {f"evidence-{loop.first.pk}": f"Seen by {name}."}
        client.post(loop.of_ben.get_absolute_url(), card(loop, **evidence), headers={"X-Autosave": "1"})
        return client.post(loop.of_ben.get_absolute_url(), card(loop, revision=1, do="submit", **evidence)).status_code

    pairs = list(zip(clients, people, strict=True))
    assert _at_once([lambda c=c, p=p: writes(c, p.name) for c, p in pairs]) == [302] * PEOPLE  # type: ignore[misc]  # bound
    stored = Scorecard.objects.submitted().filter(interview=loop.of_ben).order_by("pk")
    assert {(one.interviewer.name, one.ratings.get().evidence, one.revision) for one in stored} == {
        (person.name, f"Seen by {person.name}.", 2) for person in people
    }


def test_two_tabs_that_save_at_the_same_moment_are_told_apart(
    loop: Any, ben: User, sign_in: Callable[[User], Client]
) -> None:
    def saves(words: str) -> Callable[[], int]:
        client, data = sign_in(ben), card(loop, **{f"evidence-{loop.first.pk}": words})
        return lambda: client.post(loop.of_ben.get_absolute_url(), data, headers={"X-Autosave": "1"}).status_code

    assert sorted(_at_once([saves(f"Tab {number}.") for number in range(4)])) == [200, 409, 409, 409]
    assert Scorecard.objects.get(interview=loop.of_ben).revision == 1
