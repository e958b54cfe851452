"""What whoever may read does read, and what stays with its author for ever."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.interviews.models import Candidacy, Seat
from tests.blindness.panel import EVIDENCE, NOTES, OF_BEN, Panel
from tests.factories import seat
from tests.pages import Visitor

SignIn = Callable[[User], Client]


@pytest.mark.parametrize("name", ["fay", "cleo", "ada", "eli"])
def test_who_owes_nothing_reads_what_was_submitted_but_no_draft_and_no_notes(
    name: str, panel: Panel, sign_in: SignIn
) -> None:
    reader = panel.people[name]
    debrief = reverse("debrief", args=[panel.loop.candidacy.pk])
    browser = Visitor(sign_in(reader))
    panel.fay_keeps_a_draft()
    draft_is_own = name == "fay"
    own = panel.loop.of_fay.get_absolute_url()
    pages = panel.pages_of(browser, reader) | panel.numbered_pages_of(browser, reader)
    saying = {address for address, page in pages.items() if EVIDENCE in page.text and EVIDENCE not in address}
    assert saying == ({own} if draft_is_own else set())
    panel.fay_submits()
    assert EVIDENCE in browser.ask("GET", debrief)[1]
    panel.everybody_else_submits()
    panel.a_debrief_packet_is_made()
    pages = panel.pages_of(browser, reader) | panel.numbered_pages_of(browser, reader)
    noting = {address for address, page in pages.items() if NOTES in page.text}
    assert noting == ({own} if draft_is_own else set())


def test_a_submitter_reads_their_own_notes_and_nobody_elses(panel: Panel, sign_in: SignIn) -> None:
    reader = panel.people["administrator"]
    for name in OF_BEN:
        panel.submit(panel.loop.of_ben, panel.people[name], evidence=EVIDENCE)
    browser = Visitor(sign_in(reader))
    pages = panel.pages_of(browser, reader) | panel.numbered_pages_of(browser, reader)
    own = panel.loop.of_ben.get_absolute_url()
    assert {address for address, page in pages.items() if NOTES in page.text} <= {own, f"{own}sheet/"}
    assert pages[own].text.count(NOTES) == 1


def test_nobody_takes_themselves_off_a_panel_to_read_on(panel: Panel, sign_in: SignIn) -> None:
    panel.fay_submits()
    client, debrief = sign_in(panel.people["leader"]), reverse("debrief", args=[panel.loop.candidacy.pk])
    own = Seat.objects.get(interviewer=panel.people["leader"])
    others = [other.interviewer_id for other in panel.loop.of_ben.seats.exclude(pk=own.pk)]
    name = f"interview-{panel.loop.of_ben.pk}-interviewers"
    for address, data in [
        (reverse("interview-schedule", args=[panel.loop.of_ben.pk]), {name: others}),
        (reverse("interview-cancel", args=[panel.loop.of_ben.pk]), {}),
        (reverse("seat-excuse", args=[own.pk]), {"reason": "I would rather read."}),
    ]:
        client.post(address, data)
        assert client.get(debrief).status_code == 403, address


def test_one_of_two_scorecards_submitted_still_owes(panel: Panel, ben: User, sign_in: SignIn) -> None:
    seat(panel.loop.of_fay, ben)
    panel.submit(panel.loop.of_ben, ben)
    assert sign_in(ben).get(reverse("debrief", args=[panel.loop.candidacy.pk])).status_code == 403


def test_the_order_of_lists_tells_nothing_of_ratings(panel: Panel, cleo: User, sign_in: SignIn) -> None:
    browser = Visitor(sign_in(cleo))

    def order(text: str) -> list[int]:
        ids = [candidacy.pk for candidacy in Candidacy.objects.order_by("pk")]
        return sorted(ids, key=lambda pk: text.index(f'href="/candidacies/{pk}/"'))

    before = order(browser.ask("GET", "/candidacies/")[1])
    panel.fay_submits()
    assert order(browser.ask("GET", "/candidacies/")[1]) == before


def test_who_owes_cannot_end_the_candidacy_to_read_on(loop, cleo, fay, sign_in, submit):
    seat(loop.of_fay, cleo)
    submit(loop.of_fay, fay)
    sign_in(cleo).post(f"/candidacies/{loop.candidacy.pk}/withdraw/")
    loop.candidacy.refresh_from_db()
    assert loop.candidacy.state == "active"
