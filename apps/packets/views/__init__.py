"""Pages about packets, and the page of a background job."""

from apps.packets.views.exports import (
    export,
    export_again,
    export_cancel,
    export_download,
    export_resume,
    packets_bulk,
)
from apps.packets.views.jobs import job
from apps.packets.views.packets import packet_download, packet_own_kit, packet_request, packets
from apps.packets.views.private import private_link
from apps.packets.views.reports import audit_report, plan_sheet
from apps.packets.views.sending import packet, packets_send, packets_send_choose, sending_revoke

__all__ = [
    "audit_report",
    "export",
    "export_again",
    "export_cancel",
    "export_download",
    "export_resume",
    "job",
    "packet",
    "packet_download",
    "packet_own_kit",
    "packet_request",
    "packets",
    "packets_bulk",
    "packets_send",
    "packets_send_choose",
    "plan_sheet",
    "private_link",
    "sending_revoke",
]
