"""A candidate's own link."""

import datetime as dt
import logging
import re
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.common.models import AuditLine, Job
from apps.interviews.models import Candidate
from apps.packets import actions
from apps.packets.models import Packet, PrivateLink, Sending
from tests.bad_input.pages import words
from tests.packets.sending.house import (
    BRIEF,
    COPY,
    LINK,
    House,
    MakeCandidacy,
    asked_for,
    downloaded,
    link_in,
    run,
    sent_by_page,
    signed_in,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def mailed(house: House, settings: Any) -> Any:
    """The brief went out as a private link."""
    settings.SITE_URL = "http://hiring.example.com"
    sent_by_page(signed_in(house.rita), house.packets[BRIEF], how="link")
    house.link = link_in(mail.outbox[0])  # type: ignore[attr-defined]
    return house


def test_a_private_link_says_what_it_is_and_gives_the_file_without_signing_in(mailed: Any) -> None:
    page = Client().get(mailed.link)
    assert page.status_code == 200
    assert "Your interviews for AI product engineer" in words(page)
    assert "Rita Recruiter" in words(page)
    assert downloaded(mailed.link) == (mailed.folder / mailed.packets[BRIEF].file_name).read_bytes()
    assert PrivateLink.objects.get().downloads == 1
    for answer in (page, Client().post(mailed.link), Client().get("/p/nothing/")):
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer["X-Robots-Tag"]
        assert answer.cookies == {}
        b"".join(answer.streaming_content) if answer.streaming else None


def test_to_look_at_a_private_link_counts_nothing(mailed: Any) -> None:
    lines = AuditLine.objects.count()
    Client().get(mailed.link)
    assert Client().head(mailed.link).status_code == 405
    assert PrivateLink.objects.get().downloads == 0
    assert AuditLine.objects.count() == lines


def test_no_other_page_is_reached_from_a_private_link(mailed: Any) -> None:
    for client in (Client(), signed_in(mailed.rita)):
        for address in (mailed.link, "/p/nothing/"):
            page = client.get(address).content.decode()
            assert set(re.findall(r"<a\b", page)) == set()
            assert all(place.startswith("/static/") for place in re.findall(r'(?:href|src|action)="([^"]*)"', page))


def test_a_private_link_shows_no_other_packet(mailed: Any, packet_candidacy: MakeCandidacy) -> None:
    """Of the same candidate or of another: the link knows one packet, and there is no number in it to count up."""
    other = mailed.made(BRIEF, packet_candidacy("Joon Park"))
    sent_by_page(signed_in(mailed.rita), other, how="link")
    link_of_other = link_in(mail.outbox[0])
    assert downloaded(mailed.link) == b"%PDF candidate-brief of Noor van Dijk"
    assert downloaded(link_of_other) == b"%PDF candidate-brief of Joon Park"
    first, second = mailed.link[3:-1].split("."), link_of_other[3:-1].split(".")
    assert downloaded(f"/p/{first[0]}.{second[1]}/") is None
    assert downloaded(f"/p/{second[0]}.{first[1]}/") is None
    assert "Joon" not in words(Client().get(mailed.link))


def test_every_link_that_opens_nothing_gets_the_same_answer(mailed: Any) -> None:
    token = mailed.link[3:-1]
    never, _ = actions.sending.new_token()
    link = PrivateLink.objects.get()
    answers = {}

    def look(name: str, address: str) -> None:
        answers[name] = [
            (answer.status_code, answer.content, {k: v for k, v in answer.headers.items() if k != "X-Request-ID"})
            for answer in (Client().get(address), Client().post(address))
        ]

    look("never made", f"/p/{never}/")
    look("not signed", f"/p/{token.partition('.')[0]}/")
    look("changed", f"/p/{token[:-2]}{'AA' if token[-2:] != 'AA' else 'BB'}/")
    look("nonsense", "/p/%00é/")
    PrivateLink.objects.update(expires_at=timezone.now())
    look("expired", mailed.link)
    PrivateLink.objects.update(expires_at=link.expires_at, revoked_at=timezone.now(), revoked_by=mailed.rita)
    look("revoked", mailed.link)
    PrivateLink.objects.update(revoked_at=None, revoked_by=None)
    Candidate.objects.update(email="corrected@mail.example")
    look("went to a wrong address", mailed.link)
    assert {status for answer in answers.values() for status, _, _ in answer} == {404}
    assert all(answer == answers["never made"] for answer in answers.values())
    assert "Answer the mail it came in" in words(Client().get(mailed.link))


def test_a_private_link_opens_two_weeks_and_no_longer_than_there_is_a_file(house: House, settings: Any) -> None:
    young, old = house.packets[BRIEF], house.made(BRIEF)
    Packet.objects.filter(pk=old.pk).update(made_at=timezone.now() - dt.timedelta(days=settings.PACKET_DAYS - 3))
    run(asked_for((young, None, LINK), by=house.rita))
    run(asked_for((old, None, LINK), by=house.rita, body="Until {expires}"))
    days = [(link.expires_at - timezone.now()).total_seconds() / 86400 for link in PrivateLink.objects.order_by("pk")]
    assert days == pytest.approx([14, 3], abs=0.01)
    assert re.search(r"Until \w+day \d+ \w+ \d{4}, \d\d:\d\d WES?T", mail.outbox[0].body)


def test_a_private_link_is_kept_nowhere_but_in_the_mail(mailed: Any, caplog: pytest.LogCaptureFixture) -> None:
    token = mailed.link[3:-1]
    secret = token.partition(".")[0]
    assert len(secret) >= 22
    held = [
        *Sending.objects.values(),
        *PrivateLink.objects.values(),
        *AuditLine.objects.values(),
        *Job.objects.values(),
    ]
    assert secret not in str(held)
    with caplog.at_level(logging.DEBUG):
        Client().get(mailed.link)
        downloaded(mailed.link)
        (mailed.folder / mailed.packets[BRIEF].file_name).unlink()
        assert downloaded(mailed.link) is None
    assert "/p/" in str([vars(record) for record in caplog.records])
    assert secret not in "".join(
        str({k: v for k, v in vars(record).items() if k != "request"}) for record in caplog.records
    )


def test_a_link_is_closed_on_the_packets_page_by_those_who_may_see_the_packet(mailed: Any) -> None:
    page = reverse("packet", args=[mailed.packets[BRIEF].pk])
    close = reverse("sending-revoke", args=[Sending.objects.get().pk])
    client = signed_in(mailed.ron)
    assert "Private link, opens until" in words(client.get(page))
    assert "not downloaded yet" in words(client.get(page))
    assert signed_in(mailed.ivo).post(close).status_code == 404
    assert client.get(close).status_code == 405
    assert client.post(close).url == page
    assert client.post(close).url == page
    assert "closed on" in words(client.get(page))
    assert "by Ron Recruiter" in words(client.get(page))
    assert downloaded(mailed.link) is None
    assert AuditLine.objects.filter(verb="revoked private link", by=mailed.ron).count() == 1


def test_a_subject_access_copy_goes_by_a_private_link_that_its_maker_alone_can_close(house: House) -> None:
    sent_by_page(signed_in(house.rita), house.packets[COPY])
    assert downloaded(link_in(mail.outbox[0])) == b"%PDF subject-access of Noor van Dijk"
    close = reverse("sending-revoke", args=[Sending.objects.get().pk])
    assert signed_in(house.ron).post(close).status_code == 404
    with pytest.raises(PermissionDenied):
        actions.revoke_link(sending=Sending.objects.get(), by=house.ron, now=timezone.now())
    assert signed_in(house.rita).post(close).status_code == 302
