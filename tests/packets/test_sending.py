"""Packets by mail: each to the one it is for and to nobody else, asked again at the moment it goes out."""

import datetime as dt
import hashlib
import logging
import re
import smtplib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from apps.accounts.models import Kind, User
from apps.common.actions import request_job, requeue_stale_jobs
from apps.common.models import AuditLine, Job
from apps.desk.queries import audit_lines
from apps.interviews.models import Candidacy, Candidate, Interview, Scorecard, Seat
from apps.packets import actions, queries
from apps.packets.core import mail as text
from apps.packets.core.contents import SubjectAccessCopy
from apps.packets.models import Export, Packet, PrivateLink, Sending
from apps.packets.tasks import enqueue
from tests.bad_input.pages import field, words
from tests.packets.conftest import make_person

pytestmark = pytest.mark.django_db
KIT, BRIEF, DEBRIEF = Packet.Kind.INTERVIEWER_KIT, Packet.Kind.CANDIDATE_BRIEF, Packet.Kind.DEBRIEF
DECISION, COPY = Packet.Kind.DECISION_RECORD, Packet.Kind.SUBJECT_ACCESS
LINK, FILE = Sending.How.LINK, Sending.How.ATTACHMENT
SENT, REFUSED, FAILED = Sending.State.SENT, Sending.State.REFUSED, Sending.State.FAILED
MakeCandidacy = Callable[..., Candidacy]
Submit = Callable[..., Scorecard]


class House:
    """A candidacy in which Sara has written and Ivo owes, one packet of each kind made by Rita, and many people."""

    def __init__(self, candidacy: Candidacy, folder: Path, rita: User, ivo: User, sara: User) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.candidacy, self.rita, self.ivo, self.sara = folder, candidacy, rita, ivo, sara
        self.of_ivo, self.of_sara = candidacy.interviews.order_by("pk")
        self.ron = make_person("Ron Recruiter", Kind.RECRUITER)
        self.lena = make_person("Lea Leader", Kind.LEADER)
        self.adam = make_person("Adam Administrator", Kind.ADMINISTRATOR)
        self.gus = make_person("Gus Elsewhere", Kind.INTERVIEWER)
        self.otto = make_person("Otto Outsider")
        self.gone = make_person("Gwen Gone", Kind.RECRUITER)
        User.objects.filter(pk=self.gone.pk).update(is_active=False)
        self.seated_leader = make_person("Sam Seated", Kind.LEADER, Kind.INTERVIEWER)
        Seat.objects.create(interview=self.of_sara, interviewer=self.seated_leader)
        self.packets = {kind: self.made(kind) for kind in Packet.Kind}

    def made(self, kind: str, candidacy: Candidacy | None = None, by: User | None = None, **values: Any) -> Packet:
        """A packet with a file, as a worker leaves it."""
        now = timezone.now()
        candidacy = candidacy or self.candidacy
        job = Job.objects.create(
            task="t", title="t", requested_by=self.rita, requested_at=now, state="done", finished_at=now
        )
        data = f"%PDF {kind} of {candidacy.candidate.name}".encode()
        if kind == KIT:
            values.setdefault("interview", candidacy.interviews.order_by("pk")[0])
            values.setdefault("reader", self.ivo)
        packet = Packet.objects.create(
            kind=kind, candidacy=candidacy, job=job, requested_by=by or self.rita, state="done", made_at=now, pages=2,
            size=len(data), sha256=hashlib.sha256(data).hexdigest(), **values,
        )  # fmt: skip
        (self.folder / packet.file_name).write_bytes(data)
        return packet

    @property
    def people(self) -> dict[str, User | None]:
        return {
            "the candidate": None, "ivo": self.ivo, "sara": self.sara, "rita": self.rita, "ron": self.ron,
            "lena": self.lena, "adam": self.adam, "gus": self.gus, "otto": self.otto, "gone": self.gone,
            "seated leader": self.seated_leader,
        }  # fmt: skip


@pytest.fixture
def house(
    packet_candidacy: MakeCandidacy, packet_folder: Path, packet_recruiter: User, packet_interviewer: User,
    packet_second: User, packet_submit: Submit,
) -> House:  # fmt: skip
    candidacy = packet_candidacy()
    found = House(candidacy, packet_folder, packet_recruiter, packet_interviewer, packet_second)
    packet_submit(found.of_sara, packet_second)
    return found


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    return client


def asked_for(*mails: tuple[Packet, User | None, str], by: User, body: str = "Hello {reader}") -> Job:
    """Rows as a request leaves them, whoever they are for: the worker is the one who has to say no."""
    job = request_job(
        task="apps.packets.tasks.send_packets", title="t", steps_total=len(mails), by=by, now=timezone.now()
    )
    for packet, to, how in mails:
        address = to.email if to else packet.candidacy.candidate.email
        Sending.objects.create(
            packet=packet, job=job, how=how, to_person=to, address=address, subject="For {reader}",
            body=f"{body} {'{link}' if how == LINK else ''}", requested_by=by,
        )  # fmt: skip
    return job


def run(job: Job) -> Job:
    mail.outbox.clear()
    ended = actions.send_packets_job(job_id=job.pk, clock=timezone.now)
    assert ended is not None
    return ended


def address_of(*packets: Packet) -> str:
    return reverse("packets-send") + "?" + "&".join(f"packet={packet.pk}" for packet in packets)


def filled_in(page: Any, **changes: Any) -> dict[str, Any]:
    """The form as it stands on the page, with changes: `body="..."` for every kind of packet on it."""
    data: dict[str, Any] = {"seen": ""}
    for form in page.context["forms"]:
        for name in ("how", "subject", "body"):
            data[form.add_prefix(name)] = changes.get(name, form[name].value())
        if "people" in form.fields:
            data[form.add_prefix("people")] = changes.get("people", form["people"].value() or [])
    if page.context["preview"] is not None:
        data["seen"] = page.context["preview"].fingerprint
    return data


def send(client: Client, *packets: Packet, **changes: Any) -> Any:
    """Look at the preview as somebody would, then press the button. Returns the answer to that."""
    page = client.get(address_of(*packets))
    page = client.post(address_of(*packets), filled_in(page, **changes) | {"preview": "yes"})
    assert page.status_code == 200, words(page)
    return client.post(address_of(*packets), filled_in(page, **changes) | {"send": "yes"})


def sent_by_page(client: Client, *packets: Packet, **changes: Any) -> Job:
    answer = send(client, *packets, **changes)
    assert answer.status_code == 302, words(answer)
    return run(Job.objects.latest("pk"))


def link_in(message: Any) -> str:
    (found,) = re.findall(r"http://\S+(/p/\S+/)", message.body)
    return found


# ---------------------------------------------------------------------------------------------- to whom

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


# ------------------------------------------------------------------------------- between request and sending


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


# ---------------------------------------------------------------------------------------------- what a mail says


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


# ---------------------------------------------------------------------------------------------- preview


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


# ---------------------------------------------------------------------------------------------- choosing


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


# ---------------------------------------------------------------------------------------------- private links


@pytest.fixture
def mailed(house: House, settings: Any) -> Any:
    """The brief went out as a private link."""
    settings.SITE_URL = "http://hiring.example.com"
    sent_by_page(signed_in(house.rita), house.packets[BRIEF], how="link")
    house.link = link_in(mail.outbox[0])  # type: ignore[attr-defined]
    return house


def downloaded(address: str) -> bytes | None:
    answer = Client(enforce_csrf_checks=True).post(address, headers={"origin": "null"})
    if not answer.streaming:
        assert answer.status_code == 404
        return None
    return b"".join(answer.streaming_content)


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


# ---------------------------------------------------------------------------------------------- servers and workers


class Refusing(EmailBackend):
    """A mail server that takes nothing for the candidate."""

    def send_messages(self, messages: Any) -> int:
        if "candidate0@mail.example" in messages[0].to:
            raise smtplib.SMTPRecipientsRefused({"candidate0@mail.example": (550, b"no such mailbox")})
        return super().send_messages(messages)


class Full(EmailBackend):
    """A mail server that refuses what it has read."""

    def send_messages(self, messages: Any) -> int:
        raise smtplib.SMTPDataError(552, b"too big")


class Broken(EmailBackend):
    """A mail server that breaks off in the middle."""

    def send_messages(self, messages: Any) -> int:
        raise smtplib.SMTPServerDisconnected("gone")


class Away(EmailBackend):
    """A mail server that does not answer at all."""

    asked = 0

    def open(self) -> bool:
        Away.asked += 1
        raise ConnectionRefusedError


class Killed(BaseException):
    """As a kill ends a worker: nothing of ours runs after it."""


class Killing(EmailBackend):
    """Takes the first mail and then kills the worker before it can say so."""

    def send_messages(self, messages: Any) -> int:
        super().send_messages(messages)
        raise Killed


def here(backend: type[EmailBackend]) -> str:
    return f"{backend.__module__}.{backend.__name__}"


@pytest.mark.parametrize(
    ("backend", "sentence"),
    [
        (Refusing, "does not take mail for this address (550)"),
        (Full, "refused this mail (552)"),
        (Broken, "may have arrived or not"),
        (Away, "did not answer. Nothing went out"),
    ],
)
def test_a_mail_server_that_fails_is_named_and_the_link_is_closed(
    backend: type[EmailBackend], sentence: str, house: House, settings: Any
) -> None:
    settings.EMAIL_BACKEND = here(backend)
    mails = [(house.packets[BRIEF], None, LINK), (house.packets[KIT], house.ivo, LINK)]
    Away.asked = 0
    job = run(asked_for(*mails, by=house.rita))
    sending = Sending.objects.get(to_person=None)
    assert sending.state == FAILED
    assert sentence in sending.problem
    assert not PrivateLink.objects.exists()
    assert (job.state, len(mail.outbox)) == (("done", 1) if backend is Refusing else ("failed", 0))
    assert Away.asked <= 1
    assert sentence in words(signed_in(house.rita).get(reverse("job", args=[job.pk])))
    settings.EMAIL_BACKEND = here(EmailBackend)
    assert send(signed_in(house.rita), house.packets[BRIEF]).status_code == 302


def test_a_killed_worker_sends_no_mail_twice_and_the_rest_goes_out(house: House, settings: Any) -> None:
    job = asked_for((house.packets[BRIEF], None, LINK), (house.packets[KIT], house.ivo, LINK), by=house.rita)
    settings.EMAIL_BACKEND = here(Killing)
    with pytest.raises(Killed):
        run(job)
    assert [message.to for message in mail.outbox] == [[house.candidacy.candidate.email]]
    link = link_in(mail.outbox[0])
    settings.EMAIL_BACKEND = here(EmailBackend)
    later = timezone.now() + dt.timedelta(minutes=5)
    assert requeue_stale_jobs(now=later, stale_after=dt.timedelta(seconds=20)) == [job]
    ended = run(job)
    assert [message.to for message in mail.outbox] == [[house.ivo.email]]
    unknown = Sending.objects.get(to_person=None)
    assert unknown.state == FAILED
    assert "may have arrived or not" in unknown.problem
    assert downloaded(link) is None
    assert ended.message == "1 of 2 mails did not go; the list says why."


def test_a_job_that_ended_or_is_with_another_worker_sends_nothing(house: House) -> None:
    job = run(asked_for((house.packets[BRIEF], None, FILE), by=house.rita))
    assert actions.send_packets_job(job_id=job.pk, clock=timezone.now) is None
    assert len(mail.outbox) == 1


def test_a_job_that_was_given_up_holds_up_no_later_sending(house: House) -> None:
    job = asked_for((house.packets[BRIEF], None, FILE), by=house.rita)
    Job.objects.filter(pk=job.pk).update(state="failed", finished_at=timezone.now())
    page = reverse("packet", args=[house.packets[BRIEF].pk])
    assert "Not sent: the work was given up." in words(signed_in(house.rita).get(page))
    sent_by_page(signed_in(house.rita), house.packets[BRIEF])
    assert len(mail.outbox) == 1


def test_the_task_that_is_queued_is_the_one_that_sends(
    house: House, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    from hiringloop.celery import app

    app.conf.task_always_eager = True
    try:
        with django_capture_on_commit_callbacks(execute=True):
            enqueue(asked_for((house.packets[BRIEF], None, FILE), by=house.rita))
    finally:
        app.conf.task_always_eager = False
    assert Sending.objects.get().state == SENT


# ---------------------------------------------------------------------------------------------- the trail


def test_the_trail_says_who_sent_what_about_whom_to_whom(house: House) -> None:
    sent_by_page(signed_in(house.rita), house.packets[BRIEF])
    line = AuditLine.objects.get(verb="sent packet")
    assert line.by == house.rita
    assert line.object_name == f"Candidate brief: Noor van Dijk to {house.candidacy.candidate.email}"
    assert line.after["how"] == "attachment"
    send(signed_in(house.rita), house.packets[KIT])
    Seat.objects.filter(interviewer=house.ivo).update(state="excused", excused_reason="ill")
    run(Job.objects.latest("pk"))
    assert "does not sit" in AuditLine.objects.get(verb="did not send packet").after["problem"]


def test_who_owes_a_scorecard_reads_in_no_page_and_no_trail_who_was_sent_the_debrief(house: House) -> None:
    """That Sara is sent it says that she has submitted."""
    admin = make_person("Ann Admin", Kind.ADMINISTRATOR)
    Seat.objects.create(interview=house.of_ivo, interviewer=admin)
    sent_by_page(signed_in(house.rita), house.packets[DEBRIEF], people=[str(house.sara.pk)])
    admin = User.objects.get(pk=admin.pk)
    assert not audit_lines(user=admin).filter(object_name__contains="Sara").exists()
    assert not audit_lines(user=admin).filter(object_name__contains=house.sara.email).exists()
    assert not audit_lines(user=admin).filter(object_name__contains="ebrief packet").exists()
    assert not Sending.objects.visible_to(admin).exists()
    assert signed_in(admin).get(reverse("packet", args=[house.packets[DEBRIEF].pk])).status_code == 404
    assert audit_lines(user=house.adam).filter(verb="sent packet").exists()


def test_a_subject_access_copy_tells_what_was_mailed_when_and_to_whom(house: House) -> None:
    run(asked_for((house.packets[BRIEF], None, LINK), (house.packets[KIT], house.ivo, LINK), by=house.rita))
    copy = actions.packet_contents(
        kind=COPY, candidacy=house.candidacy, interview=None, reader=None, by=house.rita, now=timezone.now(),
        names_hidden=True,
    )  # fmt: skip
    assert isinstance(copy, SubjectAccessCopy)
    to_candidate, to_interviewer = copy.sendings
    assert to_candidate.to == house.candidacy.candidate.email
    assert (to_candidate.state, to_candidate.downloads) == ("sent", 0)
    assert to_candidate.sent is not None
    assert (to_interviewer.to, to_interviewer.link_until) == ("Interviewer 1", None)


def test_a_packets_page_lists_its_mails_with_as_many_queries_for_one_as_for_three(house: House) -> None:
    packet = house.packets[DEBRIEF]
    client, address = signed_in(house.rita), reverse("packet", args=[packet.pk])
    assert "Not mailed to anybody yet." in words(client.get(address))
    run(asked_for((packet, house.lena, LINK), by=house.rita))
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    run(asked_for((packet, house.ron, LINK), (packet, house.sara, LINK), by=house.rita))
    with CaptureQueriesContext(connection) as three:
        page = client.get(address)
    assert len(page.context["page"].sendings) == 3
    assert len(one) == len(three)


def test_an_interview_that_is_cancelled_takes_its_kit_back(house: House) -> None:
    job = asked_for((house.packets[KIT], house.ivo, FILE), by=house.rita)
    Interview.objects.filter(pk=house.of_ivo.pk).update(state="cancelled")
    run(job)
    assert mail.outbox == []
