"""Pages about packets, and the page of a background job."""

from apps.packets.views.exports import packets_bulk
from apps.packets.views.jobs import job
from apps.packets.views.packets import packet_download, packet_own_kit, packet_request, packets
from apps.packets.views.reports import audit_report

__all__ = ["audit_report", "job", "packet_download", "packet_own_kit", "packet_request", "packets", "packets_bulk"]
