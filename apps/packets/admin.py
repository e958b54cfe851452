"""Packets in the admin site: to look at, as far as this person may."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.packets.models import Packet


@admin.register(Packet)
class PacketAdmin(admin.ModelAdmin):
    list_display = ("id", "kind", "candidacy", "reader", "state", "made_at", "pages")
    list_filter = ("kind", "state")
    list_select_related = ("candidacy__candidate", "candidacy__role", "reader")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Packet]:
        return Packet.objects.visible_to(request.user).order_by("-id")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
