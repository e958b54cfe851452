"""People and what kind of person each is."""

import datetime as dt
import zoneinfo
from functools import cache, cached_property
from typing import Any

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.http import HttpRequest


class Kind(models.TextChoices):
    """The four groups. A person can be of several kinds; one of no kind sees an empty house."""

    LEADER = "leader", "Leader"
    RECRUITER = "recruiter", "Recruiter"
    INTERVIEWER = "interviewer", "Interviewer"
    ADMINISTRATOR = "administrator", "Administrator"


class Reminders(models.TextChoices):
    """How somebody wants to hear of scorecards they owe."""

    EACH = "each", "As they come due"
    DAILY = "daily", "One mail a day"
    NONE = "none", "No mail"


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, user: "User") -> "UserQuerySet":
        return self if user.is_insider else self.none()


@cache
def _time_zones() -> frozenset[str]:
    """Listing them reads a folder tree: once, not once a form."""
    return frozenset(zoneinfo.available_timezones())


def validate_time_zone(name: str) -> None:
    if name not in _time_zones():
        raise ValidationError("“%(name)s” is not a time zone (for example Europe/Berlin).", params={"name": name})


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in by e-mail address. No mail goes out between `quiet_from` and `quiet_until`, their time."""

    email = models.EmailField(
        "e-mail address",
        unique=True,
        error_messages={"unique": "Somebody with this e-mail address exists already."},
    )
    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=60, default="UTC", validators=[validate_time_zone])
    reminders = models.CharField(max_length=8, choices=Reminders, default=Reminders.EACH)
    quiet_from = models.TimeField(default=dt.time(19, 0))
    quiet_until = models.TimeField(default=dt.time(8, 0))
    quiet_weekends = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField("may open the admin site", default=False)
    joined_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager.from_queryset(UserQuerySet)()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                name="user_email_lower_case",
                condition=Q(email=Lower("email")),
                violation_error_message="Write the e-mail address in lower case.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @cached_property
    def kinds(self) -> frozenset[str]:
        return frozenset(self.groups.values_list("name", flat=True))

    @property
    def is_administrator(self) -> bool:
        return self.is_superuser or Kind.ADMINISTRATOR in self.kinds

    @property
    def is_leader(self) -> bool:
        return self.is_administrator or Kind.LEADER in self.kinds

    @property
    def is_recruiter(self) -> bool:
        return self.is_administrator or Kind.RECRUITER in self.kinds

    @property
    def is_interviewer(self) -> bool:
        return Kind.INTERVIEWER in self.kinds

    @property
    def runs_hiring(self) -> bool:
        """Leaders, recruiters and administrators see every candidate; interviewers only their own."""
        return self.is_leader or self.is_recruiter

    @property
    def is_insider(self) -> bool:
        return self.runs_hiring or self.is_interviewer

    def require(self, *, leader: bool = False, recruiter: bool = False, insider: bool = False) -> None:
        """Raise PermissionDenied unless this person is one of the named kinds."""
        if (leader and self.is_leader) or (recruiter and self.is_recruiter) or (insider and self.is_insider):
            return
        raise PermissionDenied


class SignedInRequest(HttpRequest):
    """What a view gets behind the middleware that lets only people through who have signed in."""

    user: User
