"""Whose calibration page somebody may open."""

from django.db.models import QuerySet

from apps.accounts.models import User


def calibration_shown_to(user: User) -> QuerySet[User]:
    """Everybody their own, and leaders everybody's."""
    people = User.objects.visible_to(user)
    return people if user.is_leader else people.filter(pk=user.pk)
