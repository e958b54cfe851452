"""Verbs about people."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from apps.accounts.models import Kind, Reminders, User, validate_time_zone
from apps.common.actions import record

DAY_MINUTES = 24 * 60
LEAST_OPEN_MINUTES = 60


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


@transaction.atomic
def set_preferences(
    *,
    person: User,
    time_zone: str,
    reminders: str,
    quiet_from: dt.time,
    quiet_until: dt.time,
    quiet_weekends: bool,
    by: User,
) -> User:
    """How somebody reads times and is reminded: they say so themselves and nobody else does.

    Raises ValidationError for a zone nobody knows, and where the quiet hours leave less than an hour a day.
    """
    if person.pk != by.pk:
        raise PermissionDenied
    validate_time_zone(time_zone)
    quiet = (quiet_until.hour - quiet_from.hour) * 60 + quiet_until.minute - quiet_from.minute
    if quiet % DAY_MINUTES > DAY_MINUTES - LEAST_OPEN_MINUTES:
        raise ValidationError("Leave at least an hour a day for mail, or choose “No mail”.")
    person = User.objects.select_for_update(no_key=True).get(pk=person.pk)
    before = _preferences(person)
    person.time_zone, person.reminders, person.quiet_weekends = time_zone, Reminders(reminders), quiet_weekends
    person.quiet_from, person.quiet_until = quiet_from, quiet_until
    if (after := _preferences(person)) != before:
        person.save(update_fields=list(after))
        record(by=by, verb="set preferences", thing=person, before=before, after=after)
    return person


def _preferences(person: User) -> dict[str, Any]:
    return {
        "time_zone": person.time_zone,
        "reminders": str(person.reminders),
        "quiet_from": f"{person.quiet_from:%H:%M}",
        "quiet_until": f"{person.quiet_until:%H:%M}",
        "quiet_weekends": person.quiet_weekends,
    }


@transaction.atomic
def change_password(*, person: User, password: str, by: User) -> User:
    """Somebody's own new password; who asks for it has checked the old one. The trail says that, never which."""
    if person.pk != by.pk:
        raise PermissionDenied
    person.set_password(password)
    person.save(update_fields=["password"])
    record(by=by, verb="changed password", thing=person)
    return person


def _groups(kinds: Iterable[Kind]) -> list[Group]:
    return [Group.objects.get_or_create(name=kind.value)[0] for kind in kinds]
