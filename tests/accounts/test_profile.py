"""Everyone's own page: zone, mail, quiet hours, password."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from apps.accounts.actions import change_password, set_preferences
from apps.accounts.models import User
from apps.common.models import AuditLine
from tests.bad_input.pages import field, words
from tests.factories import PASSWORD

SignIn = Callable[[User], Client]
WISHES = {"time_zone": "Asia/Tokyo", "reminders": "daily", "quiet_from": "20:30", "quiet_until": "07:15"}
NEW = "a staple for the battery"


def test_somebody_sets_their_zone_and_their_mail(ben: User, sign_in: SignIn) -> None:
    client = sign_in(ben)
    assert "ben@test.example" in words(client.get("/me/"))
    assert "Saved." in words(client.post("/me/", WISHES, follow=True))
    ben.refresh_from_db()
    assert (ben.time_zone, ben.reminders, ben.quiet_from, ben.quiet_weekends) == (
        "Asia/Tokyo", "daily", dt.time(20, 30), False,
    )  # fmt: skip
    line = AuditLine.objects.get(verb="set preferences")
    assert (line.by, line.before["time_zone"], line.after["time_zone"]) == (ben, "UTC", "Asia/Tokyo")
    client.post("/me/", WISHES)
    assert AuditLine.objects.filter(verb="set preferences").count() == 1  # nothing changed, nothing to say


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({"time_zone": "Mars/Olympus"}, "Select a valid choice"),
        ({"reminders": "hourly"}, "Select a valid choice"),
        ({"quiet_from": "soon"}, "Enter a valid time"),
        ({"quiet_from": "08:00", "quiet_until": "07:30"}, "Leave at least an hour a day"),
    ],
)
def test_a_wish_that_cannot_be_is_refused_in_words(
    changes: dict[str, str], answer: str, ben: User, sign_in: SignIn
) -> None:
    response = sign_in(ben).post("/me/", {**WISHES, **changes})
    assert answer in words(response)
    assert field(response, "quiet_until") == changes.get("quiet_until", "07:15")
    ben.refresh_from_db()
    assert ben.time_zone == "UTC"


def test_a_zone_that_the_list_does_not_offer_stays_ones_own(ben: User, sign_in: SignIn) -> None:
    User.objects.filter(pk=ben.pk).update(time_zone="EST")
    assert '<option value="EST" selected>' in sign_in(ben).get("/me/").content.decode()
    sign_in(ben).post("/me/", {**WISHES, "time_zone": "EST"})
    ben.refresh_from_db()
    assert (ben.time_zone, ben.reminders) == ("EST", "daily")


def test_nobody_sets_anothers_wishes_or_password(ben: User, eli: User) -> None:
    wishes: dict[str, Any] = {
        "time_zone": "UTC", "reminders": "none", "quiet_from": dt.time(19), "quiet_until": dt.time(8),
        "quiet_weekends": True,
    }  # fmt: skip
    with pytest.raises(PermissionDenied):
        set_preferences(person=ben, **wishes, by=eli)
    with pytest.raises(PermissionDenied):
        change_password(person=ben, password=NEW, by=eli)
    with pytest.raises(ValidationError):
        set_preferences(person=ben, **{**wishes, "time_zone": "Nowhere"}, by=ben)


def test_a_new_password_signs_the_other_browsers_out(ben: User, sign_in: SignIn) -> None:
    here, elsewhere = sign_in(ben), sign_in(ben)
    typed = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    assert "Your password is changed." in words(here.post("/me/password/", typed, follow=True))
    assert elsewhere.get("/").status_code == 302
    assert Client().login(username=ben.email, password=NEW)
    assert AuditLine.objects.get(verb="changed password").after == {}


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ({"old_password": "wrong"}, "Your old password was entered incorrectly"),
        ({"new_password2": "something else"}, "didn’t match"),
        ({"new_password1": "short", "new_password2": "short"}, "too short"),
    ],
)
def test_a_password_is_changed_by_who_knows_the_old_one_and_types_a_good_one_twice(
    typed: dict[str, str], answer: str, ben: User, sign_in: SignIn
) -> None:
    good = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    assert answer in words(sign_in(ben).post("/me/password/", {**good, **typed}))
    assert Client().login(username=ben.email, password=PASSWORD)


def test_the_name_in_the_head_leads_to_ones_own_page(dana: User, sign_in: SignIn) -> None:
    assert '<a class="who" href="/me/">' in sign_in(dana).get("/").content.decode()
