"""PDF packets, each made for one reader, by background jobs; and exports of many of them."""

from apps.packets.models.exports import Export
from apps.packets.models.packets import Packet
from apps.packets.models.sendings import PrivateLink, Sending

__all__ = ["Export", "Packet", "PrivateLink", "Sending"]
