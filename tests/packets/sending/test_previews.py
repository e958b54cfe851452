"""What is shown before anything goes, and choosing what."""

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.common.models import AuditLine, Job
from apps.interviews.models import Candidate, Seat
from apps.packets.models import Export, Packet, Sending
from tests.bad_input.pages import field, words
from tests.packets.sending.house import (
    BRIEF,
    COPY,
    DEBRIEF,
    KIT,
    LINK,
    House,
    MakeCandidacy,
    address_of,
    asked_for,
    filled_in,
    run,
    send,
    sent_by_page,
    signed_in,
)

pytestmark = pytest.mark.django_db


def test_a_preview_says_what_would_go_and_what_not_and_writes_nothing(house: House) -> None:
    Seat.objects.filter(interviewer=house.ivo).update(state="excused", excused_reason="ill")
    packets = [house.packets[KIT], house.packets[BRIEF], house.packets[COPY]]
    client = signed_in(house.rita)
    lines = AuditLine.objects.count()
    page = client.get(address_of(*packets))
    assert "Nothing was sent. 2 would go, 1 would not:" in words(page)
    assert "Ivo Interviewer does not sit in this interview any more." in words(page)
    assert house.candidacy.candidate.email in words(page)
    assert "attached: Candidate-brief_Noor-van-Dijk.pdf" in words(page)
    assert "Send 2 mails" in words(page)
    client.post(address_of(*packets), filled_in(page) | {"preview": "yes"})
    assert not Sending.objects.exists()
    assert AuditLine.objects.count() == lines
    assert mail.outbox == []


def test_sending_leaves_out_what_would_not_go(house: House) -> None:
    Seat.objects.filter(interviewer=house.ivo).update(state="excused", excused_reason="ill")
    job = sent_by_page(signed_in(house.rita), house.packets[KIT], house.packets[BRIEF])
    assert [message.to for message in mail.outbox] == [[house.candidacy.candidate.email]]
    assert (job.state, job.message) == ("done", "1 mail went out.")


def test_nothing_goes_where_all_is_refused(house: House) -> None:
    (house.folder / house.packets[BRIEF].file_name).unlink()
    answer = send(signed_in(house.rita), house.packets[BRIEF])
    assert answer.status_code == 422
    assert "None of these mails would go." in words(answer)
    assert "Make it again" in words(answer)


def test_only_what_was_previewed_is_sent(house: House) -> None:
    client, address = signed_in(house.rita), address_of(house.packets[BRIEF])
    page = client.get(address)
    changed = client.post(address, filled_in(page, body="Not seen in any preview") | {"send": "yes"})
    assert changed.status_code == 409
    assert field(changed, "candidate-brief-body") == "Not seen in any preview"
    assert not Sending.objects.exists()
    Candidate.objects.update(email="another@mail.example")
    assert client.post(address, filled_in(page) | {"send": "yes"}).status_code == 409
    page = client.get(address)
    assert client.post(address, filled_in(page) | {"send": "yes"}).status_code == 302


def test_a_second_click_sends_nothing_twice(house: House) -> None:
    client, address = signed_in(house.rita), address_of(house.packets[BRIEF])
    data = filled_in(client.get(address)) | {"send": "yes"}
    assert client.post(address, data).status_code == 302
    again = client.post(address, data)
    assert again.status_code == 409
    assert "It is on its way to Noor van Dijk already." in words(again)
    run(Job.objects.latest("pk"))
    later = client.post(address, data)
    assert later.status_code == 409
    assert "sent before" in words(later)
    assert Sending.objects.count() == 1


def test_a_debrief_asks_for_its_readers_and_offers_no_outsider(house: House) -> None:
    client, address = signed_in(house.rita), address_of(house.packets[DEBRIEF])
    page = client.get(address)
    assert "Choose who shall read it" in words(page)
    offered = {choice.choice_label for choice in page.context["forms"][0]["people"]}
    assert {"Sara Second", "Ivo Interviewer", "Lea Leader"} <= offered
    assert not {"Otto Outsider", "Gus Elsewhere", "Gwen Gone"} & offered
    answer = client.post(address, filled_in(page, people=[]) | {"preview": "yes"})
    assert answer.status_code == 422
    assert "Choose at least one reader." in words(answer)
    page = client.post(address, filled_in(page, people=[str(house.ivo.pk), str(house.sara.pk)]) | {"preview": "yes"})
    assert "1 would go, 1 would not: Ivo Interviewer may not read now" in words(page)


def test_packets_one_may_not_see_are_not_in_the_preview(house: House) -> None:
    """An unmade one, a copy somebody else made, and what the panel wrote for a leader who owes."""
    Packet.objects.filter(pk=house.packets[KIT].pk).update(state="queued", made_at=None, pages=None, sha256="")
    everything = house.packets.values()
    seen = signed_in(house.seated_leader).get(address_of(*everything))
    assert {packet.kind for packet in seen.context["packets"]} == {BRIEF}
    for nonsense in ("?packet=x", "?packet=", "?packet=99999999999999999999", "?packet=-1", ""):
        answer = signed_in(house.rita).get(reverse("packets-send") + nonsense)
        assert answer.status_code == 302


def test_the_preview_of_three_packets_takes_as_many_queries_as_of_one(
    house: House, packet_candidacy: MakeCandidacy
) -> None:
    client = signed_in(house.rita)
    packets = [house.packets[BRIEF], *(house.made(BRIEF, packet_candidacy(name)) for name in ("Two", "Three"))]
    client.get(address_of(packets[0]))
    with CaptureQueriesContext(connection) as one:
        client.get(address_of(packets[0]))
    with CaptureQueriesContext(connection) as three:
        page = client.get(address_of(*packets))
    assert len(page.context["preview"].going) == 3
    assert len(one) == len(three)


def test_more_mails_than_go_at_once_are_refused_with_the_number(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.packets.queries.previews.MOST_MAILS", 1)
    answer = send(signed_in(house.rita), house.packets[DEBRIEF], people=[str(house.lena.pk), str(house.ron.pk)])
    assert answer.status_code == 422
    assert "That would be 2 mails." in words(answer)


def test_choosing_lists_what_is_ready_and_marks_an_exports_packets(house: House) -> None:
    now = timezone.now()
    export = Export.objects.create(title="Ours", requested_by=house.rita, requested_at=now)
    for kind in (KIT, BRIEF):
        Packet.objects.filter(pk=house.packets[kind].pk).update(export=export)
    run(asked_for((house.packets[KIT], house.ivo, LINK), by=house.rita))
    client, address = signed_in(house.rita), reverse("packets-send-choose")
    page = client.get(address)
    assert len(page.context["page"].lines) == 5
    assert page.context["page"].chosen == frozenset()
    of_export = client.get(address, {"export": export.pk}).context["page"]
    assert [line.packet.kind for line in of_export.lines] == [BRIEF, KIT]
    assert of_export.chosen == {house.packets[BRIEF].pk}
    assert signed_in(house.ron).get(address, {"export": export.pk}).status_code == 404
    assert {line.packet.kind for line in signed_in(house.seated_leader).get(address).context["page"].lines} == {
        KIT, BRIEF,
    }  # fmt: skip
    assert client.get(address, {"export": "nonsense"}).status_code == 200


def test_choosing_says_what_to_do_where_nothing_is_ready(packet_recruiter: User) -> None:
    page = signed_in(packet_recruiter).get(reverse("packets-send-choose"))
    assert "No packet is ready to be sent." in words(page)
