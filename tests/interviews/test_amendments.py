"""A submitted scorecard stays; its author may say something else beside it, with the reason, until the decision."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.common.models import AuditLine
from apps.debriefs.queries import panel_rows
from apps.debriefs.translate import debrief_page
from apps.interviews.actions import AlreadyAmended, amend_scorecard, withdraw_candidacy
from apps.interviews.core.entries import RatingEntry
from apps.interviews.models import Candidacy, Scorecard, Seat
from apps.interviews.queries import amendments_of, candidacy_lines, own_submitted
from tests.factories import seat

SignIn = Callable[[User], Client]
Submit = Callable[..., Scorecard]


def amend(
    card: Scorecard, *, level: int = 4, evidence: str = "Seen again.", by: User | None = None, **more: Any
) -> Any:
    competencies = card.ratings.values_list("competency", flat=True)
    values = {
        "recommendation": card.recommendation,
        "reason": "I mixed up two candidates.",
        "entries": {pk: RatingEntry(level, no_evidence=False, evidence=evidence) for pk in competencies},
        **more,
    }
    return amend_scorecard(scorecard=card, by=by or card.interviewer, now=timezone.now(), **values)


def typed(card: Scorecard, **values: str) -> dict[str, str]:
    """What the page sends for this card."""
    data = {"recommendation": card.recommendation, "reason": "I mixed up two candidates."}
    for rating in card.ratings.order_by("pk"):
        data |= {
            f"level-{rating.competency_id}": "4",
            f"evidence-{rating.competency_id}": "Seen again.",
            f"moment-{rating.competency_id}": "12:30",
        }
    return data | values


def page_of(card: Scorecard) -> str:
    return reverse("scorecard-amend", args=[card.pk])


def test_an_amendment_is_a_row_beside_the_first(loop: Any, ben: User, submit: Submit) -> None:
    first = submit(loop.of_ben, ben, level=2)
    before = Scorecard.objects.filter(pk=first.pk).values().get()
    second = amend(first)
    assert Scorecard.objects.filter(pk=first.pk).values().get() == before
    assert first.ratings.get().level == 2
    assert (second.amends, second.amendment_reason) == (first, "I mixed up two candidates.")
    assert second.private_notes == first.private_notes
    assert list(Scorecard.objects.current()) == [second]
    third = amend(second, level=1)
    assert list(Scorecard.objects.current()) == [third]


def test_what_stands_counts_once_for_every_reader(loop: Any, ben: User, fay: User, cleo: User, submit: Submit) -> None:
    submit(loop.of_fay, fay)
    card = amend(amend(submit(loop.of_ben, ben, level=2), level=1), level=3)
    (line,) = candidacy_lines(user=cleo)
    assert (line.submitted, line.expected) == (2, 2)
    page = debrief_page(candidacy=loop.candidacy, user=cleo)
    assert [row.pk for row in page.scorecards if row.interviewer == ben] == [card.pk]
    assert page.rows[0].summary.levels == (3, 3)
    assert [row.pk for row in panel_rows(candidacy=loop.candidacy, user=cleo).scorecards if row.interviewer == ben] == [
        card.pk
    ]
    assert [row.pk for row in own_submitted(user=ben)] == [card.pk]


@pytest.mark.parametrize("opened", [False, True])
def test_the_trail_says_what_changed_why_and_whether_the_debrief_had_opened(
    opened: bool, loop: Any, ben: User, cleo: User, submit: Submit, sign_in: SignIn
) -> None:
    card = submit(loop.of_ben, ben, level=2, evidence="Guessed.")
    if opened:
        Candidacy.objects.filter(pk=loop.candidacy.pk).update(debrief_opened_at=timezone.now())
    amendment = amend(card, level=3, evidence="Measured.", recommendation="strong_yes")
    (line,) = amendments_of([amendment], user=cleo)[amendment.pk]
    (change,) = line.changes
    assert (change.before.level, change.after.level, line.after_debrief) == (2, 3, opened)
    page = sign_in(ben).get(loop.of_ben.get_absolute_url()).content.decode()
    when = "after the debrief opened" if opened else "before the debrief"
    for words in ["Guessed.", "Measured.", "I mixed up two candidates.", when, "Strong yes"]:
        assert words in page


def test_the_trail_costs_the_same_for_one_and_three_amendments(
    loop: Any, ben: User, submit: Submit, django_assert_num_queries: Any
) -> None:
    card = amend(submit(loop.of_ben, ben))
    assert ben.is_interviewer  # asked once a person
    with django_assert_num_queries(2):
        amendments_of([card], user=ben)
    card = amend(amend(card, level=3), level=2)
    with django_assert_num_queries(2):
        assert len(amendments_of([card], user=ben)[card.pk]) == 3


def test_somebody_who_owes_sees_no_trail(loop: Any, ben: User, fay: User, submit: Submit) -> None:
    card = amend(submit(loop.of_ben, ben))
    assert amendments_of([card], user=fay) == {card.pk: ()}


def test_nobody_amends_for_another(loop: Any, ben: User, cleo: User, fay: User, submit: Submit) -> None:
    card = submit(loop.of_ben, ben)
    seat(loop.of_ben, cleo)
    for person in (cleo, fay):
        with pytest.raises(PermissionDenied):
            amend(card, by=person)


def test_a_draft_is_not_amended(loop: Any, ben: User) -> None:
    with pytest.raises(PermissionDenied):
        amend(Scorecard.objects.create(interview=loop.of_ben, interviewer=ben))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"reason": " "}, "Say why"),
        ({"level": 3, "evidence": "EVIDENCE-SECRET"}, "Nothing differs"),
        ({"evidence": " "}, "need what you saw or heard"),
        ({"entries": {}}, "Rate every competency"),
        ({"recommendation": "perhaps"}, "Choose a recommendation"),
    ],
)
def test_an_amendment_without_reason_change_or_content_is_refused(
    changes: dict[str, Any], message: str, loop: Any, ben: User, submit: Submit
) -> None:
    card = submit(loop.of_ben, ben, level=3)
    with pytest.raises(ValidationError, match=message):
        amend(card, **changes)
    assert Scorecard.objects.count() == 1


def test_no_amendment_after_the_candidacy_has_ended(
    loop: Any, ben: User, cleo: User, submit: Submit, sign_in: SignIn
) -> None:
    card = submit(loop.of_ben, ben)
    withdraw_candidacy(candidacy=loop.candidacy, by=cleo, now=timezone.now())
    with pytest.raises(ValidationError, match="has ended"):
        amend(card)
    assert "can no longer be amended" in sign_in(ben).get(page_of(card)).content.decode()
    assert sign_in(ben).post(page_of(card), typed(card)).status_code == 409


def test_the_line_of_an_amendment_holds_no_rating(loop: Any, ben: User, submit: Submit) -> None:
    amend(submit(loop.of_ben, ben))
    line = AuditLine.objects.get(verb="amended scorecard")
    assert (line.before, line.after) == ({}, {"after_debrief": False})


def test_the_page_begins_with_the_card_and_amends_it(loop: Any, ben: User, submit: Submit, sign_in: SignIn) -> None:
    card = submit(loop.of_ben, ben, level=3)
    client = sign_in(ben)
    assert page_of(card) in client.get(loop.of_ben.get_absolute_url()).content.decode()
    page = client.get(page_of(card)).content.decode()
    assert "EVIDENCE-SECRET" in page
    assert 'value="3"' in page.split("checked")[0].rpartition("<input")[2]
    assert client.post(page_of(card), typed(card)).headers["Location"] == loop.of_ben.get_absolute_url()
    assert Scorecard.objects.current().get().ratings.get().moment == "12:30"


def test_a_refused_amendment_keeps_what_was_typed(loop: Any, ben: User, submit: Submit, sign_in: SignIn) -> None:
    card = submit(loop.of_ben, ben)
    answer = sign_in(ben).post(page_of(card), typed(card, reason="", recommendation=""))
    page = answer.content.decode()
    assert answer.status_code == 422
    for words in ["Seen again.", "12:30", "Say why, in a sentence or two.", "Choose a recommendation."]:
        assert words in page


def test_a_second_tab_is_told_and_keeps_what_was_typed(loop: Any, ben: User, submit: Submit, sign_in: SignIn) -> None:
    card = submit(loop.of_ben, ben)
    stands = amend(card)
    answer = sign_in(ben).post(page_of(card), typed(card, reason="Typed in the second tab."))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Typed in the second tab." in page
    assert page_of(stands) in page
    assert sign_in(ben).get(page_of(card)).status_code == 302
    assert Scorecard.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_amendments_at_once_one_is_told(loop: Any, ben: User, submit: Submit) -> None:
    card = submit(loop.of_ben, ben)
    ready, outcomes = threading.Barrier(2), []

    def one(level: int) -> None:
        ready.wait()
        try:
            amend(card, level=level)
            outcomes.append("amended")
        except AlreadyAmended:
            outcomes.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=[level]) for level in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["amended", "told"]
    assert Scorecard.objects.current().count() == 1


def test_levels_changed_after_reading_others_are_no_independent_signal(
    loop: Any, ben: User, fay: User, submit: Submit
) -> None:
    alone = submit(loop.of_ben, ben, level=2)
    second = amend(alone)
    assert not Seat.objects.get(pk=loop.seat_of_ben.pk).informed  # nobody else had written
    submit(loop.of_fay, fay, level=3)
    words_only = amend(second, level=4, evidence="Said more exactly.")
    assert not Seat.objects.get(pk=loop.seat_of_ben.pk).informed
    amend(words_only, level=1)
    assert Seat.objects.get(pk=loop.seat_of_ben.pk).informed
