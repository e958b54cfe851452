"""What a mail says."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from apps.interviews.models import Candidate
from apps.packets import queries
from apps.packets.core import mail as text
from apps.packets.models import Packet, Sending
from tests.bad_input.pages import field, words
from tests.packets.sending.house import (
    BRIEF,
    DEBRIEF,
    DECISION,
    KIT,
    LINK,
    House,
    address_of,
    filled_in,
    sent_by_page,
    signed_in,
)

pytestmark = pytest.mark.django_db


def test_a_brief_is_attached_under_a_readable_name_and_answers_go_to_the_sender(house: House) -> None:
    sent_by_page(signed_in(house.rita), house.packets[BRIEF])
    (message,) = mail.outbox
    assert (message.to, message.cc, message.bcc) == ([house.candidacy.candidate.email], [], [])
    assert message.reply_to == [house.rita.email]
    assert message.subject == "Your interviews for AI product engineer"
    assert message.body.startswith("Hello Noor van Dijk,\n")
    assert message.body.endswith("Rita Recruiter\n")
    ((name, data, kind),) = message.attachments
    assert (name, kind) == ("Candidate-brief_Noor-van-Dijk.pdf", "application/pdf")
    assert data == (house.folder / house.packets[BRIEF].file_name).read_bytes()


def test_a_kit_goes_as_a_link_behind_the_sign_in(house: House, settings: Any) -> None:
    settings.SITE_URL = "https://hiring.example.com"
    sent_by_page(signed_in(house.rita), house.packets[KIT])
    (message,) = mail.outbox
    path = reverse("packet-download", args=[house.packets[KIT].pk])
    assert f"https://hiring.example.com{path}\n" in message.body
    assert message.attachments == []
    assert Client().get(path).status_code == 302


@pytest.mark.parametrize("kind", [DEBRIEF, DECISION])
def test_a_debrief_leads_its_own_reader_to_the_packet_and_others_to_the_debriefs_page(
    kind: Packet.Kind, house: House
) -> None:
    people = [house.rita, house.lena]
    sent_by_page(signed_in(house.rita), house.packets[kind], people=[str(person.pk) for person in people])
    said = {message.to[0]: message.body for message in mail.outbox}
    packet = reverse("packet-download", args=[house.packets[kind].pk])
    page = reverse("debrief", args=[house.candidacy.pk])
    assert packet in said[house.rita.email]
    assert page in said[house.lena.email]
    assert packet not in said[house.lena.email]


def test_a_changed_text_goes_as_it_was_written(house: House) -> None:
    body = "Dear {reader},\r\n\r\n{candidate} / {role} / {sender} & <b>\r\n"
    sent_by_page(signed_in(house.rita), house.packets[BRIEF], subject="News for {reader}", body=body)
    (message,) = mail.outbox
    assert message.subject == "News for Noor van Dijk"
    assert message.body == ("Dear Noor van Dijk,\n\nNoor van Dijk / AI product engineer / Rita Recruiter & <b>\n")
    assert message.content_subtype == "plain"


def test_a_name_that_looks_like_a_placeholder_or_a_header_stays_a_name(house: House) -> None:
    Candidate.objects.update(name="{link} Eve\r\nBcc: all@mail.example")
    sent_by_page(signed_in(house.rita), house.packets[BRIEF], subject="For {candidate}")
    (message,) = mail.outbox
    assert message.subject == "For {link} Eve Bcc: all@mail.example"
    assert message.recipients() == [house.candidacy.candidate.email]
    assert "\nBcc:" not in str(message.message()).partition("\n\n")[0]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x0b", "\x85", "\u2028", "\x00"])
def test_a_subject_of_more_than_one_line_is_refused_and_nothing_typed_is_lost(end: str, house: House) -> None:
    client, address = signed_in(house.rita), address_of(house.packets[BRIEF])
    data = filled_in(client.get(address), subject=f"Hello{end}Bcc: all@mail.example", body="My own words")
    answer = client.post(address, data | {"send": "yes"})
    assert answer.status_code == 422
    assert field(answer, "candidate-brief-body") == "My own words"
    assert "Nothing was sent." in words(answer)
    assert not Sending.objects.exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"body": "You earn {salary} at {place}"}, "There is no placeholder {salary}, {place}."),
        ({"subject": "{}"}, "There is no placeholder {}."),
        ({"subject": "See {link}", "how": "link"}, "A link belongs into the text"),
        ({"body": "Come and see", "how": "link"}, "Say {link} somewhere"),
        ({"body": "Here: {link}", "how": "attachment"}, "has no link"),
        ({"body": "Until {expires}", "how": "attachment"}, "Only a private link expires."),
        ({"body": ""}, "This field is required."),
        ({"how": "pigeon"}, "pigeon is not one of the available choices"),
    ],
)  # fmt: skip
def test_a_text_that_cannot_be_filled_in_is_refused_by_name(
    changes: dict[str, str], sentence: str, house: House
) -> None:
    client, address = signed_in(house.rita), address_of(house.packets[BRIEF])
    answer = client.post(address, filled_in(client.get(address), **changes) | {"preview": "yes"})
    assert answer.status_code == 422
    assert sentence in words(answer)
    for name in ("subject", "body"):
        if name in changes:
            assert field(answer, f"candidate-brief-{name}") == changes[name]


def test_another_way_brings_its_own_text_unless_one_has_written_one(house: House) -> None:
    client, address = signed_in(house.rita), address_of(house.packets[BRIEF])
    page = client.post(address, filled_in(client.get(address), how="link") | {"preview": "yes"})
    assert "{link}" in field(page, "candidate-brief-body")
    assert "private link, made when this mail goes out" in words(page)
    own = client.post(address, filled_in(page, how="link", body="See {link}") | {"preview": "yes"})
    assert field(own, "candidate-brief-body") == "See {link}"


@given(st.text(), st.text())
def test_filling_in_never_fills_in_what_a_value_says(before: str, name: str) -> None:
    around = before.replace("{", "").replace("}", "")
    assert text.fill(f"{around}{{reader}}", {"reader": name}) == around + name


@given(st.text())
def test_one_line_is_one_line(value: str) -> None:
    assert text.is_one_line(text.one_line(value))
    assert len(text.one_line(value).splitlines()) <= 1


@pytest.mark.parametrize("kind", Packet.Kind)
def test_every_default_mail_uses_only_what_there_is(kind: str) -> None:
    for how in queries.WAYS[kind]:
        found = queries.default_mail(kind, how)
        used = text.placeholders_in(found.subject + found.body)
        assert used <= set(text.PLACEHOLDERS)
        assert ("link" in used) == (how == LINK)
        assert text.is_one_line(found.subject)
