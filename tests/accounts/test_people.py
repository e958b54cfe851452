"""Who somebody is, and how they get in."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from apps.accounts.actions import create_person
from apps.accounts.models import Kind, User
from apps.common.models import AuditLine
from apps.interviews.models import Candidacy, Candidate, Interview, Rating, Scorecard
from apps.library.models import Competency, Station
from apps.loops.models import LoopPlan, Role
from apps.packets.models import Packet
from tests.factories import PASSWORD, UserFactory


@pytest.mark.parametrize("typed", ["ben@test.example", "Ben@Test.Example"])
def test_one_signs_in_by_address_in_any_case(typed: str, ben: User, client: Client) -> None:
    response = client.post("/sign-in/", {"username": typed, "password": PASSWORD})
    assert (response.status_code, response.headers["Location"]) == (302, "/")


def test_signing_out_ends_the_session(ben: User, sign_in: Callable[[User], Client]) -> None:
    client = sign_in(ben)
    assert client.get("/sign-out/").status_code == 405
    client.post("/sign-out/")
    assert client.get("/").status_code == 302


def test_signing_in_leads_to_no_foreign_address(ben: User, client: Client) -> None:
    typed = {"username": ben.email, "password": PASSWORD, "next": "https://elsewhere.example/"}
    assert client.post("/sign-in/", typed).headers["Location"] == "/"


def test_a_person_is_made_with_a_lower_case_address_and_a_line(eli: User) -> None:
    person = create_person(
        email="New@Test.Example", name="New", kinds=[Kind.LEADER, Kind.INTERVIEWER], password=PASSWORD, by=eli
    )
    assert (person.email, person.kinds, person.is_staff) == ("new@test.example", {"leader", "interviewer"}, False)
    assert AuditLine.objects.latest("pk").after == {"kinds": ["interviewer", "leader"]}


def test_an_administrator_may_open_the_admin_site(db: None) -> None:
    person = create_person(email="a@test.example", name="A", kinds=[Kind.ADMINISTRATOR], password=PASSWORD, by=None)
    assert person.is_staff
    assert person.is_leader
    assert person.is_recruiter


def test_a_password_is_never_stored_as_it_is(ben: User) -> None:
    assert PASSWORD not in ben.password
    assert ben.check_password(PASSWORD)


@given(st.sets(st.sampled_from([kind.value for kind in Kind])), st.booleans())
def test_what_each_kind_may_is_one_order(kinds: set[str], superuser: bool) -> None:
    person = User(is_superuser=superuser)
    person.__dict__["kinds"] = frozenset(kinds)  # where its cached property keeps them: no database here
    assert person.is_administrator <= person.is_leader <= person.runs_hiring <= person.is_insider
    assert person.is_recruiter <= person.runs_hiring
    assert person.is_interviewer <= person.is_insider
    assert person.is_insider == bool(kinds or superuser)
    for asked, has in [
        ("leader", person.is_leader),
        ("recruiter", person.is_recruiter),
        ("insider", person.is_insider),
    ]:
        if has:
            person.require(**{asked: True})
        else:
            with pytest.raises(PermissionDenied):
                person.require(**{asked: True})
    with pytest.raises(PermissionDenied):
        person.require()


def test_an_outsider_sees_no_row_of_anything(loop: Any, dana: User) -> None:
    for model in (
        Candidate,
        Candidacy,
        Interview,
        Scorecard,
        Rating,
        Role,
        LoopPlan,
        Station,
        Competency,
        Packet,
        User,
    ):
        assert not model.objects.visible_to(dana).exists(), model


def test_an_interviewer_sees_their_own_candidates_only(loop: Any, ben: User, ada: User) -> None:
    gus = UserFactory(kinds=[Kind.INTERVIEWER])
    for model in (Candidate, Candidacy, Interview):
        assert model.objects.visible_to(ben).count() == 1, model
        assert not model.objects.visible_to(gus).exists(), model
    assert Interview.objects.visible_to(ada).count() == 2


def test_times_are_shown_in_the_zone_of_who_reads(loop: Any, ben: User, sign_in: Callable[[User], Client]) -> None:
    address = loop.candidacy.get_absolute_url()
    User.objects.filter(pk=ben.pk).update(time_zone="Asia/Kolkata")
    assert "IST" in sign_in(ben).get(address).content.decode()
    User.objects.filter(pk=ben.pk).update(time_zone="../../etc/passwd")
    assert "UTC" in sign_in(ben).get(address).content.decode()
