"""People decide; the record says what and why, once."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.debriefs.actions import record_decision
from apps.debriefs.models import Decision
from apps.interviews.models import Scorecard
from tests.bad_input.pages import field, words
from tests.debriefs.meeting import discussing

DECISION = {"outcome": "no_offer", "reasons": "Two gaps.", "conditions": "", "dissent": "Ben and Fay would have hired."}


def decide(loop: Any, by: User, **changes: str) -> Decision:
    return record_decision(candidacy=loop.candidacy, **{**DECISION, **changes}, by=by, now=timezone.now())


@pytest.fixture
def complete(loop: Any, ben: User, fay: User, cleo: User, submit: Callable[..., Scorecard]) -> Any:
    submit(loop.of_ben, ben, level=2)
    submit(loop.of_fay, fay, level=4)
    discussing(loop.candidacy, cleo)
    return loop


def test_a_leader_decides_on_the_debrief_page_and_the_candidacy_ends(
    complete: Any, cleo: User, sign_in: Callable[[User], Client]
) -> None:
    client, address = sign_in(cleo), reverse("debrief", args=[complete.candidacy.pk])
    assert client.post(address, DECISION).status_code == 302
    complete.candidacy.refresh_from_db()
    assert complete.candidacy.state == "decided"
    page = words(client.get(address))
    assert "Decision: No offer" in page
    assert "Two gaps." in page
    assert "Record the decision" not in page


def test_a_decision_without_reasons_is_refused_and_what_was_typed_stays(
    complete: Any, cleo: User, sign_in: Callable[[User], Client]
) -> None:
    typed = {**DECISION, "reasons": "  ", "dissent": "Fay saw it otherwise."}
    response = sign_in(cleo).post(reverse("debrief", args=[complete.candidacy.pk]), typed)
    assert field(response, "dissent") == "Fay saw it otherwise."
    assert not Decision.objects.exists()
    with pytest.raises(ValidationError, match="needs its reasons"):
        decide(complete, cleo, reasons="  ")


def test_a_decision_stands(complete: Any, cleo: User) -> None:
    decide(complete, cleo)
    with pytest.raises(ValidationError, match="its decision stands"):
        decide(complete, cleo, outcome="offer")


@pytest.mark.parametrize("name", ["ada", "ben", "fay", "dana"])
def test_only_a_leader_decides(name: str, complete: Any, request: pytest.FixtureRequest) -> None:
    with pytest.raises(PermissionDenied):
        decide(complete, request.getfixturevalue(name))


def test_nothing_is_decided_while_a_scorecard_is_owed(
    loop: Any, ben: User, cleo: User, submit: Callable[..., Scorecard]
) -> None:
    submit(loop.of_ben, ben)
    with pytest.raises(ValidationError, match="still owed"):
        decide(loop, cleo)


def test_nothing_is_decided_on_nothing(loop: Any, ada: User, cleo: User) -> None:
    from apps.interviews.actions import excuse_interviewer

    for seat in (loop.seat_of_ben, loop.seat_of_fay):
        excuse_interviewer(seat=seat, reason="Ill.", by=ada)
    with pytest.raises(ValidationError, match="nothing to decide on"):
        decide(loop, cleo)


def test_an_outcome_nobody_knows_is_refused(complete: Any, cleo: User) -> None:
    with pytest.raises(ValidationError, match="not a valid choice"):
        decide(complete, cleo, outcome="perhaps")
    complete.candidacy.refresh_from_db()
    assert complete.candidacy.state == "active"


def test_the_debrief_shows_how_its_numbers_come_about(
    complete: Any, cleo: User, sign_in: Callable[[User], Client]
) -> None:
    """LLM craft: 2 from Ben and 4 from Fay, so a mean of 3, a split, two independent signals."""
    page = words(sign_in(cleo).get(reverse("debrief", args=[complete.candidacy.pk])))
    assert "3.0" in page
    assert "split" in page
    assert "2/1" in page


def test_no_evidence_shows_as_a_gap_not_as_a_low_rating(
    loop: Any, ben: User, fay: User, cleo: User, submit: Callable[..., Scorecard], sign_in: Callable[[User], Client]
) -> None:
    submit(loop.of_ben, ben, level=3)
    submit(loop.of_fay, fay, level=None)
    page = words(sign_in(cleo).get(reverse("debrief", args=[loop.candidacy.pk])))
    assert "Product engineering : nobody has evidence." in page
    assert "3.0" in page


def test_a_missed_must_pass_is_named_whatever_else_is_strong(
    loop: Any, ben: User, fay: User, cleo: User, submit: Callable[..., Scorecard], sign_in: Callable[[User], Client]
) -> None:
    loop.candidacy.pinned_requirements.filter(competency=loop.second).update(must_pass=True)
    submit(loop.of_ben, ben, level=4)
    submit(loop.of_fay, fay, level=2)
    page = words(sign_in(cleo).get(reverse("debrief", args=[loop.candidacy.pk])))
    assert "Must-pass below the bar, by the levels given Product engineering" in page
