"""When scorecards are due, who was seated having read others', and what a panel that waits for all answers."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Kind, User
from apps.debriefs.translate import debrief_page
from apps.interviews.actions import (
    cancel_interview,
    excuse_interviewer,
    move_candidacy,
    schedule_interview,
    withdraw_candidacy,
)
from apps.interviews.models import Candidacy, Interview, Scorecard, Seat
from apps.interviews.queries import candidacy_lines, why_closed
from apps.interviews.translate import proposed_move
from apps.loops.models import Role
from tests.factories import PlanFactory, UserFactory, seat

SignIn = Callable[[User], Client]
Submit = Callable[..., Scorecard]
SOON = dt.timedelta(days=2)


def put(interview: Interview, people: list[User], by: User, *, at: dt.datetime | None = None) -> Interview:
    return schedule_interview(interview=interview, starts_at=at, interviewers=people, by=by)


def informed(interview: Interview, person: User) -> bool:
    return Seat.objects.get(interview=interview, interviewer=person).informed


def waits_for_all(loop: Any, blindness: str = "leaders_too") -> None:
    Candidacy.objects.filter(pk=loop.candidacy.pk).update(blindness=blindness)


# ------------------------------------------------------------------------------------------------ due dates


def test_scorecards_are_due_so_many_hours_after_the_end_as_the_role_says(loop: Any, ben: User, cleo: User) -> None:
    Role.objects.filter(pk=loop.role.pk).update(scorecard_hours=6)
    at = timezone.now() + SOON
    interview = put(loop.of_ben, [ben], cleo, at=at)
    assert interview.scorecards_due_at == at + dt.timedelta(minutes=45, hours=6)
    assert put(loop.of_ben, [ben], cleo).scorecards_due_at is None


def test_a_move_that_makes_an_interview_longer_moves_its_due_date(loop: Any, ben: User, cleo: User) -> None:
    at = timezone.now() + SOON
    before = put(loop.of_ben, [ben], cleo, at=at).scorecards_due_at
    version = loop.craft.current
    version.pk, version.number, version.minutes, version._state.adding = None, 2, 90, True
    version.save()
    loop.craft.current = version
    loop.craft.save()
    plan = PlanFactory(
        role=loop.role, number=2, state="archived", published_at=at, archived_at=at, stations=[loop.craft, loop.talk]
    )
    now = timezone.now()
    candidacy = Candidacy.objects.select_related("role").get(pk=loop.candidacy.pk)
    seen = proposed_move(candidacy=candidacy, plan=plan, now=now).fingerprint
    move_candidacy(candidacy=loop.candidacy, plan=plan, seen=seen, by=cleo, now=now)
    loop.of_ben.refresh_from_db()
    assert before is not None
    assert loop.of_ben.scorecards_due_at == before + dt.timedelta(minutes=45)


# ------------------------------------------------------------------------------------------------ seated after reading


@pytest.mark.parametrize("others", [False, True])
@pytest.mark.parametrize("who", ["leader who read", "recruiter who read", "interviewer from elsewhere"])
def test_who_could_read_others_before_being_seated_is_informed(
    who: str, others: bool, loop: Any, ben: User, cleo: User, fay: User, submit: Submit
) -> None:
    kinds = {"leader who read": [Kind.LEADER], "recruiter who read": [Kind.RECRUITER, Kind.INTERVIEWER]}
    person = UserFactory(kinds=kinds.get(who, [Kind.INTERVIEWER]))
    if others:
        submit(loop.of_fay, fay)
    put(loop.of_ben, [ben, person], cleo)
    assert informed(loop.of_ben, person) is (others and "read" in who)
    assert not informed(loop.of_ben, ben)


def test_who_has_submitted_and_read_is_informed_in_the_next_interview_and_stays_so(
    loop: Any, ben: User, cleo: User, fay: User, submit: Submit
) -> None:
    submit(loop.of_fay, fay)
    submit(loop.of_ben, ben)
    put(loop.of_ben, [ben, fay], cleo)
    assert informed(loop.of_ben, fay)
    assert not informed(loop.of_ben, ben)
    put(loop.of_ben, [ben, fay], cleo, at=timezone.now() + SOON)
    assert informed(loop.of_ben, fay)


def test_who_owes_and_was_informed_once_is_informed_in_every_further_seat(
    loop: Any, ben: User, cleo: User, fay: User, submit: Submit
) -> None:
    lea = UserFactory(kinds=[Kind.LEADER])
    submit(loop.of_fay, fay)
    put(loop.of_ben, [ben, lea], cleo)
    put(loop.of_fay, [fay, lea], cleo)
    assert informed(loop.of_fay, lea)


def test_a_reading_that_waits_for_all_informs_nobody_before(
    loop: Any, ben: User, cleo: User, fay: User, submit: Submit
) -> None:
    waits_for_all(loop)
    lea = UserFactory(kinds=[Kind.LEADER])
    submit(loop.of_fay, fay)
    put(loop.of_ben, [ben, lea], cleo)
    assert not informed(loop.of_ben, lea)


def test_an_informed_rating_is_shown_as_such_and_is_no_independent_signal(
    loop: Any, ben: User, cleo: User, fay: User, submit: Submit, sign_in: SignIn
) -> None:
    lea = UserFactory(name="Lea Late", kinds=[Kind.LEADER])
    submit(loop.of_ben, ben)
    before = debrief_page(candidacy=loop.candidacy, user=cleo).rows[0].summary.independent_signals
    put(loop.of_fay, [lea], cleo, at=timezone.now() - SOON)
    submit(loop.of_fay, lea)
    after = debrief_page(candidacy=loop.candidacy, user=cleo).rows[0].summary
    assert (after.independent_signals, len(after.levels)) == (before, 2)
    says = "had read others’ ratings before giving these"
    assert says in sign_in(cleo).get(loop.candidacy.get_absolute_url()).content.decode()
    seat(loop.of_fay, fay)
    assert says not in sign_in(fay).get(loop.candidacy.get_absolute_url()).content.decode()


# ------------------------------------------------------------------------------------------------ waiting for all


def test_why_a_panel_is_closed_says_own_debts_and_nothing_of_others(
    loop: Any, ben: User, cleo: User, fay: User, submit: Submit
) -> None:
    waits_for_all(loop)
    (owed,) = why_closed(candidacy=loop.candidacy, user=ben).owed
    assert owed == loop.seat_of_ben
    assert why_closed(candidacy=loop.candidacy, user=cleo).waits
    submit(loop.of_ben, ben)
    assert why_closed(candidacy=loop.candidacy, user=ben).waits
    submit(loop.of_fay, fay)
    assert [why_closed(candidacy=loop.candidacy, user=user) for user in (ben, cleo, fay)] == [None] * 3


@pytest.mark.parametrize("submitted", [False, True])
def test_excusing_is_answered_the_same_by_who_waits_and_what_was_submitted_stands(
    submitted: bool, loop: Any, ben: User, cleo: User, fay: User, submit: Submit, sign_in: SignIn
) -> None:
    waits_for_all(loop)
    if submitted:
        submit(loop.of_fay, fay)
    client = sign_in(cleo)
    address = reverse("seat-excuse", args=[loop.seat_of_fay.pk])
    assert address in client.get(loop.candidacy.get_absolute_url()).content.decode()
    page = client.post(address, {"reason": "Left the company."}, follow=True).content.decode()
    assert "Fay Interviewer is excused." in page
    submit(loop.of_ben, ben)
    shown = debrief_page(candidacy=loop.candidacy, user=cleo)
    assert len(shown.scorecards) == 1 + submitted
    assert [(line.submitted, line.expected) for line in candidacy_lines(user=cleo)] == [(1, 1)]


@pytest.mark.parametrize("submitted", [False, True])
def test_who_waits_takes_nobody_off_an_interview_and_cancels_none_that_has_people(
    submitted: bool, loop: Any, ben: User, cleo: User, fay: User, submit: Submit
) -> None:
    waits_for_all(loop)
    if submitted:
        submit(loop.of_fay, fay)
    with pytest.raises(ValidationError, match="nobody is taken off an interview"):
        put(loop.of_fay, [], cleo)
    with pytest.raises(ValidationError, match="is not cancelled"):
        cancel_interview(interview=loop.of_fay, by=cleo)
    with pytest.raises(ValidationError, match="everybody writes before anybody reads"):
        move_candidacy(candidacy=loop.candidacy, plan=loop.plan, seen="", by=cleo, now=timezone.now())


def test_an_interview_nobody_was_seated_in_may_be_cancelled_while_one_waits(
    loop: Any, ben: User, cleo: User, submit: Submit
) -> None:
    waits_for_all(loop)
    loop.seat_of_fay.delete()
    cancel_interview(interview=loop.of_fay, by=cleo)
    submit(loop.of_ben, ben)
    assert why_closed(candidacy=loop.candidacy, user=cleo) is None


def test_who_waits_may_withdraw_a_candidate_who_goes_elsewhere(loop: Any, cleo: User) -> None:
    waits_for_all(loop)
    assert withdraw_candidacy(candidacy=loop.candidacy, by=cleo, now=timezone.now()).state == "withdrawn"


def test_an_ill_interviewer_does_not_keep_a_panel_closed_for_ever(
    loop: Any, ben: User, cleo: User, submit: Submit
) -> None:
    waits_for_all(loop)
    submit(loop.of_ben, ben)
    assert why_closed(candidacy=loop.candidacy, user=cleo) is not None
    excuse_interviewer(seat=loop.seat_of_fay, reason="Ill.", by=cleo)
    assert why_closed(candidacy=loop.candidacy, user=cleo) is None
