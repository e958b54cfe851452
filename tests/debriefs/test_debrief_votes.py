"""First votes, second votes, and who sees them when."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from apps.accounts.models import User
from apps.debriefs.actions import move_on
from apps.debriefs.core.votes import OTHERWISE, SCALE, Voice, Way, is_split, otherwise, tally
from apps.debriefs.models import Vote
from apps.interviews.models import Scorecard
from tests.bad_input.pages import field, words
from tests.debriefs.meeting import opened, vote, voting
from tests.factories import seat

SignIn = Callable[[User], Client]
Submit = Callable[..., Scorecard]
REASON = "REASON-SECRET: the replay log."

voices = st.builds(
    Voice, person=st.integers(1, 9), first=st.sampled_from(SCALE), second=st.one_of(st.none(), st.sampled_from(SCALE))
)


@pytest.fixture
def complete(loop: Any, ben: User, fay: User, submit: Submit) -> Any:
    submit(loop.of_ben, ben, recommendation="yes")
    submit(loop.of_fay, fay, recommendation="strong_no")
    return loop


def page_of(loop: Any, client: Client) -> str:
    return words(client.get(reverse("debrief", args=[loop.candidacy.pk])))


def test_each_scorecards_recommendation_is_its_writers_first_vote(
    complete: Any, ben: User, fay: User, cleo: User
) -> None:
    opened(complete.candidacy, cleo)
    assert set(Vote.objects.order_by("pk").values_list("voter", "round", "choice")) == {
        (ben.pk, "first", "yes"),
        (fay.pk, "first", "strong_no"),
    }


def test_of_several_scorecards_the_last_one_counts_and_all_are_shown(
    loop: Any, ben: User, fay: User, cleo: User, submit: Submit, sign_in: SignIn
) -> None:
    seat(loop.of_fay, ben)
    submit(loop.of_ben, ben, recommendation="yes")
    submit(loop.of_fay, fay, recommendation="yes")
    submit(loop.of_fay, ben, recommendation="strong_no")
    opened(loop.candidacy, cleo)
    assert Vote.objects.get(voter=ben).choice == "strong_no"
    page = page_of(loop, sign_in(cleo))
    assert "Name of craft: Yes; Name of talk: Strong no. The last one counts." in page


def test_a_change_of_mind_is_cast_with_its_reason_and_stays(
    complete: Any, fay: User, cleo: User, sign_in: SignIn
) -> None:
    debrief = voting(complete.candidacy, cleo)
    client, address = sign_in(fay), reverse("debrief-vote", args=[complete.candidacy.pk])
    refused = client.post(address, {"vote-choice": "yes", "vote-reason": " "})
    assert refused.status_code == 422
    assert "Your first vote was “Strong no”. Say what changed your mind." in words(refused)
    assert client.post(address, {"vote-choice": "yes", "vote-reason": REASON}).status_code == 302
    assert Vote.objects.get(round="second").reason == REASON
    again = client.post(address, {"vote-choice": "no", "vote-reason": "TYPED"})
    assert "your second vote stands" in words(again)
    assert field(again, "vote-reason") == "TYPED"
    move_on(debrief=debrief, to="discussion", by=cleo, now=timezone.now())
    page = page_of(complete, sign_in(cleo))
    assert "Fay Interviewer Strong no Yes ↑ up 2 steps changed sides REASON-SECRET" in page
    assert "1 of 2 moved." in page


def test_an_unchanged_mind_needs_no_reason(complete: Any, ben: User, cleo: User) -> None:
    assert vote(voting(complete.candidacy, cleo), ben, "yes").reason == ""


def test_a_vote_is_one_of_four(complete: Any, ben: User, cleo: User, sign_in: SignIn) -> None:
    debrief = voting(complete.candidacy, cleo)
    with pytest.raises(ValidationError, match="one of the four"):
        vote(debrief, ben, "perhaps")
    response = sign_in(ben).post(reverse("debrief-vote", args=[complete.candidacy.pk]), {"vote-reason": "TYPED"})
    assert "Choose one of the four." in words(response)
    assert field(response, "vote-reason") == "TYPED"


@pytest.mark.parametrize("name", ["cleo", "ada", "eli", "dana"])
def test_only_the_panel_votes(name: str, complete: Any, cleo: User, request: pytest.FixtureRequest) -> None:
    debrief = voting(complete.candidacy, cleo)
    with pytest.raises(PermissionDenied):
        vote(debrief, request.getfixturevalue(name))


def test_nobody_votes_once_the_discussion_has_begun(complete: Any, ben: User, cleo: User) -> None:
    debrief = voting(complete.candidacy, cleo)
    move_on(debrief=debrief, to="discussion", by=cleo, now=timezone.now())
    with pytest.raises(ValidationError, match="second vote is closed"):
        vote(debrief, ben)


def test_nobody_votes_before_the_debrief_has_opened(complete: Any, ben: User, sign_in: SignIn) -> None:
    address = reverse("debrief-vote", args=[complete.candidacy.pk])
    assert sign_in(ben).post(address, {"vote-choice": "yes"}).status_code == 404


def test_a_second_vote_shows_to_who_has_voted_and_to_all_once_the_vote_is_over(
    complete: Any, ben: User, fay: User, cleo: User, sign_in: SignIn
) -> None:
    debrief = voting(complete.candidacy, cleo)
    vote(debrief, fay, "no", REASON)
    for reader, sees in [(fay, True), (ben, False), (cleo, False)]:
        client = sign_in(reader)
        live = client.get(reverse("debrief-live", args=[complete.candidacy.pk])).content.decode()
        assert ("REASON-SECRET" in page_of(complete, client)) is sees, reader
        assert ("REASON-SECRET" in live) is sees, reader
        assert "1 of 2 have voted" in page_of(complete, client)
    vote(debrief, ben, "yes")
    assert "REASON-SECRET" in page_of(complete, sign_in(ben))
    assert "REASON-SECRET" not in page_of(complete, sign_in(cleo))
    move_on(debrief=debrief, to="discussion", by=cleo, now=timezone.now())
    assert "REASON-SECRET" in page_of(complete, sign_in(cleo))


def test_what_a_page_shows_before_ones_own_vote_is_the_same_whatever_the_others_vote(
    complete: Any, ben: User, fay: User, cleo: User, sign_in: SignIn
) -> None:
    """To the letter, but for how many have voted, which is no secret."""
    from django.db import transaction

    debrief, pages = voting(complete.candidacy, cleo), []
    for choice in SCALE:
        with transaction.atomic():
            vote(debrief, fay, choice, REASON)
            pages.append((page_of(complete, sign_in(ben)), page_of(complete, sign_in(cleo))))
            transaction.set_rollback(True)
    assert len(set(pages)) == 1


# ------------------------------------------------------------------------------------------------ the core


@given(voices)
def test_a_vote_that_went_up_is_a_vote_that_went_down_seen_backwards(voice: Voice) -> None:
    if voice.second is None:
        assert (voice.way, voice.steps, voice.crossed, voice.says) == (Way.NOT_CAST, 0, False, voice.first)
        return
    back = Voice(person=voice.person, first=voice.second, second=voice.first)
    assert voice.steps == -back.steps
    assert voice.crossed == back.crossed
    assert {voice.way, back.way} in ({Way.UP, Way.DOWN}, {Way.STAYED})


@given(st.lists(voices, unique_by=lambda voice: voice.person))
def test_everybody_is_otherwise_to_an_offer_or_to_no_offer_and_nobody_to_both(all_: list[Voice]) -> None:
    offer, none = otherwise(all_, "offer"), otherwise(all_, "no_offer")
    assert sorted(offer + none) == sorted(voice.person for voice in all_)
    assert is_split(all_) == bool(offer and none)
    assert otherwise(all_, "other_role") == none
    assert otherwise(all_, "nonsense") == []


@given(st.lists(st.sampled_from(SCALE)))
def test_a_tally_counts_each_vote_once(choices: list[str]) -> None:
    assert sum(tally(choices).values()) == len(choices)
    assert list(tally(choices)) == list(SCALE)


def test_a_voice_says_one_of_the_scale() -> None:
    with pytest.raises(ValueError, match="a vote is one of"):
        Voice(person=1, first="perhaps")
    assert set(OTHERWISE) == {"offer", "no_offer", "other_role"}
