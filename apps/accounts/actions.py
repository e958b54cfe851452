"""Verbs about people."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import Group
from django.db import transaction

from apps.accounts.models import Kind, User
from apps.common.actions import record


@transaction.atomic
def create_person(
    *, email: str, name: str, kinds: Iterable[Kind], password: str | None, time_zone: str = "UTC", by: User | None
) -> User:
    """Add somebody who can sign in. Administrators may open the admin site too."""
    kinds = list(kinds)
    is_administrator = Kind.ADMINISTRATOR in kinds
    user = User.objects.create_user(
        email, password, name=name, time_zone=time_zone, is_staff=is_administrator, is_superuser=is_administrator
    )
    user.groups.set(_groups(kinds))
    record(by=by, verb="created person", thing=user, after={"kinds": sorted(kind.value for kind in kinds)})
    return user


@transaction.atomic
def set_kinds(*, person: User, kinds: Iterable[Kind], by: Any) -> User:
    """Make somebody of these kinds and no other. Who becomes an administrator may open the admin site and do all there.

    Somebody who stays one, or stays none, keeps what else they may.
    """
    kinds = set(kinds)
    before = sorted(person.groups.order_by("name").values_list("name", flat=True))
    after = sorted(kind.value for kind in kinds)
    if before == after:
        return person
    person.groups.set(_groups(kinds))
    person.__dict__.pop("kinds", None)  # the cached property
    is_administrator = Kind.ADMINISTRATOR in kinds
    if is_administrator != (Kind.ADMINISTRATOR.value in before):
        person.is_staff = person.is_superuser = is_administrator
        person.save(update_fields=["is_staff", "is_superuser"])
    record(by=by, verb="changed kinds", thing=person, before={"kinds": before}, after={"kinds": after})
    return person


def _groups(kinds: Iterable[Kind]) -> list[Group]:
    return [Group.objects.get_or_create(name=kind.value)[0] for kind in kinds]
