"""Signing in: a wrong password says so, and somebody switched off stays out."""

from django.test import Client

from apps.accounts.models import Kind, User
from tests.bad_input.pages import field, words
from tests.factories import PASSWORD, UserFactory


def test_a_wrong_password_says_so_and_keeps_the_address(client: Client, ben: User) -> None:
    response = client.post("/sign-in/", {"username": "ben@test.example", "password": "wrong"})
    assert "do not belong together" in words(response)
    assert field(response, "username") == "ben@test.example"
    assert "wrong" not in response.content.decode()


def test_somebody_switched_off_does_not_get_in(client: Client, db: None) -> None:
    UserFactory(email="gone@test.example", is_active=False, kinds=[Kind.LEADER])
    client.post("/sign-in/", {"username": "gone@test.example", "password": PASSWORD})
    assert client.get("/roles/").status_code == 302
