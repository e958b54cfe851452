"""Mail about scorecards that are owed: once, after the interview, outside quiet hours, and not a word about others."""

import datetime as dt
import smtplib
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection as database
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.common.models import AuditLine
from apps.desk.queries import audit_lines
from apps.interviews.actions import excuse_interviewer, remind_now, send_reminders, withdraw_candidacy
from apps.interviews.models import Interview, Reminder, Scorecard, Seat
from apps.interviews.tasks import send_reminders as task
from tests.bad_input.pages import words
from tests.factories import CandidacyFactory, CandidateFactory, PlanFactory, RoleFactory, UserFactory, seat

SignIn = Callable[[User], Client]
MONDAY = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)


def at(days: int, hours: float) -> dt.datetime:
    return MONDAY + dt.timedelta(days=days, hours=hours)


def held(interview: Interview, *, ends: dt.datetime, hours: float = 24) -> None:
    Interview.objects.filter(pk=interview.pk).update(
        starts_at=ends - dt.timedelta(minutes=45), ends_at=ends, scorecards_due_at=ends + dt.timedelta(hours=hours)
    )


@pytest.fixture
def due(loop: Any) -> Any:
    """Both interviews of the loop ended on Monday at three, their scorecards are due on Tuesday at three."""
    held(loop.of_ben, ends=at(0, 15))
    held(loop.of_fay, ends=at(0, 15))
    return loop


class Refusing(EmailBackend):
    """A mail server that takes nothing for Ben."""

    def send_messages(self, messages: Any) -> int:
        if any("ben@test.example" in message.to for message in messages):
            raise smtplib.SMTPRecipientsRefused({"ben@test.example": (550, b"no such mailbox")})
        return super().send_messages(messages)


class Gone(EmailBackend):
    """A mail server that breaks the connection."""

    def send_messages(self, messages: Any) -> int:
        raise smtplib.SMTPServerDisconnected("gone")


class Away(EmailBackend):
    """A mail server that does not answer at all."""

    def open(self) -> bool:
        raise ConnectionRefusedError


def here(backend: type[EmailBackend]) -> str:
    return f"{backend.__module__}.{backend.__name__}"


def test_a_scorecard_is_mailed_when_it_is_due_and_not_twice(due: Any, ben: User, fay: User) -> None:
    assert send_reminders(now=at(1, 10)) == 0
    assert send_reminders(now=at(1, 11)) == 2
    assert send_reminders(now=at(1, 11.1)) == 0
    assert sorted(message.to[0] for message in mail.outbox) == [ben.email, fay.email]
    assert sorted(Reminder.objects.values_list("seat__interviewer__email", "kind")) == [
        (ben.email, "due"), (fay.email, "due"),
    ]  # fmt: skip


def test_the_mail_says_what_and_when_in_the_readers_zone_and_leads_there(due: Any, ben: User, settings: Any) -> None:
    settings.SITE_URL = "https://hiring.example.com"
    User.objects.filter(pk=ben.pk).update(time_zone="Asia/Tokyo", quiet_weekends=False)
    send_reminders(now=at(2, 1))
    (message,) = [one for one in mail.outbox if one.to == [ben.email]]
    assert message.subject == "1 scorecard is late"
    assert "Noor" not in message.subject
    for part in (
        "Hello Ben Interviewer", "Name of craft with Noor Haddad, AI product engineer",
        "was due Wednesday 4 March, 00:00 JST", f"https://hiring.example.com/interviews/{due.of_ben.pk}/",
        "https://hiring.example.com/me/",
    ):  # fmt: skip
        assert part in message.body


def test_all_of_one_person_is_one_mail(due: Any, ben: User) -> None:
    other = CandidacyFactory(plan=due.plan, candidate=CandidateFactory(name="Otis O'Neill"))
    interview = other.interviews.first()
    seat(interview, ben, starts_at=at(0, 16))
    held(interview, ends=at(0, 17))
    send_reminders(now=at(1, 15.5))
    (message,) = [one for one in mail.outbox if one.to == [ben.email]]
    assert message.subject == "2 scorecards are due, 1 of them late"
    assert message.body.index("Noor Haddad") < message.body.index("Otis O'Neill")


def test_the_mail_is_the_same_whatever_others_have_done(
    due: Any, ben: User, fay: User, submit: Callable[..., Scorecard]
) -> None:
    send_reminders(now=at(1, 11))
    (before,) = [one for one in mail.outbox if one.to == [ben.email]]
    Reminder.objects.all().delete()
    mail.outbox.clear()
    submit(due.of_fay, fay)
    send_reminders(now=at(1, 11))
    (after,) = mail.outbox
    assert (after.to, after.subject, after.body) == (before.to, before.subject, before.body)


def submitted(due: Any, cleo: User, submit: Callable[..., Scorecard]) -> None:
    submit(due.of_ben, due.seat_of_ben.interviewer)


def excused(due: Any, cleo: User, submit: Callable[..., Scorecard]) -> None:
    excuse_interviewer(seat=due.seat_of_ben, reason="Ill.", by=cleo)


def cancelled(due: Any, cleo: User, submit: Callable[..., Scorecard]) -> None:
    Interview.objects.filter(pk=due.of_ben.pk).update(state="cancelled")


def withdrawn(due: Any, cleo: User, submit: Callable[..., Scorecard]) -> None:
    withdraw_candidacy(candidacy=due.candidacy, by=cleo, now=timezone.now())


def still_to_come(due: Any, cleo: User, submit: Callable[..., Scorecard]) -> None:
    held(due.of_ben, ends=at(9, 15))


def switched_off(due: Any, cleo: User, submit: Callable[..., Scorecard]) -> None:
    User.objects.filter(pk=due.seat_of_ben.interviewer_id).update(is_active=False)


def unwanted(due: Any, cleo: User, submit: Callable[..., Scorecard]) -> None:
    User.objects.filter(pk=due.seat_of_ben.interviewer_id).update(reminders="none")


@pytest.mark.parametrize(
    "happens",
    [submitted, excused, cancelled, withdrawn, still_to_come, switched_off, unwanted],
    ids=lambda one: one.__name__,
)
def test_nobody_is_mailed_about_what_is_not_owed_or_not_wanted(
    happens: Callable[..., None], due: Any, ben: User, cleo: User, submit: Callable[..., Scorecard]
) -> None:
    happens(due, cleo, submit)
    send_reminders(now=at(1, 16))
    assert [message for message in mail.outbox if message.to == [ben.email]] == []


def test_an_interview_without_a_kept_deadline_goes_by_its_role(due: Any) -> None:
    Interview.objects.update(scorecards_due_at=None)
    due.role.scorecard_hours = 18
    due.role.save()
    assert send_reminders(now=at(1, 8.9)) == 2
    assert {message.subject for message in mail.outbox} == {"1 scorecard is due"}


def test_a_mail_server_that_does_not_answer_leaves_everything_to_the_next_run(
    due: Any, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    locmem = settings.EMAIL_BACKEND
    for backend in (Away, Gone):
        settings.EMAIL_BACKEND = here(backend)
        caplog.clear()
        assert send_reminders(now=at(1, 11)) == 0
        assert not Reminder.objects.exists()
        assert "The mail server failed" in caplog.text
        assert not AuditLine.objects.filter(verb="reminded interviewer").exists()
    settings.EMAIL_BACKEND = locmem
    assert send_reminders(now=at(1, 11)) == 2


def test_an_address_that_is_refused_keeps_nobody_else_waiting(
    due: Any, fay: User, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.EMAIL_BACKEND = here(Refusing)
    assert send_reminders(now=at(1, 11)) == 1
    assert [message.to for message in mail.outbox] == [[fay.email]]
    assert list(Reminder.objects.values_list("seat__interviewer", flat=True)) == [fay.pk]
    assert "took no mail for person" in caplog.text
    assert "ben@" not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_each_mail_once(due: Any) -> None:
    ready = threading.Barrier(2)
    sent: list[int] = []

    def work() -> None:
        try:
            ready.wait()
            sent.append(send_reminders(now=at(1, 11)))
        finally:
            database.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(sent) == len(mail.outbox) == 2
    assert Reminder.objects.count() == 2


def test_each_reminder_is_a_line_in_the_trail(due: Any, ben: User, eli: User) -> None:
    send_reminders(now=at(1, 16))
    line = AuditLine.objects.filter(verb="reminded interviewer", object_id=str(due.seat_of_ben.pk)).get()
    assert (line.by, line.after) == (None, {"kind": "late"})


def test_who_owes_does_not_read_in_the_trail_that_others_are_reminded(due: Any, eli: User, fay: User) -> None:
    seat(due.of_ben, eli, starts_at=None)
    send_reminders(now=at(1, 16))
    assert not audit_lines(user=eli).filter(verb="reminded interviewer").exists()
    Seat.objects.filter(interviewer=eli).delete()
    assert audit_lines(user=eli).filter(verb="reminded interviewer").exists()


def test_beat_asks_for_reminders_every_few_minutes(due: Any, ben: User) -> None:
    held(due.of_ben, ends=timezone.now() - dt.timedelta(days=1, hours=1))
    User.objects.update(quiet_from="00:00", quiet_until="00:00", quiet_weekends=False)
    entry = django_settings.CELERY_BEAT_SCHEDULE["send-reminders"]
    assert entry["task"] == task.name
    assert entry["schedule"] <= 600
    task()
    assert ben.email in {message.to[0] for message in mail.outbox}


# Reminding by hand.


@pytest.fixture
def awake(due: Any) -> Any:
    """Nobody has quiet hours, and both scorecards have been late for an hour."""
    User.objects.update(quiet_from="00:00", quiet_until="00:00", quiet_weekends=False)
    for interview in (due.of_ben, due.of_fay):
        held(interview, ends=timezone.now() - dt.timedelta(hours=25))
    return due


def test_a_recruiter_reminds_somebody_who_is_late(awake: Any, ben: User, ada: User, sign_in: SignIn) -> None:
    client = sign_in(ada)
    assert "Remind Ben Interviewer about Noor Haddad now" in client.get("/scorecards/").content.decode()
    address = reverse("seat-remind", args=[awake.seat_of_ben.pk])
    assert "Ben Interviewer is reminded." in words(client.post(address, follow=True))
    assert [message.to for message in mail.outbox] == [[ben.email]]
    page = words(client.post(address, follow=True))
    assert "was reminded of this already" in page
    assert "reminded 1 time, last" in page
    assert len(mail.outbox) == 1
    assert AuditLine.objects.get(verb="reminded interviewer").by == ada


def test_reminding_by_hand_keeps_the_automatic_one_silent_for_a_while(awake: Any, ben: User, ada: User) -> None:
    now = timezone.now()
    remind_now(seat=awake.seat_of_ben, by=ada, now=now)
    send_reminders(now=now + dt.timedelta(minutes=5))
    assert [message.to[0] for message in mail.outbox].count(ben.email) == 1


@pytest.mark.parametrize(
    ("wishes", "answer"),
    [
        ({"reminders": "none"}, "wishes no mail"),
        (
            {"quiet_from": "00:00", "quiet_until": "23:00"},
            r"Quiet hours for Ben Interviewer until \w+day, 23:00 \(UTC\)",
        ),
    ],
)
def test_wishes_hold_against_reminding_by_hand_too(
    wishes: dict[str, str], answer: str, awake: Any, ben: User, ada: User
) -> None:
    User.objects.filter(pk=ben.pk).update(**wishes)
    with pytest.raises(ValidationError, match=answer):
        remind_now(seat=awake.seat_of_ben, by=ada, now=timezone.now().replace(hour=12))
    assert mail.outbox == []


def test_what_is_not_owed_is_not_asked_for(awake: Any, ben: User, ada: User, submit: Callable[..., Scorecard]) -> None:
    submit(awake.of_ben, ben)
    with pytest.raises(ValidationError, match="Nothing is owed here now"):
        remind_now(seat=awake.seat_of_ben, by=ada, now=timezone.now())


def test_who_owes_asks_nobody_and_gets_one_answer_whatever_they_did(
    awake: Any, ada: User, fay: User, sign_in: SignIn, submit: Callable[..., Scorecard]
) -> None:
    seat(awake.of_ben, ada, starts_at=None)
    client, address = sign_in(ada), reverse("seat-remind", args=[awake.seat_of_fay.pk])
    assert client.post(address).status_code == 404
    submit(awake.of_fay, fay)
    assert client.post(address).status_code == 404
    with pytest.raises(ValidationError, match="You owe a scorecard"):
        remind_now(seat=awake.seat_of_fay, by=ada, now=timezone.now())


def test_an_interviewer_reminds_nobody(awake: Any, ben: User, fay: User) -> None:
    with pytest.raises(PermissionDenied):
        remind_now(seat=awake.seat_of_fay, by=ben, now=timezone.now())


def test_a_refused_mail_is_said_and_not_marked_as_sent(awake: Any, ada: User, sign_in: SignIn, settings: Any) -> None:
    for backend in (Refusing, Gone):
        settings.EMAIL_BACKEND = here(backend)
        page = words(sign_in(ada).post(reverse("seat-remind", args=[awake.seat_of_ben.pk]), follow=True))
        assert "The mail server did not take the mail." in page
        assert not Reminder.objects.exists()


# The page.


def test_the_page_says_who_is_late_and_since_when(awake: Any, ada: User, cleo: User, sign_in: SignIn) -> None:
    for reader in (ada, cleo):
        page = words(sign_in(reader).get("/scorecards/"))
        assert "2 late" in page
        assert "Ben Interviewer for Noor Haddad" in page
        assert "late by 1" in page


def test_where_the_reader_owes_the_page_is_the_same_whatever_others_do(
    awake: Any, ada: User, fay: User, sign_in: SignIn, submit: Callable[..., Scorecard]
) -> None:
    seat(awake.of_ben, ada, starts_at=None)
    client = sign_in(ada)
    before = words(client.get("/scorecards/?days=90"))
    assert "Noor Haddad" not in before
    submit(awake.of_fay, fay)
    assert words(client.get("/scorecards/?days=90")) == before


def test_the_figures_count_what_came_in_time_late_and_not(awake: Any, ben: User, ada: User, sign_in: SignIn) -> None:
    now = timezone.now()
    role = RoleFactory(title="Another role")
    for number, (hours, due_after) in enumerate([(2.0, 24), (4.0, 24), (30.0, 24)]):
        one = CandidacyFactory(
            plan=PlanFactory(role=role, stations=[awake.craft], state="archived", published_at=now, archived_at=now)
        )
        interview = one.interviews.get()
        begin = now - dt.timedelta(days=3 + number)
        seat(interview, ben, starts_at=begin)
        ends = begin + dt.timedelta(minutes=45)
        held(interview, ends=ends, hours=due_after)
        card = Scorecard.objects.create(interview=interview, interviewer=ben, recommendation="yes")
        Scorecard.objects.filter(pk=card.pk).update(state="submitted", submitted_at=ends + dt.timedelta(hours=hours))
    page = words(sign_in(ada).get("/scorecards/"))
    assert "Ben Interviewer 4 75 % 50 % 1 1 0 4.0" in page  # n, submitted, on time, late, overdue, not due, median
    assert "Fay Interviewer 1 too few too few 0 1 0 too few" in page
    assert "Another role 3 100 % 67 % 1 0 0 4.0" in page
    of_role = words(sign_in(ada).get("/scorecards/", {"role": role.pk, "days": 90}))
    assert "Fay Interviewer" not in of_role
    assert "last 90 days: Another role" in of_role


@pytest.mark.parametrize("query", ["?days=soon", "?days=31", "?role=x", "?role=999999", "?role=%00"])
def test_a_senseless_question_shows_the_usual_page(query: str, due: Any, ada: User, sign_in: SignIn) -> None:
    response = sign_in(ada).get("/scorecards/" + query)
    assert response.status_code == 200
    assert "last 30 days" in words(response)


def test_an_empty_page_says_so(ada: User, sign_in: SignIn) -> None:
    page = words(sign_in(ada).get("/scorecards/"))
    assert "Nobody owes a scorecard you could ask for." in page
    assert "No interview you may read was held in this period." in page


def test_nobody_is_told_that_a_scorecard_is_due_before_the_interview(loop: Any, ben: User, sign_in: SignIn) -> None:
    begin = timezone.now() + dt.timedelta(days=2)
    Interview.objects.filter(pk=loop.of_ben.pk).update(starts_at=begin, ends_at=begin + dt.timedelta(hours=1))
    home, own = words(sign_in(ben).get("/")), words(sign_in(ben).get("/interviews/"))
    assert "Scorecards due" not in home
    assert "Interviews ahead Name of craft" in home
    assert "Scorecards you owe None." in own
    assert "Interviews ahead Name of craft" in own


def test_own_scorecards_say_by_how_much_they_are_late(awake: Any, ben: User, sign_in: SignIn) -> None:
    assert "late by 1 hour due" in words(sign_in(ben).get("/interviews/")).replace("\xa0", " ")
    other = UserFactory(kinds=["interviewer"])
    assert "Scorecards you owe None. Interviews you are assigned to show here." in words(
        sign_in(other).get("/interviews/")
    )
