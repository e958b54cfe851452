"""The rubric editor: publishing makes a version, and what was published never changes."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.common.models import AuditLine
from apps.interviews.actions import start_candidacy
from apps.library import actions
from apps.library.core.documents import parse_library
from apps.library.models import Competency, Rubric
from apps.library.translate import to_rubric_document
from tests.factories import CandidateFactory, PlanFactory, RoleFactory, StationFactory
from tests.library.test_core import FILES
from tests.library.typed import fields, words

SignIn = Callable[[User], Client]
EDIT = "/competencies/llm-craft/rubric/"
SMALL = parse_library(FILES).model_copy(update={"stations": [], "roles": []})


@pytest.fixture
def craft(db: None) -> Competency:
    actions.load_library(library=SMALL, by=None, now=timezone.now())
    return Competency.objects.get(slug="llm-craft")


@pytest.fixture
def leader(cleo: User, sign_in: SignIn) -> Client:
    return sign_in(cleo)


def rubrics(competency: Competency) -> list[dict[str, Any]]:
    return [
        {**rubric, "levels": list(Rubric.objects.get(pk=rubric["id"]).levels.order_by("number").values())}
        for rubric in competency.rubrics.order_by("number").values()
    ]


def test_publishing_makes_a_version_and_a_running_candidacy_keeps_its_own(
    craft: Competency, leader: Client, ada: User, cleo: User
) -> None:
    old = craft.rubrics.get()
    plan = PlanFactory(role=RoleFactory(requires=[craft]), stations=[StationFactory(measures={craft: "0.40"})])
    candidacy = start_candidacy(candidate=CandidateFactory(), role=plan.role, by=ada, now=timezone.now())
    levels = list(old.levels.order_by("number").values())
    sent = {**fields(leader.get(EDIT)), "do": "publish", "anchors_4": "Builds a probe.\r\n\r\nShows whom it harms.\r\n"}
    response = leader.post(EDIT, sent, follow=True)
    assert "Published as version 2." in words(response)
    assert response.request["PATH_INFO"] == "/competencies/llm-craft/"
    new = craft.rubrics.get(state="published")
    assert (new.number, new.published_by) == (2, cleo)
    assert new.levels.get(number=4).anchors == ["Builds a probe.", "Shows whom it harms."]
    old.refresh_from_db()
    assert old.state == "superseded"
    assert list(old.levels.order_by("number").values()) == levels
    assert candidacy.pinned_rubrics.get(rubric__competency=craft).rubric == old
    line = AuditLine.objects.latest("pk")
    assert (line.by, line.verb, line.after) == (cleo, "published rubric", {"number": 2})


def test_sending_a_rubric_back_as_it_stands_changes_nothing(craft: Competency, leader: Client) -> None:
    for competency in Competency.objects.order_by("pk"):
        address, before = f"/competencies/{competency.slug}/rubric/", rubrics(competency)
        response = leader.post(address, {**fields(leader.get(address)), "do": "publish"}, follow=True)
        assert "Nothing differs from the published rubric" in words(response)
        assert rubrics(competency) == before


def test_a_preview_warns_and_publishes_nothing(craft: Competency, leader: Client) -> None:
    before = rubrics(craft)
    page = leader.post(
        EDIT,
        {
            **fields(leader.get(EDIT)),
            "do": "preview",
            "anchors_2": "Sometimes asks for the labels.\r\nUnderstands caching",
            "anchors_3": "Always asks for the labels.\r\nBetter than most candidates at evals",
            "label_3": "Near the bar",
        },
    )
    text = words(page)
    assert "Nothing is published yet." in text
    assert "Level 2 and level 3: have the same name, “Near the bar”." in text
    assert "Level 2, line 1 and level 3, line 1: differ only in how much or how often." in text
    assert "Level 2, line 2: says what goes on in a head (“understands”)." in text
    assert "Level 3, line 2: compares with other people (“better than most”)." in text
    assert fields(page)["anchors_2"] == "Sometimes asks for the labels.\r\nUnderstands caching"
    assert rubrics(craft) == before


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"anchors_1": ""}, "At least 2, there are 0."),
        ({"anchors_1": "Only one"}, "At least 2, there are 1."),
        ({"label_2": "  "}, "Fill this in."),
        ({"label_2": "x" * 61}, "at most 60 characters"),
        ({"no_evidence_when": ""}, "Fill this in."),
        ({"anchors_1": "Same.\r\nOther.", "anchors_2": "Same.\r\nThird."}, "The same anchor stands in two levels."),
        ({"anchors_3": "zero \x00 byte\r\nand more"}, "Null characters are not allowed."),
        ({"anchors_3": "x" * 20_001}, "at most 20000 characters"),
    ],
)
def test_what_cannot_be_published_is_said_and_stays_in_the_form(
    changes: dict[str, str], sentence: str, craft: Competency, leader: Client
) -> None:
    before = rubrics(craft)
    page = leader.post(EDIT, {**fields(leader.get(EDIT)), "do": "publish", "label_4": "TYPED IN VAIN", **changes})
    assert page.status_code == 200
    assert sentence in words(page)
    assert fields(page)["label_4"] == "TYPED IN VAIN"
    assert rubrics(craft) == before


def test_of_two_people_the_second_hears_who_published_and_loses_nothing(
    craft: Competency, leader: Client, eli: User, sign_in: SignIn
) -> None:
    mine, theirs = fields(leader.get(EDIT)), sign_in(eli)
    theirs.post(EDIT, {**fields(theirs.get(EDIT)), "do": "publish", "label_1": "THEIRS"})
    page = leader.post(EDIT, {**mine, "do": "publish", "label_1": "MINE"})
    assert page.status_code == 409
    assert "Eli Administrator published version 2 on" in words(page)
    assert craft.rubrics.get(state="published").levels.get(number=1).label == "THEIRS"
    kept = fields(page)
    assert kept["label_1"] == "MINE"
    leader.post(EDIT, {**kept, "do": "publish"})
    assert craft.rubrics.get(state="published").levels.get(number=1).label == "MINE"
    assert craft.rubrics.count() == 3


@pytest.mark.parametrize("number", ["", "x", "0", "9"])
def test_a_form_that_began_nowhere_publishes_nothing(number: str, craft: Competency, leader: Client) -> None:
    page = leader.post(EDIT, {**fields(leader.get(EDIT)), "do": "publish", "label_1": "MINE", "number": number})
    assert page.status_code in (200, 409)
    assert craft.rubrics.count() == 1


def test_earlier_versions_are_listed_with_what_they_said(
    craft: Competency, leader: Client, ben: User, sign_in: SignIn
) -> None:
    leader.post(EDIT, {**fields(leader.get(EDIT)), "do": "publish", "label_1": "ANOTHER LABEL"})
    text = words(sign_in(ben).get(craft.get_absolute_url()))
    assert "Version 2 published" in text
    assert "Cleo Leader" in text
    assert text.index("ANOTHER LABEL") < text.index("1 · Below the bar")
    assert "Edit the rubric" not in text


def test_only_leaders_publish(craft: Competency, ben: User, ada: User, sign_in: SignIn) -> None:
    document = to_rubric_document(craft.rubrics.get())
    for person in (ben, ada):
        assert sign_in(person).get(EDIT).status_code == 404
        with pytest.raises(PermissionDenied):
            actions.publish_rubric(competency=craft, document=document, number=1, by=person, now=timezone.now())


def test_a_competency_without_a_rubric_gets_its_first(craft: Competency, leader: Client) -> None:
    bare = Competency.objects.create(
        framework=craft.framework, slug="bare", name="Bare", definition="d", why="w", position=99
    )
    assert "No rubric is published." in words(leader.get(bare.get_absolute_url()))
    sent = fields(leader.get("/competencies/bare/rubric/")) | {"do": "publish", "no_evidence_when": "n"}
    for level in (1, 2, 3, 4):
        sent |= {f"label_{level}": f"L{level}", f"anchors_{level}": f"Asks {level}.\r\nDraws {level}."}
    leader.post("/competencies/bare/rubric/", sent)
    assert bare.rubrics.get().number == 1
