"""Kits in the admin site: to look at, as far as this person may, and without answers and scores."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.craft.models import Assignment, Grading


class OnlyRead(admin.ModelAdmin):
    """Nothing is added, changed or deleted by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Not from a thing to what points at it, and not into what is not shown."""
        own = {field.name for field in self.opts.fields} - set(self.exclude or ())
        return lookup.partition("__")[0] in own and super().lookup_allowed(lookup, value, request)


@admin.register(Assignment)
class AssignmentAdmin(OnlyRead):
    list_display = ("id", "kit", "interview", "attempt", "state", "assigned_at", "expires_at")
    list_filter = ("kit", "state")
    list_select_related = ("interview__candidacy__candidate", "interview__plan_station__version")
    exclude = ("record", "seed", "token")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Assignment]:
        return Assignment.objects.visible_to(request.user).defer("record").order_by("-id")


@admin.register(Grading)
class GradingAdmin(OnlyRead):
    list_display = ("id", "submission", "state", "asked_at", "ended_at")
    list_filter = ("state",)
    list_select_related = ("submission__assignment__interview__candidacy__candidate",)
    exclude = ("report",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Grading]:
        return Grading.objects.visible_to(request.user).defer("report").order_by("-id")
