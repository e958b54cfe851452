"""Mail servers and workers that fail, and what is kept of what was sent."""

import datetime as dt
import smtplib
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Kind, User
from apps.common.actions import requeue_stale_jobs
from apps.common.models import AuditLine, Job
from apps.desk.queries import audit_lines
from apps.interviews.models import Interview, Seat
from apps.packets import actions
from apps.packets.core.contents import SubjectAccessCopy
from apps.packets.models import PrivateLink, Sending
from apps.packets.tasks import enqueue
from tests.bad_input.pages import words
from tests.packets.conftest import make_person
from tests.packets.sending.house import (
    BRIEF,
    COPY,
    DEBRIEF,
    FAILED,
    FILE,
    KIT,
    LINK,
    SENT,
    House,
    asked_for,
    downloaded,
    link_in,
    run,
    send,
    sent_by_page,
    signed_in,
)

pytestmark = pytest.mark.django_db


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
