"""The admin site: what it must not tell, and what it must leave a line of."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import Kind, User
from apps.common.models import AuditLine
from apps.interviews.models import Scorecard
from tests.factories import PASSWORD

SignIn = Callable[[User], Client]
NEW_PASSWORD = "a long new password 7"


def groups(*kinds: Kind) -> list[int]:
    return list(Group.objects.filter(name__in=[kind.value for kind in kinds]).values_list("pk", flat=True))


def typed(person: User, *kinds: Kind, **more: str) -> dict[str, Any]:
    values = {"email": person.email, "name": person.name, "time_zone": "UTC", "is_active": "on"}
    flags = {name: "on" for name in ("is_staff", "is_superuser") if getattr(person, name)}
    return {**values, **flags, "groups": groups(*kinds), **more}


@pytest.mark.parametrize("lookup", ["private_notes__startswith=N", "private_notes=NOTES-SECRET", "private_notes__gt=A"])
def test_private_notes_cannot_be_spelled_out_by_a_filter(
    lookup: str, loop: Any, ben: User, eli: User, sign_in: SignIn, submit: Callable[..., Scorecard]
) -> None:
    submit(loop.of_ben, ben)
    client = sign_in(eli)
    assert client.get(f"/admin/interviews/scorecard/?{lookup}").status_code == 400
    assert client.get(f"/admin/interviews/rating/?scorecard__{lookup}").status_code == 400


def test_private_notes_are_not_even_read(
    loop: Any, ben: User, eli: User, sign_in: SignIn, submit: Callable[..., Scorecard]
) -> None:
    card, client = submit(loop.of_ben, ben), sign_in(eli)
    for address in ("/admin/interviews/scorecard/", f"/admin/interviews/scorecard/{card.pk}/change/"):
        with CaptureQueriesContext(connection) as captured:
            page = client.get(address)
        assert "NOTES-SECRET" not in page.content.decode()
        assert not [query for query in captured.captured_queries if "private_notes" in query["sql"]]


def test_an_administrator_added_as_the_manual_says_may_do_everything(eli: User, sign_in: SignIn) -> None:
    data = {
        "email": "new@test.example", "name": "New", "time_zone": "Europe/Berlin", "usable_password": "true",
        "password1": NEW_PASSWORD, "password2": NEW_PASSWORD, "groups": groups(Kind.ADMINISTRATOR),
    }  # fmt: skip
    assert sign_in(eli).post("/admin/accounts/user/add/", data).status_code == 302
    person = User.objects.get(email="new@test.example")
    assert (person.is_staff, person.is_superuser, person.kinds) == (True, True, {"administrator"})
    assert sign_in(person).get("/admin/accounts/user/").status_code == 200
    line = AuditLine.objects.get(verb="changed kinds")
    assert (line.by, line.before, line.after) == (eli, {"kinds": []}, {"kinds": ["administrator"]})


def test_kinds_changed_by_hand_leave_both_in_the_line_and_take_the_rights_along(
    ben: User, eli: User, sign_in: SignIn
) -> None:
    client, address = sign_in(eli), f"/admin/accounts/user/{ben.pk}/change/"
    client.post(address, typed(ben, Kind.INTERVIEWER, Kind.ADMINISTRATOR))
    ben = User.objects.get(pk=ben.pk)
    assert (ben.is_staff, ben.is_superuser) == (True, True)
    client.post(address, typed(ben, Kind.LEADER))
    ben = User.objects.get(pk=ben.pk)
    assert (ben.is_staff, ben.is_superuser, ben.kinds) == (False, False, {"leader"})
    lines = AuditLine.objects.filter(verb="changed kinds").order_by("pk").values_list("before", "after")
    assert list(lines) == [
        ({"kinds": ["interviewer"]}, {"kinds": ["administrator", "interviewer"]}),
        ({"kinds": ["administrator", "interviewer"]}, {"kinds": ["leader"]}),
    ]
    client.post(address, typed(ben, Kind.LEADER, name="Ben Again"))
    assert AuditLine.objects.filter(verb="changed kinds").count() == 2


def test_the_first_administrator_stays_one_when_edited(db: None, sign_in: SignIn) -> None:
    first = User.objects.create_superuser("first@test.example", PASSWORD, name="First")
    sign_in(first).post(f"/admin/accounts/user/{first.pk}/change/", typed(first, name="First of All"))
    first = User.objects.get(pk=first.pk)
    assert (first.name, first.is_staff, first.is_superuser) == ("First of All", True, True)


def test_a_password_set_for_somebody_leaves_a_line_without_it(ben: User, eli: User, sign_in: SignIn) -> None:
    client, address = sign_in(eli), f"/admin/accounts/user/{ben.pk}/password/"
    client.post(address, {"usable_password": "true", "password1": NEW_PASSWORD, "password2": "another"})
    assert not AuditLine.objects.filter(verb="changed password in admin").exists()
    data = {"usable_password": "true", "password1": NEW_PASSWORD, "password2": NEW_PASSWORD, "set-password": "1"}
    assert client.post(address, data).status_code == 302
    assert User.objects.get(pk=ben.pk).check_password(NEW_PASSWORD)
    line = AuditLine.objects.get(verb="changed password in admin")
    assert (line.by, line.object_id, line.before, line.after) == (eli, str(ben.pk), {}, {})


def test_a_time_zone_nobody_knows_is_refused(ben: User, eli: User, sign_in: SignIn) -> None:
    data = typed(ben, Kind.INTERVIEWER, time_zone="Atlantis")
    page = sign_in(eli).post(f"/admin/accounts/user/{ben.pk}/change/", data).content.decode()
    assert "“Atlantis” is not a time zone" in page
    assert User.objects.get(pk=ben.pk).time_zone == "UTC"
