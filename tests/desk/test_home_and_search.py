"""What needs somebody, and what a search finds."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import Kind, User
from apps.debriefs.actions import record_decision
from apps.interviews.models import Scorecard
from apps.loops.models import LoopPlan
from tests.bad_input.pages import words
from tests.debriefs.meeting import discussing
from tests.factories import CandidateFactory, PlanFactory, RoleFactory, UserFactory

SignIn = Callable[[User], Client]


def test_an_outsider_is_told_whom_to_ask(dana: User, sign_in: SignIn) -> None:
    page = words(sign_in(dana).get("/"))
    assert "nothing is shared with you yet" in page
    assert "Roles" not in page


@pytest.mark.parametrize(
    ("kind", "hint"),
    [
        (Kind.LEADER, "Create a role to design its loop."),
        (Kind.RECRUITER, "Add candidates and start their candidacies."),
        (Kind.INTERVIEWER, "Interviews you are assigned to will show here."),
    ],
)
def test_an_empty_house_says_what_to_do_first(kind: Kind, hint: str, db: None, sign_in: SignIn) -> None:
    assert hint in words(sign_in(UserFactory(kinds=[kind])).get("/"))


def test_an_owed_scorecard_shows_until_it_is_submitted(
    loop: Any, ben: User, sign_in: SignIn, submit: Callable[..., Scorecard]
) -> None:
    client = sign_in(ben)
    assert "Scorecards due" in words(client.get("/"))
    submit(loop.of_ben, ben)
    assert "Scorecards due" not in words(client.get("/"))


def test_a_debrief_is_ready_once_everybody_has_submitted(
    loop: Any, ben: User, cleo: User, fay: User, sign_in: SignIn, submit: Callable[..., Scorecard]
) -> None:
    client = sign_in(cleo)
    submit(loop.of_ben, ben)
    assert "Debriefs ready" not in words(client.get("/"))
    submit(loop.of_fay, fay)
    assert "Debriefs ready" in words(client.get("/"))
    discussing(loop.candidacy, cleo)
    for person in (cleo, ben):
        page = words(sign_in(person).get("/"))
        assert "Debriefs ready" not in page
        assert "Debriefs under way" in page
    record_decision(
        candidacy=loop.candidacy, outcome="offer", reasons="r", conditions="", dissent="", by=cleo, now=timezone.now()
    )
    assert "Debriefs" not in words(client.get("/"))


def test_a_leader_sees_drafts_and_roles_without_a_loop(cleo: User, sign_in: SignIn) -> None:
    PlanFactory(role=RoleFactory(title="With a draft"), state=LoopPlan.State.DRAFT)
    RoleFactory(title="Without a loop")
    page = words(sign_in(cleo).get("/"))
    assert "With a draft" in page
    assert "Without a loop" in page


def test_an_interviewer_finds_only_whom_they_interview(loop: Any, ben: User, ada: User, sign_in: SignIn) -> None:
    CandidateFactory(name="Noor Elsewhere")
    assert "Noor Elsewhere" not in words(sign_in(ben).get("/search/?q=noor"))
    assert "Noor Haddad" in words(sign_in(ben).get("/search/?q=noor"))
    assert "Noor Elsewhere" in words(sign_in(ada).get("/search/?q=NOOR"))


def test_a_candidate_found_leads_to_the_debrief_one_may_read(
    loop: Any, ben: User, fay: User, sign_in: SignIn, submit: Callable[..., Scorecard]
) -> None:
    submit(loop.of_ben, ben)
    address = f"{loop.candidacy.get_absolute_url()}debrief/"
    assert address in sign_in(ben).get("/search/?q=noor").content.decode()
    assert address not in sign_in(fay).get("/search/?q=noor").content.decode(), "Fay owes her scorecard"


def test_a_list_without_active_candidacies_leads_to_those_that_ended(loop: Any, ada: User, sign_in: SignIn) -> None:
    client = sign_in(ada)
    assert "None is active" not in words(client.get("/candidacies/"))
    loop.candidacy.state, loop.candidacy.ended_at = "withdrawn", timezone.now()
    loop.candidacy.save()
    response = client.get("/candidacies/")
    assert "None is active." in words(response)
    assert "/candidacies/?state=all" in response.content.decode()
    assert "Noor Haddad" in words(client.get("/candidacies/?state=all"))


@pytest.mark.parametrize("text", ["%", "_", "\\", "'", '"><script>'])
def test_a_search_takes_every_character_as_itself(text: str, loop: Any, cleo: User, sign_in: SignIn) -> None:
    response = sign_in(cleo).get("/search/", {"q": text})
    assert "Nothing by that name." in words(response)
    assert "<script>" not in response.content.decode().replace("<script src", "")


def test_a_search_finds_each_kind_of_thing_by_a_part_of_its_name(loop: Any, cleo: User, sign_in: SignIn) -> None:
    client = sign_in(cleo)
    for text, heading in [
        ("addad", "Candidates"),
        ("ai prod", "Roles"),
        ("name of", "Stations"),
        ("llm", "Competencies"),
    ]:
        assert f"{heading} " in words(client.get("/search/", {"q": text})).split("Search", 2)[-1], text


def test_evidence_and_notes_are_never_searched(
    loop: Any, ben: User, sign_in: SignIn, submit: Callable[..., Scorecard]
) -> None:
    submit(loop.of_ben, ben)
    for secret in ("EVIDENCE-SECRET", "NOTES-SECRET"):
        assert "Nothing by that name." in words(sign_in(ben).get("/search/", {"q": secret}))
