"""Whom a command means by a role's slug."""

from django.core.management.base import CommandError
from django.db import OperationalError, ProgrammingError

from apps.library.models import RolePreset
from apps.loops.models import Role


def role_named(slug: str) -> Role | RolePreset:
    """The role of that name in its address, else the preset. CommandError says what to do where there is none."""
    try:
        role = Role.objects.filter(slug=slug).first()
    except ProgrammingError as error:
        raise CommandError(
            "The database has no tables yet. Run `python manage.py migrate`, then `python manage.py load_library`."
        ) from error
    except OperationalError as error:
        raise CommandError(f"The database cannot be reached: {str(error).splitlines()[0]}") from error
    found = role or RolePreset.objects.prefetch_related("requirements__competency").filter(slug=slug).first()
    if found is None:
        known = {*Role.objects.values_list("slug", flat=True), *RolePreset.objects.values_list("slug", flat=True)}
        raise CommandError(
            f"There is no role or preset “{slug}”. There are: {', '.join(sorted(known))}."
            if known
            else f"There is no role or preset “{slug}”, nor any other. Run `python manage.py load_library`."
        )
    return found
