"""Verbs of the packets: ask for them, make them, hand one out."""

from apps.packets.actions.asking import request_own_kit, request_packets
from apps.packets.actions.contents import PacketRefused, packet_contents, render_packet
from apps.packets.actions.making import run_packets_job

__all__ = ["PacketRefused", "packet_contents", "render_packet", "request_own_kit", "request_packets", "run_packets_job"]
