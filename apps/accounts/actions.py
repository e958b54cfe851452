"""Verbs about people."""

from collections.abc import Iterable

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
    user.groups.set([Group.objects.get_or_create(name=kind.value)[0] for kind in kinds])
    record(by=by, verb="created person", thing=user, after={"kinds": sorted(kind.value for kind in kinds)})
    return user
