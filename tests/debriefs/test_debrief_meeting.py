"""The meeting: when it opens, how it goes on, and who may do what in it."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.common.models import AuditLine
from apps.debriefs.actions import move_on, record_decision
from apps.debriefs.models import Debrief, Decision, Vote
from apps.debriefs.queries import debriefs_ready
from apps.interviews.actions import schedule_interview
from apps.interviews.models import Candidacy, Interview, Scorecard, Seat
from tests.bad_input.pages import words
from tests.debriefs.meeting import discussing, opened, vote, voting
from tests.factories import seat

SignIn = Callable[[User], Client]
Submit = Callable[..., Scorecard]


def decide(loop: Any, by: User, outcome: str = "offer", dissent: str = "") -> Decision:
    return record_decision(
        candidacy=loop.candidacy, outcome=outcome, reasons="Seen.", conditions="", dissent=dissent, by=by,
        now=timezone.now(),
    )  # fmt: skip


@pytest.fixture
def complete(loop: Any, ben: User, fay: User, submit: Submit) -> Any:
    submit(loop.of_ben, ben, recommendation="yes")
    submit(loop.of_fay, fay, recommendation="no")
    return loop


def page_of(loop: Any, client: Client) -> str:
    return words(client.get(reverse("debrief", args=[loop.candidacy.pk])))


# ------------------------------------------------------------------------------------------------ opening


@pytest.mark.parametrize("name", ["cleo", "ada", "eli"])
def test_who_runs_hiring_opens_a_debrief_with_the_silent_reading(
    name: str, complete: Any, request: pytest.FixtureRequest, sign_in: SignIn
) -> None:
    client = sign_in(request.getfixturevalue(name))
    assert "Ready to meet" in page_of(complete, client)
    client.post(reverse("debrief-open", args=[complete.candidacy.pk]))
    debrief = Debrief.objects.get()
    assert debrief.step == "reading"
    assert debrief.reading_until - debrief.opened_at == dt.timedelta(minutes=complete.role.reading_minutes)
    complete.candidacy.refresh_from_db()
    assert complete.candidacy.debrief_opened_at == debrief.opened_at
    page = page_of(complete, client)
    assert "Silent reading now" in page
    assert "Ready to meet" not in page


@pytest.mark.parametrize("name", ["ben", "fay", "dana"])
def test_who_does_not_run_hiring_opens_none(name: str, complete: Any, request: pytest.FixtureRequest) -> None:
    with pytest.raises(PermissionDenied):
        opened(complete.candidacy, request.getfixturevalue(name))


def test_without_a_quorum_everybody_submits_first(loop: Any, ben: User, cleo: User, submit: Submit) -> None:
    submit(loop.of_ben, ben)
    with pytest.raises(ValidationError, match="once everybody assigned has submitted"):
        opened(loop.candidacy, cleo)


def test_a_quorum_opens_the_debrief_while_others_still_owe(
    loop: Any, ben: User, fay: User, cleo: User, sign_in: SignIn, submit: Submit
) -> None:
    loop.role.quorum = 1
    loop.role.save()
    with pytest.raises(ValidationError, match="0 of 1 scorecards"):
        opened(loop.candidacy, cleo)
    submit(loop.of_ben, ben)
    assert list(debriefs_ready(user=cleo)) == [loop.candidacy]
    opened(loop.candidacy, cleo)
    assert list(debriefs_ready(user=cleo)) == []
    assert sign_in(fay).get(reverse("debrief", args=[loop.candidacy.pk])).status_code == 403
    assert "Debriefs" not in words(sign_in(fay).get("/"))


@pytest.mark.parametrize("blindness", ["after_all", "leaders_too"])
def test_a_quorum_counts_only_where_everybody_reads_after_their_own(
    blindness: str, loop: Any, ben: User, cleo: User, submit: Submit
) -> None:
    loop.role.quorum = 1
    loop.role.save()
    Candidacy.objects.filter(pk=loop.candidacy.pk).update(blindness=blindness)
    submit(loop.of_ben, ben)
    assert list(debriefs_ready(user=cleo)) == []
    with pytest.raises((ValidationError, PermissionDenied)):
        opened(loop.candidacy, cleo)


def test_who_owes_a_scorecard_opens_nothing_and_learns_nothing(
    loop: Any, ben: User, cleo: User, sign_in: SignIn, submit: Submit
) -> None:
    loop.role.quorum = 1
    loop.role.save()
    seat(loop.of_fay, cleo)
    addresses = [reverse(name, args=[loop.candidacy.pk]) for name in ("debrief-open", "debrief-step", "debrief-vote")]
    before = [words(sign_in(cleo).post(address)) for address in addresses]
    submit(loop.of_ben, ben)
    assert [words(sign_in(cleo).post(address)) for address in addresses] == before
    with pytest.raises(PermissionDenied):
        opened(loop.candidacy, cleo)


def test_a_debrief_opens_once(complete: Any, cleo: User) -> None:
    opened(complete.candidacy, cleo)
    with pytest.raises(ValidationError, match="open already"):
        opened(complete.candidacy, cleo)


def test_what_is_submitted_after_the_opening_says_so(
    loop: Any, ben: User, fay: User, cleo: User, sign_in: SignIn, submit: Submit
) -> None:
    loop.role.quorum = 1
    loop.role.save()
    submit(loop.of_ben, ben)
    debrief = voting(loop.candidacy, cleo)
    submit(loop.of_fay, fay, recommendation="strong_no")
    page = page_of(loop, sign_in(cleo))
    assert page.count("submitted after the debrief opened") == 1
    vote(debrief, fay, "strong_no")
    first = Vote.objects.get(voter=fay, round="first")
    assert (first.choice, first.cast_at > debrief.opened_at) == ("strong_no", True)


# ------------------------------------------------------------------------------------------------ going on


def test_the_steps_go_one_after_the_other(complete: Any, cleo: User) -> None:
    debrief = opened(complete.candidacy, cleo)
    with pytest.raises(ValidationError, match="silent reading now"):
        move_on(debrief=debrief, to="discussion", by=cleo, now=timezone.now())
    debrief = move_on(debrief=debrief, to="voting", by=cleo, now=timezone.now())
    assert debrief.reading_until <= timezone.now()
    move_on(debrief=debrief, to="discussion", by=cleo, now=timezone.now())
    for step in ("reading", "voting", "discussion", "closed", "nonsense"):
        with pytest.raises(ValidationError, match="gone on meanwhile"):
            move_on(debrief=debrief, to=step, by=cleo, now=timezone.now())


def test_the_second_vote_opens_by_itself_when_the_time_for_reading_is_over(
    complete: Any, ben: User, cleo: User
) -> None:
    debrief = opened(complete.candidacy, cleo)
    with pytest.raises(ValidationError, match="when the silent reading is over"):
        vote(debrief, ben)
    vote(debrief, ben, now=debrief.reading_until)
    move_on(debrief=debrief, to="discussion", by=cleo, now=debrief.reading_until)


def test_two_who_press_at_once_are_told(complete: Any, cleo: User, ada: User, sign_in: SignIn) -> None:
    opened(complete.candidacy, cleo)
    address = reverse("debrief-step", args=[complete.candidacy.pk])
    sign_in(cleo).post(address, {"to": "voting"})
    client = sign_in(ada)
    client.post(address, {"to": "voting"})
    assert "it is at the second vote now" in page_of(complete, client)


def test_interviewers_do_not_move_the_agenda(complete: Any, ben: User, cleo: User) -> None:
    debrief = opened(complete.candidacy, cleo)
    with pytest.raises(PermissionDenied):
        move_on(debrief=debrief, to="voting", by=ben, now=timezone.now())


def test_who_has_not_voted_is_named_once_the_vote_is_closed(
    complete: Any, ben: User, cleo: User, sign_in: SignIn
) -> None:
    debrief = voting(complete.candidacy, cleo)
    vote(debrief, ben)
    move_on(debrief=debrief, to="discussion", by=cleo, now=timezone.now())
    page = page_of(complete, sign_in(cleo))
    assert "1 of 2 have voted. Did not vote: Fay Interviewer." in page


def test_gaps_and_disagreements_stand_before_the_matrix(
    loop: Any, ben: User, fay: User, cleo: User, sign_in: SignIn, submit: Submit
) -> None:
    submit(loop.of_ben, ben, level=2)
    submit(loop.of_fay, fay, level=4)
    page = page_of(loop, sign_in(cleo))
    assert "LLM craft : from 2 to 4 (Ben Interviewer 2, Fay Interviewer 4); no one rating is further out" in page
    assert page.index("Disagreements") < page.index("A level opens its evidence")


def test_a_must_pass_that_somebody_rated_below_the_bar_is_not_hidden_by_the_mean(
    loop: Any, ben: User, fay: User, cleo: User, sign_in: SignIn, submit: Submit
) -> None:
    loop.candidacy.pinned_requirements.filter(competency=loop.first).update(must_pass=True)
    submit(loop.of_ben, ben, level=2)
    submit(loop.of_fay, fay, level=4)
    page = page_of(loop, sign_in(cleo))
    assert "Must-pass below the bar" not in page
    assert "LLM craft : Ben Interviewer gave 2; the bar is 3. The mean of 3.0 does not settle it." in page


def test_every_number_of_the_matrix_opens_into_its_sum(
    loop: Any, ben: User, fay: User, cleo: User, sign_in: SignIn, submit: Submit
) -> None:
    submit(loop.of_ben, ben, level=2)
    submit(loop.of_fay, fay, level=4)
    page = page_of(loop, sign_in(cleo))
    assert "(2 + 4) / 2 = 3.00 , bar 3" in page
    assert "(2 − 3.00)² + (4 − 3.00)² ) / (2 − 1) ) = 1.41" in page
    assert "Ben Interviewer in Name of craft" in page


# ------------------------------------------------------------------------------------------------ deciding


def test_a_panel_of_two_meets_before_it_decides(complete: Any, cleo: User) -> None:
    with pytest.raises(ValidationError, match="Open the debrief first"):
        decide(complete, cleo)
    debrief = opened(complete.candidacy, cleo)
    with pytest.raises(ValidationError, match="still reading"):
        decide(complete, cleo)
    move_on(debrief=debrief, to="voting", by=cleo, now=timezone.now())
    with pytest.raises(ValidationError, match="second vote is still open"):
        decide(complete, cleo)
    move_on(debrief=debrief, to="discussion", by=cleo, now=timezone.now())
    decide(complete, cleo, dissent="Fay would have waited.")
    debrief.refresh_from_db()
    assert (debrief.step, debrief.closed_at is not None) == ("closed", True)


def test_a_panel_of_one_needs_no_meeting(loop: Any, ben: User, cleo: User, ada: User, submit: Submit) -> None:
    from apps.interviews.actions import cancel_interview

    submit(loop.of_ben, ben)
    cancel_interview(interview=loop.of_fay, by=ada)
    assert decide(loop, cleo).outcome == "offer"


def test_who_decides_is_not_of_the_panel_where_the_role_says_so(
    loop: Any, ben: User, fay: User, cleo: User, eli: User, sign_in: SignIn, submit: Submit
) -> None:
    loop.role.decider_apart = True
    loop.role.save()
    seat(loop.of_fay, cleo)
    for interview, user in [(loop.of_ben, ben), (loop.of_fay, fay), (loop.of_fay, cleo)]:
        submit(interview, user)
    discussing(loop.candidacy, cleo)
    with pytest.raises(ValidationError, match="whoever decides is not of the panel"):
        decide(loop, cleo)
    page = page_of(loop, sign_in(cleo))
    assert "another leader records the decision" in page
    assert "Record the decision" not in page
    assert decide(loop, eli).decided_by == eli


def test_whose_vote_points_the_other_way_is_named_and_their_dissent_asked_for(
    complete: Any, cleo: User, sign_in: SignIn
) -> None:
    discussing(complete.candidacy, cleo)
    client, address = sign_in(cleo), reverse("debrief", args=[complete.candidacy.pk])
    assert "Make an offer (otherwise: Fay Interviewer)" in words(client.get(address))
    typed = {"outcome": "offer", "reasons": "REASONS-TYPED", "conditions": "", "dissent": "Hm."}
    page = words(client.post(address, typed))
    assert "Fay Interviewer voted otherwise. Say in a sentence what they saw." in page
    assert "REASONS-TYPED" in page
    assert not Decision.objects.exists()
    client.post(address, {**typed, "dissent": "Fay saw no evaluation at all."})
    assert Decision.objects.get().dissent == "Fay saw no evaluation at all."


def test_the_second_vote_counts_for_dissent(complete: Any, fay: User, cleo: User) -> None:
    debrief = voting(complete.candidacy, cleo)
    vote(debrief, fay, "yes", "Ben's evidence of the replay.")
    move_on(debrief=debrief, to="discussion", by=cleo, now=timezone.now())
    decide(complete, cleo)


def test_a_decision_waits_for_what_is_owed_though_the_quorum_met(
    loop: Any, ben: User, cleo: User, sign_in: SignIn, submit: Submit
) -> None:
    loop.role.quorum = 1
    loop.role.save()
    submit(loop.of_ben, ben)
    discussing(loop.candidacy, cleo)
    with pytest.raises(ValidationError, match="still owed"):
        decide(loop, cleo)
    assert "The decision waits for 1 scorecard still owed." in page_of(loop, sign_in(cleo))


def test_a_withdrawn_candidacy_ends_its_meeting(complete: Any, ada: User, ben: User, cleo: User) -> None:
    from apps.interviews.actions import withdraw_candidacy

    debrief = voting(complete.candidacy, cleo)
    withdraw_candidacy(candidacy=complete.candidacy, by=ada, now=timezone.now())
    with pytest.raises(ValidationError, match="has ended"):
        vote(debrief, ben)
    with pytest.raises(ValidationError, match="has ended"):
        move_on(debrief=debrief, to="discussion", by=cleo, now=timezone.now())


def test_each_step_leaves_a_line_that_tells_no_vote(complete: Any, ben: User, cleo: User) -> None:
    debrief = voting(complete.candidacy, cleo)
    vote(debrief, ben, "no", "REASON-SECRET")
    lines = AuditLine.objects.filter(object_id=str(complete.candidacy.pk)).order_by("pk")
    verbs = [line.verb for line in lines]
    assert verbs[-3:] == ["opened debrief", "moved debrief on", "cast second vote"]
    assert "SECRET" not in str([(line.before, line.after) for line in lines])


def test_somebody_seated_during_the_meeting_owes_and_is_shut_out(
    complete: Any, ada: User, cleo: User, ben: User, fay: User, sign_in: SignIn
) -> None:
    debrief = voting(complete.candidacy, cleo)
    interview = Interview.objects.get(pk=complete.of_ben.pk)
    schedule_interview(interview=interview, starts_at=interview.starts_at, interviewers=[ben, cleo], by=ada)
    assert Seat.objects.owing().filter(interviewer=cleo).exists()
    with pytest.raises(PermissionDenied):
        move_on(debrief=debrief, to="discussion", by=cleo, now=timezone.now())
    live = sign_in(cleo).get(reverse("debrief-live", args=[complete.candidacy.pk]))
    assert live.status_code == 403
    assert "EVIDENCE-SECRET" not in live.content.decode()
