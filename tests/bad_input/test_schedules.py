"""Times and people that cannot be are refused, and what was submitted keeps its interview."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.interviews import actions
from apps.interviews.models import Interview, Scorecard, Seat
from tests.bad_input.pages import field, words

SignIn = Callable[[User], Client]


def test_an_interviewer_is_not_booked_twice_at_a_time(loop: Any, ada: User, ben: User, sign_in: SignIn) -> None:
    at = timezone.localtime(loop.of_ben.starts_at) + dt.timedelta(minutes=10)
    prefix = f"interview-{loop.of_fay.pk}"
    typed = {f"{prefix}-starts_at": at.strftime("%Y-%m-%dT%H:%M"), f"{prefix}-interviewers": [ben.pk]}
    response = sign_in(ada).post(reverse("interview-schedule", args=[loop.of_fay.pk]), typed)
    assert "Ben Interviewer has another interview at that time." in words(response)
    assert field(response, f"{prefix}-starts_at").startswith(at.strftime("%Y-%m-%dT%H:%M"))
    assert [seat.interviewer.name for seat in loop.of_fay.seats.all()] == ["Fay Interviewer"]


@pytest.mark.parametrize(
    ("value", "problem"),
    [("yesterday", "Enter a valid date/time."), ("0001-01-01T00:00", "That year cannot be right."),
     ("9999-12-31T23:59", "That year cannot be right.")],
)  # fmt: skip
def test_a_time_that_cannot_be_is_refused(value: str, problem: str, loop: Any, ada: User, sign_in: SignIn) -> None:
    prefix = f"interview-{loop.of_fay.pk}"
    before = Interview.objects.values().get(pk=loop.of_fay.pk)
    response = sign_in(ada).post(reverse("interview-schedule", args=[loop.of_fay.pk]), {f"{prefix}-starts_at": value})
    assert problem in words(response)
    assert Interview.objects.values().get(pk=loop.of_fay.pk) == before


def test_who_is_no_interviewer_is_not_seated(loop: Any, ada: User, dana: User, sign_in: SignIn) -> None:
    prefix = f"interview-{loop.of_fay.pk}"
    response = sign_in(ada).post(
        reverse("interview-schedule", args=[loop.of_fay.pk]), {f"{prefix}-interviewers": [dana.pk]}
    )
    assert "is not one of the available choices" in words(response)
    with pytest.raises(ValidationError, match="Dana Outsider is not an interviewer"):
        actions.schedule_interview(interview=loop.of_fay, starts_at=None, interviewers=[dana], by=ada)
    assert not Seat.objects.filter(interviewer=dana).exists()


def test_an_excuse_stays_on_record_when_the_interview_is_moved(loop: Any, ada: User, ben: User, fay: User) -> None:
    actions.excuse_interviewer(seat=loop.seat_of_ben, reason="Ill.", by=ada)
    actions.schedule_interview(interview=loop.of_ben, starts_at=None, interviewers=[fay], by=ada)
    loop.seat_of_ben.refresh_from_db()
    assert (loop.seat_of_ben.state, loop.seat_of_ben.excused_reason) == ("excused", "Ill.")


def test_what_was_submitted_keeps_its_interview(
    loop: Any, ada: User, ben: User, sign_in: SignIn, submit: Callable[..., Scorecard]
) -> None:
    submit(loop.of_ben, ben)
    client = sign_in(ada)
    for address, problem in [
        (reverse("interview-cancel", args=[loop.of_ben.pk]), "it cannot be cancelled any more"),
        (reverse("seat-excuse", args=[loop.seat_of_ben.pk]), "This person has submitted already."),
    ]:
        assert problem in words(client.post(address, {"reason": "x"}, follow=True))
    with pytest.raises(ValidationError, match="cannot be taken off it"):
        actions.schedule_interview(interview=loop.of_ben, starts_at=None, interviewers=[], by=ada)
    assert loop.of_ben.seats.get().state == "assigned"
