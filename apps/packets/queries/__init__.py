"""Reads of the packets: what a packet is made from, and what the pages about packets show."""

from apps.packets.queries.contents import PanelRows, candidacy_with_contents, kit_seats, panel_rows
from apps.packets.queries.pages import (
    CandidacyPackets,
    JobPage,
    PacketLine,
    PacketsPage,
    active_candidacies,
    candidacy_packets,
    job_page,
    packets_page,
    progress_of,
    readable_file_name,
    requestable_kinds,
)

__all__ = [
    "CandidacyPackets",
    "JobPage",
    "PacketLine",
    "PacketsPage",
    "PanelRows",
    "active_candidacies",
    "candidacy_packets",
    "candidacy_with_contents",
    "job_page",
    "kit_seats",
    "packets_page",
    "panel_rows",
    "progress_of",
    "readable_file_name",
    "requestable_kinds",
]
