"""Packets in the admin site: to look at, as far as this person may."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.packets.models import Export, Packet


class OnlyRead(admin.ModelAdmin):
    """Nothing is added, changed or deleted by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Packet)
class PacketAdmin(OnlyRead):
    list_display = ("id", "kind", "candidacy", "reader", "state", "made_at", "pages")
    list_filter = ("kind", "state")
    list_select_related = ("candidacy__candidate", "candidacy__role", "reader")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Packet]:
        return Packet.objects.visible_to(request.user).order_by("-id")


@admin.register(Export)
class ExportAdmin(OnlyRead):
    """One's own, as everywhere else: what an export holds is its owner's choice of candidates."""

    list_display = ("id", "title", "form", "requested_at", "packed_at", "expires_at", "cancelled_at")
    list_filter = ("form",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Export]:
        return Export.objects.visible_to(request.user).order_by("-id")
