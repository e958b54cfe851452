"""Each packet goes to the one it is for, asked again at the moment it goes out."""

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.common.models import Job
from apps.interviews.models import Candidacy, Candidate, Seat
from apps.packets import queries
from apps.packets.models import Packet, Sending
from tests.bad_input.pages import words
from tests.packets.sending.house import (
    BRIEF,
    COPY,
    DEBRIEF,
    DECISION,
    FILE,
    KIT,
    LINK,
    REFUSED,
    SENT,
    House,
    asked_for,
    run,
    send,
    signed_in,
)

pytestmark = pytest.mark.django_db


READS_NOW = {"sara", "rita", "ron", "lena", "adam"}
RIGHTFUL = {
    KIT: {"ivo"},
    BRIEF: {"the candidate"},
    DEBRIEF: READS_NOW,
    DECISION: READS_NOW,
    COPY: {"the candidate"},
}
MAY_SEND = {
    KIT: {"rita", "ron", "lena", "adam", "seated leader"},
    BRIEF: {"rita", "ron", "lena", "adam", "seated leader"},
    DEBRIEF: {"rita", "ron", "lena", "adam"},
    DECISION: {"rita", "ron", "lena", "adam"},
    COPY: {"rita"},
}


@pytest.mark.parametrize("kind", Packet.Kind)
def test_each_kind_goes_to_its_rightful_readers_and_to_nobody_else_whatever_was_asked(kind: str, house: House) -> None:
    packet = house.packets[Packet.Kind(kind)]
    for how in queries.WAYS[kind]:
        job = run(asked_for(*((packet, person, how) for person in house.people.values()), by=house.rita))
        reached = {name for name, person in house.people.items() if Sending.objects.filter(
            job=job, to_person=person, state=SENT).exists()}  # fmt: skip
        assert reached == RIGHTFUL[Packet.Kind(kind)], how
        addresses = {person.email if person else house.candidacy.candidate.email
                     for name, person in house.people.items() if name in reached}  # fmt: skip
        assert sorted(message.to for message in mail.outbox) == sorted([address] for address in addresses)
        for refused in job.sendings.exclude(state=SENT):
            assert refused.state == REFUSED
            assert refused.problem


@pytest.mark.parametrize("kind", Packet.Kind)
def test_each_kind_is_sent_only_by_who_may_see_it_now(kind: str, house: House) -> None:
    packet = house.packets[Packet.Kind(kind)]
    to = {KIT: house.ivo, DEBRIEF: house.lena, DECISION: house.lena}.get(Packet.Kind(kind))
    able = set()
    for name, person in house.people.items():
        if person is not None and run(asked_for((packet, to, queries.WAYS[kind][0]), by=person)).state == "done":
            able.add(name)
    assert able == MAY_SEND[Packet.Kind(kind)]


@pytest.mark.parametrize("kind", [DEBRIEF, DECISION])
def test_what_the_panel_wrote_is_never_attached(kind: Packet.Kind, house: House) -> None:
    run(asked_for((house.packets[kind], house.lena, FILE), by=house.rita))
    assert mail.outbox == []
    assert "as a link only" in Sending.objects.get().problem


def test_a_kit_of_another_interviewer_goes_to_nobody_in_the_same_interview(house: House) -> None:
    """Both sit in the loop, both may have a kit: each only their own."""
    other = house.made(KIT, interview=house.of_sara, reader=house.sara)
    run(asked_for((house.packets[KIT], house.sara, FILE), (other, house.ivo, FILE), by=house.rita))
    assert mail.outbox == []


def test_who_lost_their_seat_after_the_request_gets_nothing(house: House) -> None:
    assert send(signed_in(house.rita), house.packets[KIT]).status_code == 302
    Seat.objects.filter(interviewer=house.ivo).update(state="excused", excused_reason="ill")
    job = run(Job.objects.latest("pk"))
    assert mail.outbox == []
    sending = Sending.objects.get()
    assert (sending.state, sending.problem) == (REFUSED, "Ivo Interviewer does not sit in this interview any more.")
    assert job.state == Job.State.FAILED
    assert "does not sit in this interview any more" in words(signed_in(house.rita).get(reverse("job", args=[job.pk])))


def test_who_left_the_company_after_the_request_gets_nothing(house: House) -> None:
    send(signed_in(house.rita), house.packets[KIT])
    User.objects.filter(pk=house.ivo.pk).update(is_active=False)
    run(Job.objects.latest("pk"))
    assert mail.outbox == []


def test_who_came_to_owe_a_scorecard_after_the_request_gets_no_debrief(house: House) -> None:
    send(signed_in(house.rita), house.packets[DEBRIEF], people=[str(house.lena.pk), str(house.ron.pk)])
    Seat.objects.create(interview=house.of_ivo, interviewer=house.lena)
    run(Job.objects.latest("pk"))
    assert [message.to for message in mail.outbox] == [[house.ron.email]]
    refused = Sending.objects.get(to_person=house.lena)
    assert refused.problem == "Lea Leader may not read now what the panel wrote about Noor van Dijk."


def test_a_sender_who_came_to_owe_or_lost_their_kind_sends_nothing_any_more(house: House) -> None:
    send(signed_in(house.rita), house.packets[DEBRIEF], people=[str(house.ron.pk)])
    Seat.objects.create(interview=house.of_ivo, interviewer=house.rita)
    run(Job.objects.latest("pk"))
    send(signed_in(house.ron), house.packets[BRIEF])
    house.ron.groups.clear()
    run(Job.objects.latest("pk"))
    assert mail.outbox == []
    assert {row.problem for row in Sending.objects.all()} == {
        "Rita Recruiter may not hand this packet out now.", "Ron Recruiter may not hand this packet out now.",
    }  # fmt: skip


def test_an_address_that_changed_after_the_request_is_not_written_to(house: House) -> None:
    send(signed_in(house.rita), house.packets[BRIEF])
    Candidate.objects.update(email="somebody-else@mail.example")
    run(Job.objects.latest("pk"))
    assert mail.outbox == []
    assert "is another one now" in Sending.objects.get().problem


def test_a_brief_of_an_application_that_ended_is_not_sent(house: House) -> None:
    send(signed_in(house.rita), house.packets[BRIEF])
    Candidacy.objects.update(state="withdrawn", ended_at=timezone.now())
    run(Job.objects.latest("pk"))
    assert mail.outbox == []


@pytest.mark.parametrize("how", [LINK, FILE])
def test_a_file_that_is_gone_or_spoilt_is_not_sent(how: str, house: House) -> None:
    packet = house.packets[BRIEF]
    job = asked_for((packet, None, how), by=house.rita)
    path = house.folder / packet.file_name
    path.unlink() if how == LINK else path.write_bytes(b"other")
    run(job)
    assert mail.outbox == []
    assert "Make it again" in Sending.objects.get().problem
