"""A scorecard that somebody dictated: typed in by a colleague who may read the panel anyway, and marked as such."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.interviews.actions import AlreadySubmitted, amend_scorecard, save_scorecard, submit_for
from apps.interviews.core.entries import RatingEntry
from apps.interviews.models import Candidacy, Interview, Scorecard
from tests.factories import seat

SignIn = Callable[[User], Client]
Submit = Callable[..., Scorecard]
WHY = "Dictated on the phone; Ben is on a train."


def entries_of(interview: Interview, level: int = 3) -> dict[int, RatingEntry]:
    competencies = interview.plan_station.version.measures.values_list("competency", flat=True)
    return {pk: RatingEntry(level, no_evidence=False, evidence="As told.") for pk in competencies}


def enter(interview: Interview, interviewer: User, by: User, **more: Any) -> Scorecard:
    values = {"entries": entries_of(interview), "recommendation": "yes", "reason": WHY, **more}
    return submit_for(interview=interview, interviewer=interviewer, by=by, now=timezone.now(), **values)


def page_of(loop: Any) -> str:
    return reverse("interview-enter-for", args=[loop.of_ben.pk, loop.seat_of_ben.pk])


def typed(loop: Any, **values: str) -> dict[str, str]:
    data = {"recommendation": "yes", "reason": WHY}
    for pk in entries_of(loop.of_ben):
        data |= {f"level-{pk}": "3", f"evidence-{pk}": "As told.", f"moment-{pk}": ""}
    return data | values


def test_a_recruiter_enters_it_and_every_reader_sees_who_did(
    loop: Any, ada: User, ben: User, cleo: User, submit: Submit, fay: User, sign_in: SignIn
) -> None:
    submit(loop.of_fay, fay)
    client = sign_in(ada)
    assert page_of(loop) in client.get(loop.candidacy.get_absolute_url()).content.decode()
    assert client.post(page_of(loop), typed(loop)).status_code == 302
    card = Scorecard.objects.current().get(interviewer=ben)
    assert (card.entered_by, card.entered_reason) == (ada, WHY)
    for reader, address in [
        (ben, loop.of_ben.get_absolute_url()),
        (cleo, loop.candidacy.get_absolute_url()),
        (ben, loop.candidacy.get_absolute_url()),
    ]:
        page = sign_in(reader).get(address).content.decode()
        assert WHY in page, address
        assert "entered by Ada Recruiter" in page
    assert "entered for you by Ada Recruiter" in sign_in(ben).get("/interviews/").content.decode()


def test_its_interviewer_may_amend_it_and_nobody_else(loop: Any, ada: User, ben: User) -> None:
    card = enter(loop.of_ben, ben, ada)
    values: dict[str, Any] = {
        "scorecard": card, "entries": entries_of(loop.of_ben, 2), "recommendation": "no", "reason": "Misheard.",
        "now": timezone.now(),
    }  # fmt: skip
    with pytest.raises(PermissionDenied):
        amend_scorecard(**values, by=ada)
    assert amend_scorecard(**values, by=ben).entered_by is None


def test_a_draft_is_completed_and_its_notes_stay_with_its_author(
    loop: Any, ada: User, ben: User, sign_in: SignIn
) -> None:
    save_scorecard(
        interview=loop.of_ben, entries={next(iter(entries_of(loop.of_ben))): RatingEntry(1, False, "DRAFT-SECRET")},
        recommendation="strong_no", private_notes="NOTES-SECRET", revision=0, by=ben, now=timezone.now(),
    )  # fmt: skip
    client = sign_in(ada)
    empty = client.get(page_of(loop)).content.decode()
    assert "DRAFT-SECRET" not in empty
    assert "checked" not in empty
    client.post(page_of(loop), typed(loop))
    card = Scorecard.objects.get(interviewer=ben)
    assert (card.private_notes, card.ratings.get().evidence) == ("NOTES-SECRET", "As told.")
    for address in (page_of(loop), loop.candidacy.get_absolute_url(), reverse("debrief", args=[loop.candidacy.pk])):
        assert "SECRET" not in client.get(address).content.decode()
    with pytest.raises(AlreadySubmitted):
        save_scorecard(
            interview=loop.of_ben, entries={}, recommendation="", private_notes="", revision=1, by=ben,
            now=timezone.now(),
        )  # fmt: skip


@pytest.mark.parametrize("others", [False, True])
def test_who_owes_a_scorecard_enters_none_for_others_and_is_told_the_same(
    others: bool, loop: Any, ada: User, ben: User, fay: User, submit: Submit, sign_in: SignIn
) -> None:
    seat(loop.of_fay, ada)
    if others:
        submit(loop.of_ben, ben)
    answer = sign_in(ada).post(page_of(loop), typed(loop))
    assert answer.status_code == 403
    assert "Your scorecard comes first" in answer.content.decode()
    with pytest.raises(ValidationError, match="You owe a scorecard for this candidate"):
        enter(loop.of_ben, ben, ada)


def test_where_leaders_wait_too_nobody_enters_for_another(loop: Any, ada: User, ben: User, sign_in: SignIn) -> None:
    Candidacy.objects.filter(pk=loop.candidacy.pk).update(blindness="leaders_too")
    with pytest.raises(ValidationError, match="everybody writes before anybody reads"):
        enter(loop.of_ben, ben, ada)
    answer = sign_in(ada).get(page_of(loop))
    assert answer.status_code == 403
    assert "Not for you to enter" in answer.content.decode()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"reason": ""}, "Say how it reached you"),
        ({"entries": {}}, "Rate every competency"),
        ({"recommendation": ""}, "Choose a recommendation"),
    ],
)
def test_an_incomplete_one_is_refused(changes: dict[str, Any], message: str, loop: Any, ada: User, ben: User) -> None:
    with pytest.raises(ValidationError, match=message):
        enter(loop.of_ben, ben, ada, **changes)
    assert not Scorecard.objects.exists()


def test_only_for_an_assigned_seat_without_a_scorecard(
    loop: Any, ada: User, ben: User, cleo: User, fay: User, submit: Submit, sign_in: SignIn
) -> None:
    submit(loop.of_ben, ben)
    with pytest.raises(ValidationError, match="has submitted a scorecard meanwhile"):
        enter(loop.of_ben, ben, ada)
    with pytest.raises(ValidationError, match="does not sit in this interview"):
        enter(loop.of_ben, fay, ada)
    with pytest.raises(ValidationError, match="your own seat"):
        enter(loop.of_ben, ada, ada)
    page = sign_in(ada).get(page_of(loop))
    assert "Nothing is to be entered." in page.content.decode()
    late = sign_in(ada).post(page_of(loop), typed(loop, reason="Typed meanwhile."))
    assert late.status_code == 422
    assert "Typed meanwhile." in late.content.decode()


def test_a_refused_one_keeps_what_was_typed(loop: Any, ada: User, sign_in: SignIn) -> None:
    answer = sign_in(ada).post(page_of(loop), typed(loop, reason=""))
    assert answer.status_code == 422
    assert "As told." in answer.content.decode()
