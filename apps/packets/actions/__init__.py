"""Verbs of the packets: ask for them, make them, pack them, hand them out."""

from apps.packets.actions.asking import request_own_kit, request_packets
from apps.packets.actions.contents import PacketRefused, packet_contents, render_packet
from apps.packets.actions.exporting import (
    ExportClosed,
    ExportGone,
    cancel_export,
    hand_out_export,
    is_gone,
    make_export_again,
    request_export,
    resume_export,
)
from apps.packets.actions.making import run_packets_job
from apps.packets.actions.packing import pack_export_job, tidy_packets
from apps.packets.actions.sending import (
    LinkClosed,
    PreviewChanged,
    hand_out_privately,
    request_sendings,
    revoke_link,
    send_packets_job,
)

__all__ = [
    "ExportClosed",
    "ExportGone",
    "LinkClosed",
    "PacketRefused",
    "PreviewChanged",
    "cancel_export",
    "hand_out_export",
    "hand_out_privately",
    "is_gone",
    "make_export_again",
    "pack_export_job",
    "packet_contents",
    "render_packet",
    "request_export",
    "request_own_kit",
    "request_packets",
    "request_sendings",
    "resume_export",
    "revoke_link",
    "run_packets_job",
    "send_packets_job",
    "tidy_packets",
]
